package main

import (
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/terminal"
	"duban/internal/words"
)

// What --same says of the tasks that look alike is taken as it is said: all, none, or the pairs
// that the plan has by then; --yes alone takes them all, and nobody who can be asked is an error.
func TestWhatIsSaidOfTasksThatLookAlike(t *testing.T) {
	t.Parallel()
	alike := query.Amendment{Likely: []plan.Pair{{Was: "p1", Now: "p2"}, {Was: "p2", Now: "p3"}}}
	asked := func(yes bool, same ...string) ([]plan.Pair, error) {
		m := amending{app: &app{w: words.New("zh"), err: io.Discard, format: "table"}, paper: "一号", same: same, agree: terminal.Consent{Yes: yes}}
		return m.sameTasks(alike)
	}
	for _, c := range []struct {
		same []string
		yes  bool
		want []plan.Pair
	}{{[]string{"all"}, false, alike.Likely}, {[]string{"none"}, true, nil}, {[]string{"p1=p2"}, true, nil}, {nil, true, alike.Likely}} {
		got, err := asked(c.yes, c.same...)
		require.NoError(t, err)
		require.Equal(t, c.want, got, c.same)
	}
	_, err := asked(false)
	require.ErrorContains(t, err, "p1=p2")
}
