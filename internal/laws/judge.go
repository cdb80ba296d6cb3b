package laws

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
)

// grace are the acts after which law 5 leaves the unit the policy's grace (plan.Acts.Grace).
var grace = []act.Kind{act.Reject, act.Resume, act.Reassign, act.Correct, act.Grant, act.Uphold, act.Reinstate, act.TakeOver}

// signs are the acts of a unit by which it shows that it is at its task.
var signs = []act.Kind{act.Acknowledge, act.Return, act.Progress, act.AskPart, act.Complete, act.Extend, act.Answer}

// Judge judges a task's history by the laws, and its talks by Talk. It gives the breaches it
// found.
func Judge(r Rules, h History) []Breach {
	w := newWorld(r, h)
	w.ordered(h)
	h = without(without(h, resumed), order)
	i, k, v, n := 0, 0, 0, 0
	for {
		if n < len(h.Notices) && i >= h.Notices[n].Said && (k == len(h.Acts) || h.Acts[k].N > h.Notices[n].N) {
			at := h.Notices[n].At
			w.watch(h, &v, at)
			w.wake(at.Add(1))
			w.chased(at)
			w.cal, w.notice, w.since = h.Notices[n].Calendar, w.day(at), w.day(at)
			w.takenBack(h.Notices[n])
			n++
			continue
		}
		// What happened next: a word comes before an act of the same instant, and the words that
		// an act says at once come after the act.
		switch {
		case i < len(h.Said) && (k == len(h.Acts) || !h.Said[i].At.After(h.Acts[k].At)) && h.Said[i].Kind != plan.Told:
			w.watch(h, &v, h.Said[i].At)
			w.wake(h.Said[i].At)
			w.word(h.Said[i])
			i++
		case k < len(h.Acts):
			w.watch(h, &v, h.Acts[k].At)
			a := h.Acts[k]
			k++
			w.wake(a.At.Add(1))
			if a.Refused != "" {
				continue
			}
			var told []plan.Stage
			for i < len(h.Said) && h.Said[i].Kind == plan.Told && h.Said[i].At.Equal(a.At) && strings.HasSuffix(h.Said[i].ID, "-"+string(a.Kind)) {
				told = append(told, h.Said[i])
				i++
				break
			}
			for i < len(h.Said) && (a.Kind == act.Reassign || a.Kind == act.TakeOver) && h.Said[i].Kind == plan.Told && h.Said[i].At.Equal(a.At) && (strings.Contains(h.Said[i].ID, "-instruct.") || strings.Contains(h.Said[i].ID, "-ask_part.")) {
				told = append(told, h.Said[i]) // instructions and parts that the new unit inherits
				i++
			}
			w.chased(a.At)
			if a.GoesOn {
				w.carried(a.Act)
			} else {
				w.act(a.Act, told)
			}
		case i < len(h.Said):
			w.of = h.Said[i].ID
			w.breaks(0, h.Said[i].At, "%s tells of an act that nobody did", h.Said[i].ID)
			w.of = ""
			i++
		default:
			w.watch(h, &v, h.Until)
			w.wake(h.Until)
			w.chased(h.Until)
			w.answersFor(h)
			for _, t := range h.Talks {
				w.found = append(w.found, Talk(r, h, t)...)
			}
			return w.found
		}
	}
}

// wake ends a pause whose end has come by an instant.
func (w *world) wake(at time.Time) {
	if !w.pausedUntil.IsZero() && w.pausedUntil.At(0, 0, w.zone).Before(at) {
		w.resume(w.pausedUntil)
	}
}

// without is a history without the words for which of is true.
func without(h History, of func(plan.Stage) bool) History {
	notices := slices.Clone(h.Notices)
	for i, n := range h.Notices {
		for _, s := range h.Said[:n.Said] {
			if of(s) {
				notices[i].Said--
			}
		}
	}
	h.Notices, h.Said = notices, slices.DeleteFunc(slices.Clone(h.Said), of)
	return h
}

// order is the word by which a plan gives a task to its unit.
func order(s plan.Stage) bool { return s.Kind == plan.Told && s.Topic == "order" }

// ordered judges by law 5 the words by which a plan gives a task, and by which each later plan
// does in which the task goes on: the unit that is given the task hears of it at once, before
// anything is asked of it.
func (w *world) ordered(h History) {
	type gift struct {
		at   time.Time
		unit string
	}
	var given []gift // units that were given the task and have not been told so yet
	if !h.Occurs {
		given = append(given, gift{h.Assigned, h.Lead})
		for _, a := range h.Acts {
			if a.GoesOn {
				given = append(given, gift{a.At, a.Unit})
			}
		}
	}
	told := h.Occurs
	for _, s := range h.Said {
		w.of = s.ID
		switch {
		case order(s):
			i := slices.IndexFunc(given, func(g gift) bool {
				return g.at.Equal(s.At) && w.hears(s.To, people.Recipient{Unit: g.unit, Role: people.Liaison})
			})
			if i < 0 {
				w.breaks(5, s.At, "%s: nobody was given the task then who is told so", s.ID)
			} else {
				given = slices.Delete(given, i, i+1) // a second word of the same gift finds none left
			}
			told = true
			w.copies(s)
		case !told && s.Kind != plan.Told:
			w.breaks(5, s.At, "%s, and nobody has told %s that it is given the task", s.ID, h.Lead)
			told = true // one breach is enough
		}
	}
	w.of = ""
	for _, g := range given {
		if g.at.Before(h.Until) {
			w.breaks(5, g.at, "nobody has told %s at once that it is given the task", g.unit)
		}
	}
}

// resumed tells that a word is the one by which the engine says that a pause has ended by
// itself. The judge knows the end of a pause from the acts, while the word comes on a later
// morning.
func resumed(s plan.Stage) bool {
	return s.Kind == plan.Told && s.Topic == string(act.Resume) && s.By == string(act.Engine)
}

// watch judges by laws 4 and 12 what lists showed of the task until an instant.
func (w *world) watch(h History, v *int, until time.Time) {
	for *v < len(h.Shown) {
		s := h.Shown[*v]
		end := s.On.AddDays(1).At(0, 0, w.zone)
		if end.After(until) {
			return
		}
		*v++
		w.wake(end.Add(-time.Second))
		if w.over {
			if !w.cancelled && (s.Late != w.doneLate || s.Overdue) {
				w.breaks(12, end, "shown overdue %v, %d working days late: it was done, %d late", s.Overdue, s.Late, w.doneLate)
			}
			continue
		}
		late := w.ran(true, w.base(), s.On, w.halts())
		if s.Late != late {
			w.breaks(4, end, "shown %d working days late: %d ran after %s", s.Late, late, w.base())
		}
		if overdue := w.runs() && w.ran(false, w.base(), s.On, w.halts()) > 0; s.Overdue != overdue {
			w.breaks(12, end, "shown overdue %v, is %v", s.Overdue, overdue)
		}
	}
}

// act brings the judge's world to what it is after an act, and judges the words that the act
// said at once.
func (w *world) act(a act.Act, told []plan.Stage) {
	w.of = string(a.Kind)
	defer func() { w.of = "" }()
	lead, extension := w.lead, w.asked["extension"]
	for _, topic := range []string{"return", "report"} { // a report that is verified has been decided
		if w.asked[topic] == nil || a.Kind != act.Cancel && !(a.Kind == act.Verify && topic == "return") {
			continue
		}
		if len(told) == 0 || !slices.Contains(strings.Fields(told[0].Ends), topic) {
			w.breaks(8, a.At, "%s ends a %s that waits and does not say so", a.Kind, topic)
		}
	}
	if w.over != (a.Kind == act.Reinstate) {
		w.breaks(0, a.At, "%s after the end, or without one", a.Kind)
	}
	switch a.Kind {
	case act.Reinstate:
		w.over, w.cancelled = false, false
		w.answered("return", w.ended)
		w.answered("report", w.ended)
		if !w.pausedOn.IsZero() {
			w.pauses = append(w.pauses, halt{w.pausedOn, w.ended})
			w.pausedOn, w.pausedUntil, w.moves = calendar.Day{}, calendar.Day{}, false
		}
		w.pauses = append(w.pauses, halt{w.ended, a.On})
	case act.TakeOver: // what the old unit was told, was granted and missed goes along to the new one
		if w.lead == a.Ref {
			w.lead = a.Unit
		}
		for _, p := range w.parts {
			if p.unit == a.Ref {
				p.unit, p.passed = a.Unit, a.At
			}
			p.answered = p.answered || p.unit == w.lead
		}
	case act.Return:
		w.asked["return"] = &request{topic: "return", on: a.On}
		w.since = a.On
	case act.Uphold:
		w.answered("return", a.On)
	case act.Complete:
		w.asked["report"] = &request{topic: "report", on: a.On}
		w.since = a.On
	case act.Reject:
		w.answered("report", a.On)
	case act.Extend:
		w.asked["extension"] = &request{topic: "extension", on: a.On}
	case act.Grant:
		delete(w.asked, "extension")
		w.granted++
		w.moves = false
		for _, s := range told {
			if s.New.IsZero() {
				w.breaks(7, a.At, "a grant without its date")
			}
			if !a.Due.IsZero() && s.New != a.Due {
				w.breaks(7, a.At, "granted %s, told %s", a.Due, s.New)
			}
			w.dated(s.New, a.On)
		}
		w.dateSet = a.On
	case act.Refuse:
		delete(w.asked, "extension")
	case act.Verify, act.Cancel, act.Carry:
		w.over, w.cancelled, w.ended = true, a.Kind != act.Verify, a.On // a task that is carried on is measured in the next plan
		done := a.On
		if q := w.asked["report"]; q != nil {
			done = q.on // the day of the report counts
		}
		w.doneLate = w.ran(true, w.base(), done, w.halts())
		delete(w.asked, "extension")
	case act.Suspend:
		w.pausedOn, w.pausedUntil, w.moves, w.since = a.On, a.Until, a.Moves, a.On
	case act.Resume:
		w.resume(a.On)
	case act.Reassign:
		w.answered("return", a.On)
		delete(w.asked, "extension")
		if late := w.ran(true, w.base(), a.On, w.halts()); late > 0 && !w.inherited() {
			w.stints = append(w.stints, stint{w.lead, w.due, late})
		}
		w.lead = a.Unit
		for _, p := range w.parts {
			p.answered = p.answered || p.unit == a.Unit // the unit now has the whole task
		}
		if !a.Due.IsZero() {
			w.due, w.moves = a.Due, false
		}
		w.given(a.On)
	case act.Correct:
		if b := a.Begin; b != nil {
			switch { // a task begins neither before its unit hears of it nor a second time
			case w.begin.After(a.On) && b.Before(a.On):
				w.begin = a.On
			case w.begin.After(a.On), b.After(w.begin):
				w.begin = *b
			}
		}
		if !a.Due.IsZero() {
			w.moves = false
			w.dated(a.Due, a.On)
		}
		w.dateSet = a.On
	case act.SetPolicy:
		w.policy, w.since, w.missSince = a.Policy, a.On, a.On
	case act.AskPart:
		w.parts[fmt.Sprint(len(w.parts)+1)] = &piece{unit: a.Unit, on: a.On, due: a.Due}
	case act.Assist:
		for _, p := range w.parts {
			p.answered = p.answered || !slices.Contains(a.Units, p.unit) // the unit assists no longer
		}
	case act.Chase:
		w.byHand = a.On
	case act.GivePart:
		w.parts[a.Ref].answered = true
	case act.Instruct:
		w.instructions[fmt.Sprint(len(w.instructions)+1)] = &piece{on: a.On, due: a.Due}
	case act.Answer:
		w.instructions[a.Ref].answered = true
	}
	if a.By.Unit == lead && a.Kind != act.Reassign {
		if slices.Contains(signs, a.Kind) {
			w.heard = a.On
			w.acked = w.acked || a.Kind != act.Return
		}
	}
	if slices.Contains(grace, a.Kind) {
		w.left, w.leftBy, w.since = a.On, a.Kind, a.On
	}
	// Law 8: a request is answered by a decision, or by an act whose message says that it ends
	// the request.
	ended := len(told) > 0 && !told[0].Ended.IsZero()
	if ended {
		delete(w.asked, "extension")
	}
	if extension != nil && w.asked["extension"] == nil && a.Kind != act.Grant && a.Kind != act.Refuse && !ended {
		w.breaks(8, a.At, "%s ends a request and does not say so", a.Kind)
	}
	answers := map[act.Kind]bool{act.Grant: true, act.Refuse: true, act.Uphold: true, act.Reject: true, act.Verify: true, act.Cancel: true, act.Reassign: true}
	if (answers[a.Kind] || ended) && !(len(told) > 0 && w.hears(told[0].To, people.Recipient{Unit: lead, Role: people.Liaison})) {
		w.breaks(8, a.At, "%s: the unit that asked does not hear", a.Kind)
	}
	w.passedOn(a, told, lead)
	for _, s := range told {
		w.copies(s)
	}
}

// carried brings the judge's world to what it is when the task goes on in the next plan: its
// unit, date and policy may be others, and what its unit missed until then stays missed.
func (w *world) carried(a act.Act) {
	if a.Due.IsZero() { // of an occurrence the act names no date, because an occurrence keeps its own
		a.Due = w.due
	}
	late, own := w.ran(true, w.base(), a.On, w.halts()), w.base() == w.due
	another, later := a.Unit != w.lead, a.Due != w.due && !a.Due.Before(a.On)
	if late > 0 && own && (another || later) {
		w.stints = append(w.stints, stint{w.lead, w.due, late})
	}
	if q := w.asked["extension"]; q != nil && (another || later) {
		delete(w.asked, "extension")
	}
	if another {
		w.answered("return", a.On)
		w.lead, w.due = a.Unit, a.Due
		w.given(a.On)
	} else if a.Due != w.due {
		w.dated(a.Due, a.On)
		w.dateSet = a.On
	}
	for _, p := range w.parts {
		p.answered = p.answered || p.unit == w.lead || !slices.Contains(a.Units, p.unit)
	}
	if was := w.policies[w.policy]; was.Name != w.policies[a.Policy].Name || was.Version != w.policies[a.Policy].Version {
		w.since, w.missSince = a.On, a.On
		w.left, w.leftBy = a.On, act.Carry
	}
	w.policy = a.Policy
	if another || later {
		w.left, w.leftBy, w.since = a.On, act.Carry, a.On
	}
}

// passedOn judges by laws 8 and 9 an act that ends a task, or gives it to another unit: whoever
// waits for something open, or owes it, hears, and a unit is told what it inherits.
func (w *world) passedOn(a act.Act, told []plan.Stage, lead string) {
	ends := a.Kind == act.Verify || a.Kind == act.Cancel
	passes := a.Kind == act.Reassign || a.Kind == act.TakeOver && lead != w.lead
	if !ends && !passes && a.Kind != act.TakeOver || len(told) == 0 {
		return
	}
	inherited := 0
	for _, s := range told[1:] {
		if strings.Contains(s.ID, "-instruct.") {
			inherited++
		}
	}
	if a.Kind == act.TakeOver {
		for id, p := range w.parts {
			owes := func(s plan.Stage) bool {
				return strings.HasSuffix(s.ID, "-ask_part."+id) && w.hears(s.To, people.Recipient{Unit: a.Unit, Role: people.Liaison})
			}
			if p.unit == a.Unit && p.unit != w.lead && !p.answered && p.passed == a.At && !slices.ContainsFunc(told, owes) {
				w.breaks(9, a.At, "part %s is taken over by %s, which does not hear what it is", id, p.unit)
			}
		}
	}
	if !ends && !passes {
		return
	}
	for id, p := range w.parts {
		if !p.answered && !w.hears(told[0].To, people.Recipient{Unit: p.unit, Role: people.Liaison}) {
			w.breaks(8, a.At, "%s: part %s is open, and %s does not hear", a.Kind, id, p.unit)
		}
	}
	open := 0
	for id, n := range w.instructions {
		if n.answered {
			continue
		}
		open++
		if ends && !n.due.IsZero() && !w.hears(told[0].To, people.Recipient{Unit: w.leadership, Role: people.Leader}) {
			w.breaks(8, a.At, "%s: instruction %s is not answered, and the leadership does not hear", a.Kind, id)
		}
	}
	if passes && !w.hears(told[0].To, people.Recipient{Unit: w.lead, Role: people.Liaison}) {
		w.breaks(9, a.At, "%s: %s is given the task and does not hear", a.Kind, w.lead)
	}
	if passes && inherited != open {
		w.breaks(9, a.At, "%d of %d instructions are told to the unit that inherits them", inherited, open)
	}
}

// copies judges a word by law 10: nobody gets it twice.
func (w *world) copies(s plan.Stage) {
	for i, r := range s.To {
		if w.hears(s.To[:i], r) {
			w.breaks(10, s.At, "%s goes to %s twice", s.ID, r)
		}
	}
}

// hears tells whether the person on a seat is among the recipients told, on that seat or on
// another one.
func (w *world) hears(told []people.Recipient, seat people.Recipient) bool {
	return slices.ContainsFunc(told, func(r people.Recipient) bool {
		return r == seat || w.mailbox(r) != "" && w.mailbox(r) == w.mailbox(seat)
	})
}

// mailbox is the mail address of a seat in lower case; "" when it is not known.
func (w *world) mailbox(seat people.Recipient) string {
	for _, u := range w.units {
		for _, c := range u.Contacts {
			if u.ID == seat.Unit && c.Role == seat.Role {
				return strings.ToLower(c.Email)
			}
		}
	}
	return ""
}

// answersFor judges by law 9 the facts that the rules of consequences counted: a unit answers
// for every date that was missed while it led, and for no other.
func (w *world) answersFor(h History) {
	if w.cancelled {
		return
	}
	for _, s := range w.stints {
		if !slices.ContainsFunc(h.Facts, func(f act.Fact) bool { return f.Unit == s.unit && f.Day == s.due && f.Late == s.late }) {
			w.breaks(9, h.Until, "%s led when %s was missed by %d working days, and does not answer for it", s.unit, s.due, s.late)
		}
	}
	for _, f := range h.Facts {
		own := f.Unit == w.lead && f.Day == w.due && !w.inherited()
		if f.Kind == act.FactDue && !own && !slices.ContainsFunc(w.stints, func(s stint) bool { return f.Unit == s.unit && f.Day == s.due }) {
			w.breaks(9, h.Until, "%s answers for %s, which it did not miss", f.Unit, f.Day)
		}
	}
}
