package pagetest_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"duban/internal/accounts"
	"duban/internal/act"
	"duban/internal/form"
	"duban/internal/ledger"
	"duban/internal/portal"
	"duban/internal/portal/portaltest"
	"duban/internal/query"
	"duban/internal/signin"
	"duban/internal/words"
)

const password = "清漳河畔-第十号断面"

var (
	doorOnce sync.Once
	door     *httptest.Server
	invited  string // the secret of an invitation
)

// signedIn is the page of somebody who has signed in with a password, at a portal on the
// same ledger: what belongs to an account is seen only there. Nobody acts.
func signedIn(t *testing.T, account string, look portaltest.Look) *portaltest.Page {
	t.Helper()
	h := open(t)
	doorOnce.Do(func() {
		list, faults := accounts.Load(seed + "accounts.yaml")
		require.Empty(t, faults)
		var err error
		list.All = append(list.All, accounts.Account{ID: "mishu", Name: "市水治办副主任", Unit: "shuizhiban", Seat: "office"},
			accounts.Account{ID: "gaoping-b", Name: "高平市政府B岗", Unit: "gaoping", Seat: "liaison"})
		sign := signin.Open(h.store, signin.Options{Now: func() time.Time { return now }, Second: func(_ context.Context, account string) (bool, error) { return account == "yangcheng", nil }})
		invited, _, err = sign.Invite(t.Context(), "lingchuan", "")
		require.NoError(t, err)
		for _, id := range []string{"fu-shizhang", "shuizhiban", "mishu", "gaoping", "yangcheng"} {
			secret, _, err := sign.Invite(t.Context(), id, "")
			require.NoError(t, err)
			_, err = sign.Redeem(t.Context(), secret, password, "127.0.0.1")
			require.NoError(t, err)
		}
		for _, n := range [][2]string{{"fu-shizhang", "mishu"}, {"gaoping", "gaoping-b"}} {
			_, err := sign.NameStandIn(t.Context(), n[0], n[1], now.AddDate(0, 0, -1), now.AddDate(0, 0, 6), n[0])
			require.NoError(t, err)
		}
		_, err = h.store.SetOffice(t.Context(), ledger.OfficeUnitContacts, ledger.ContactsByUnit, "shuizhiban", when(now))
		require.NoError(t, err)
		checkup := func(_ context.Context, _ query.Viewer, w *words.Words) ([]string, bool, error) {
			return []string{w.T("cli.up_stopped"), strings.Repeat("/var/lib/duban", 9)}, false, nil
		}
		pages, err := portal.New(portal.Options{Reader: h.read, Acts: portal.LookOnly{}, SignIn: sign, Drafts: h.drafts, Checkup: checkup, Now: func() time.Time { return now },
			Accounts: func() (*accounts.List, error) { return list, nil }, Rewrite: func([]accounts.Change) (int, error) { return 0, portal.ErrLookOnly }, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
		require.NoError(t, err)
		door = httptest.NewServer(pages)
	})
	require.NotNil(t, door)
	p := portaltest.Open(t, door.URL+"/signin", look)
	p.Type("#account", account)
	p.Type("#password", password)
	p.Press("main form button")
	return p
}

// look keeps a picture of a page where DUBAN_LOOK names a folder, to be looked at.
func look(t *testing.T, p *portaltest.Page, name string) {
	t.Helper()
	if dir := os.Getenv("DUBAN_LOOK"); dir != "" {
		require.NoError(t, os.MkdirAll(dir, 0o755))
		for _, wide := range []int64{1280, 360} {
			p.Wide(wide)
			require.NoError(t, os.WriteFile(filepath.Join(dir, name+map[int64]string{1280: "", 360: "-360"}[wide]+".png"), p.Picture(), 0o600))
		}
		p.Wide(1280)
	}
}

// own are the pages that belong to an account.
var own = map[string][]string{
	"gaoping":    {"/me", "/progress", "/sheet", "/score", "/circulars", "/contacts", "/contacts/gaoping/liaison"},
	"mishu":      {"/todo", "/me", "/progress"},
	"shuizhiban": {"/accounts", "/accounts/gaoping", "/holidays/new", "/sheet?unit=counties", "/score?unit=gaoping", "/tasks?light=red", "/plans/" + planID + "/end", "/plans/" + planID + "/report", "/plans/" + planID + "/report/do/write_report", "/plans/" + planID + "/publicity", "/plans/" + planID + "/publicity/do/write_text", "/settings", "/directory", "/contacts", "/contacts/gaoping", "/contacts/gaoping/head", "/plans/" + planID + "/tasks/2.4-survey.gaoping/charge", "/health", "/plans/" + planID + "/talks/{talk}", "/plans/" + planID + "/talks/{talk}/do/serve", "/messages?all=1", "/messages/{message}/drop"},
}

// filled is an address with the IDs of a talk and of a message in it.
func filled(t *testing.T, path string) string {
	t.Helper()
	talks, err := open(t).store.Talks(t.Context(), planID, "")
	require.NoError(t, err)
	messages, err := open(t).store.Messages(t.Context(), ledger.MessageFilter{Plan: planID, Limit: 1})
	require.NoError(t, err)
	return strings.NewReplacer("{talk}", url.PathEscape(talks[0].ID), "{message}", url.PathEscape(messages[0].ID), "{secret}", invited).Replace(path)
}

// atTheDoor are the pages of those who have not signed in, such as an account that has given
// its password and not its code.
var atTheDoor = map[string][]string{"yangcheng": {"/signin/code", "/signin", "/invitation/{secret}", "/invitation/nosuch"}}

// TestTheDoorIsForEverybody is TestEveryPageIsForEverybody for the pages of those who have
// not signed in, and for what they are told when something is wrong.
func TestTheDoorIsForEverybody(t *testing.T) {
	t.Parallel()
	for _, lang := range looks {
		p := signedIn(t, "yangcheng", lookOf(lang))
		require.True(t, p.Has("#code"))
		for _, path := range atTheDoor["yangcheng"] {
			p.Go(filled(t, path))
			seen(t, p, lang, "door"+strings.ReplaceAll(path, "/", "-"))
			if path == "/signin/code" {
				p.Type("#code", "000000")
				p.Press("main form button")
				seen(t, p, lang, "code-wrong")
			}
		}
		require.Equal(t, 200, p.Go("/invitation/"+invited))
		p.Type("#password", "short")
		p.PressAnyway("main form button")
		seen(t, p, lang, "invitation-wrong")
	}
}

// TestWhatIsOnesOwnIsForEverybody is TestEveryPageIsForEverybody for the pages that only
// somebody who has signed in sees.
func TestWhatIsOnesOwnIsForEverybody(t *testing.T) {
	t.Parallel()
	for _, lang := range looks {
		for account, paths := range own {
			t.Run(lang+" "+account, func(t *testing.T) {
				t.Parallel()
				p := signedIn(t, account, lookOf(lang))
				for _, path := range paths {
					require.Equal(t, 200, p.Go(filled(t, path)), path)
					seen(t, p, lang, account+strings.ReplaceAll(path, "/", "-"))
				}
			})
		}
	}
}

// plain is how a page is looked at without JavaScript.
const plain = "plain"

// looks are how every page is looked at: in both languages, and without JavaScript.
var looks = []string{"zh-CN", "en", plain}

func lookOf(look string) portaltest.Look {
	if look == plain {
		return portaltest.Look{Plain: true}
	}
	return portaltest.Look{Language: look}
}

// walk has an account look at pages in every way. in opens a browser of the account's own. A
// path that ends in a question mark is that of a form: the last page before it in the list that
// is none leads there.
func walk(t *testing.T, in func(account string, wanted portaltest.Look) *portaltest.Page, account, name string, paths []string) {
	t.Helper()
	for _, lang := range looks {
		p, from := in(account, lookOf(lang)), ""
		for _, path := range paths {
			if form := strings.TrimSuffix(path, "?"); form != path {
				require.Equal(t, http.StatusOK, p.Go(from), from)
				links := p.Attributes(`main a[href^="`+form+`"]`, "href")
				require.NotEmpty(t, links, "%s of %s", form, account)
				path = links[0]
			} else {
				from = path
			}
			require.Equal(t, http.StatusOK, p.Go(path), path)
			at, _, _ := strings.Cut(path, "?")
			seen(t, p, lang, name+strings.ReplaceAll(at, "/", "-"))
		}
	}
}

// seen makes the checks that every page must pass.
func seen(t *testing.T, p *portaltest.Page, lang, name string) {
	t.Helper()
	if lang == plain {
		p.WithoutScripts()
		return
	}
	if lang == "zh-CN" {
		p.EveryPage()
		p.ByKeyboard()
	} else {
		p.InOtherWords()
	}
	require.Empty(t, p.Missing(), name)
	look(t, p, lang+"-"+name)
}

// TestAStandInSeesItOnEveryPage: a stand-in sees in whose name they act, until when, and the
// way back; without JavaScript.
func TestAStandInSeesItOnEveryPage(t *testing.T) {
	t.Parallel()
	p := signedIn(t, "mishu", portaltest.Look{Plain: true})
	p.Go("/todo")
	require.Contains(t, p.Text("main"), "代分管副市长")
	require.Contains(t, p.Text("main"), "征地未完成", "what waits for whoever is away")
	p.Press(`form[action="/stand"] button.deed`)
	require.Contains(t, p.Path(), "/do/", "one press leads to it")
	require.Contains(t, p.Text(".standing"), "（代")
	for _, path := range []string{"/lead", "/tasks", "/me"} {
		require.Equal(t, 200, p.Go(path), path)
		require.Contains(t, p.Text(".standing"), "2021-07-11", path)
	}
	p.Press(".standing button")
	require.False(t, p.Has(".standing"))
	require.Equal(t, 403, p.Go("/lead"))

	p = signedIn(t, "mishu", portaltest.Look{})
	p.Press(`form[action="/stand"] button[name="for"]`)
	require.Equal(t, "/todo", p.Path())
	seen(t, p, "zh-CN", "standing-todo")
}

// TestASheetIsShownBeforeItIsDone: what becomes of each row, on a telephone too.
func TestASheetIsShownBeforeItIsDone(t *testing.T) {
	t.Parallel()
	p := signedIn(t, "gaoping", portaltest.Look{})
	lines, _, err := open(t).read.Reported(t.Context(), query.As(act.Actor{Account: "gaoping", Name: "gaoping", Unit: "gaoping"}), query.TaskFilter{Leads: []string{"gaoping"}, States: []act.State{act.Open}, Kinds: []string{"dated"}})
	require.NoError(t, err)
	raw, err := form.WriteProgress(lines, map[string]string{planID: "行动计划"}, "0123456789abcdef", words.New("zh"))
	require.NoError(t, err)
	f, err := excelize.OpenReader(bytes.NewReader(raw))
	require.NoError(t, err)
	sheet := f.GetSheetList()[0]
	for cell, text := range map[string]string{"G2": "40%", "H2": "管网已开挖三公里，沿线迁改完成。\n下周进场安装设备。", "G3": "一半", "H3": "正在招标。", "H4": "没有变化。"} {
		require.NoError(t, f.SetCellStr(sheet, cell, text))
	}
	file := filepath.Join(t.TempDir(), "进展.xlsx")
	require.NoError(t, f.SaveAs(file))
	p.Go("/progress")
	p.Attach("#file", file)
	p.Press("main form button")
	require.Contains(t, p.Text("main"), "可以报送 2 项，有问题 1 项")
	seen(t, p, "zh-CN", "progress-shown")
}

// How long a test waits until a draft is worked out, and how often it looks.
const (
	waits = 10 * time.Minute
	wait  = 100 * time.Millisecond
)

var hiddenToken = regexp.MustCompile(`action="/signin"[\s\S]*?name="token" value="([^"]*)"`)

// client is somebody's browser without pictures, signed in.
func client(t *testing.T, account string) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	c := &http.Client{Jar: jar}
	res, err := c.Get(door.URL + "/signin")
	require.NoError(t, err)
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	token := hiddenToken.FindSubmatch(body)
	require.NotNil(t, token, string(body))
	res, err = c.PostForm(door.URL+"/signin", url.Values{"token": {string(token[1])}, "account": {account}, "password": {password}})
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	return c
}

// TestAUnitSeesToItsOwnContacts: where the office lets units do so, and for its own seats
// alone.
func TestAUnitSeesToItsOwnContacts(t *testing.T) {
	t.Parallel()
	p := signedIn(t, "gaoping", portaltest.Look{Plain: true})
	p.Go("/contacts")
	links := p.Attributes(`main a[href^="/contacts/"]`, "href")
	require.NotEmpty(t, links)
	for _, link := range links {
		require.Contains(t, link, "/contacts/gaoping/")
	}
	require.Equal(t, 403, p.Go("/contacts/zezhou/liaison"))
	require.Equal(t, 403, p.Go("/contacts/shuizhiban/office"))
	require.Equal(t, 200, p.Go("/contacts/gaoping/liaison"))
	p.Type(`[name="name"]`, "李四")
	require.Equal(t, 403, p.Press("main form button"), "this ledger is only looked at")
	require.Equal(t, []string{"李四"}, p.Values(`[name="name"]`), "what was typed stays")
}

// TestTheOfficeSeesWhatTheAuditDoubts: at the head of its list, with a link to the page of
// the machine's health; nobody else is told.
func TestTheOfficeSeesWhatTheAuditDoubts(t *testing.T) {
	t.Parallel()
	p := signedIn(t, "shuizhiban", portaltest.Look{Plain: true})
	require.NoError(t, open(t).store.NoteAudit(t.Context(), planID, now, 3))
	p.Go("/todo")
	require.Contains(t, p.Text(`.alert a[href="/health"]`), "3 项到时的督办没有留下记录")
	require.Contains(t, p.Text(".alert"), "最近审计 2021-07-05 10:00")
	p = signedIn(t, "gaoping", portaltest.Look{Plain: true})
	p.Go("/todo")
	require.NotContains(t, p.Text("main"), "审计")
}
