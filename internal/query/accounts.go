package query

import (
	"context"

	"duban/internal/ledger"
)

// OwnError: an account asked for the tokens or sign-ins of another one, and may read only
// its own.
type OwnError struct{ Account string }

func (e *OwnError) Error() string { return "query: " + e.Account + " reads what is its own" }

// ownAccount is the account whose tokens and sign-ins the viewer reads: a person's own, or
// for the machine's operator the named one ("": all). The error is a *OwnError.
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

// Tokens are the tokens of an account that were not revoked, the newest first. With "" they
// are the viewer's own, and for the operator those of all accounts. *OwnError.
func (r *Reader) Tokens(ctx context.Context, v Viewer, account string) ([]ledger.Token, error) {
	account, err := r.ownAccount(v, account)
	if err != nil {
		return nil, err
	}
	return r.store.Tokens(ctx, account)
}

// SignIns are the entries of the sign-in log about an account ("" as for Tokens), the latest
// first, from skip on and at most limit. *OwnError.
func (r *Reader) SignIns(ctx context.Context, v Viewer, account string, skip, limit int) ([]ledger.SignInEntry, error) {
	account, err := r.ownAccount(v, account)
	if err != nil {
		return nil, err
	}
	all, err := r.store.SignInLog(ctx, account, skip, limit)
	return append([]ledger.SignInEntry{}, all...), err
}
