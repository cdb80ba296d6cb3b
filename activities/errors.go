package activities

import (
	"errors"

	"go.temporal.io/sdk/temporal"

	"duban/internal/act"
	"duban/internal/ledger"
)

// Types of application errors, on the wire: what a workflow or a caller of an
// update may ask about.
const (
	ErrTypeRefused  = "refused"   // an act not allowed or not possible; details: act.Refusal
	ErrTypeNotFound = "not_found" // no such plan, task or talk in the ledger
)

// Refused is a refusal as it crosses the wire.
func Refused(r *act.Refusal) error {
	return temporal.NewNonRetryableApplicationError(r.Key, ErrTypeRefused, nil, r)
}

// translate is the one funnel from errors of the rooms below to what crosses the
// activity boundary. Only Refused is an answer. What is not in the ledger is not
// there yet: a restored disk, or a file put in the ledger's place for a moment.
func translate(err error) error {
	if errors.Is(err, ledger.ErrNotFound) {
		return temporal.NewApplicationError(err.Error(), ErrTypeNotFound, err)
	}
	return err
}
