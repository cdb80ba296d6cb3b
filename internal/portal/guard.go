package portal

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
)

// Sizes of what a browser may send.
const (
	mostForm = 512 << 10 // the fields of a form, files not counted
	mostBody = 128 << 20 // anything, files included
)

// policy is what a page may load: its own styles, scripts and pictures, nothing else.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; connect-src 'self'; base-uri 'none'"

// headers sets the headers of every answer. A page is not to be kept by the browser, which
// others may use afterwards.
func (p *portal) headers(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	if p.secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// Names of cookies. Over TLS cookieName puts __Host- before them: a browser takes such a
// cookie only from this very host.
const (
	sessionCookie = "duban"
	formCookie    = "duban-form" // of whoever is not signed in: the sign-in form's token is made of it
	langCookie    = "duban-lang"
	awayCookie    = "duban-for" // account of whoever is away and is stood in for
)

// cookieName is a cookie's name. Browsers give a cookie to all ports of a machine: pages with a key
// have names of their own, so that who looks at a rehearsal stays signed in at the office's pages.
func (p *portal) cookieName(name string) string {
	if p.secure {
		name = "__Host-" + name
	}
	return name + p.jar
}

func (p *portal) cookie(r *http.Request, name string) string {
	c, err := r.Cookie(p.cookieName(name))
	if err != nil {
		return ""
	}
	return c.Value
}

// setCookie gives a cookie that lives as long as the browser, or takes it away when
// the value is "".
func (p *portal) setCookie(w http.ResponseWriter, name, value string) {
	c := &http.Cookie{Name: p.cookieName(name), Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: p.secure}
	if value == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

// newToken is a token for a form that is drawn for whoever holds a cookie. A page of
// another site can make a browser send the cookie, but cannot read it and so cannot make
// the token. No two tokens are alike, so that the size of a compressed page tells nothing
// about the cookie.
func newToken(cookie string) string {
	salt := random(8)
	return salt + "." + tokenOf(salt, cookie)
}

func tokenOf(salt, cookie string) string {
	mac := hmac.New(sha256.New, []byte(cookie))
	mac.Write([]byte("duban form " + salt))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// goodToken tells that a form was drawn for whoever holds this cookie.
func goodToken(token, cookie string) bool {
	salt, sum, ok := strings.Cut(token, ".")
	return ok && cookie != "" && len(salt) == 16 && hmac.Equal([]byte(sum), []byte(tokenOf(salt, cookie)))
}

// random is n random bytes in hex.
func random(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: see crypto/rand
	return hex.EncodeToString(b)
}

// own is a path of this portal that somebody asked to be brought to, or "/": an address
// elsewhere, in whatever disguise, is none.
func (p *portal) own(next string) string {
	const home = "/"
	if len(next) > 2000 || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t\x00") {
		return home
	}
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || strings.HasPrefix(u.Path, "//") || strings.Contains(u.Path, "\\") {
		return home
	}
	asked := &http.Request{Method: http.MethodGet, URL: u, Host: "portal"}
	if h, pattern := p.mux.Handler(asked); h == nil || pattern == "" || !strings.HasPrefix(pattern, "GET ") {
		return home
	}
	return u.RequestURI()
}
