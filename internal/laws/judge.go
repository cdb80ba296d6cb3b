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

// stand is an interval in which a clock stood: the days after from, up to and
// including until; a zero until: it stands.
type stand struct{ from, until calendar.Day }

func standing(stands []stand, d calendar.Day) bool {
	return slices.ContainsFunc(stands, func(s stand) bool { return d.After(s.from) && (s.until.IsZero() || !d.After(s.until)) })
}

// word is a rung that was said.
type word struct {
	id   string
	kind plan.StageKind
	on   calendar.Day
}

// request is something asked of the office.
type request struct {
	topic string
	on    calendar.Day
	words []word
}

// piece is a part or an instruction.
type piece struct {
	unit     string
	on, due  calendar.Day
	answered bool
	words    []word
}

// world is what the judge knows of a task at one moment.
type world struct {
	cal      *calendar.Calendar
	policies map[string]plan.Policy
	units    []people.Unit
	doneLate int          // working days by which what is closed was late
	byHand   calendar.Day // the last day on which the office chased the unit itself
	zone     *time.Location
	of       string // what is being judged: a word's ID, or the kind of an act
	silence  bool   // or that nothing was said

	lead, office, leadership, policy string
	due, begin, assigned             calendar.Day
	over                             bool
	acked                            bool
	heard                            calendar.Day // last act of the lead, since it was given the task
	pausedOn, pausedUntil            calendar.Day
	moves                            bool
	asked                            map[string]*request // return, report, extension
	parts, instructions              map[string]*piece
	pauses, waits                    []stand
	granted                          int
	left                             calendar.Day // the day of the last act after which the unit is left its grace
	leftBy                           act.Kind
	since                            calendar.Day // the day from which the date, the unit, the rules and the clock have been what they are
	misses                           map[calendar.Day]int
	miss, nextMiss                   int
	missSince                        calendar.Day // of the policy and miss that count now
	ladder                           map[int][]word
	early                            map[string]bool // reminders said of this date
	receive                          map[string]bool
	silences                         map[string]bool
	caught                           map[int]bool         // misses of which a late assignment was told
	passed                           map[int]calendar.Day // when the unit was told that the date of a miss had passed while its clock stood
	dateSet                          calendar.Day         // the last day on which the office set another date
	found                            []Breach
	stints                           []stint // of units that led before
	cancelled                        bool
	notice                           calendar.Day // the day of the last one
}

// stint is what a unit that led a task before answers for.
type stint struct {
	unit string
	due  calendar.Day
	late int // working days
}

func (w *world) breaks(law int, at time.Time, format string, a ...any) {
	w.found = append(w.found, Breach{Law: law, At: at, Of: w.of, Silent: w.silence, Text: fmt.Sprintf(format, a...)})
}

// day is the day of an instant.
func (w *world) day(at time.Time) calendar.Day { return calendar.DayOf(at.In(w.zone)) }

func newWorld(r Rules, h History) *world {
	w := &world{cal: r.Calendar, policies: r.Policies, units: r.Units, zone: r.Zone, lead: h.Lead, office: h.Office, leadership: h.Leadership, policy: h.Policy,
		due: h.Due, begin: h.Begin, asked: map[string]*request{}, parts: map[string]*piece{}, instructions: map[string]*piece{}, nextMiss: 1}
	w.given(w.day(h.Assigned))
	w.early, w.passed, w.caught = map[string]bool{}, map[int]calendar.Day{}, map[int]bool{}
	return w
}

// given begins a unit's time with the task: what was missed before is not its own.
func (w *world) given(on calendar.Day) {
	w.assigned, w.since, w.missSince = on, on, on
	w.heard, w.acked = calendar.Day{}, false
	w.misses, w.ladder = map[calendar.Day]int{w.due: w.nextMiss}, map[int][]word{}
	w.miss = w.nextMiss
	w.nextMiss++
	w.receive, w.silences, w.early = map[string]bool{}, map[string]bool{}, map[string]bool{}
}

// dated sets another date. One that was missed before is the same miss again; so
// is one that has passed where the one before had passed too.
func (w *world) dated(due, on calendar.Day) {
	if due == w.due {
		return
	}
	before := w.due
	w.due, w.since, w.missSince = due, on, on
	w.early = map[string]bool{}
	if before.Before(on) && due.Before(on) {
		w.misses[due] = w.miss
		return
	}
	if n, ok := w.misses[due]; ok && due.Before(on) && (len(w.ladder[n]) > 0 || w.passed[n].After(due)) {
		w.miss = n
		return
	}
	w.miss = w.nextMiss
	w.nextMiss++
	w.misses[due] = w.miss
}

// stands are the intervals in which the unit's clock stood.
func (w *world) stands() []stand {
	all := append(slices.Clone(w.pauses), w.waits...)
	if !w.pausedOn.IsZero() {
		all = append(all, stand{from: w.pausedOn})
	}
	for _, topic := range []string{"return", "report"} {
		if q := w.asked[topic]; q != nil {
			all = append(all, stand{from: q.on})
		}
	}
	return all
}

func (w *world) paused() []stand {
	all := slices.Clone(w.pauses)
	if !w.pausedOn.IsZero() {
		all = append(all, stand{from: w.pausedOn})
	}
	return all
}

func (w *world) runs() bool {
	return !w.over && w.pausedOn.IsZero() && w.asked["return"] == nil && w.asked["report"] == nil
}

// ran counts the days after from, up to and including to, in which the clock ran.
func (w *world) ran(work bool, from, to calendar.Day, stands []stand) (n int) {
	for d := from.AddDays(1); !d.After(to); d = d.AddDays(1) {
		if (!work || w.cal.IsWorkday(d)) && !standing(stands, d) {
			n++
		}
	}
	return n
}

// base is the day after which days late count: the date, or the day on which the
// unit was given a task that was late already, or on which it begins.
func (w *world) base() calendar.Day {
	if b := w.begins(); b.After(w.due) {
		return b
	}
	return w.due
}

func (w *world) begins() calendar.Day {
	if w.begin.After(w.assigned) {
		return w.begin
	}
	return w.assigned
}

func (w *world) offset(o plan.Offset, from calendar.Day, sign int) calendar.Day {
	if o.Work {
		return w.cal.AddWorkdays(from, sign*o.N)
	}
	return from.AddDays(sign * o.N)
}

// term is how many days from on a limit gives.
func (w *world) term(o plan.Offset, on calendar.Day) int {
	return w.cal.OnOrAfter(w.offset(o, on, 1)).Sub(on)
}

func (w *world) acts() plan.Acts { return w.policies[w.policy].Acts }

// grace are the acts after which the unit is left the policy's grace.
var grace = []act.Kind{act.Reject, act.Resume, act.Reassign, act.Correct, act.Grant, act.Uphold}

// Judge holds a task's history to the laws.
func Judge(r Rules, h History) []Breach {
	w := newWorld(r, h)
	h = withoutResumptions(h)
	i, k, v, n := 0, 0, 0, 0
	for {
		if n < len(h.Notices) && i >= h.Notices[n].Said && (k == len(h.Acts) || h.Acts[k].N > h.Notices[n].N) {
			at := h.Notices[n].At
			w.watch(h, &v, at)
			w.wake(at.Add(1))
			w.chased(at)
			w.cal, w.notice, w.since = h.Notices[n].Calendar, w.day(at), w.day(at)
			n++
			continue
		}
		// The next thing that happened: a word comes before an act of the same
		// instant, and what an act says at once comes after it.
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
			for i < len(h.Said) && a.Kind == act.Reassign && h.Said[i].Kind == plan.Told && h.Said[i].At.Equal(a.At) && strings.Contains(h.Said[i].ID, "-instruct.") {
				told = append(told, h.Said[i]) // what the new unit inherits
				i++
			}
			w.chased(a.At)
			w.act(a.Act, told)
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
			w.cal = r.Calendar
			for _, t := range h.Talks {
				w.found = append(w.found, w.talk(h, t)...)
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

// withoutResumptions is a history without what tells of pauses that ended by
// themselves: their ends are known from the acts, and are told on a later morning.
func withoutResumptions(h History) History {
	notices := slices.Clone(h.Notices)
	for i, n := range h.Notices {
		for _, s := range h.Said[:n.Said] {
			if resumed(s) {
				notices[i].Said--
			}
		}
	}
	h.Notices, h.Said = notices, slices.DeleteFunc(slices.Clone(h.Said), resumed)
	return h
}

// resumed is what the engine says when a pause ends by itself.
func resumed(s plan.Stage) bool {
	return s.Kind == plan.Told && s.Topic == string(act.Resume) && s.By == act.EngineActor.Name
}

// watch holds what lists showed until an instant to law 12 and law 4.
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
		late := w.ran(true, w.base(), s.On, w.stands())
		if s.Late != late {
			w.breaks(4, end, "shown %d working days late: %d ran after %s", s.Late, late, w.base())
		}
		if overdue := w.runs() && w.ran(false, w.base(), s.On, w.stands()) > 0; s.Overdue != overdue {
			w.breaks(12, end, "shown overdue %v, is %v", s.Overdue, overdue)
		}
	}
}

func (w *world) resume(on calendar.Day) {
	if w.moves {
		w.dated(w.due.AddDays(on.Sub(w.pausedOn)), on)
	}
	w.pauses = append(w.pauses, stand{w.pausedOn, on})
	w.pausedOn, w.pausedUntil, w.moves = calendar.Day{}, calendar.Day{}, false
	w.left, w.leftBy, w.since = on, act.Resume, on
}

func (w *world) answered(topic string, on calendar.Day) {
	q := w.asked[topic]
	if q == nil {
		return
	}
	if topic != "extension" {
		w.waits = append(w.waits, stand{q.on, on})
	}
	delete(w.asked, topic)
}

// act is what an act changes, and what it has to say.
func (w *world) act(a act.Act, told []plan.Stage) {
	w.of = string(a.Kind)
	defer func() { w.of = "" }()
	lead, extension := w.lead, w.asked["extension"]
	if w.over {
		w.breaks(0, a.At, "%s after the end", a.Kind)
	}
	switch a.Kind {
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
	case act.Verify, act.Cancel:
		w.over, w.cancelled = true, a.Kind == act.Cancel
		done := a.On
		if q := w.asked["report"]; q != nil {
			done = q.on // the day of the report counts
		}
		w.doneLate = w.ran(true, w.base(), done, w.stands())
		delete(w.asked, "extension")
	case act.Suspend:
		w.pausedOn, w.pausedUntil, w.moves, w.since = a.On, a.Until, a.Moves, a.On
	case act.Resume:
		w.resume(a.On)
	case act.Reassign:
		w.answered("return", a.On)
		delete(w.asked, "extension")
		if late := w.ran(true, w.base(), a.On, w.stands()); late > 0 && w.base() == w.due {
			w.stints = append(w.stints, stint{w.lead, w.due, late})
		}
		w.lead = a.Unit
		for _, p := range w.parts {
			p.answered = p.answered || p.unit == a.Unit // it has the whole task by now
		}
		if !a.Due.IsZero() {
			w.due, w.moves = a.Due, false
		}
		w.given(a.On)
	case act.Correct:
		w.dated(a.Due, a.On)
		w.dateSet = a.On
	case act.SetPolicy:
		w.policy, w.since, w.missSince = a.Policy, a.On, a.On
	case act.AskPart:
		w.parts[fmt.Sprint(len(w.parts)+1)] = &piece{unit: a.Unit, on: a.On, due: a.Due}
	case act.Assist:
		for _, p := range w.parts {
			p.answered = p.answered || !slices.Contains(a.Units, p.unit) // it assists no longer
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
		if r, ok := act.Of(act.Tasks, a.Kind); ok && slices.Contains(r.By, act.Lead) {
			w.heard = a.On
			w.acked = w.acked || a.Kind != act.Return
		}
	}
	if slices.Contains(grace, a.Kind) {
		w.left, w.leftBy, w.since = a.On, a.Kind, a.On
	}
	// What is asked is answered: by a decision, or by an act that says so.
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
	w.passedOn(a, told)
	for _, s := range told {
		w.copies(s)
	}
}

// passedOn holds an act that ends a task, or gives it to another unit, to what is
// open then: whoever waits for it, or owes it, hears; a unit is told what it
// inherits.
func (w *world) passedOn(a act.Act, told []plan.Stage) {
	ends := a.Kind == act.Verify || a.Kind == act.Cancel
	if !ends && a.Kind != act.Reassign || len(told) == 0 {
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
	if a.Kind == act.Reassign && len(told)-1 != open {
		w.breaks(9, a.At, "%d of %d instructions are told to the unit that inherits them", len(told)-1, open)
	}
}

// copies holds a word to law 10.
func (w *world) copies(s plan.Stage) {
	for i, r := range s.To {
		if w.hears(s.To[:i], r) {
			w.breaks(10, s.At, "%s goes to %s twice", s.ID, r)
		}
	}
}

// hears tells whether who sits on a seat is among those who are told, on that seat
// or on another.
func (w *world) hears(told []people.Recipient, seat people.Recipient) bool {
	return slices.ContainsFunc(told, func(r people.Recipient) bool {
		return r == seat || w.mailbox(r) != "" && w.mailbox(r) == w.mailbox(seat)
	})
}

// mailbox is where mail to a seat arrives; "" when that is not known.
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

// word holds a word to the laws.
func (w *world) word(s plan.Stage) {
	w.of = s.ID
	defer func() { w.of = "" }()
	on := w.day(s.At)
	w.copies(s)
	if w.over {
		w.breaks(1, s.At, "%s after the end", s.ID)
		return
	}
	switch topic, _, _ := strings.Cut(s.ID, "-"); {
	case s.Topic == "return", s.Topic == "report", s.Topic == "extension":
		w.onRequest(s, on)
		return
	case s.Topic == "part":
		w.chases(s, on)
		w.onPiece(s, on, w.parts[strings.Split(s.ID, "-")[1]])
		return
	case s.Topic == "instruction":
		w.chases(s, on)
		w.onPiece(s, on, w.instructions[strings.Split(s.ID, "-")[1]])
		return
	case s.Topic == "silent" && topic == "silent":
		w.chases(s, on)
		w.onSilence(s, on)
		return
	case s.Topic == plan.TopicAcknowledge:
		w.chases(s, on)
		w.onReceipt(s, on)
		return
	case s.Topic != "":
		w.breaks(0, s.At, "%s is about %s, which nobody owes", s.ID, s.Topic)
		return
	}
	w.chases(s, on)
	w.onLadder(s, on)
}

// chases holds a word to whoever owes the task to laws 1 and 5.
func (w *world) chases(s plan.Stage, on calendar.Day) {
	switch {
	case !w.pausedOn.IsZero():
		w.breaks(1, s.At, "%s while the task is paused", s.ID)
	case w.asked["report"] != nil:
		w.breaks(1, s.At, "%s while the report of %s waits", s.ID, w.asked["report"].on)
	case w.asked["return"] != nil:
		w.breaks(1, s.At, "%s while the return of %s waits", s.ID, w.asked["return"].on)
	case on.Before(w.begin) && s.Topic != "part" && s.Topic != "instruction": // those were asked for with dates of their own
		w.breaks(1, s.At, "%s before the task begins", s.ID)
	}
	if s.Topic != "part" {
		for _, r := range s.To {
			if r.Unit != w.lead && r.Unit != w.office && r.Unit != w.leadership {
				w.breaks(1, s.At, "%s to %s: the task is %s's", s.ID, r.Unit, w.lead)
			}
		}
	}
	if first := w.offset(w.acts().Grace, w.left, 1); !w.left.IsZero() && on.Before(w.cal.OnOrAfter(first)) && s.ID != plan.Passed {
		w.breaks(5, s.At, "%s within the grace after %s on %s", s.ID, w.leftBy, w.left)
	}
}

func (w *world) onRequest(s plan.Stage, on calendar.Day) {
	q := w.asked[s.Topic]
	if q == nil {
		w.breaks(1, s.At, "%s: nothing waits", s.ID)
		return
	}
	if !w.pausedOn.IsZero() {
		w.breaks(1, s.At, "%s while the task is paused", s.ID)
	}
	for _, r := range s.To {
		if r.Unit != w.office && r.Unit != w.leadership {
			w.breaks(1, s.At, "%s to %s: it is not theirs to decide", s.ID, r.Unit)
		}
	}
	if !strings.HasSuffix(s.ID, "-missed") {
		return
	}
	w.once(s, on, &q.words)
	within := w.acts().Rule
	if s.Topic == "report" {
		within = w.acts().Verify
	}
	if ran := w.ran(false, q.on, on, w.paused()); ran <= w.term(within, q.on) {
		w.breaks(4, s.At, "%s: %d days ran of %d", s.ID, ran, w.term(within, q.on))
	}
}

// once holds a word about something with a limit of its own to laws 2 and 5: the
// word after the limit comes once.
func (w *world) once(s plan.Stage, on calendar.Day, words *[]word) {
	if slices.ContainsFunc(*words, func(x word) bool { return x.id == s.ID }) {
		w.breaks(2, s.At, "%s once more", s.ID)
	}
	*words = append(*words, word{s.ID, s.Kind, on})
}

func (w *world) onPiece(s plan.Stage, on calendar.Day, p *piece) {
	switch {
	case p == nil || p.answered || p.due.IsZero():
		w.breaks(6, s.At, "%s: it is not owed", s.ID)
		return
	case s.Topic == "part" && s.To[0].Unit != p.unit:
		w.breaks(1, s.At, "%s to %s: it is %s's", s.ID, s.To[0].Unit, p.unit)
	}
	if strings.HasSuffix(s.ID, "-missed") {
		w.once(s, on, &p.words)
		if ran, term := w.ran(false, p.on, on, w.stands()), p.due.Sub(p.on); ran <= term {
			w.breaks(4, s.At, "%s: %d days ran of %d", s.ID, ran, term)
		}
	}
}

func (w *world) onSilence(s plan.Stage, on calendar.Day) {
	from := w.heard
	if !w.acked {
		w.breaks(0, s.At, "%s: it was never received", s.ID)
		return
	}
	for _, d := range []calendar.Day{w.begins(), w.dateSet} {
		if d.After(from) {
			from = d
		}
	}
	if ran := w.ran(w.acts().Silent.Work, from, on, w.stands()); ran < w.acts().Silent.N {
		law := 4
		if w.ran(w.acts().Silent.Work, from, on, nil) < w.acts().Silent.N {
			law = 6
		}
		w.breaks(law, s.At, "%s: %d days ran since the unit acted on %s, or the office set its date", s.ID, ran, w.heard)
	}
	if !w.byHand.IsZero() && on.Before(w.offset(w.acts().Chase, w.byHand, 1)) {
		w.breaks(5, s.At, "%s: the office chased the unit itself on %s", s.ID, w.byHand)
	}
	if key := w.heard.String(); w.silences[key] {
		w.breaks(2, s.At, "%s: the silence since %s was spoken of", s.ID, key)
	} else {
		w.silences[key] = true
	}
}

// rule is a rung of the policy in force.
func (w *world) rule(id string) (plan.Rule, bool) {
	stages := w.policies[w.policy].Stages
	i := slices.IndexFunc(stages, func(r plan.Rule) bool { return r.ID == id })
	if i < 0 {
		return plan.Rule{}, false
	}
	return stages[i], true
}

func rungIDs(s plan.Stage) []string { return append([]string{s.ID}, s.Merged...) }

func (w *world) onReceipt(s plan.Stage, on calendar.Day) {
	if w.acked {
		w.breaks(6, s.At, "%s: the unit acted on %s", s.ID, w.heard)
	}
	for _, id := range rungIDs(s) {
		r, ok := w.rule(id)
		if !ok || r.After == nil {
			w.breaks(0, s.At, "%s is no rung of %s", id, w.policy)
			continue
		}
		if ran := w.ran(r.After.Work, w.begins(), on, w.stands()); ran < r.After.N {
			w.breaks(4, s.At, "%s: %d days ran since %s", id, ran, w.begins())
		}
		if w.receive[id] {
			w.breaks(2, s.At, "%s once more", id)
		}
		w.receive[id] = true
	}
}

func (w *world) onLadder(s plan.Stage, on calendar.Day) {
	if s.ID == plan.CatchUp {
		if w.early[s.ID] {
			w.breaks(2, s.At, "%s once more", s.ID)
		}
		w.early[s.ID], w.caught[w.miss] = true, true
		return
	}
	if s.ID == plan.Passed {
		if _, ok := w.passed[w.miss]; ok || len(w.ladder[w.miss]) > 0 {
			w.breaks(2, s.At, "%s: of %s the unit has heard", s.ID, w.due)
		}
		if !w.fell() {
			w.breaks(0, s.At, "%s: on %s the unit's clock ran", s.ID, w.due)
		}
		w.passed[w.miss] = on
		return
	}
	all := rungIDs(s)
	if slices.Contains(s.Merged, plan.CatchUp) { // the others are what an assignment came too late for
		all, w.caught[w.miss] = all[:1], true
	}
	for _, id := range all {
		r, ok := w.rule(id)
		switch {
		case !ok:
			w.breaks(0, s.At, "%s is no rung of %s", id, w.policy)
		case r.Before != nil:
			if want := w.cal.OnOrBefore(w.offset(*r.Before, w.due, -1)); want != on && !w.moved(want, on) {
				w.breaks(7, s.At, "%s: the date is %s, so its day is %s", id, w.due, want)
			}
			w.reminded(s, id)
		case r.From == plan.FromAssigned:
			if ran := w.ran(r.After.Work, w.begins(), on, w.stands()); ran < r.After.N && on != w.cal.OnOrBefore(w.due) {
				w.breaks(4, s.At, "%s: %d days ran since %s", id, ran, w.begins())
			}
			w.reminded(s, id)
		default:
			w.late(s, r, on, id != s.ID)
		}
	}
}

// fell tells that the date came on a day that was not the unit's: its clock stood,
// or it had not been given the task yet.
func (w *world) fell() bool { return standing(w.stands(), w.due) || w.base() != w.due }

// moved tells that a notice put a day before itself, and the word on the next
// office morning.
func (w *world) moved(want, on calendar.Day) bool {
	return !w.notice.IsZero() && !want.After(w.notice) && !on.Before(w.notice) && !on.After(w.cal.AddWorkdays(w.notice, 1))
}

// reminded: a reminder is said once of a date.
func (w *world) reminded(s plan.Stage, id string) {
	if w.early[id] {
		w.breaks(2, s.At, "%s once more about %s", id, w.due)
	}
	w.early[id] = true
}

// late holds a rung after the limit to laws 2, 4, 5 and 9.
func (w *world) late(s plan.Stage, r plan.Rule, on calendar.Day, merged bool) {
	words := w.ladder[w.miss]
	if slices.ContainsFunc(words, func(x word) bool { return x.id == r.ID }) {
		w.breaks(2, s.At, "%s once more: of %s it was said", r.ID, w.due)
	}
	if ran := w.ran(r.After.Work, w.base(), on, w.stands()); ran < r.After.N {
		law := 4
		if w.base() != w.due {
			law = 9
		}
		w.breaks(law, s.At, "%s: %d days ran after %s", r.ID, ran, w.base())
	}
	if told, ok := w.passed[w.miss]; !w.left.IsZero() && w.fell() && len(words) == 0 && (!ok && (standing(w.stands(), w.due) || !w.caught[w.miss]) || ok && !told.Before(on)) {
		w.breaks(5, s.At, "%s: %s came while the unit's clock stood, and it was not reminded first", r.ID, w.due)
	}
	if merged {
		w.breaks(5, s.At, "%s and %s at once", r.ID, s.ID)
	}
	for _, x := range words { // a ladder is not gone down
		if later, ok := w.rule(x.id); ok && later.After != nil && later.From == "" && later.After.N > r.After.N {
			w.breaks(5, s.At, "%s after %s on %s", r.ID, x.id, x.on)
		}
	}
	if before, ok := w.rungBefore(r); ok {
		i := slices.IndexFunc(words, func(x word) bool { return x.id == before.ID })
		switch {
		case i < 0 && !slices.ContainsFunc(words, func(x word) bool { return x.kind.Gravity() >= before.Kind.Gravity() }):
			w.breaks(5, s.At, "%s without %s", r.ID, before.ID)
		case i >= 0 && !words[i].on.Before(w.missSince):
			if ran := w.ran(true, words[i].on, on, w.stands()); ran < r.After.N-before.After.N {
				w.breaks(5, s.At, "%s %d running days after %s", r.ID, ran, before.ID)
			}
		}
	}
	w.ladder[w.miss] = append(words, word{r.ID, r.Kind, on})
}

// rungBefore is the policy's rung before one after the limit.
func (w *world) rungBefore(r plan.Rule) (before plan.Rule, ok bool) {
	for _, x := range w.policies[w.policy].Stages {
		if x.After != nil && x.From != plan.FromAssigned && x.Unless == "" && x.After.N < r.After.N && (!ok || x.After.N > before.After.N) {
			before, ok = x, true
		}
	}
	return before, ok
}

// chased holds the silence until an instant to what a fair office would have
// said: it errs on the side of the engine by two working days.
func (w *world) chased(at time.Time) {
	if w.over {
		return
	}
	w.silence = true
	defer func() { w.silence = false }()
	on := w.day(at)
	eve := on.AddDays(-1)
	last := func(days ...calendar.Day) (d calendar.Day) {
		for _, x := range days {
			if x.After(d) {
				d = x
			}
		}
		return d
	}
	if w.runs() {
		from := last(w.base(), w.since)
		ran := w.ran(true, from, eve, w.stands())
		for _, r := range w.policies[w.policy].Stages {
			if r.After == nil || r.From == plan.FromAssigned || r.Unless != "" || !r.After.Work || ran < r.After.N+2 {
				continue
			}
			if !slices.ContainsFunc(w.ladder[w.miss], func(x word) bool { return x.id == r.ID || x.kind.Gravity() >= r.Kind.Gravity() }) {
				w.breaks(0, at, "%d days ran after %s, and nobody said %s", ran, from, r.ID)
			}
		}
		for _, r := range w.policies[w.policy].Stages {
			day := w.cal.OnOrBefore(w.due)
			if r.Kind == plan.DueDay && r.Before != nil && day.Before(on) && w.cal.AddWorkdays(last(w.since, w.begins()), 2).Before(day) && !w.early[r.ID] {
				w.breaks(0, at, "%s came, and nobody said %s", w.due, r.ID)
			}
		}
	}
	if w.runs() {
		w.lifeSigns(at, on, eve)
	}
	for _, topic := range []string{"return", "report", "extension"} {
		q := w.asked[topic]
		if q == nil || !w.pausedOn.IsZero() || topic == "extension" && w.asked["report"] != nil {
			continue
		}
		within := w.acts().Rule
		if topic == "report" {
			within = w.acts().Verify
		}
		if ran := w.ran(true, last(q.on, w.since), eve, w.paused()); ran > within.N+3 && len(q.words) == 0 {
			w.breaks(8, at, "the %s of %s waits, and nobody hears of it", topic, q.on)
		}
	}
}

// lifeSigns holds the silence until an instant to what is owed beside the date: to
// receive the task, to show life, to give a part, to answer an instruction.
func (w *world) lifeSigns(at time.Time, on, eve calendar.Day) {
	from := w.begins()
	if w.since.After(from) {
		from = w.since
	}
	for _, r := range w.policies[w.policy].Stages {
		if r.Unless != "" && r.After != nil && !w.acked && !w.receive[r.ID] && w.ran(r.After.Work, from, eve, w.stands()) > r.After.N+9 && !w.receivedLater(r) {
			w.breaks(0, at, "since %s nobody asked whether it was received: %s", from, r.ID)
		}
	}
	silent := w.begins()
	for _, d := range []calendar.Day{w.heard, w.dateSet} {
		if d.After(silent) {
			silent = d
		}
	}
	if n := w.acts().Silent.N; w.acked && !w.silences[w.heard.String()] && w.ran(true, silent, eve, w.stands()) > n+3 && w.ran(true, w.since, eve, w.stands()) > 3 &&
		(w.byHand.IsZero() || w.ran(true, w.byHand, eve, w.stands()) > w.acts().Chase.N+3) {
		day := silent
		for left := n + 3; left > 0; {
			if day = day.AddDays(1); w.cal.IsWorkday(day) && !standing(w.stands(), day) {
				left--
			}
		}
		if day.Before(w.due) && w.since.Before(w.cal.AddWorkdays(day, -3)) && w.byHand.Before(w.cal.AddWorkdays(day, -3-w.acts().Chase.N)) {
			w.breaks(0, at, "silent since %s, and nobody asks", silent)
		}
	}
	for _, all := range []map[string]*piece{w.parts, w.instructions} {
		for id, p := range all {
			start := p.on
			if w.since.After(start) {
				start = w.since
			}
			if !p.answered && !p.due.IsZero() && len(p.words) == 0 && w.ran(false, start, eve, w.stands()) > p.due.Sub(p.on)+12 {
				w.breaks(0, at, "what was asked on %s by %s (%s) is not asked for", p.on, p.due, id)
			}
		}
	}
}

// receivedLater tells that a later word about the receipt was said: it stands for
// the one before.
func (w *world) receivedLater(r plan.Rule) bool {
	for _, x := range w.policies[w.policy].Stages {
		if x.Unless != "" && x.After != nil && x.After.N >= r.After.N && w.receive[x.ID] {
			return true
		}
	}
	return false
}

// answersFor holds what the rules that add up counted to law 9.
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
		own := f.Unit == w.lead && f.Day == w.due && w.base() == w.due
		if f.Kind == act.FactDue && !own && !slices.ContainsFunc(w.stints, func(s stint) bool { return f.Unit == s.unit && f.Day == s.due }) {
			w.breaks(9, h.Until, "%s answers for %s, which it did not miss", f.Unit, f.Day)
		}
	}
}

// talk holds one talk to laws 1, 2, 3 and 4.
func (w *world) talk(h History, t *TalkHistory) (found []Breach) {
	w = &world{cal: w.cal, policies: w.policies, units: w.units, zone: w.zone, policy: t.Policy}
	due := h.Due
	var pausedOn, pausedUntil, doubt calendar.Day
	var moves, ended, asked bool                           // asked: somebody was pressed to say what becomes of it
	rested, led := map[calendar.Day]bool{due: true}, false // dates of the one miss that it rests on; led: another unit leads now
	var stands []stand
	round, since := 1, w.day(t.Opened)
	taken := map[string]calendar.Day{}
	spoken := map[string]bool{}
	type event struct {
		at    time.Time
		order int
		run   func()
	}
	var events []event
	doubted := func(on calendar.Day, at time.Time) {
		if ended || !doubt.IsZero() {
			return
		}
		doubt = on
		if !slices.ContainsFunc(t.Said, func(s plan.Stage) bool {
			return s.Kind == plan.Told && s.Topic == act.TopicDoubt && (s.At.Equal(at) || at.Equal(on.At(0, 0, w.zone)) && w.day(s.At) == w.cal.OnOrAfter(on)) // a pause's own end is told in the morning
		}) {
			w.breaks(3, at, "what the talk rests on has gone, and nobody is asked")
		}
	}
	resume := func(on calendar.Day, at time.Time) {
		if pausedOn.IsZero() {
			return
		}
		if !at.Before(t.Opened) {
			stands = append(stands, stand{pausedOn, on})
		}
		from := pausedOn
		pausedOn, pausedUntil = calendar.Day{}, calendar.Day{}
		if moves && on.After(from) {
			before := due
			due = due.AddDays(on.Sub(from))
			if at.Before(t.Opened) && !(before.Before(on) && due.Before(on)) {
				clear(rested)
			}
			if at.Before(t.Opened) || due.Before(on) {
				rested[due] = true
			}
			if !due.Before(on) && !at.Before(t.Opened) {
				doubted(on, at)
			}
		}
	}
	wake := func(at time.Time) {
		if !pausedUntil.IsZero() && pausedUntil.At(0, 0, w.zone).Before(at) {
			resume(pausedUntil, pausedUntil.At(0, 0, w.zone))
		}
	}
	for _, n := range h.Notices {
		events = append(events, event{n.At, 1 + n.N, func() { w.cal = n.Calendar }})
	}
	for _, a := range h.Acts {
		if a.Refused != "" {
			continue
		}
		events = append(events, event{a.At, 1 + a.N, func() {
			wake(a.At)
			open := !a.At.Before(t.Opened)
			before := due
			switch a.Kind {
			case act.Suspend:
				pausedOn, pausedUntil, moves = a.On, a.Until, a.Moves
			case act.Resume:
				resume(a.On, a.At)
				return
			case act.Correct, act.Grant, act.Reassign:
				led = led || a.Kind == act.Reassign && open
				if !a.Due.IsZero() {
					due = a.Due
				}
				for _, s := range h.Said { // a grant may leave its date to the request
					if a.Kind == act.Grant && s.Kind == plan.Told && s.At.Equal(a.At) && s.Topic == string(a.Kind) && !s.New.IsZero() {
						due = s.New
					}
				}
				if a.Kind == act.Grant || a.Kind == act.Reassign && !a.Due.IsZero() {
					moves = false
				}
			case act.Cancel:
				if open && !ended && !slices.ContainsFunc(t.Said, func(s plan.Stage) bool { return s.Kind == plan.Told && s.Topic == act.TopicVoided && s.At.Equal(a.At) }) {
					w.breaks(3, a.At, "the task is cancelled, and nobody is told that its talk ends")
				}
				ended = ended || open
			case act.Verify:
				if _, held := taken[act.StepHeld]; open && !held {
					doubted(a.On, a.At)
				}
			}
			switch {
			case open && due != before && !due.Before(a.On):
				doubted(a.On, a.At)
			case open && due != before && before.Before(a.On):
				rested[due] = true // the same miss, another date
			case !open && a.Kind == act.Reassign: // what was missed before is another unit's
				clear(rested)
				rested[due] = true
			case !open && due != before:
				if !(before.Before(a.On) && due.Before(a.On)) {
					clear(rested)
				}
				rested[due] = true
			case due != before && !doubt.IsZero() && rested[due] && !led: // what it rests on is so again
				stands, doubt, asked = append(stands, stand{doubt, a.On}), calendar.Day{}, false
				if !slices.ContainsFunc(t.Said, func(s plan.Stage) bool { return s.Kind == plan.Told && s.Topic == act.TopicFounded && s.At.Equal(a.At) }) {
					w.breaks(3, a.At, "the date is what the talk rests on again, and nobody is told that it goes on")
				}
			}
		}})
	}
	for _, a := range t.Acts {
		if a.Refused != "" {
			continue
		}
		events = append(events, event{a.At, 1 + a.N, func() {
			wake(a.At)
			row, _ := act.OfTalk(a.Kind)
			if _, ok := taken[row.Step]; row.Step != "" && !ok {
				taken[row.Step] = a.On
			}
			switch a.Kind {
			case act.Keep:
				if !doubt.IsZero() {
					stands = append(stands, stand{doubt, a.On})
				}
				doubt, asked = calendar.Day{}, false
			case act.CloseTalk, act.Decline:
				ended = true
			case act.ReturnPlan:
				for _, s := range []string{act.StepPlan, act.StepReport, act.StepVerified} {
					delete(taken, s)
				}
				spoken = map[string]bool{}
			case act.Absent, act.Again:
				round, since, taken, spoken = round+1, a.On, map[string]calendar.Day{}, map[string]bool{}
			}
		}})
	}
	for _, s := range t.Said {
		if s.Kind == plan.Told {
			continue
		}
		events = append(events, event{s.At, 0, func() {
			wake(s.At)
			w.of = s.ID
			defer func() { w.of = "" }()
			on := w.day(s.At)
			step, n := act.StageStep(s.ID)
			w.copies(s)
			switch {
			case ended:
				w.breaks(1, s.At, "%s after the talk's end", s.ID)
			case step == "kept":
				asked = true
				if doubt.IsZero() {
					w.breaks(1, s.At, "%s: nothing is to be decided", s.ID)
				}
			case !doubt.IsZero():
				w.breaks(3, s.At, "%s: what it rests on has gone since %s", s.ID, doubt)
			case !pausedOn.IsZero():
				w.breaks(1, s.At, "%s while the task is paused", s.ID)
			default:
				if _, did := taken[step]; did || n != round {
					w.breaks(1, s.At, "%s: it is not owed", s.ID)
				}
				if spoken[s.ID] && strings.HasSuffix(strings.Split(s.ID, ".")[0], "-missed") {
					w.breaks(2, s.At, "%s once more", s.ID)
				}
				spoken[s.ID] = true
				w.step(s, step, on, since, taken, stands)
			}
		}})
	}
	slices.SortStableFunc(events, func(x, y event) int {
		if c := x.at.Compare(y.at); c != 0 {
			return c
		}
		return x.order - y.order
	})
	for _, e := range events {
		e.run()
	}
	wake(h.Until)
	w.silence = true
	eve := w.day(h.Until).AddDays(-1)
	talk := w.policies[w.policy].Talk
	switch {
	case ended || !pausedOn.IsZero() || talk == nil:
	case !doubt.IsZero():
		if w.ran(true, doubt, eve, nil) > w.acts().Decide.N+2 && !asked {
			w.breaks(3, h.Until, "what the talk rests on has gone since %s, and nobody is pressed to say what becomes of it", doubt)
		}
	default:
		for _, x := range talk.Steps {
			from, turn := since, x.After == "opened"
			if day, ok := taken[x.After]; ok {
				from, turn = day, true
			}
			if _, did := taken[x.ID]; !turn || did {
				continue
			}
			missed := slices.ContainsFunc(t.Said, func(s plan.Stage) bool {
				step, n := act.StageStep(s.ID)
				return step == x.ID && n == round && strings.Contains(s.ID, "-missed") && w.day(s.At).After(from)
			})
			if !missed && w.ran(false, from, eve, stands) > w.term(x.Limit, from)+12 {
				w.breaks(0, h.Until, "%s is owed since %s, and nobody is pressed for it", x.ID, from)
			}
		}
	}
	return w.found
}

// step holds a word about a step of a talk to the order of steps and its limit.
func (w *world) step(s plan.Stage, step string, on, since calendar.Day, taken map[string]calendar.Day, stands []stand) {
	talk := w.policies[w.policy].Talk
	if talk == nil {
		return
	}
	for _, x := range talk.Steps {
		if x.ID != step {
			continue
		}
		if x.After != "opened" {
			day, ok := taken[x.After]
			if !ok {
				w.breaks(5, s.At, "%s before %s", s.ID, x.After)
				return
			}
			since = day
		}
		if ran, term := w.ran(false, since, on, stands), w.term(x.Limit, since); strings.Contains(s.ID, "-missed") && ran <= term {
			w.breaks(4, s.At, "%s: %d days ran of %d", s.ID, ran, term)
		}
	}
}
