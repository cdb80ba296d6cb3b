package plan

import (
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"duban/internal/calendar"
	"duban/internal/people"
)

// Stage is one word about one task 督办阶段, worked out to the instant it speaks at.
type Stage struct {
	ID        string             `json:"id"`
	Kind      StageKind          `json:"kind"`
	At        time.Time          `json:"at"`         // when it speaks, UTC
	MovedFrom calendar.Day       `json:"moved_from"` // the rest day (or missed day) it was moved from; zero when it was not
	To        []people.Recipient `json:"to"`
	Light     Light              `json:"light"`
	Merged    []string           `json:"merged,omitempty"` // milder stages of the same day that became this one
	Unless    string             `json:"unless,omitempty"` // see Rule
	Matter
}

// Matter is what a stage speaks of when that is not the task's own limit. The
// zero Matter is the limit's.
type Matter struct {
	Topic string       `json:"topic,omitempty"` // acknowledge, silent, part, return, extension, report, instruction, proposal; of a told stage the act's kind
	Words string       `json:"words,omitempty"` // a person's words, passed on
	By    string       `json:"by,omitempty"`    // who acted: an account's name
	Limit calendar.Day `json:"limit,omitzero"`  // the matter's own limit
	New   calendar.Day `json:"new,omitzero"`    // the new due date, asked for or set
	Was   calendar.Day `json:"was,omitzero"`    // the due date until then, where it was changed
	Moves bool         `json:"moves,omitempty"` // of a pause: the due date moves by it
	Ended calendar.Day `json:"ended,omitzero"`  // the date asked for by an extension that the act ends undecided
	Ends  string       `json:"ends,omitempty"`  // return, report, or both with a space between: what else the act ends undecided
	Begin calendar.Day `json:"begin,omitzero"`  // the day on which the task begins, where it was changed
	Paper string       `json:"paper,omitempty"` // number of the document it rests on
	Unit  string       `json:"unit,omitempty"`  // of a reassignment: the unit that led until then, its ID
}

// CatchUp is the ID of the one stage in place of all reminders that a late launch missed.
const CatchUp = "catch-up"

// Passed is the ID of the reminder that a date came while the unit's clock was halted, or
// before the unit was given the task: the unit is told so before anything graver is said.
const Passed = "passed"

// Ladderer works out the days of a plan's stages: the calendar and zone it uses are its own.
type Ladderer struct {
	Calendar *calendar.Calendar
	Zone     *time.Location
	People   people.Directory
}

// TopicAcknowledge is the Matter of the stages about a task not acknowledged.
const TopicAcknowledge = "acknowledge"

// FromAssigned is the Rule.From of stages counted from the assignment.
const FromAssigned = "assigned"

// Morning is the first office morning at or after t: the first working day whose
// speaking time by p is not before t.
func (l Ladderer) Morning(p Policy, t time.Time) calendar.Day {
	day := l.Calendar.OnOrAfter(calendar.DayOf(t.In(l.Zone)))
	if l.At(p, day).Before(t) {
		day = l.Calendar.AddWorkdays(day, 1)
	}
	return day
}

// At is the speaking time of a day.
func (l Ladderer) At(p Policy, d calendar.Day) time.Time {
	h, m := p.speakAt()
	return d.At(h, m, l.Zone)
}

// Gravity orders stage kinds; an unknown kind is the mildest.
func (k StageKind) Gravity() int { return slices.Index(StageKinds, k) }

// Graver is the graver of two lights of an open task.
func Graver(a, b Light) Light {
	if slices.Index(Lights, b) > slices.Index(Lights, a) {
		return b
	}
	return a
}

func (p Policy) speakAt() (hour, minute int) {
	t, err := time.Parse("15:04", p.SpeakAt)
	if err != nil {
		return 9, 0
	}
	return t.Hour(), t.Minute()
}

// LightOn is the light of an open task on the day today.
func (p Policy) LightOn(today, due calendar.Day, cal *calendar.Calendar) Light {
	switch {
	case today.After(due):
		return Red
	case !today.Before(p.Yellow.Before(due, cal)):
		return Yellow
	case !today.Before(p.Blue.Before(due, cal)):
		return Blue
	}
	return Green
}

// Wake is when a stage's workflow wakes to decide it: spread by the task's ID
// over the window before it speaks, the last twentieth kept free so that the
// last decision is recorded before the first word is spoken.
func Wake(task string, at time.Time, window time.Duration) time.Time {
	spread := window - window/20
	if spread <= 0 {
		return at
	}
	h := fnv.New64a()
	h.Write([]byte(task))
	return at.Add(-window + time.Duration(h.Sum64()%uint64(spread)))
}

// TalkLimit is the day a step is to be taken by, given the steps taken so far.
// It is the zero Day when the policy knows no such step.
func (l Ladderer) TalkLimit(p Policy, id string, opened calendar.Day, taken map[string]calendar.Day) calendar.Day {
	if p.Talk == nil {
		return calendar.Day{}
	}
	days := map[string]calendar.Day{"opened": opened}
	for _, step := range p.Talk.Steps {
		if d, ok := taken[step.ID]; ok {
			days[step.ID] = d
		} else {
			days[step.ID] = l.Calendar.OnOrAfter(step.Limit.After(days[step.After], l.Calendar))
		}
	}
	return days[id]
}

// Ladderer works by the plan's own zone and people. A zone that this machine does not know
// is Beijing's, as calendar.Zone has it.
func (p *Plan) Ladderer(cal *calendar.Calendar) Ladderer {
	return Ladderer{Calendar: cal, Zone: p.Location(), People: p.Directory}
}

// NewLadderer works by the plan's own zone and people; an unknown zone is an error.
func NewLadderer(p *Plan, cal *calendar.Calendar) (Ladderer, error) {
	if p.Zone != "" {
		if _, err := time.LoadLocation(p.Zone); err != nil {
			return Ladderer{}, fmt.Errorf("plan %s: %w", p.ID, err)
		}
	}
	return p.Ladderer(cal), nil
}
