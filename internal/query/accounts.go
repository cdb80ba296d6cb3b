package query

import (
	"context"

	"duban/internal/ledger"
)

// OwnError: an account reads its own tokens and sign-ins alone.
type OwnError struct{ Account string }

func (e *OwnError) Error() string { return "query: " + e.Account + " reads what is its own" }

// ownAccount is the account whose secrets and sign-ins are read, "" all: a person's own
// alone, and any for the machine's operator.
func (r *Reader) ownAccount(v Viewer, account string) (string, error) {
	if _, err := r.as(v); err != nil {
		return "", err
	}
	if v.is == operator || account == v.by.Account {
		return account, nil
	}
	if account == "" {
		return v.by.Account, nil
	}
	return "", &OwnError{v.by.Account}
}

// Tokens are those of an account, or of all that the viewer may ask about when it is "",
// that were not taken back, the newest first: *OwnError.
func (r *Reader) Tokens(ctx context.Context, v Viewer, account string) ([]ledger.Token, error) {
	account, err := r.ownAccount(v, account)
	if err != nil {
		return nil, err
	}
	return r.store.Tokens(ctx, account)
}

// SignIns are who signed in and what was done about accounts, of an account as Tokens has
// it, the latest first: *OwnError.
func (r *Reader) SignIns(ctx context.Context, v Viewer, account string, skip, limit int) ([]ledger.SignInEntry, error) {
	account, err := r.ownAccount(v, account)
	if err != nil {
		return nil, err
	}
	all, err := r.store.SignInLog(ctx, account, skip, limit)
	return append([]ledger.SignInEntry{}, all...), err
}
