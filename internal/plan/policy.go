package plan

import (
	"fmt"
	"regexp"
	"strconv"

	"duban/internal/calendar"
	"duban/internal/people"
)

// StageKind is what a stage does, from the mildest to the gravest.
type StageKind string

const (
	Remind   StageKind = "remind"   // 提醒
	DueDay   StageKind = "due"      // 到期
	Urge     StageKind = "urge"     // 催办
	Warn     StageKind = "warn"     // 预警
	Escalate StageKind = "escalate" // 上报领导
	Talk     StageKind = "talk"     // 约谈
)

// StageKinds in order of gravity.
var StageKinds = []StageKind{Remind, DueDay, Urge, Warn, Escalate, Talk}

// Light 亮灯.
type Light string

const (
	Green    Light = "green"
	Blue     Light = "blue"
	Yellow   Light = "yellow"
	Red      Light = "red"
	Done     Light = "done"
	DoneLate Light = "done_late" // never looks like Done
)

// Lights of an open task in order of gravity.
var Lights = []Light{Green, Blue, Yellow, Red}

// Offset is a distance in calendar or working days, written "30 days" or "5 workdays".
type Offset struct {
	N    int
	Work bool
}

var offsetText = regexp.MustCompile(`^(\d{1,4}) (day|workday)s?$`)

func (o Offset) String() string {
	unit := "day"
	if o.Work {
		unit = "workday"
	}
	if o.N != 1 {
		unit += "s"
	}
	return fmt.Sprintf("%d %s", o.N, unit)
}

func (o Offset) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

func (o *Offset) UnmarshalText(b []byte) error {
	m := offsetText.FindStringSubmatch(string(b))
	if m == nil {
		return fmt.Errorf("%q is not a distance like \"30 days\" or \"5 workdays\"", b)
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return err
	}
	*o = Offset{n, m[2] == "workday"}
	return nil
}

// After is the day o after d; Before the day o before it.
func (o Offset) After(d calendar.Day, cal *calendar.Calendar) calendar.Day {
	if o.Work {
		return cal.AddWorkdays(d, o.N)
	}
	return d.AddDays(o.N)
}

func (o Offset) Before(d calendar.Day, cal *calendar.Calendar) calendar.Day {
	if o.Work {
		return cal.AddWorkdays(d, -o.N)
	}
	return d.AddDays(-o.N)
}

// Policy is a named, versioned ladder 督办规则. Which day numbers a city uses is
// custom: they are data, never code.
type Policy struct {
	Name    string `json:"name"`
	Version int    `json:"version"`
	Title   string `json:"title"`
	SpeakAt string `json:"speak_at"` // HH:MM local; 09:00 when empty
	Ahead   Offset `json:"ahead"`    // an occurrence of a duty opens this long before its first stage
	Blue    Offset `json:"blue"`     // blue from this long before the due date
	Yellow  Offset `json:"yellow"`
	Stages  []Rule `json:"stages"`
	Talk    *Talks `json:"talk,omitempty"` // required when a stage has kind talk
}

// Rule is one rung. Exactly one of Before and After is set.
type Rule struct {
	ID     string        `json:"id"`
	Kind   StageKind     `json:"kind"`
	From   string        `json:"from,omitempty"` // due (default) or assigned
	Before *Offset       `json:"before,omitempty"`
	After  *Offset       `json:"after,omitempty"`
	To     []people.Role `json:"to"`
	Light  Light         `json:"light"`
}

// Talks says how talks 约谈 open and what their steps' limits are.
type Talks struct {
	Open   string        `json:"open"`   // at_once, or on_approval by a named leader
	Remind Offset        `json:"remind"` // before each limit
	Missed Offset        `json:"missed"` // after each limit
	Steps  []TalkStep    `json:"steps"`
	To     []people.Role `json:"to"`     // who is reminded of a step's limit
	Upward []people.Role `json:"upward"` // who hears that it was missed
}

const (
	TalkAtOnce     = "at_once"
	TalkOnApproval = "on_approval"
)

// TalkStep is one step of a talk with its limit, counted from another step
// (served, held, minutes, plan, report, verified) or from "opened".
type TalkStep struct {
	ID    string `json:"id"`
	After string `json:"after"`
	Limit Offset `json:"limit"`
}
