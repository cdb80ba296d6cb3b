package plan

import (
	"maps"
	"slices"
	"strings"
	"time"

	"duban/internal/calendar"
	"duban/internal/people"
)

// Rhythm says how soon a word reaches each seat, by its gravity 发送节奏. Which seat
// hears what how often is custom: policy data. The zero Rhythm sends every word when
// it is said.
type Rhythm struct {
	Seats map[people.Role]Tempo `json:"seats,omitempty"`
	Most  int                   `json:"most,omitempty"`  // things that one message lists; the rest is counted. 0: all
	Hold  int                   `json:"hold,omitempty"`  // minutes that the word of an act waits for others to the same seat
	Quiet string                `json:"quiet,omitempty"` // hours in which no word of an act goes out: 20:00-08:00
}

// IsZero tells that no rhythm is set.
func (r Rhythm) IsZero() bool {
	return len(r.Seats) == 0 && r.Most == 0 && r.Hold == 0 && r.Quiet == ""
}

// Tempo is the rhythm of one seat.
type Tempo struct {
	Paces  map[Gravity]Pace `json:"paces,omitempty"`  // a gravity that is left out is AtOnce
	Budget int              `json:"budget,omitempty"` // messages a year above which a plan is warned about; 0: any number
}

// Gravity is what a rhythm tells words apart by: a StageKind, Told, or Asked.
type Gravity string

// Asked is the gravity of what asks the seat itself for a decision or an answer 请示、
// 要求答复, whatever its kind.
const Asked Gravity = "asked"

// Gravities are all of them, the mildest first.
var Gravities = []Gravity{Gravity(Told), Gravity(Remind), Gravity(DueDay), Gravity(Urge), Gravity(Warn), Gravity(Escalate), Gravity(Talk), Asked}

// Pace is how soon a word goes out.
type Pace string

const (
	AtOnce  Pace = "at_once"  // when it is said
	Daily   Pace = "daily"    // with the message of that office morning, or of the next
	WhenNew Pace = "when_new" // daily when the seat has heard nothing as grave about the task, else weekly
	Weekly  Pace = "weekly"   // with the page of Monday, or of the week's first working day
	Monthly Pace = "monthly"  // with the message of the month's first working day
	Never   Pace = "never"    // never alone: with the next message that the seat gets
)

// Paces are all of them, the soonest first.
var Paces = []Pace{AtOnce, Daily, WhenNew, Weekly, Monthly, Never}

// OwnPaces are those that a person may choose for mild words: see Place.
var OwnPaces = []Pace{Weekly, Monthly, Never}

// sameWithin is the time within which a seat is not told the same thing twice with the
// same gravity.
const sameWithin = 7 * 24 * time.Hour

// DefaultRhythm is the rhythm of a policy that names none: units' liaisons and the
// office hear every day on which there is something; deputies and heads when a task
// reaches a new rung, else weekly; the leadership weekly, at once only what asks for
// its decision or reaches it for the first time.
func DefaultRhythm() Rhythm {
	daily := map[Gravity]Pace{Asked: AtOnce}
	rungs := map[Gravity]Pace{Gravity(Told): Weekly, Gravity(Remind): Weekly, Gravity(DueDay): Weekly,
		Gravity(Urge): WhenNew, Gravity(Warn): WhenNew, Gravity(Escalate): WhenNew, Gravity(Talk): WhenNew, Asked: AtOnce}
	upward := maps.Clone(rungs)
	for _, g := range []Gravity{Gravity(Urge), Gravity(Warn)} {
		upward[g] = Weekly
	}
	upward[Asked] = Daily
	office := map[Gravity]Pace{Asked: Daily}
	for _, g := range Gravities[:len(Gravities)-1] {
		daily[g], office[g] = Daily, Daily
	}
	daily[Gravity(Told)] = AtOnce
	return Rhythm{Most: 15, Hold: 3, Quiet: "20:00-08:00", Seats: map[people.Role]Tempo{
		people.Liaison: {daily, 100}, people.Deputy: {rungs, 80}, people.Head: {maps.Clone(rungs), 80},
		people.Office: {office, 250}, people.Leader: {upward, 60},
	}}
}

// Word is one word for one seat, to be put into a message.
type Word struct {
	Role  people.Role
	Of    string // what it is about: the task's own limit, a step of a talk
	Kind  StageKind
	Light Light
	At    time.Time    // when it is said
	Asks  bool         // it is Asked
	Own   Pace         // the reader's own choice; "" is none
	Until calendar.Day // the last day on which the seat can do what it is reminded of; zero: it need not do anything
}

// Heard is a word that the seat was told before about the same task, or is to be
// told, and when its message speaks.
type Heard struct {
	Word
	In time.Time
}

func (w Word) gravity() Gravity {
	if w.Asks {
		return Asked
	}
	return Gravity(w.Kind)
}

// asGraveAs tells that a word before about the same thing was as grave: of the same kind
// and light. Of two words that ask for something it is enough that both are of one kind,
// or that neither is graver than DueDay, so that neither says that a limit was missed.
func (w Word) asGraveAs(before Word) bool {
	if w.Asks && before.Asks {
		return before.Kind == w.Kind || max(before.Kind.Gravity(), w.Kind.Gravity()) <= DueDay.Gravity()
	}
	return before.Kind == w.Kind && before.Light == w.Light
}

// Placed is where a word goes: into the message that speaks at In; or, when Rides is set,
// into whatever message the seat gets next, and In is then the time of the next weekly page.
type Placed struct {
	In    time.Time
	Rides bool
}

// Place puts a word into a message by the policy's rhythm. heard is what the seat was
// told about the task before. A word that says the same as one before it, as grave and
// within a week, waits for the first weekly page after that week. Whoever has to act and
// was not told yet is told before the limit, whatever the pace. A word that is milder than
// Urge, asks for nothing and tells of no act goes out at the reader's own pace where that
// is slower.
func (l Ladderer) Place(p Policy, w Word, heard []Heard) Placed {
	pace, set := p.Rhythm.Seats[w.Role].Paces[w.gravity()]
	if !set {
		pace = AtOnce
	}
	if len(p.Rhythm.Seats) == 0 {
		return Placed{In: w.At}
	}
	repeated, again := false, w.At // when the same may be said once more
	for _, h := range heard {
		if w.Kind != Told && h.Of == w.Of && w.asGraveAs(h.Word) && h.In.After(w.At.Add(-sameWithin)) {
			repeated = true
			if a := h.In.Add(sameWithin); a.After(again) {
				again = a
			}
		}
	}
	if pace == WhenNew {
		pace = Daily
		if slices.ContainsFunc(heard, func(h Heard) bool { return h.Kind.Gravity() >= w.Kind.Gravity() }) {
			pace = Weekly
		}
	}
	if mild := !w.Asks && w.Kind != Told && w.Kind.Gravity() < Urge.Gravity(); mild && slices.Index(Paces, w.Own) > slices.Index(Paces, pace) {
		pace = w.Own
	}
	if repeated && slices.Index(Paces, pace) < slices.Index(Paces, Weekly) {
		pace = Weekly
	}
	said := w
	said.At = again
	placed := l.at(p, pace, said)
	if late := placed.Rides || calendar.DayOf(placed.In.In(l.Zone)).After(w.Until); late && !w.Until.IsZero() && !repeated {
		return Placed{In: w.At}
	}
	return placed
}

// at is when a word goes out at a pace.
func (l Ladderer) at(p Policy, pace Pace, w Word) Placed {
	at := w.At
	switch pace {
	case AtOnce:
		if w.Kind == Told {
			in := l.held(p.Rhythm, at)
			if morning := l.At(p, l.Morning(p, at)).UTC(); morning.Before(in) { // the word of an act comes no later than the messages of the next office morning
				in = morning
			}
			return Placed{In: in}
		}
	case Daily:
		return Placed{In: l.At(p, l.Morning(p, at)).UTC()}
	case Weekly:
		return Placed{In: l.Page(p, at)}
	case Monthly:
		day := calendar.DayOf(at.In(l.Zone))
		for month := calendar.NewDay(day.Year, day.Month, 1); ; month = month.AddMonths(1) {
			if in := l.At(p, l.Calendar.OnOrAfter(month)).UTC(); !in.Before(at) {
				return Placed{In: in}
			}
		}
	case Never:
		return Placed{In: l.Page(p, at), Rides: true}
	}
	return Placed{In: at}
}

// held is when the word of an act that was done at an instant goes out: Rhythm.Hold
// minutes later, together with those of other acts, and not in the quiet hours.
func (l Ladderer) held(r Rhythm, at time.Time) time.Time {
	at = at.Add(time.Duration(r.Hold) * time.Minute)
	from, until, ok := QuietHours(r.Quiet)
	if !ok {
		return at
	}
	local := at.In(l.Zone)
	day, minute := calendar.DayOf(local), local.Hour()*60+local.Minute()
	switch {
	case from <= until && from <= minute && minute < until, from > until && minute < until:
		return day.At(until/60, until%60, l.Zone).UTC()
	case from > until && minute >= from:
		return day.AddDays(1).At(until/60, until%60, l.Zone).UTC()
	}
	return at
}

// QuietHours reads "20:00-08:00" as minutes of the day; ok is false of anything else.
func QuietHours(text string) (from, until int, ok bool) {
	a, b, cut := strings.Cut(text, "-")
	first, err := time.Parse("15:04", a)
	last, err2 := time.Parse("15:04", b)
	if !cut || err != nil || err2 != nil || len(text) != len("20:00-08:00") || a == b {
		return 0, 0, false
	}
	return first.Hour()*60 + first.Minute(), last.Hour()*60 + last.Minute(), true
}

// Page is when the weekly page speaks next, at or after t: on Monday, or on the week's
// first working day.
func (l Ladderer) Page(p Policy, t time.Time) time.Time {
	day := calendar.DayOf(t.In(l.Zone))
	monday := day.AddDays(-(int(day.Weekday()) + 6) % 7)
	for ; ; monday = monday.AddDays(7) {
		if in := l.At(p, l.Calendar.OnOrAfter(monday)).UTC(); !in.Before(t) {
			return in
		}
	}
}
