package signin

import (
	"errors"
	"math"
	"time"

	"duban/internal/words"
)

// Sentence is what a person is told of an error of this package; ok is false for any other
// error.
func Sentence(w *words.Words, err error) (sentence string, ok bool) {
	var wait *WaitError
	var password *PasswordError
	switch {
	case errors.As(err, &wait):
		if wait.For <= time.Minute {
			return w.T("signin.wait_seconds", words.Data{"N": math.Ceil(wait.For.Seconds())}), true
		}
		return w.T("signin.wait_minutes", words.Data{"N": math.Ceil(wait.For.Minutes())}), true
	case errors.As(err, &password):
		return w.T("signin.password_"+password.Why, words.Data{"Least": LeastPassword, "Most": MostPassword}), true
	}
	for _, known := range []struct {
		err error
		key string
	}{
		{ErrRefused, "refused"}, {ErrCode, "code"}, {ErrNoSession, "no_session"}, {ErrInvitation, "invitation"},
		{ErrBusy, "busy"}, {ErrUnknown, "unknown"}, {ErrStandIn, "standin"}, {ErrTokenAsked, "token_asked"}, {ErrToken, "token"}, {ErrSingle, "single"}, {ErrSingleAway, "single_away"},
	} {
		if errors.Is(err, known.err) {
			return w.T("signin." + known.key), true
		}
	}
	return "", false
}
