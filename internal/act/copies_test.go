package act_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/people"
	"duban/internal/plan"
)

// crowded is a directory in which few people hold many seats, and some seats are
// empty or have no address.
func crowded(r *rand.Rand, d people.Directory) people.Directory {
	d.Units = slices.Clone(d.Units)
	boxes := []string{"wang@x.example", "Wang@x.example", "li@x.example", "zhao@x.example", "sun@x.example", ""}
	for i := range d.Units {
		d.Units[i].Contacts = nil
		for _, role := range people.Roles {
			if r.IntN(8) > 0 {
				d.Units[i].Contacts = append(d.Units[i].Contacts, people.Contact{Role: role, Name: string(role), Email: boxes[r.IntN(len(boxes))]})
			}
		}
	}
	return d
}

// Law 10 of package laws, and all the other laws, where people hold several seats.
func TestOnePersonGetsOneCopy(t *testing.T) {
	t.Parallel()
	b := amended(newRules(t))
	short := 0
	for seed := uint64(1); seed <= many(60); seed++ {
		r := rand.New(rand.NewPCG(seed, 13))
		few := b
		few.People = crowded(r, b.People)
		y, p := invent(few, seed)
		for _, f := range judge(few, p.history) {
			t.Errorf("seed %d: %s\n%s", seed, f, y)
		}
		for _, s := range p.said {
			if len(s.To) == 1 && s.Kind == plan.Urge {
				short++
			}
		}
	}
	enough(t, 5, short, "urges go to the liaison and the deputy: in these directories often one person")
}

func TestTheJudgeSeesTwoCopiesToOnePerson(t *testing.T) {
	t.Parallel()
	b := newRules(t)
	b.People = crowded(rand.New(rand.NewPCG(1, 1)), b.People)
	b.People.Units[0].Contacts = []people.Contact{{Role: people.Liaison, Email: "wang@x.example"}, {Role: people.Deputy, Email: "Wang@x.example"}}
	require.Equal(t, "gaoping", b.People.Units[0].ID)
	h := planted(t, []string{"2021-04-09 08:00 unit acknowledge"}, []string{"2021-06-30 09:00 due due gaoping/liaison", "2021-07-01 09:00 urge urge gaoping/liaison,gaoping/deputy"})
	require.Contains(t, verdict(judge(b, h)), "law 10")
}
