package portal

import (
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"html/template"
	"math"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"duban/internal/accounts"
	"duban/internal/signin"
)

// newToken is a token for the forms of this visit.
func (v *visit) newToken() string {
	if c := v.tokenCookie(); c != "" {
		return newToken(c)
	}
	c := random(16) // whoever is not signed in gets a cookie of which the form's token is made
	v.setCookie(v.w, formCookie, c)
	v.r.AddCookie(&http.Cookie{Name: v.cookieName(formCookie), Value: c}) // every form of the page is made of one cookie
	return newToken(c)
}

// tokenCookie is the cookie that the tokens of this visit's forms are made of; "" when
// there is none yet.
func (v *visit) tokenCookie() string {
	if v.who.cookie != "" {
		return v.who.cookie + v.who.away.Account // a form drawn for whoever is away is refused as one's own, and the other way round
	}
	if v.half != "" {
		return v.half
	}
	if c := v.cookie(v.r, formCookie); len(c) >= 32 {
		return c
	}
	return ""
}

// door is what the pages of signing in show.
type door struct {
	Account string
	Next    string // where to go after signing in
	Kept    string // a form that was sent without a session, to be drawn again after signing in
	Wrong   string
	Choices []accounts.Account // as whom to look, where nobody needs a password

	Single  bool         // another service signs people in too
	Secret  string       // of a second factor that is set up
	Picture template.URL // the secret as a picture, for a telephone's camera
}

// toDoor sends whoever is not signed in to the sign-in page. A posted form is kept in that
// page, without its files, where its address can draw it again. Any other form, such as
// that of a new password, is lost and not repeated in the page.
func (v *visit) toDoor(rt route) {
	d := door{Next: v.r.URL.RequestURI()}
	switch v.r.Method {
	case http.MethodPost:
		if !v.read(rt, false) {
			return
		}
		if d.Next = v.own(d.Next); d.Next != "/" {
			v.form.Del("token")
			v.form.Del("kept_file")
			d.Kept, d.Wrong = v.form.Encode(), v.say.T("portal.sign_in_first")
		} else {
			d.Wrong, _ = signin.Sentence(v.say, signin.ErrNoSession)
		}
		if err := v.showDoor(http.StatusUnauthorized, d); err != nil {
			v.fail(err)
		}
	default:
		path := "/signin"
		if d.Next != "/" {
			path += "?next=" + url.QueryEscape(d.Next)
		}
		_ = v.to(path)
	}
}

// keyCookie holds the key of a ledger that is only looked at.
const keyCookie = "duban-key"

// hasKey tells that the request has the key, in its address or in keyCookie.
func (v *visit) hasKey() bool {
	same := func(given string) bool { return subtle.ConstantTimeCompare([]byte(given), []byte(v.Key)) == 1 }
	if given := v.r.URL.Query().Get("key"); same(given) {
		v.setCookie(v.w, keyCookie, given)
		return true
	}
	return same(v.cookie(v.r, keyCookie))
}

func (v *visit) showDoor(status int, d door) error {
	if v.Key != "" {
		if !v.hasKey() {
			v.refuse(http.StatusForbidden, "portal.no_key")
			return nil
		}
		list, err := v.Accounts()
		if err != nil {
			return err
		}
		d.Choices = list.All
	}
	d.Single = v.Single != nil
	return v.showUnder(status, "signin", v.say.T("portal.title_signin"), d)
}

func (v *visit) signInPage() error {
	next := v.own(v.r.URL.Query().Get("next"))
	if v.who.ID != "" && v.Key == "" {
		return v.to(next)
	}
	return v.showDoor(http.StatusOK, door{Next: next})
}

// asked is what every form of signing in carries: account, next page and kept form.
func (v *visit) asked() door {
	return door{Account: v.form.Get("account"), Next: v.own(v.form.Get("next")), Kept: v.form.Get("kept")}
}

func (v *visit) signIn() error {
	d := v.asked()
	if v.Key != "" && !v.hasKey() {
		v.refuse(http.StatusForbidden, "portal.no_key")
		return nil
	}
	in, cookie, err := v.SignIn.SignIn(v.ctx(), signin.Attempt{Account: d.Account, Password: v.form.Get("password"), Address: address(v.r), Agent: v.r.UserAgent(), Old: v.cookie(v.r, sessionCookie)})
	if status, sentence := v.wrongAtDoor(err); status != 0 {
		d.Wrong = sentence
		return v.showDoor(status, d)
	}
	if err != nil {
		return err
	}
	return v.enters(in, cookie, d)
}

// wrongAtDoor is the sentence and the status for an error of signing in; status is 0 for
// any other error.
func (v *visit) wrongAtDoor(err error) (status int, sentence string) {
	sentence, ok := signin.Sentence(v.say, err)
	if !ok {
		return 0, ""
	}
	var wait *signin.WaitError
	switch {
	case errors.As(err, &wait):
		v.w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.For.Seconds()))))
		return http.StatusTooManyRequests, sentence
	case errors.Is(err, signin.ErrBusy), errors.Is(err, signin.ErrSingleAway):
		return http.StatusServiceUnavailable, sentence
	case errors.Is(err, signin.ErrRefused), errors.Is(err, signin.ErrCode), errors.Is(err, signin.ErrNoSession), errors.Is(err, signin.ErrSingle):
		return http.StatusUnauthorized, sentence
	}
	return http.StatusUnprocessableEntity, sentence
}

// enters is what follows a good password, or a good code: the next step of signing in,
// the form that was typed before, or the page that was asked for.
func (v *visit) enters(in signin.Session, cookie string, d door) error {
	v.setCookie(v.w, sessionCookie, cookie)
	v.setCookie(v.w, formCookie, "")
	v.setCookie(v.w, awayCookie, "")
	if in.Step != "" {
		v.half = cookie
		return v.showStep(http.StatusOK, in.Step, d)
	}
	if d.Kept == "" {
		return v.to(d.Next)
	}
	typed, err := url.ParseQuery(d.Kept)
	if err != nil {
		return v.to(d.Next)
	}
	next, err := url.Parse(d.Next)
	if err != nil {
		return v.to("/")
	}
	r := v.r.Clone(v.ctx())
	r.Header.Del("Cookie")
	for _, c := range v.r.Cookies() { // the new session replaces the old one; other cookies are kept, such as the language
		if c.Name != v.cookieName(sessionCookie) && c.Name != v.cookieName(awayCookie) {
			r.AddCookie(c)
		}
	}
	r.AddCookie(&http.Cookie{Name: v.cookieName(sessionCookie), Value: cookie})
	r.URL = next
	again := &visit{portal: v.portal, w: v.w, r: r, say: v.say, form: typed}
	again.drawAgain(http.StatusOK, v.say.T("portal.kept"))
	return nil
}

// singleCookie is the cookie of whoever has gone to the other sign-in service, by which
// they are known when they come back.
const singleCookie = "duban-sso"

// leave sends the browser to the other service by which people sign in.
func (v *visit) leave() error {
	if v.Single == nil {
		v.refuse(http.StatusNotFound, "portal.no_page")
		return nil
	}
	d := door{Next: v.own(v.r.URL.Query().Get("next"))}
	to, cookie, err := v.Single.Begin(v.ctx(), signin.Attempt{Address: address(v.r), Agent: v.r.UserAgent()}, d.Next)
	if status, sentence := v.wrongAtDoor(err); status != 0 {
		d.Wrong = sentence
		return v.showDoor(status, d)
	}
	if err != nil {
		return err
	}
	v.setCookie(v.w, singleCookie, cookie)
	return v.to(to)
}

// comeBack takes what the other service sent the browser back with.
func (v *visit) comeBack() error {
	if v.Single == nil {
		v.refuse(http.StatusNotFound, "portal.no_page")
		return nil
	}
	q := v.r.URL.Query()
	cookie := v.cookie(v.r, singleCookie)
	v.setCookie(v.w, singleCookie, "")
	in, fresh, next, err := v.Single.Finish(v.ctx(), cookie, q.Get("state"), q.Get("code"), signin.Attempt{Address: address(v.r), Agent: v.r.UserAgent(), Old: v.cookie(v.r, sessionCookie)})
	if status, sentence := v.wrongAtDoor(err); status != 0 {
		return v.showDoor(status, door{Next: "/", Wrong: sentence})
	}
	if err != nil {
		return err
	}
	return v.enters(in, fresh, door{Next: v.own(next)})
}

// showStep shows the next step of signing in after a good password: see signin.Session.
func (v *visit) showStep(status int, step string, d door) error {
	if step == signin.StepFactor {
		f, err := v.SignIn.SetUp(v.ctx(), v.half)
		if err != nil {
			return err
		}
		d.Secret, d.Picture = f.Secret, template.URL("data:image/png;base64,"+base64.StdEncoding.EncodeToString(f.PNG))
	}
	return v.showUnder(status, "code", v.say.T("portal.title_code"), d)
}

func (v *visit) codePage() error {
	in, err := v.SignIn.Pending(v.ctx(), v.half)
	if errors.Is(err, signin.ErrNoSession) {
		return v.to("/signin")
	}
	if err != nil {
		return err
	}
	return v.showStep(http.StatusOK, in.Step, door{Next: "/"})
}

func (v *visit) confirm() error {
	d := v.asked()
	in, cookie, err := v.SignIn.Confirm(v.ctx(), v.half, v.form.Get("code"), address(v.r))
	if errors.Is(err, signin.ErrNoSession) {
		return v.showDoor(http.StatusUnauthorized, d)
	}
	if status, sentence := v.wrongAtDoor(err); status != 0 {
		pending, err := v.SignIn.Pending(v.ctx(), v.half)
		if err != nil {
			return v.showDoor(http.StatusUnauthorized, d)
		}
		d.Wrong = sentence
		return v.showStep(status, pending.Step, d)
	}
	if err != nil {
		return err
	}
	return v.enters(in, cookie, d)
}

// address is from where a request comes: the last address in X-Forwarded-For when a proxy
// on this machine has sent the request, else Request.RemoteAddr. The header of anybody else
// is ignored.
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
		return r.RemoteAddr
	}
	all := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	if last := strings.TrimSpace(all[len(all)-1]); net.ParseIP(last) != nil {
		return last
	}
	return r.RemoteAddr
}

func (v *visit) signOut() error {
	if c := v.cookie(v.r, sessionCookie); c != "" {
		if err := v.SignIn.SignOut(v.ctx(), c); err != nil {
			return err
		}
	}
	v.setCookie(v.w, sessionCookie, "")
	v.setCookie(v.w, awayCookie, "")
	return v.to("/signin")
}

// invitation is what the page of an invitation shows.
type invitation struct {
	Account accounts.Account
	Wrong   string
}

func (v *visit) invitationPage() error { return v.showInvitation(http.StatusOK, "") }

func (v *visit) showInvitation(status int, wrong string) error {
	id, err := v.SignIn.Invited(v.ctx(), v.r.PathValue("secret"))
	if errors.Is(err, signin.ErrInvitation) {
		v.refuse(http.StatusGone, "portal.invitation_gone")
		return nil
	}
	if err != nil {
		return err
	}
	list, err := v.Accounts()
	if err != nil {
		return err
	}
	account, ok := list.Find(id)
	if !ok {
		account = accounts.Account{ID: id, Name: id}
	}
	return v.showUnder(status, "invitation", v.say.T("portal.title_invitation"), invitation{account, wrong})
}

func (v *visit) redeem() error {
	password := v.form.Get("password")
	if password != v.form.Get("repeated") {
		return v.showInvitation(http.StatusUnprocessableEntity, v.say.T("portal.not_repeated"))
	}
	account, err := v.SignIn.Redeem(v.ctx(), v.r.PathValue("secret"), password, address(v.r))
	if errors.Is(err, signin.ErrInvitation) {
		v.refuse(http.StatusGone, "portal.invitation_gone")
		return nil
	}
	if status, sentence := v.wrongAtDoor(err); status != 0 {
		return v.showInvitation(status, sentence)
	}
	if err != nil {
		return err
	}
	in, cookie, err := v.SignIn.Vouched(v.ctx(), signin.Attempt{Account: account, Address: address(v.r), Agent: v.r.UserAgent(), Old: v.cookie(v.r, sessionCookie)}, signin.ByPassword, false)
	if err != nil {
		return v.to("/signin")
	}
	return v.enters(in, cookie, door{Next: "/"})
}

func (v *visit) chooseLanguage() error {
	if lang := v.form.Get("lang"); lang == "zh" || lang == "en" {
		http.SetCookie(v.w, &http.Cookie{Name: v.cookieName(langCookie), Value: lang, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: v.secure, MaxAge: 400 * 24 * 3600})
	}
	return v.to(v.own(v.form.Get("next")))
}
