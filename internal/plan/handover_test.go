package plan_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/people"
	"duban/internal/plan"
)

// Which units go, and who takes over from them, by the units of a plan's files.
func TestHandovers(t *testing.T) {
	t.Parallel()
	before := []people.Unit{{ID: "a"}, {ID: "b"}, {ID: "c"}}
	for name, c := range map[string]struct {
		units []people.Unit
		want  []plan.Handover
	}{
		"nobody goes":                {[]people.Unit{{ID: "a"}, {ID: "b"}}, nil},
		"dissolved":                  {[]people.Unit{{ID: "a", Dissolved: true}}, []plan.Handover{{Unit: "a"}}},
		"one takes over":             {[]people.Unit{{ID: "a", Successor: "b"}, {ID: "b"}}, []plan.Handover{{Unit: "a", To: "b"}}},
		"and another from that":      {[]people.Unit{{ID: "a", Successor: "b"}, {ID: "b", Successor: "c"}, {ID: "c"}}, []plan.Handover{{Unit: "a", To: "c"}, {Unit: "b", To: "c"}}},
		"whoever took over is gone":  {[]people.Unit{{ID: "a", Successor: "b"}, {ID: "b", Dissolved: true}}, []plan.Handover{{Unit: "a"}, {Unit: "b"}}},
		"another ID":                 {[]people.Unit{{ID: "aa", Was: "a"}}, []plan.Handover{{Unit: "a", To: "aa"}}},
		"another ID, and taken over": {[]people.Unit{{ID: "aa", Was: "a", Successor: "b"}, {ID: "b"}}, []plan.Handover{{Unit: "aa", To: "b"}, {Unit: "a", To: "b"}}},
		"another ID, and dissolved":  {[]people.Unit{{ID: "aa", Was: "a", Dissolved: true}}, []plan.Handover{{Unit: "aa"}, {Unit: "a"}}},
		"another ID long ago":        {[]people.Unit{{ID: "zz", Was: "z"}}, nil},
		"an ID that another has now": {[]people.Unit{{ID: "aa", Was: "a"}, {ID: "a"}}, nil},
	} {
		require.Equal(t, c.want, (&plan.Plan{Directory: people.Directory{Units: c.units}}).Handovers(before), name)
	}
}
