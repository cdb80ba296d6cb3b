package ledger

import (
	"context"
	"reflect"
	"sync/atomic"
)

// Reads counts what is read of a ledger under one context: see WithReads.
type Reads struct{ Statements, Rows atomic.Int64 }

type readsKey struct{}

// WithReads is a context under which what is read of a ledger is counted, for tests of
// how much a page reads.
func WithReads(ctx context.Context) (context.Context, *Reads) {
	r := &Reads{}
	return context.WithValue(ctx, readsKey{}, r), r
}

// countRead counts one statement and the rows that it gave.
func countRead(ctx context.Context, dest any) {
	r, ok := ctx.Value(readsKey{}).(*Reads)
	if !ok {
		return
	}
	r.Statements.Add(1)
	if got := reflect.Indirect(reflect.ValueOf(dest)); got.Kind() == reflect.Slice {
		r.Rows.Add(int64(got.Len()))
	} else {
		r.Rows.Add(1)
	}
}
