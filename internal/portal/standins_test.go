package portal_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/accounts"
	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/portal"
	"duban/internal/signin"
)

// with adds accounts to those of a portal; each can sign in.
func (w *world) with(t *testing.T, more ...accounts.Account) func(*portal.Options) {
	t.Helper()
	for _, a := range more {
		secret, _, err := w.sign.Invite(t.Context(), a.ID, "")
		require.NoError(t, err)
		_, err = w.sign.Redeem(t.Context(), secret, password, "127.0.0.1")
		require.NoError(t, err)
	}
	list := &accounts.List{All: append(append([]accounts.Account{}, w.list.All...), more...)}
	return func(o *portal.Options) { o.Accounts = func() (*accounts.List, error) { return list, nil } }
}

// thisDay is today by the real clock, in the plans' zone.
func thisDay() calendar.Day { return calendar.DayOf(time.Now().In(calendar.Beijing)) }

var tokenText = regexp.MustCompile(`duban_[0-9a-f]{60}`)

// TestWhoIsAwayIsStoodInFor: the mayor names a stand-in of the office for a time, who sees
// what waits for the mayor and instructs a unit in his name; ledger, timeline and message
// say for whom. A stand-in can do nothing that the mayor could not, and the time ends.
func TestWhoIsAwayIsStoodInFor(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	s := w.open(t)
	mayor, vice := s.as("mayor"), s.as("vice")
	today := thisDay()

	form := mayor.get("/me").fieldsOf("/me/standins")
	form.Set("other", "shuiwu")
	form.Set("until", today.AddDays(5).String())
	require.Contains(t, mayor.post("/me/standins", form).text(), "请选择代理人", "a unit cannot be made a leader")
	form.Set("other", "vice")
	form.Set("until", "随便")
	a := mayor.post("/me/standins", form)
	require.Equal(t, http.StatusUnprocessableEntity, a.status)
	require.Contains(t, a.text(), "请填写代理的起止日期")
	require.Contains(t, a.body, `value="vice" selected`, "what was chosen stays")
	form.Set("until", today.AddDays(-3).String())
	require.Contains(t, mayor.post("/me/standins", form).text(), "不能已经过去")
	require.NotContains(t, vice.get("/todo").text(), "代王市长办理")
	form.Set("until", today.AddDays(5).String())
	require.Equal(t, "/me", mayor.post("/me/standins", form).to())
	require.Contains(t, mayor.get("/me").text(), "协调办副主任 "+today.String()+" "+today.AddDays(5).String())

	// The stand-in's list shows the mayor's lines, and one press acts for him.
	list := vice.get("/todo")
	require.Contains(t, list.text(), "代王市长办理（到 "+today.AddDays(5).String()+" 为止）")
	require.Equal(t, http.StatusForbidden, vice.get("/lead").status, "as oneself nothing is added")
	instruct := "/plans/water/tasks/w11/do/instruct"
	before := vice.get(instruct)
	require.Contains(t, before.text(), "领导", "the office instructs nobody")
	turn := list.fieldsOf("/stand")
	turn.Set("for", "mayor")
	turn.Set("next", instruct)
	require.Equal(t, instruct, vice.post("/stand", turn).to())
	page := vice.get(instruct)
	require.Contains(t, page.text(), "您现在的身份是“协调办副主任（代王市长）”")
	require.Equal(t, http.StatusOK, vice.get("/lead").status)
	require.Equal(t, http.StatusForbidden, vice.get("/accounts").status, "what the mayor may not do is not his stand-in's either")
	said := page.fields()
	said.Set("reason", "请抓紧办理，周五前报结果。")
	said.Set("due", "2021-06-18")
	require.Equal(t, "/plans/water/tasks/w11?did=instruct", vice.post(instruct, said).to(), vice.post(instruct, said).text())

	// Ledger, timeline and message say for whom it was done.
	events, err := w.host.Ledger.Events(t.Context(), ledger.EventFilter{Plan: "water", Task: "w11"})
	require.NoError(t, err)
	var found bool
	for _, e := range events {
		if e.Kind == ledger.ActKind(act.Instruct) {
			found = true
			require.Equal(t, "vice", e.Actor)
			require.Contains(t, string(e.Data), `"name":"协调办副主任（代王市长）","unit":"lingdao","stands_for":"mayor"`)
		}
	}
	require.True(t, found)
	unit := s.as("shuiwu")
	require.Contains(t, unit.get("/plans/water/tasks/w11").text(), "协调办副主任（代王市长）")
	told, err := w.host.Ledger.Stages(t.Context(), "water", "w11")
	require.NoError(t, err)
	byWhom := ""
	for _, stage := range told {
		if stage.Matter.Topic == string(act.Instruct) {
			byWhom = stage.Matter.By
		}
	}
	require.Equal(t, "协调办副主任（代王市长）", byWhom, "the message says it")

	// A form that was drawn for the mayor is refused when it is sent as one's own.
	late := vice.get(instruct).fields()
	back := vice.get("/todo").fieldsOf("/stand")
	back.Set("for", "")
	require.Equal(t, http.StatusSeeOther, vice.post("/stand", back).status)
	late.Set("reason", "这一句不能以别的身份发出。")
	a = vice.post(instruct, late)
	require.Equal(t, http.StatusForbidden, a.status)
	require.Contains(t, a.body, "这一句不能以别的身份发出。", "what was typed stays")

	// A stand-in that is ended early is over at once, also while its browser is acting.
	turn = vice.get("/me").fieldsOf("/stand")
	turn.Set("for", "mayor")
	require.Equal(t, http.StatusSeeOther, vice.post("/stand", turn).status)
	require.Equal(t, http.StatusOK, vice.get("/lead").status)
	drawn := vice.get(instruct).fields()
	end := mayor.get("/me").fieldsOf("/me/standins")
	require.NotEmpty(t, end.Get("token"))
	all, err := w.sign.StandIns(t.Context(), "mayor")
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.Equal(t, "/me", mayor.post("/me/standins", url.Values{"token": end["token"], "end": {all[0].ID}}).to())
	drawn.Set("reason", "代理已经收回。")
	require.Equal(t, http.StatusForbidden, vice.post(instruct, drawn).status)
	a = vice.get("/todo")
	require.NotContains(t, a.text(), "您现在的身份是")
	require.Equal(t, http.StatusForbidden, vice.post("/stand", url.Values{"token": a.fieldsOf("/signout")["token"], "for": {"mayor"}}).status)
}

// TestAStandInGetsNoFurther: nobody acts for those for whom an absent one would have
// stood in, for anybody whom they were not named for, or without the second factor that is
// asked of whoever is away. The office names for a unit, another office does not.
func TestAStandInGetsNoFurther(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	deputy := accounts.Account{ID: "shuiwu-b", Name: "市水务局B岗", Unit: "shuiwu"}
	third := accounts.Account{ID: "shuiwu-c", Name: "市水务局C岗", Unit: "shuiwu"}
	s := w.open(t, w.with(t, deputy, third))
	today := thisDay()
	clerk, b, c := s.as("clerk"), s.as("shuiwu-b"), s.as("shuiwu-c")

	require.Equal(t, http.StatusForbidden, s.as("airclerk").get("/accounts/shuiwu").status)
	require.Equal(t, http.StatusForbidden, clerk.get("/accounts/mayor").status, "a leader's stand-in is named by the leader")
	s.as("shuiwu")
	page := clerk.get("/accounts/shuiwu")
	require.Contains(t, page.text(), "127.0.0.1")
	form := page.fieldsOf("/accounts/shuiwu")
	for _, other := range []string{"gaoping", "clerk", "shuiwu", "nobody"} {
		one := url.Values{"token": form["token"], "other": {other}, "from": {today.String()}, "until": {today.String()}}
		require.Equal(t, http.StatusUnprocessableEntity, clerk.post("/accounts/shuiwu", one).status, other)
	}
	one := url.Values{"token": form["token"], "other": {"shuiwu-b"}, "from": {today.String()}, "until": {today.String()}}
	require.Equal(t, "/accounts/shuiwu", clerk.post("/accounts/shuiwu", one).to())
	require.Contains(t, clerk.get("/accounts/shuiwu").text(), "市水务局B岗")

	// A stand-in may name another for their own account; that other does not act for whoever is away.
	own := b.get("/me").fieldsOf("/me/standins")
	own.Set("other", "shuiwu-c")
	own.Set("until", today.String())
	require.Equal(t, "/me", b.post("/me/standins", own).to())
	require.Contains(t, b.get("/todo").text(), "代市水务局联络员办理")
	list := c.get("/todo").text()
	require.Contains(t, list, "代市水务局B岗办理")
	require.NotContains(t, list, "代市水务局联络员办理")
	token := c.get("/todo").fieldsOf("/stand")["token"]
	require.Equal(t, http.StatusForbidden, c.post("/stand", url.Values{"token": token, "for": {"shuiwu"}}).status)
	require.Equal(t, http.StatusForbidden, c.post("/stand", url.Values{"token": token, "for": {"clerk"}}).status)

	// The office ends one session of a unit's account, and no other's.
	all, err := w.sign.Sessions(t.Context(), "shuiwu-b")
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.Equal(t, http.StatusForbidden, clerk.post("/accounts/mayor", url.Values{"token": form["token"], "session": {all[0].ID}}).status)
	require.Equal(t, http.StatusOK, b.get("/todo").status)
	require.Equal(t, "/accounts/shuiwu-b", clerk.post("/accounts/shuiwu-b", url.Values{"token": form["token"], "session": {all[0].ID}}).to())
	require.Equal(t, http.StatusSeeOther, b.get("/todo").status)
	require.Contains(t, clerk.get("/accounts/shuiwu-b").text(), "现在没有登录")
}

// TestStandingInEndsByItself: at its end, and when the account of whoever is away is closed,
// also while the stand-in's browser is acting; forms drawn for whoever is away are refused
// then. A leader's stand-in has no leader's choice when naming one for their own account.
func TestStandingInEndsByItself(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	leader := accounts.Account{ID: "qizhang-a", Name: "治气组长", Unit: "qizhang", Seat: "leader"}
	clerk := accounts.Account{ID: "duban-b", Name: "协调办内勤", Unit: "duban", Seat: "office"}
	var closed atomic.Bool
	var later atomic.Int64
	s := w.open(t, w.with(t, leader, clerk), func(o *portal.Options) {
		whole := o.Accounts
		o.Accounts = func() (*accounts.List, error) {
			list, err := whole()
			if err != nil || !closed.Load() {
				return list, err
			}
			return &accounts.List{All: slices.DeleteFunc(slices.Clone(list.All), func(a accounts.Account) bool { return a.ID == leader.ID })}, nil
		}
		o.SignIn = signin.Open(w.host.Ledger, signin.Options{
			Now:   func() time.Time { return time.Now().Add(time.Duration(later.Load())) },
			Known: func(id string) bool { return id != leader.ID || !closed.Load() },
		})
	})
	b := s.as(clerk.ID)
	stand := func() answer {
		return b.post("/stand", url.Values{"token": b.get("/me").fieldsOf("/signout")["token"], "for": {leader.ID}})
	}
	const instruct = "/plans/air/tasks/boiler/do/instruct"
	for name, over := range map[string]func(){
		"its end":          func() { later.Add(int64(61 * time.Minute)) },
		"a closed account": func() { closed.Store(true) },
	} {
		now := time.Now().Add(time.Duration(later.Load()))
		_, err := w.sign.NameStandIn(t.Context(), leader.ID, clerk.ID, now.Add(-time.Minute), now.Add(time.Hour), leader.ID)
		require.NoError(t, err)
		require.Equal(t, http.StatusSeeOther, stand().status, name)
		own := b.get("/me").fieldsOf("/me/standins")
		own.Set("other", "airclerk") // the office that the leader knows, and not the clerk's
		own.Set("until", thisDay().AddDays(1).String())
		require.Equal(t, http.StatusUnprocessableEntity, b.post("/me/standins", own).status, name)
		drawn := b.get(instruct).fields()
		drawn.Set("reason", "这一句不能以组长的名义发出。")
		drawn.Set("due", "2021-06-18")
		over()
		require.Equal(t, http.StatusNotFound, b.post(instruct, drawn).status, "%s: a plan that is none of the clerk's", name)
		require.NotContains(t, b.get("/todo").text(), "您现在的身份是", name)
		require.Equal(t, http.StatusForbidden, stand().status, name)
		require.Equal(t, http.StatusForbidden, b.get("/lead").status, name)
		closed.Store(false)
	}
	events, err := w.host.Ledger.Events(t.Context(), ledger.EventFilter{Plan: "air", Task: "boiler"})
	require.NoError(t, err)
	for _, e := range events {
		require.NotEqual(t, clerk.ID, e.Actor)
	}
}

// TestAProgramsTokenIsMadeOnThePage: the token is shown once and listed, can do what its
// scope says, and can be taken back.
func TestAProgramsTokenIsMadeOnThePage(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	s := w.open(t, w.with(t, accounts.Account{ID: "shuiwu-d", Name: "市水务局数据岗", Unit: "shuiwu"}))
	b := s.as("shuiwu-d")
	form := b.get("/me").fieldsOf("/me/tokens")
	form.Set("name", " ")
	require.Contains(t, b.post("/me/tokens", form).text(), "请写明给哪个程序用")
	form.Set("name", "数据平台")
	form.Set("until", "2001-01-01")
	a := b.post("/me/tokens", form)
	require.Equal(t, http.StatusUnprocessableEntity, a.status)
	require.Contains(t, a.body, `value="数据平台"`, "what was typed stays")
	form.Del("until")
	a = b.post("/me/tokens", form)
	require.Equal(t, http.StatusOK, a.status)
	secret := tokenText.FindString(a.body)
	require.NotEmpty(t, secret)
	require.Contains(t, a.text(), "数据平台 只能查看")
	is, err := w.sign.Token(t.Context(), secret, signin.API)
	require.NoError(t, err)
	require.Equal(t, "shuiwu-d", is.Account)
	require.NotContains(t, b.get("/me").body, secret, "shown once")
	require.Equal(t, "/me", b.post("/me/tokens", url.Values{"token": form["token"], "end": {is.ID}}).to())
	_, err = w.sign.Token(t.Context(), secret, signin.API)
	require.ErrorIs(t, err, signin.ErrToken)
	require.NotContains(t, b.get("/me").text(), "数据平台 只能查看")
}
