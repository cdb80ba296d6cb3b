package portal_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/oauth2-proxy/mockoidc"
	"github.com/stretchr/testify/require"

	"duban/internal/accounts"
	"duban/internal/portal"
	"duban/internal/signin"
)

func TestSomebodyComesInWithAnInvitationAndStaysUntilTheyGo(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	fresh := accounts.Account{ID: "newcomer", Name: "新来的联络员", Unit: "shuiwu"}
	s := w.open(t, func(o *portal.Options) {
		o.Accounts = func() (*accounts.List, error) {
			return &accounts.List{All: append([]accounts.Account{fresh}, w.list.All...)}, nil
		}
	})
	secret, _, err := w.sign.Invite(t.Context(), "newcomer", "")
	require.NoError(t, err)
	b := s.browser()
	a := b.get("/invitation/" + secret)
	require.Equal(t, http.StatusOK, a.status)
	require.Contains(t, a.text(), "请为“新来的联络员”（账号 newcomer）设置密码")
	form := a.fields()
	form.Set("password", "又见清漳河-第一百次")
	form.Set("repeated", "又见清漳河-第一百零一次")
	require.Contains(t, b.post("/invitation/"+secret, form).text(), "两次输入的密码不同")
	form.Set("password", "短")
	form.Set("repeated", "短")
	a = b.post("/invitation/"+secret, form)
	require.Equal(t, http.StatusUnprocessableEntity, a.status)
	form = a.fields()
	form.Set("password", "又见清漳河-第一百次")
	form.Set("repeated", "又见清漳河-第一百次")
	a = b.post("/invitation/"+secret, form)
	require.Equal(t, http.StatusSeeOther, a.status, a.text())
	require.Equal(t, "/todo", b.get("/").to())
	require.Equal(t, http.StatusOK, b.get("/todo").status)

	other := s.browser()
	require.Equal(t, http.StatusGone, other.get("/invitation/"+secret).status, "good once")

	form = other.get("/signin").fields()
	form.Set("account", "newcomer")
	form.Set("password", "又见清漳河-第二次")
	a = other.post("/signin", form)
	require.Equal(t, http.StatusUnauthorized, a.status)
	require.Contains(t, a.body, `value="newcomer"`, "what was typed stays")
	require.NotContains(t, a.body, "第二次", "but not the password")

	token := b.get("/me").fields().Get("token")
	require.Equal(t, http.StatusSeeOther, b.post("/signout", url.Values{"token": {token}}).status)
	require.Equal(t, "/signin?next=%2Ftodo", b.get("/todo").to())
}

// TestASessionIsNewAtEachSignIn: a cookie planted in somebody's browser is no session after
// that browser has signed in, neither one that the server never made nor that of the
// planter's own sign-in that waits for its code, which ends.
func TestASessionIsNewAtEachSignIn(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	s := w.open(t, w.with(t, accounts.Account{ID: "invited", Name: "受邀的联络员", Unit: "shuiwu"}))
	here, err := url.Parse(s.URL)
	require.NoError(t, err)
	asks := signin.Open(w.host.Ledger, signin.Options{Second: func(context.Context, string) (bool, error) { return true, nil }})
	half := func() string {
		_, half, err := asks.SignIn(t.Context(), signin.Attempt{Account: "gaoping", Password: password, Address: "127.0.0.1"})
		require.NoError(t, err)
		_, err = w.sign.Pending(t.Context(), half)
		require.NoError(t, err)
		return half
	}
	thief := s.browser()
	plant := func(b *browser, value string) {
		b.Jar.SetCookies(here, []*http.Cookie{{Name: "duban", Value: value, Path: "/"}})
	}
	for name, planted := range map[string]string{"made up": "planted." + strings.Repeat("a", 43), "half-finished": half()} {
		b := s.browser()
		plant(b, planted)
		b.signIn("shuiwu")
		first := cookie(b, here)
		require.NotEqual(t, planted, first, name)
		_, err = w.sign.Pending(t.Context(), planted)
		require.ErrorIs(t, err, signin.ErrNoSession, name)
		plant(thief, planted)
		require.True(t, strings.HasPrefix(thief.get("/todo").to(), "/signin"), name)

		token := b.get("/me").fields().Get("token")
		b.post("/signout", url.Values{"token": {token}})
		b.signIn("shuiwu")
		require.NotEqual(t, first, cookie(b, here), name)
		plant(thief, first)
		require.True(t, strings.HasPrefix(thief.get("/todo").to(), "/signin"), "a session that has ended is none")
	}

	// The same where somebody comes in with an invitation.
	secret, _, err := w.sign.Invite(t.Context(), "invited", "")
	require.NoError(t, err)
	b, planted := s.browser(), half()
	plant(b, planted)
	form := b.get("/invitation/" + secret).fields()
	form.Set("password", password)
	form.Set("repeated", password)
	require.Equal(t, http.StatusSeeOther, b.post("/invitation/"+secret, form).status)
	_, err = w.sign.Pending(t.Context(), planted)
	require.ErrorIs(t, err, signin.ErrNoSession)
}

func cookie(b *browser, at *url.URL) string {
	for _, c := range b.Jar.Cookies(at) {
		if c.Name == "duban" {
			return c.Value
		}
	}
	return ""
}

func TestCookiesAreOfThisHostAloneOverTLS(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	s := w.open(t, func(o *portal.Options) { o.URL = "https://duban.example.gov.cn" })
	b := s.browser()
	a := b.get("/signin")
	set := a.header.Get("Set-Cookie")
	for _, part := range []string{"__Host-duban-form=", "Path=/", "HttpOnly", "Secure", "SameSite=Lax"} {
		require.Contains(t, set, part)
	}
	require.NotEmpty(t, a.header.Get("Strict-Transport-Security"))
	require.NotContains(t, w.open(t).browser().get("/signin").header.Get("Set-Cookie"), "Secure")
}

// TestSigningInLeadsOnlyWithinThePortal: open redirects, in all their disguises.
func TestSigningInLeadsOnlyWithinThePortal(t *testing.T) {
	t.Parallel()
	s := theWorld(t).open(t)
	b := s.browser()
	form := b.get("/signin").fields()
	form.Set("account", "gaoping")
	form.Set("password", password)
	for next, want := range map[string]string{
		"/tasks?light=red": "/tasks?light=red", "/plans/water/tasks/g1": "/plans/water/tasks/g1",
		"https://evil.example/": "/", "//evil.example/todo": "/", "/\\evil.example": "/", "\\\\evil.example": "/", "/%5cevil.example": "/", "///evil.example": "/", "/..//evil.example": "/",
		"javascript:alert(1)": "/", "/\tevil.example": "/", "\n//evil.example": "/", "http:todo": "/", "todo": "/", "": "/", "/nosuch": "/", "/signout": "/", "/@evil.example": "/", "/%2f%2fevil.example": "/", "/todo\r\nSet-Cookie: a=b": "/",
	} {
		form.Set("next", next)
		fresh := s.browser()
		f := fresh.get("/signin?next=" + url.QueryEscape(next)).fields()
		require.Equal(t, want, f.Get("next"), "%q in the form", next)
		f.Set("account", "gaoping")
		f.Set("password", password)
		f.Set("next", next)
		require.Equal(t, want, fresh.post("/signin", f).to(), "%q", next)
	}
	lang := b.get("/signin").fields().Get("token")
	require.Equal(t, "/", b.post("/language", url.Values{"token": {lang}, "lang": {"en"}, "next": {"//evil.example"}}).to())
	require.Contains(t, b.get("/signin").text(), "Sign in")
}

// TestAFormSentAfterTheSessionHasEndedIsKept: after signing in again the form is shown as it
// was typed, and sending it does its act.
func TestAFormSentAfterTheSessionHasEndedIsKept(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	s := w.open(t)
	b := s.as("shuiwu")
	path := "/plans/water/tasks/w8/do/progress"
	form := b.form(path)
	form.Set("percent", "35")
	form.Set("reason", "已开工 “一标段” <b>&")
	sessions, err := w.sign.Sessions(t.Context(), "shuiwu")
	require.NoError(t, err)
	here, _ := url.Parse(s.URL)
	in, err := w.sign.Who(t.Context(), cookie(b, here))
	require.NoError(t, err)
	require.NotEmpty(t, sessions)
	_, err = w.sign.End(t.Context(), "shuiwu", in.ID, "clerk")
	require.NoError(t, err)

	a := b.upload(path, form, file{"现场.jpg", "jpeg"})
	require.Equal(t, http.StatusUnauthorized, a.status)
	require.Contains(t, a.text(), "刚才填写的内容仍在")
	door := a.fields()
	door.Set("account", "shuiwu")
	door.Set("password", "不是这个密码")
	a = b.post("/signin", door)
	require.Equal(t, http.StatusUnauthorized, a.status)
	door = a.fields()
	door.Set("account", "shuiwu")
	door.Set("password", password)
	a = b.post("/signin", door)
	require.Equal(t, http.StatusOK, a.status)
	require.Contains(t, a.text(), "已重新登录")
	require.Contains(t, a.body, "已开工 “一标段” &lt;b&gt;&amp;</textarea>")
	again := a.fields()
	require.Equal(t, form.Get("id"), again.Get("id"), "it is the same act")
	require.NotEqual(t, form.Get("token"), again.Get("token"))
	again.Set("reason", form.Get("reason"))
	a = b.upload(path, again)
	require.Equal(t, http.StatusSeeOther, a.status, a.text())
	c, err := w.read.Case(context.Background(), viewer("shuiwu"), "water", "w8")
	require.NoError(t, err)
	require.Equal(t, 35, c.Task.Percent)
}

// TestWhatIsKeptAtTheDoorComesBackInTheLanguageThatWasChosen: and a form whose address has
// no page of its own is not repeated, so that a password is in no page.
func TestWhatIsKeptAtTheDoorComesBackInTheLanguageThatWasChosen(t *testing.T) {
	t.Parallel()
	s := theWorld(t).open(t)
	b := s.as("other")
	token := b.get("/me").fields().Get("token")
	require.Equal(t, "/me", b.post("/language", url.Values{"token": {token}, "lang": {"en"}, "next": {"/me"}}).to())
	here, _ := url.Parse(s.URL)
	forget := func() {
		b.Jar.SetCookies(here, []*http.Cookie{{Name: "duban", Path: "/", MaxAge: -1}})
	}
	path := "/plans/air/tasks/boiler/do/progress"
	form := b.form(path)
	form.Set("percent", "12")
	form.Set("reason", "tender is out")
	forget()
	a := b.post(path, form)
	require.Equal(t, http.StatusUnauthorized, a.status)
	door := a.fields()
	door.Set("account", "other")
	door.Set("password", password)
	a = b.post("/signin", door)
	require.Equal(t, http.StatusOK, a.status)
	require.Contains(t, a.body, "tender is out</textarea>")
	require.Contains(t, a.body, `<html lang="en">`)

	for path, form := range map[string]url.Values{
		"/me/password": {"old": {password}, "password": {"又见清漳河-第三次"}, "repeated": {"又见清漳河-第三次"}},
		"/me/sessions": {"session": {"others"}}, "/me/calendar": {},
	} {
		forget()
		a = b.post(path, form)
		require.Equal(t, http.StatusUnauthorized, a.status, path)
		require.NotContains(t, a.body, "清漳河", path)
		require.NotContains(t, a.body, url.QueryEscape("清漳河"), path)
		door = a.fields()
		require.Empty(t, door["kept"], path)
		door.Set("account", "other")
		door.Set("password", password)
		require.Equal(t, "/", b.post("/signin", door).to(), path)
	}
}

// TestAnotherServiceSignsPeopleIn: by the link on the page, there and back; whoever comes
// back by somebody else's browser, or without having gone, does not come in.
func TestAnotherServiceSignsPeopleIn(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	provider, err := mockoidc.Run()
	require.NoError(t, err)
	t.Cleanup(func() { _ = provider.Shutdown() })
	single := &signin.Single{Issuer: provider.Issuer(), ClientID: provider.Config().ClientID, ClientSecret: provider.Config().ClientSecret, Redirect: "http://duban.example" + portal.SingleBack}
	s := w.open(t, func(o *portal.Options) { o.Single = w.sign.By(single) })
	b, thief := s.browser(), s.browser()
	require.Contains(t, b.get("/signin?next=/tasks").body, `href="/signin/oidc?next=%2ftasks"`)
	provider.QueueUser(&mockoidc.MockUser{Subject: "s-7", PreferredUsername: "gaoping"})
	away := b.get("/signin/oidc?next=/tasks").to()
	require.True(t, strings.HasPrefix(away, provider.Issuer()), away)
	res, err := b.Get(away)
	require.NoError(t, err)
	_ = res.Body.Close()
	back, err := url.Parse(res.Header.Get("Location"))
	require.NoError(t, err)
	require.Equal(t, portal.SingleBack, back.Path)
	require.Equal(t, http.StatusUnauthorized, thief.get(back.RequestURI()).status)
	require.True(t, strings.HasPrefix(thief.get("/todo").to(), "/signin"))
	require.Equal(t, "/tasks", b.get(back.RequestURI()).to())
	require.Contains(t, b.get("/me").text(), "高平市联络员")
	require.Equal(t, http.StatusUnauthorized, b.get(back.RequestURI()).status, "good once")
	require.Equal(t, "/", s.browser().form("/signin?next=//evil.example").Get("next"))
	require.Equal(t, http.StatusNotFound, w.open(t).browser().get("/signin/oidc").status)
}
