package plan

import (
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"duban/internal/calendar"
	"duban/internal/people"
)

// Stage is one rung of one task's ladder 督办阶段, worked out to the instant. It
// enters the workflow like this and is not computed again.
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
	Paper string       `json:"paper,omitempty"` // number of the document it rests on
}

// CatchUp is the stage that stands for the reminders missed by a late launch.
const CatchUp = "catch-up"

// Ladderer works out ladders: the calendar and zone it uses are its own.
type Ladderer struct {
	Calendar *calendar.Calendar
	Zone     *time.Location
	People   people.Directory
}

type rung struct {
	Stage
	day calendar.Day
}

// Ladder is every stage of a task led by lead and due on due, assigned at the
// instant assigned, in order of time.
//
// Before the due date a stage on a rest day moves to the working day before,
// after it to the next. A stage counted from the assignment is a term of days:
// it ends on the next working day (民法典 art. 203), but not after the due date's
// own stage. Stages of one task that meet on a day become the
// gravest of them, but for those with an Unless, which join only their like. Reminders that the assignment came too late for become one
// CatchUp on the next office morning; when a stage after the due date was
// missed too, the overdue stages start on that morning and keep their distances,
// so that nobody is warned before being urged.
func (l Ladderer) Ladder(p Policy, due calendar.Day, lead string, assigned time.Time) []Stage {
	morning := l.Morning(p, assigned)
	anchor, shifted := l.overdueAnchor(p, due, morning, assigned)
	var rungs []rung
	missed := rung{Stage: Stage{ID: CatchUp, Kind: Remind}, day: morning}
	for _, rule := range p.Stages {
		r := rung{Stage: Stage{ID: rule.ID, Kind: rule.Kind, To: l.seats(rule.To, lead), Light: rule.Light, Unless: rule.Unless}}
		if rule.Unless == UnlessAcknowledged {
			r.Topic = TopicAcknowledge
		}
		var wanted calendar.Day
		switch {
		case rule.From == FromAssigned:
			wanted = rule.After.After(calendar.DayOf(assigned.In(l.Zone)), l.Calendar)
			r.day = l.Calendar.OnOrAfter(wanted)
			if limit := l.Calendar.OnOrBefore(due); r.day.After(limit) && rule.Unless == "" {
				r.day = limit // the due date's own stage is graver and says it
			}
		case rule.Before != nil:
			wanted = rule.Before.Before(due, l.Calendar)
			r.day = l.Calendar.OnOrBefore(wanted)
		default:
			wanted = rule.After.After(anchor, l.Calendar)
			r.day = l.Calendar.OnOrAfter(wanted)
			if shifted {
				wanted = rule.After.After(due, l.Calendar)
			}
		}
		if r.day != wanted {
			r.MovedFrom = wanted
		}
		if l.At(p, r.day).Before(assigned) {
			missed.To = union(missed.To, r.To)
			missed.Merged = append(missed.Merged, r.ID)
			continue
		}
		rungs = append(rungs, r)
	}
	if len(missed.Merged) > 0 {
		missed.Light = p.LightOn(morning, due, l.Calendar)
		rungs = append([]rung{missed}, rungs...)
	}
	return l.merge(p, rungs)
}

// TopicAcknowledge is the Matter of the stages about a task not acknowledged.
const TopicAcknowledge = "acknowledge"

// FromAssigned is the Rule.From of stages counted from the assignment.
const FromAssigned = "assigned"

// Morning is the first office morning at or after t: the day of a working day
// whose speaking time has not passed.
func (l Ladderer) Morning(p Policy, t time.Time) calendar.Day {
	day := l.Calendar.OnOrAfter(calendar.DayOf(t.In(l.Zone)))
	if l.At(p, day).Before(t) {
		day = l.Calendar.AddWorkdays(day, 1)
	}
	return day
}

// overdueAnchor is the day from which stages after the due date count: the due
// date, unless the assignment came after the first of them was to speak; then
// the day that puts that first one on the given morning.
func (l Ladderer) overdueAnchor(p Policy, due, morning calendar.Day, assigned time.Time) (anchor calendar.Day, shifted bool) {
	first := Rule{}
	firstDay := calendar.Day{}
	for _, rule := range p.Stages {
		if rule.From == FromAssigned || rule.After == nil {
			continue
		}
		day := l.Calendar.OnOrAfter(rule.After.After(due, l.Calendar))
		if first.After == nil || day.Before(firstDay) {
			first, firstDay = rule, day
		}
	}
	if first.After == nil || !l.At(p, firstDay).Before(assigned) {
		return due, false
	}
	return first.After.Before(morning, l.Calendar), true
}

// At is the speaking time of a day.
func (l Ladderer) At(p Policy, d calendar.Day) time.Time {
	h, m := p.speakAt()
	return d.At(h, m, l.Zone)
}

func (l Ladderer) seats(roles []people.Role, lead string) []people.Recipient {
	var to []people.Recipient
	for _, role := range roles {
		to = union(to, []people.Recipient{l.People.Seat(role, lead)})
	}
	return to
}

// merge orders rungs by time and keeps one a day: the gravest, and among equals
// the one that stands later in the policy.
func (l Ladderer) merge(p Policy, rungs []rung) []Stage {
	slices.SortStableFunc(rungs, func(a, b rung) int { return a.day.Compare(b.day) })
	var stages []Stage
	var last calendar.Day
	at := -1 // of the last stage that others may become one with
	for _, r := range rungs {
		s := r.Stage
		s.At = l.At(p, r.day).UTC()
		if s.Unless != "" { // it may never be spoken: nothing else may hang on it
			stages = joinLike(stages, s)
			continue
		}
		if at >= 0 && last == r.day {
			kept, gone := s, stages[at]
			if gone.Kind.Gravity() > kept.Kind.Gravity() {
				kept, gone = gone, kept
			}
			kept.Merged = append(append(slices.Clone(gone.Merged), gone.ID), kept.Merged...)
			kept.Light = Graver(kept.Light, gone.Light)
			stages[at] = kept
			continue
		}
		last, at = r.day, len(stages)
		stages = append(stages, s)
	}
	return stages
}

// joinLike adds a stage with an Unless: one of the same day and the same Unless
// becomes the graver of the two.
func joinLike(stages []Stage, s Stage) []Stage {
	for i, other := range stages {
		if other.Unless != s.Unless || !other.At.Equal(s.At) {
			continue
		}
		kept, gone := s, other
		if gone.Kind.Gravity() > kept.Kind.Gravity() {
			kept, gone = gone, kept
		}
		kept.Merged = append(append(slices.Clone(gone.Merged), gone.ID), kept.Merged...)
		kept.Light = Graver(kept.Light, gone.Light)
		stages[i] = kept
		return stages
	}
	return append(stages, s)
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

func union(a, b []people.Recipient) []people.Recipient {
	for _, r := range b {
		if !slices.Contains(a, r) {
			a = append(a, r)
		}
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

// DoneLight is the light of a task closed on the day closed: late stays late.
func DoneLight(closed, due calendar.Day) Light {
	if closed.After(due) {
		return DoneLate
	}
	return Done
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

// TalkLadder is every stage of a talk opened at opened whose steps nobody
// takes: for each step a reminder before its limit and an escalation after it.
// A step taken on a day of its own counts from that day: taken maps step IDs to
// the days they were done; their stages are left out. A reminder that would come
// before its step begins to count comes on the first working day after that.
func (l Ladderer) TalkLadder(p Policy, lead string, opened calendar.Day, taken map[string]calendar.Day) []Stage {
	if p.Talk == nil {
		return nil
	}
	days := map[string]calendar.Day{"opened": opened}
	var rungs []rung
	for _, step := range p.Talk.Steps {
		if d, ok := taken[step.ID]; ok {
			days[step.ID] = d
			continue
		}
		from := days[step.After]
		limit := l.Calendar.OnOrAfter(step.Limit.After(from, l.Calendar))
		days[step.ID] = limit
		remind := l.Calendar.OnOrBefore(p.Talk.Remind.Before(limit, l.Calendar))
		if !remind.After(from) {
			remind = l.Calendar.AddWorkdays(from, 1)
		}
		if !remind.After(limit) {
			rungs = append(rungs, rung{Stage{ID: "talk-" + step.ID + "-remind", Kind: Remind, To: l.seats(p.Talk.To, lead), Light: Red}, remind})
		}
		missed := l.Calendar.OnOrAfter(p.Talk.Missed.After(limit, l.Calendar))
		rungs = append(rungs, rung{Stage{ID: "talk-" + step.ID + "-missed", Kind: Escalate, To: l.seats(p.Talk.Upward, lead), Light: Red}, missed})
	}
	slices.SortStableFunc(rungs, func(a, b rung) int { return a.day.Compare(b.day) })
	stages := make([]Stage, len(rungs)) // different steps that meet on a day are different facts: not merged
	for i, r := range rungs {
		r.At = l.At(p, r.day).UTC()
		stages[i] = r.Stage
	}
	return stages
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

// NewLadderer works by the plan's own zone and people; an unknown zone is an error.
func NewLadderer(p *Plan, cal *calendar.Calendar) (Ladderer, error) {
	zone := calendar.Beijing
	if p.Zone != "" {
		var err error
		if zone, err = time.LoadLocation(p.Zone); err != nil {
			return Ladderer{}, fmt.Errorf("plan %s: %w", p.ID, err)
		}
	}
	return Ladderer{Calendar: cal, Zone: zone, People: p.Directory}, nil
}
