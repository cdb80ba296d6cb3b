package portal_test

import (
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/accounts"
	"duban/internal/people"
	"duban/internal/portal"
)

// on is one of the sheets of a downloaded file.
func (s sheet) on(name string) sheet { return sheet{s.t, s.file, name} }

// where is the number of the row whose first and second cells are these.
func (s sheet) where(first, second string) int {
	s.t.Helper()
	for i, r := range s.rows() {
		if len(r) > 1 && r[0] == first && (second == "" || r[1] == second) {
			return i + 1
		}
	}
	require.Fail(s.t, "no row of "+first+" "+second)
	return 0
}

// ownAccounts is a portal with a file of accounts of its own.
func (w *world) ownAccounts(t *testing.T) (s *site, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "accounts.yaml")
	require.NoError(t, os.WriteFile(path, []byte(staff), 0o600))
	s = w.open(t, func(o *portal.Options) {
		o.Accounts = func() (*accounts.List, error) {
			book, problems := accounts.Load(path)
			require.Empty(t, problems)
			return book, nil
		}
		o.Rewrite = func(all []accounts.Change) (int, error) { return accounts.Rewrite(path, all) }
	})
	return s, path
}

// TestTheDirectoryComesFromExcel: the office downloads it, changes cells, sees what would
// change, and changes it once, however often it is sent; one wrong cell and nothing is
// changed; what is another's is not the office's to change.
func TestTheDirectoryComesFromExcel(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	s, path := w.ownAccounts(t)
	office := s.as("clerk")
	token := office.get("/directory").fieldsOf("/directory")
	file1 := func(change func(seats, units, book sheet)) file {
		f := office.sheet("/directory/sheet")
		change(f.on("通讯录"), f.on("单位"), f.on("账号"))
		return f.saved()
	}
	text := ""
	for _, name := range []string{"通讯录", "单位", "账号"} {
		for _, r := range office.sheet("/directory/sheet").on(name).rows() {
			text += strings.Join(r, " ") + "\n"
		}
	}
	require.Contains(t, text, "市林业局liaison")
	require.NotContains(t, text, "市环保局", "another office's")
	require.NotContains(t, text, "王市长", "accounts of leaders are made by whoever runs the machine")

	require.Contains(t, office.upload("/directory", token, file1(func(_, _, _ sheet) {})).text(), "没有要改的")
	wrong := office.upload("/directory", token, file1(func(seats, units, book sheet) {
		seats.put(seats.where("市林业局", "联络员"), "E", "0356-777")
		seats.put(seats.where("市林业局", "分管领导"), "F", "nobody@")
	}))
	require.Equal(t, http.StatusUnprocessableEntity, wrong.status)
	require.Contains(t, wrong.text(), "F 列：“nobody@”不是有效的邮箱")
	require.NotContains(t, wrong.body, `name="change"`)
	for _, c := range []struct{ account, unit, want string }{{"shuiwu", "市林业局", "已经写过"}, {"mayor", "市林业局", "已经有人使用"}, {"new", "领导小组", "由管理机器的人更改"}} {
		a := office.upload("/directory", token, file1(func(_, _, book sheet) {
			last := len(book.rows()) + 1
			for column, cell := range map[string]string{"A": c.account, "B": "冒名", "C": c.unit} {
				book.put(last, column, cell)
			}
		}))
		require.Equal(t, http.StatusUnprocessableEntity, a.status, c.account)
		require.Contains(t, a.text(), c.want, c.account)
	}

	good := file1(func(seats, units, book sheet) {
		at := seats.where("市林业局", "联络员")
		seats.put(at, "C", "林工")
		seats.put(at, "E", "0356-777")
		seats.put(at, "G", "陈工 chen@linye.example 138")
		units.put(units.where("linye", ""), "C", "林草局")
		last := len(book.rows()) + 1
		for column, cell := range map[string]string{"A": "linye.b", "B": "陈工", "C": "市林业局", "D": "联络员"} {
			book.put(last, column, cell)
		}
	})
	shown := office.upload("/directory", token, good)
	require.Contains(t, shown.text(), "将更改 3 处")
	require.Contains(t, shown.text(), "陈工 chen@linye.example 138")
	require.NotContains(t, office.get("/contacts").text(), "0356-777", "shown before it is done")
	change := shown.fieldsOf("/directory")
	for _, n := range []string{"3", "0"} {
		require.Contains(t, office.upload("/directory", change).text(), "已更改 "+n+" 处")
	}
	require.Contains(t, office.upload("/directory", token, good).text(), "没有要改的")
	contacts := office.get("/contacts").text()
	for _, want := range []string{"林工", "0356-777", "陈工 chen@linye.example 138", "又名：林草局"} {
		require.Contains(t, contacts, want)
	}
	require.Contains(t, office.get("/accounts").text(), "linye.b")

	// A change that was shown does not overwrite what somebody else has changed meanwhile, and another office cannot make it.
	late := office.upload("/directory", token, file1(func(seats, _, _ sheet) { seats.put(seats.where("市林业局", "分管领导"), "C", "晚了一步") })).fieldsOf("/directory")
	form := office.form("/contacts/linye/deputy")
	form.Set("phone", "0356-888")
	require.Equal(t, http.StatusSeeOther, office.post("/contacts/linye/deputy", form).status)
	a := office.upload("/directory", late)
	require.Equal(t, http.StatusConflict, a.status)
	require.Contains(t, a.text(), "刚才已由别人更改")
	require.NotContains(t, office.get("/contacts").text(), "晚了一步")
	air := s.as("airclerk")
	change.Set("token", air.get("/me").fields().Get("token"))
	require.Equal(t, http.StatusForbidden, air.upload("/directory", change).status)
	_, err := w.host.Ledger.Verify(t.Context())
	require.NoError(t, err)
	require.FileExists(t, path+".before")
}

// TestAFileOfAccountsThatCannotBeWritten: the page says what has changed all the same and
// shows what has not; sent again, it changes that alone.
func TestAFileOfAccountsThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	s := theWorld(t).open(t, func(o *portal.Options) {
		refused := false
		o.Rewrite = func(all []accounts.Change) (int, error) {
			if !refused {
				refused = true
				return 0, &accounts.WriteError{Err: errors.New("read-only file system")}
			}
			return len(all), nil
		}
	})
	office := s.as("clerk")
	f := office.sheet("/directory/sheet")
	seats, book := f.on("通讯录"), f.on("账号")
	seats.put(seats.where("市水务局", "联络员"), "E", "0356-999")
	book.put(book.where("linye", ""), "B", "陈工")
	shown := office.upload("/directory", office.get("/directory").fieldsOf("/directory"), f.saved())
	require.Contains(t, shown.text(), "将更改 2 处")
	half := office.upload("/directory", shown.fieldsOf("/directory"))
	require.Equal(t, http.StatusServiceUnavailable, half.status)
	require.Contains(t, half.text(), "1 处已经更改，账号还没有改")
	require.NotContains(t, half.text(), "什么也没有改")
	require.Contains(t, half.text(), "将更改 1 处")
	require.Contains(t, office.get("/contacts").text(), "0356-999")
	require.Contains(t, office.upload("/directory", half.fieldsOf("/directory")).text(), "已更改 1 处")
}

// TestAUnitIsCalledOtherwiseInPlace: by its office, without a document, at once; a name that
// another unit has is refused with what was typed kept.
func TestAUnitIsCalledOtherwiseInPlace(t *testing.T) {
	t.Parallel()
	s := theWorld(t).open(t)
	office := s.as("clerk")
	path := "/contacts/nongye"
	form, stale := office.form(path), office.form(path)
	form.Set("aliases", "市农委、高平市人民政府")
	a := office.post(path, form)
	require.Equal(t, http.StatusConflict, a.status)
	require.Contains(t, a.text(), "“高平市人民政府”已经是“高平市人民政府”的名称")
	require.Contains(t, a.body, "市农委、高平市人民政府")
	form.Set("name", " ")
	require.Equal(t, http.StatusUnprocessableEntity, office.post(path, form).status)
	form.Set("name", "市农业局")
	form.Set("aliases", "市农委")
	for range 2 {
		require.Equal(t, "/contacts?seated=nongye", office.post(path, form).to())
	}
	require.Contains(t, office.get("/contacts").text(), "又名：市农委")
	stale.Set("aliases", "市农办")
	a = office.post(path, stale)
	require.Equal(t, http.StatusConflict, a.status)
	require.Contains(t, a.body, "市农办")
	require.Equal(t, "/contacts?seated=nongye", office.post(path, a.fields()).to(), "told so and sent again it is meant")
	for account, status := range map[string]int{"mayor": http.StatusForbidden, "gaoping": http.StatusForbidden, "airclerk": http.StatusNotFound} {
		b := s.as(account)
		require.Equal(t, status, b.get(path).status, account)
		require.Equal(t, status, b.post(path, url.Values{"token": {b.get("/me").fields().Get("token")}, "name": {"x"}}).status, account)
	}
}

// TestAccountsAreMadeAndTakenAwayInPlace: by the office, for its units alone, in force at
// once; whoever had an account that is taken away is signed out.
func TestAccountsAreMadeAndTakenAwayInPlace(t *testing.T) {
	t.Parallel()
	s, path := theWorld(t).ownAccounts(t)
	office := s.as("clerk")
	form := office.get("/accounts").fields()
	form.Set("new", "1")
	for _, c := range []struct {
		id, name, unit string
		status         int
		want           string
	}{
		{"有中文", "钱工", "linye", http.StatusUnprocessableEntity, "不能作账号"},
		{"qian", "", "linye", http.StatusUnprocessableEntity, "账号名称"},
		{"qian", "钱工", "lingdao", http.StatusForbidden, "由管理机器的人更改"},
		{"qian", "钱工", "huanbao", http.StatusForbidden, "由管理机器的人更改"},
		{"mayor", "钱工", "linye", http.StatusForbidden, "已经有人使用"},
	} {
		form.Set("account", c.id)
		form.Set("name", c.name)
		form.Set("unit", c.unit)
		a := office.post("/accounts", form)
		require.Equal(t, c.status, a.status, c.id+c.unit)
		require.Contains(t, a.text(), c.want)
		require.Contains(t, a.body, `value="`+c.id+`"`, "nothing typed is lost")
	}
	form.Set("account", "qian")
	form.Set("name", "钱工")
	form.Set("unit", "linye")
	for range 2 {
		require.Equal(t, "/accounts/qian", office.post("/accounts", form).to())
	}
	was := office.get("/accounts/qian").fieldsOf("/accounts/qian")
	was.Set("name", "赵工")
	require.Equal(t, "/accounts", office.post("/accounts/qian", was).to())
	require.Contains(t, office.get("/accounts").text(), "赵工")
	was.Set("name", "孙工")
	a := office.post("/accounts/qian", was)
	require.Equal(t, http.StatusConflict, a.status)
	require.Contains(t, a.body, "孙工")

	// Taken away.
	linye := s.as("linye")
	page := office.get("/accounts/linye") // below the sessions
	_, page.body, _ = strings.Cut(page.body, "账号由谁使用")
	gone := page.fieldsOf("/accounts/linye")
	gone.Del("sure")
	gone.Set("remove", "1")
	require.Equal(t, http.StatusUnprocessableEntity, office.post("/accounts/linye", gone).status)
	require.Equal(t, http.StatusOK, linye.get("/todo").status)
	gone.Set("sure", "1")
	require.Equal(t, "/accounts", office.post("/accounts/linye", gone).to())
	require.Equal(t, http.StatusSeeOther, linye.get("/todo").status)
	book, problems := accounts.Load(path)
	require.Empty(t, problems)
	_, there := book.Find("linye")
	require.False(t, there)
	require.Equal(t, people.Role(""), book.Of("linye")[0].Seat)
}
