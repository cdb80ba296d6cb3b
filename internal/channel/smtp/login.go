package smtp

import (
	"errors"
	"slices"
	"strings"

	gosmtp "github.com/wneessen/go-mail/smtp"
)

// clearAuth logs in without encryption by what the server offers: PLAIN or LOGIN.
type clearAuth struct {
	gosmtp.Auth
	user, password, host string
}

func (a *clearAuth) Start(server *gosmtp.ServerInfo) (string, []byte, error) {
	offered := func(name string) bool {
		return slices.ContainsFunc(server.Auth, func(s string) bool { return strings.EqualFold(s, name) })
	}
	switch {
	case offered("PLAIN"):
		a.Auth = gosmtp.PlainAuth("", a.user, a.password, a.host, true)
	case offered("LOGIN"):
		a.Auth = gosmtp.LoginAuth(a.user, a.password, a.host, true)
	default:
		return "", nil, errors.New("the server offers no login by PLAIN or LOGIN")
	}
	return a.Auth.Start(server)
}
