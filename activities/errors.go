package activities

import (
	"errors"

	"go.temporal.io/sdk/temporal"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/wire"
)

// translate is the one funnel from errors of the rooms below to what crosses the
// activity boundary. Only a refusal is an answer. What is not in the ledger is not
// there yet: a restored disk, or a file put in the ledger's place for a moment.
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
