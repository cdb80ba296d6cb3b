package planfile

import (
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/words"
)

// Bounds of a rhythm as it is written.
const (
	mostListed = 100
	mostHeld   = 60
	mostBudget = 10_000
)

// rhythm is how soon words reach each seat; a seat, and of a seat a gravity, that is
// not written is DefaultRhythm's.
func (o object) rhythm() plan.Rhythm {
	r := plan.DefaultRhythm()
	if !o.Has("rhythm") {
		return r
	}
	at, ok := o.object("rhythm", "rhythm")
	if !ok {
		return r
	}
	if n := at.Number("most", 1, mostListed); at.Has("most") {
		r.Most = n
	}
	if n := at.Number("hold", 0, mostHeld); at.Has("hold") {
		r.Hold = n
	}
	if at.Has("quiet") {
		if r.Quiet = at.Text("quiet"); r.Quiet != "" {
			if _, _, ok := plan.QuietHours(r.Quiet); !ok {
				at.Fault("quiet", "bad_quiet", words.Data{"Value": r.Quiet})
			}
		}
	}
	lines := map[people.Role]int{}
	for _, so := range at.objects("seats", "seat") {
		so.Need("role")
		role := people.Role(so.OneOf("role", texts(people.Roles)...))
		if role == "" {
			continue
		}
		if line := lines[role]; line > 0 {
			so.Fault("role", "id_twice", words.Data{"Value": role, "File": o.Name, "Line": line})
		}
		lines[role] = so.Where("role").Line()
		tempo := r.Seats[role]
		if n := so.Number("budget", 1, mostBudget); so.Has("budget") {
			tempo.Budget = n
		}
		for _, g := range plan.Gravities {
			if pace := so.OneOf(string(g), texts(plan.Paces)...); pace != "" {
				tempo.Paces[g] = plan.Pace(pace)
			}
		}
		r.Seats[role] = tempo
	}
	return r
}
