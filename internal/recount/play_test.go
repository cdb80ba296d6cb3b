package recount

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// A later document of a plan takes the place of the former one: what it leaves out of
// a line is not what the line in its place said before, and policies come and stay.
func TestALaterDocument(t *testing.T) {
	t.Parallel()
	var file bytes.Buffer
	out := json.NewEncoder(&file)
	for _, e := range []struct{ kind, doc string }{
		{"plan.launched", `{"id":"p","tasks":[{"id":"a","kind":"dated","due":"2021-06-30","note":"甲"}],
			"Directory":{"office":"office","units":[]},"Policies":{"standard":{"yellow":"5 days"}}}`},
		{"plan.policy", `{"id":"p","tasks":[{"id":"a","kind":"dated","due":"2021-06-30","note":"甲"}],
			"Directory":{"office":"office","units":[]},"Policies":{"standard":{"yellow":"5 days"},"standard@2":{"yellow":"9 days"}}}`},
		{"plan.amended", `{"id":"p","tasks":[{"id":"b","kind":"dated","due":"2021-07-31"},{"id":"a","kind":"dated","due":"2021-06-30","note":"甲"}],
			"Directory":{"office":"office","units":[]},"Policies":{"standard":{"yellow":"5 days"},"standard@2":{"blue":"20 days"}}}`},
	} {
		doc, err := json.Marshal(e.doc)
		require.NoError(t, err)
		changes, err := json.Marshal([]row{{In: "plans", Key: []any{"p"}, Set: map[string]json.RawMessage{"doc": doc}}})
		require.NoError(t, err)
		require.NoError(t, out.Encode(Event{Plan: "p", Kind: e.kind, Changes: changes}))
	}
	a, err := Read(&file)
	require.NoError(t, err)
	before := play(Archive{a.Events[:2], a.documents})
	require.Equal(t, "9 days", before.doc.Policies["standard@2"].Yellow)
	w := play(a)
	require.Equal(t, []string{"b", "a"}, w.order)
	require.Equal(t, []string{"", "甲"}, []string{w.tasks["b"].note, w.tasks["a"].note})
	require.Equal(t, []string{"20 days", ""}, []string{w.doc.Policies["standard@2"].Blue, w.doc.Policies["standard@2"].Yellow})
	require.Equal(t, "office", w.doc.Directory.Office)
}
