package activities

import (
	"errors"

	"go.temporal.io/sdk/temporal"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/wire"
)

// translate turns errors of other packages into those that activities return. A refusal
// becomes the error of wire.Refused, which workflows take as an answer. After any other
// error they try again, also after wire.ErrTypeNotFound: a row may be missing in the
// ledger only for a while, as when an older copy was restored.
func translate(err error) error {
	var refused *act.Refusal
	if errors.As(err, &refused) {
		return wire.Refused(refused)
	}
	if errors.Is(err, ledger.ErrNotFound) {
		return temporal.NewApplicationError(err.Error(), wire.ErrTypeNotFound, err)
	}
	return err
}
