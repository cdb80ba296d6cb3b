package ledger_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/complaint"
	"duban/internal/ledger"
)

// TestWhoComplainedIsErasedFromTheFile: of hundreds of people who complained, taken in and
// erased in any order, nothing of those who were erased is left in the file or beside it, and
// all is left of the others.
func TestWhoComplainedIsErasedFromTheFile(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	s, err := ledger.Open(t.Context(), "sqlite:"+filepath.Join(folder, "ledger.db"))
	require.NoError(t, err)
	defer s.Close()
	const many = 400
	r := rand.New(rand.NewPCG(7, 7))
	by, at := act.Actor{Account: "wang", Name: "王"}, time.Date(2021, 5, 18, 2, 0, 0, 0, time.UTC)
	when := ledger.When{Real: at, Plan: at}
	name := func(n int) string { return fmt.Sprintf("planted-%04d-caller", n) }
	take := func(n int) {
		a := act.Act{ID: fmt.Sprintf("t%d", n), Kind: act.TakeIn, By: by, At: at, Title: "排污", Reason: "河水发黑", Complaint: &act.ComplaintFacts{Matter: "污水直排", Where: "桥下"}}
		who := complaint.Caller{Name: name(n), Phone: name(n), Address: name(n), Words: name(n) + string(bytes.Repeat([]byte("x"), r.IntN(3000)))}
		got, err := s.TakeIn(t.Context(), []ledger.Complaining{{Plan: "p", Act: a, After: act.Complaint{}.After(a, at, a.On), Caller: who}}, when)
		require.NoError(t, err)
		require.Equal(t, []int{n}, got)
	}
	erased := map[int]bool{}
	for n := 1; n <= many; n++ {
		take(n)
		for k := 1 + r.IntN(n); n%10 == 0 && len(erased) < n/10; k = 1 + r.IntN(n) {
			if erased[k] {
				continue
			}
			c, err := s.Complaint(t.Context(), "p", k)
			require.NoError(t, err)
			a := act.Act{ID: "f", Kind: act.Forget, By: by, At: at, Reason: "要求"}
			require.NoError(t, s.Complain(t.Context(), ledger.Complaining{Plan: "p", Act: a, Version: c.Version, After: c.After(a, at, a.On)}, true, when))
			erased[k] = true
		}
	}
	require.Len(t, erased, many/10)
	files, err := os.ReadDir(folder)
	require.NoError(t, err)
	var all []byte
	for _, f := range files {
		raw, err := os.ReadFile(filepath.Join(folder, f.Name()))
		require.NoError(t, err)
		all = append(all, raw...)
	}
	for n := 1; n <= many; n++ {
		require.Equal(t, !erased[n], bytes.Contains(all, []byte(name(n))), "caller %d of %d files", n, len(files))
	}
}
