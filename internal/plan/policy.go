package plan

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/water"
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

// Told is the kind of what a person's act says at once 告知. It is no rung: no
// policy names it and it is the mildest of all.
const Told StageKind = "told"

// Light 亮灯.
type Light string

const (
	Green    Light = "green"
	Blue     Light = "blue"
	Yellow   Light = "yellow"
	Red      Light = "red"
	Done     Light = "done"
	DoneLate Light = "done_late" // shown differently from Done
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
	Acts    Acts   `json:"acts"`
	Talk    *Talks `json:"talk,omitempty"` // required when a stage has kind talk
	// Resend is the mildest kind of stage that is sent again, marked so, when nobody
	// knows whether it arrived and its channel has no way to tell a copy; Urge when empty.
	Resend StageKind `json:"resend,omitempty"`
	Rhythm Rhythm    `json:"rhythm,omitzero"` // how soon words reach each seat
}

// Grave tells whether a stage of this kind is as grave as Resend or graver: then it is
// sent again when nobody knows whether it arrived.
func (p Policy) Grave(k StageKind) bool {
	return k.Gravity() >= cmp.Or(p.Resend, Urge).Gravity()
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
	Unless string        `json:"unless,omitempty"` // UnlessAcknowledged: not spoken once the unit has acknowledged
}

// UnlessAcknowledged is the Rule.Unless of the stages about a task nobody has
// acknowledged 未签收.
const UnlessAcknowledged = "acknowledged"

// Acts are the limits of people's acts. Every one is custom: policy data.
// A policy file that leaves one out gets DefaultActs'.
type Acts struct {
	Return     Offset `json:"return"`     // 退回: from the assignment (信访工作条例 art. 23 by analogy)
	Rule       Offset `json:"rule"`       // the office's limit to rule on a return or decide an extension
	Extend     Offset `json:"extend"`     // 延期: asked at least this long before the due date
	Extensions int    `json:"extensions"` // how many may be granted; the first by the office, the rest by the leadership
	Verify     Offset `json:"verify"`     // 核查: the office's limit to verify a completion report
	Decide     Offset `json:"decide"`     // the leader's limit to decide a proposal
	Chase      Offset `json:"chase"`      // 催办: between two chases by hand (政府督查工作条例 art. 15: not too often)
	Grace      Offset `json:"grace"`      // no rung sooner than this after a rejection, a resumption, a hand-over or another date
	Silent     Offset `json:"silent"`     // acknowledged, and nothing heard for this long, is a stage
	Part       Offset `json:"part"`       // 配合事项: reminded this long before its limit
	PartMissed Offset `json:"part_missed"`
	Circular   Offset `json:"circular"` // 通报: from the circular to the answer of the unit it names
	Yellow     int    `json:"yellow"`   // progress light: percentage points behind the share of time gone by
	Red        int    `json:"red"`
}

// DefaultActs are the limits of a policy that names none.
func DefaultActs() Acts {
	return Acts{
		Return: Offset{5, true}, Rule: Offset{3, true}, Extend: Offset{3, true}, Extensions: 2,
		Verify: Offset{5, true}, Decide: Offset{3, true}, Chase: Offset{2, true}, Grace: Offset{1, true}, Silent: Offset{20, true},
		Part: Offset{2, true}, PartMissed: Offset{1, true}, Circular: Offset{10, true}, Yellow: 10, Red: 30,
	}
}

// RuleTitle is what a rule of the plan is called: by its title, else by its ID.
func (p *Plan) RuleTitle(id string) string {
	if i := slices.IndexFunc(p.Consequences, func(c Consequence) bool { return c.ID == id }); i >= 0 {
		return cmp.Or(p.Consequences[i].Title, id)
	}
	if p.Water != nil {
		if i := slices.IndexFunc(p.Water.Rules, func(r water.Rule) bool { return r.ID == id }); i >= 0 {
			return cmp.Or(p.Water.Rules[i].Title, id)
		}
	}
	return id
}

// Consequence is a rule that adds up across the tasks of one unit 累计: when its
// facts are there it proposes the next rung, and a named person decides.
type Consequence struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Count   string `json:"count"` // overdue, reds, talks: see the constants
	AtLeast int    `json:"at_least"`
	Within  Offset `json:"within"`  // for talks: how far back; zero for the others
	Propose string `json:"propose"` // ProposeTalk or ProposeCircular
}

const (
	CountOverdue = "overdue" // tasks of the unit overdue at one time
	CountReds    = "reds"    // the unit's last tasks to fall due, all missed, in a row
	CountTalks   = "talks"   // talks of the unit opened within a time

	ProposeTalk     = "talk"     // 约谈
	ProposeCircular = "circular" // 通报
)

// Talks says how talks 约谈 open and what their steps' limits are.
type Talks struct {
	Open   string        `json:"open"`   // at_once, or on_approval by a named leader
	Remind Offset        `json:"remind"` // before each limit
	Missed Offset        `json:"missed"` // after each limit
	Steps  []TalkStep    `json:"steps"`
	To     []people.Role `json:"to"`     // who is reminded of a step's limit
	Upward []people.Role `json:"upward"` // who hears that it was missed
	// Later says what a further missed deadline of the unit does after its talk was held:
	// LaterJoins, when empty, or LaterOpens.
	Later string `json:"later,omitempty"`
}

const (
	LaterJoins = "join" // the missed deadline is a further demand of the rectification
	LaterOpens = "next" // the missed deadline opens the next talk

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

// ownStageID matches the IDs of the stages that the engine makes itself, or made in
// ledgers that are still read: the catch-up, the word on a date that passed, a talk's
// steps, and all that acts of people set going. A test of internal/act checks that it
// matches every stage that acts make.
var ownStageID = regexp.MustCompile(`^(catch-up|passed|(talk|silent|return|moved|resumed)-.*|(act|part|extension|report|instruction|proposal|doubt)-[0-9]+-.+)$`)

// OwnStage tells that a stage of this name is the engine's own, which no policy may use.
func OwnStage(id string) bool { return ownStageID.MatchString(id) }
