package planfile_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/seeds"
)

// A file's rhythm says what differs from the standard one.
func TestARhythmAsWritten(t *testing.T) {
	t.Parallel()
	const head = "policies:\n- {name: a, version: 1, title: 甲, blue: 7 days, yellow: 3 days, stages: [{id: due, kind: due, before: 0 days, to: [liaison], light: yellow}]"
	all, problems := planfile.LoadPolicies("policies.yaml", []byte(head+"}\n"))
	require.Empty(t, problems)
	require.Equal(t, plan.DefaultRhythm(), all["a"].Rhythm)

	all, problems = planfile.LoadPolicies("policies.yaml", []byte(head+", rhythm: {most: 8, hold: 0, quiet: 12:00-14:00, seats: [{role: leader, budget: 20, talk: monthly}]}}\n"))
	require.Empty(t, problems)
	want := plan.DefaultRhythm()
	want.Most, want.Hold, want.Quiet = 8, 0, "12:00-14:00"
	leader := want.Seats[people.Leader]
	leader.Budget, leader.Paces["talk"] = 20, plan.Monthly
	want.Seats[people.Leader] = leader
	require.Equal(t, want, all["a"].Rhythm)

	_, problems = planfile.LoadPolicies("policies.yaml", []byte(head+", rhythm: {most: 0, quiet: night, seats: [{role: boss}, {budget: 3}, {role: head, urge: sometimes}, {role: head, quick: daily}]}}\n"))
	var keys []string
	for _, p := range problems {
		keys = append(keys, p.Key)
	}
	require.ElementsMatch(t, []string{"file.number_range", "plan.bad_quiet", "file.not_one_of", "file.missing", "file.not_one_of", "plan.id_twice", "file.unknown_field"}, keys)
	seeded, problems := planfile.LoadPolicies("policies.yaml", seeds.Policies)
	require.Empty(t, problems)
	for name, p := range seeded {
		require.Equal(t, plan.DefaultRhythm(), p.Rhythm, "%s: written out in full", name)
	}
}
