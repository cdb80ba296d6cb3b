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
	if !o.has("rhythm") {
		return r
	}
	at, ok := o.object(o.fields["rhythm"], "rhythm", o.at("rhythm"))
	if !ok {
		return r
	}
	if n := at.number("most", 1, mostListed); at.has("most") {
		r.Most = n
	}
	if n := at.number("hold", 0, mostHeld); at.has("hold") {
		r.Hold = n
	}
	if at.has("quiet") {
		if r.Quiet = at.text("quiet"); r.Quiet != "" {
			if _, _, ok := plan.QuietHours(r.Quiet); !ok {
				at.fault("quiet", "bad_quiet", words.Data{"Value": r.Quiet})
			}
		}
	}
	lines := map[people.Role]int{}
	for _, so := range at.objects("seats", "seat") {
		so.need("role")
		role := people.Role(so.oneOf("role", texts(people.Roles)...))
		if role == "" {
			continue
		}
		if line := lines[role]; line > 0 {
			so.fault("role", "id_twice", words.Data{"Value": role, "File": o.file, "Line": line})
		}
		lines[role] = so.where("role").Line
		tempo := r.Seats[role]
		if n := so.number("budget", 1, mostBudget); so.has("budget") {
			tempo.Budget = n
		}
		for _, g := range plan.Gravities {
			if pace := so.oneOf(string(g), texts(plan.Paces)...); pace != "" {
				tempo.Paces[g] = plan.Pace(pace)
			}
		}
		r.Seats[role] = tempo
	}
	return r
}
