package ledger_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
)

// tormented writes keys from several stores while torment goes on; each writer
// repeats a key until its write succeeds. In the end every key is in the chain once.
func tormented(t *testing.T, address, through string, keys int, calm time.Duration, torment func(*rand.Rand)) {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	const stores, writers = 2, 3
	done := make(chan struct{})
	var all sync.WaitGroup
	for s := range stores {
		store, _ := open(t, through)
		for w := range writers {
			all.Go(func() {
				for k := range keys {
					key := fmt.Sprintf("%d/%d/%d", s, w, k)
					for tries := 0; ; tries++ {
						ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
						err := record(ctx, store, key)
						cancel()
						if err == nil {
							break
						}
						if !ledger.Later(err) || t.Context().Err() != nil {
							t.Errorf("%s: %v", key, err)
							return
						}
					}
					if _, err := store.Recorded(t.Context(), key); err != nil && !ledger.Later(err) {
						t.Errorf("%s: %v", key, err)
					}
				}
			})
		}
	}
	go func() { all.Wait(); close(done) }()
	for {
		select {
		case <-done:
			fresh, err := ledger.OpenWith(t.Context(), address, ledger.Options{ReadOnly: true})
			must(t, err)
			defer fresh.Close()
			if n, err := fresh.Verify(t.Context()); err != nil || n != int64(stores*writers*keys) {
				t.Errorf("%d events, want %d: %v", n, stores*writers*keys, err)
			}
			return
		case <-time.After(calm/4 + time.Duration(random.Int64N(int64(calm)))):
			torment(random)
		}
	}
}

func TestTormentedPostgres(t *testing.T) {
	t.Parallel()
	address := ledgertest.Postgres(t)
	proxy, through := ledgertest.NewProxy(t, address)
	tormented(t, address, through, 8, time.Second, func(r *rand.Rand) {
		switch r.IntN(5) {
		case 0:
			proxy.Cut()
		case 1:
			proxy.Forget()
		case 2:
			proxy.Set(ledgertest.Silent)
			time.Sleep(time.Duration(r.IntN(1500)) * time.Millisecond)
			proxy.Set(ledgertest.Pass)
		case 3:
			proxy.Set(ledgertest.Refuse)
			time.Sleep(time.Duration(r.IntN(500)) * time.Millisecond)
			proxy.Set(ledgertest.Pass)
		case 4:
			proxy.Delay(time.Duration(r.IntN(30)) * time.Millisecond)
		}
	})
}

func TestTormentedSQLite(t *testing.T) {
	t.Parallel()
	address := sqliteFile(t)
	first, _ := open(t, address)
	must(t, first.Close())
	db, err := sqlx.Open("sqlite", "file:"+pathOf(address)+"?_pragma=busy_timeout(5000)&_txlock=immediate")
	must(t, err)
	defer db.Close()
	tormented(t, address, address, 200, 100*time.Millisecond, func(r *rand.Rand) {
		tx, err := db.Begin()
		if err != nil {
			return // the writers held the write lock all the time
		}
		defer tx.Rollback()
		time.Sleep(time.Duration(r.IntN(1000)) * time.Millisecond)
	})
}
