package report

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/notice"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/words"
)

// eventData has the fields of events' data that Event puts into sentences; the JSON output
// of a list of events has the whole data.
type eventData struct {
	Lost   int             `json:"lost"`
	Stage  json.RawMessage `json:"stage"` // the whole stage where it was decided, its ID where it was voided
	Talk   string          `json:"talk"`
	Due    string          `json:"due"`
	Reason string          `json:"reason"`
	Paper  string          `json:"paper"` // of an amendment
	Left   []any           `json:"left"`  // what refused it
	Key    string          `json:"key"`   // of a policy
	Tasks  json.RawMessage `json:"tasks"` // of a launch, a number; of an arming, a list of IDs
	Digest string          `json:"digest"`
	Error  string          `json:"error"`
	Year   int             `json:"year"`
	Law    int             `json:"law"`
	Origin act.Origin      `json:"origin"`

	Name   string `json:"name"` // of one of the office's settings
	Before string `json:"before"`
	Value  string `json:"value"`

	Thing   string `json:"thing"` // the task, talk or other thing whose workflow was mended
	Why     string `json:"why"`
	Missing []any  `json:"missing"` // of an audit's alarm
	Stuck   []any  `json:"stuck"`
	Waits   []any  `json:"waits"`
	Laws    []any  `json:"laws"`
	Alone   []any  `json:"unattended"`
}

// EventName is the name of a kind of event; a kind without one in the catalogue is
// returned unchanged.
func (s Speaker) EventName(kind string) string {
	if k, ok := strings.CutPrefix(kind, "act."); ok && kind != ledger.ActRefused {
		kind = k
		if name := s.w.T("act.kind_" + k); name != "act.kind_"+k {
			return name
		}
	}
	key := "event." + strings.ReplaceAll(kind, ".", "_")
	if name := s.w.T(key); name != key {
		return name
	}
	return kind
}

// Origin says what a task or a talk was opened for.
func (s Speaker) Origin(o act.Origin) string {
	if o.Kind == "" {
		return ""
	}
	of, month, _ := strings.Cut(o.Of, "/")
	return s.w.T("event.origin_"+string(o.Kind), words.Data{"Of": o.Of, "Section": of, "Month": month})
}

// Event says in a sentence what an event tells, with its instants in zone.
func (s Speaker) Event(dir people.Directory, zone *time.Location, e ledger.Event) string {
	if text, ok := s.actText(dir, e); ok {
		return text
	}
	var d eventData
	if err := json.Unmarshal(e.Data, &d); err != nil {
		return clip(string(e.Data), 200)
	}
	switch e.Kind {
	case ledger.CalendarPut, ledger.CalendarMoved, ledger.CalendarBack, ledger.AuditProvisional:
		return fmt.Sprint(d.Year)
	case ledger.AuditLaw:
		return notice.LawWords(s.w, d.Law)
	case ledger.PlanLaunched:
		return s.w.T("event.say_tasks", words.Data{"N": string(d.Tasks)})
	case ledger.TaskArmed:
		var armed []string
		_ = json.Unmarshal(d.Tasks, &armed) // not a list: zero tasks
		return s.w.T("event.say_tasks", words.Data{"N": len(armed)})
	case ledger.OccurrenceOpened:
		return s.w.T("event.say_due", words.Data{"Due": d.Due})
	case ledger.TaskOpened:
		return s.Origin(d.Origin) + " " + s.w.T("event.say_due", words.Data{"Due": d.Due})
	case ledger.StageDecided, ledger.TaskOrdered:
		var stage plan.Stage
		if err := json.Unmarshal(d.Stage, &stage); err != nil {
			break
		}
		name := s.Stage(Step{Stage: stage.ID, Kind: stage.Kind, Talk: TalkOf(stage.ID), Topic: stage.Topic})
		return s.w.T("event.say_stage", words.Data{"Stage": name, "At": told(zone, stage.At), "To": s.Seats(dir, stage.To)})
	case ledger.PlanAmended:
		return strings.TrimSpace(d.Paper + " " + d.Reason)
	case ledger.PlanCarried:
		return s.w.T("event.say_left", words.Data{"N": len(d.Left)})
	case ledger.PolicyAdded:
		return d.Key
	case ledger.OfficeSet:
		before := d.Before
		if before == "" {
			before = s.w.T("office.undecided")
		}
		about := s.w.T("event.setting_" + d.Name)
		return s.w.T("office.done", words.Data{"Name": about, "Before": before, "Value": d.Value})
	case ledger.ContactSet:
		var c struct {
			Seat     people.Recipient `json:"seat"`
			Name     string           `json:"name"`
			Email    string           `json:"email"`
			WasName  string           `json:"was_name"`
			WasEmail string           `json:"was_email"`
		}
		if err := json.Unmarshal(e.Data, &c); err != nil {
			break
		}
		contact := func(name, email string) string {
			if name == "" && email == "" {
				return s.w.T("office.nobody")
			}
			return name + " <" + email + ">"
		}
		return s.w.T("office.done", words.Data{"Name": c.Seat.String(), "Before": contact(c.WasName, c.WasEmail), "Value": contact(c.Name, c.Email)})
	case ledger.ChargeSet:
		var c struct {
			Of        string `json:"of"`
			Leader    string `json:"leader"`
			Person    string `json:"person"`
			Phone     string `json:"phone"`
			WasLeader string `json:"was_leader"`
			WasPerson string `json:"was_person"`
			WasPhone  string `json:"was_phone"`
		}
		if err := json.Unmarshal(e.Data, &c); err != nil {
			break
		}
		named := func(all ...string) string {
			if text := strings.Join(strings.Fields(strings.Join(all, " ")), " "); text != "" {
				return text
			}
			return s.w.T("office.nobody")
		}
		return s.w.T("office.done", words.Data{"Name": c.Of, "Before": named(c.WasLeader, c.WasPerson, c.WasPhone), "Value": named(c.Leader, c.Person, c.Phone)})
	case ledger.UnitSet:
		var u struct {
			Unit       string   `json:"unit"`
			Name       string   `json:"name"`
			Aliases    []string `json:"aliases"`
			WasName    string   `json:"was_name"`
			WasAliases []string `json:"was_aliases"`
		}
		if err := json.Unmarshal(e.Data, &u); err != nil {
			break
		}
		called := func(name string, aliases []string) string {
			return strings.Join(append([]string{name}, aliases...), s.w.T("report.comma"))
		}
		return s.w.T("office.done", words.Data{"Name": u.Unit, "Before": called(u.WasName, u.WasAliases), "Value": called(u.Name, u.Aliases)})
	case ledger.WorkflowMended, ledger.WorkflowTaken:
		return s.w.T("event.say_mended", words.Data{"Thing": s.call(e.Plan, d.Thing), "Why": s.w.T("doctor.why_" + d.Why)})
	case ledger.AuditAlarm:
		return s.w.T("event.say_alarm", words.Data{"Missing": len(d.Missing), "Stuck": len(d.Stuck), "Waits": len(d.Waits), "Laws": len(d.Laws), "Alone": len(d.Alone)})
	case ledger.AuditUnattended:
		var of struct {
			Unit  string   `json:"unit"`
			Tasks []string `json:"tasks"`
		}
		if err := json.Unmarshal(e.Data, &of); err != nil {
			break
		}
		return s.w.T("event.say_unattended", words.Data{"Unit": dir.Name(of.Unit), "N": len(of.Tasks)})
	case ledger.TaskTaken, ledger.OccurrenceCarried:
		var of struct {
			From act.Elsewhere `json:"from"`
		}
		if err := json.Unmarshal(e.Data, &of); err != nil {
			break
		}
		return s.w.T("event.say_from", words.Data{"Plan": of.From.Plan, "Task": s.call(of.From.Plan, of.From.Task)})
	case ledger.PlanEnded, ledger.PlanArchived, ledger.PlanTakenBack:
		var of struct {
			Act act.Act `json:"act"`
		}
		if err := json.Unmarshal(e.Data, &of); err != nil {
			break
		}
		return strings.TrimSpace(of.Act.Paper + " " + of.Act.Reason)
	case ledger.DutyEnded, ledger.DutyReopened:
		return ""
	case ledger.CourseAhead:
		return s.w.T("event.say_ahead", words.Data{"N": d.Lost})
	case ledger.TalkOpened, ledger.TalkAsked, ledger.TalkHasJoined, ledger.TalkVoided, ledger.TalkGivenBack:
		return s.w.T("event.say_talk", words.Data{"Talk": s.call(e.Plan, d.Talk)})
	}
	if to, at, ok := digestOf(d.Digest); ok {
		return strings.TrimSpace(s.w.T("event.say_message", words.Data{"To": s.Seats(dir, []people.Recipient{to}), "At": told(zone, at)}) + " " + d.Error)
	}
	return clip(string(e.Data), 200)
}

// actText says what an act was about, or why it was refused; ok is false for an event that
// is no act.
func (s Speaker) actText(dir people.Directory, e ledger.Event) (text string, ok bool) {
	if !strings.HasPrefix(e.Kind, "act.") {
		return "", false
	}
	var d struct {
		Act     *act.Act     `json:"act"`
		Refused *act.Refusal `json:"refused"`
		Grounds []act.Ground `json:"grounds"`
		Before  []act.Ground `json:"before"`
	}
	if json.Unmarshal(e.Data, &d) != nil || d.Act == nil {
		return "", false
	}
	said := d.Act.Reason
	if len(d.Grounds) > 0 {
		said = notice.Grounds(s.w, d.Grounds, d.Before)
	}
	said = s.join(append(s.about(dir, *d.Act), said)...)
	if d.Refused != nil {
		said = s.w.T("event.say_refused", words.Data{"Act": s.w.T("act.kind_" + string(d.Act.Kind)), "Why": notice.Refused(s.w, *d.Refused, dir.Name)})
	}
	by := d.Act.By.Name
	if by == ledger.Engine {
		by = s.w.T("event.engine")
	}
	return s.w.T("event.say_act", words.Data{"By": by, "Words": said}), true
}

// about are the facts of an act, each in a few words: dates, units, a percentage.
func (s Speaker) about(dir people.Directory, a act.Act) (all []string) {
	add := func(name, value string) {
		if value != "" {
			all = append(all, s.w.T("case.act_"+name, words.Data{"Value": value}))
		}
	}
	if a.Entered != nil {
		add("entered", a.Entered.Name)
	}
	row, _ := act.Topic(a.Kind)
	if a.Kind == act.Carry { // the act's other fields describe the task in the other plan
		all = append(all, s.intoOf(a)...)
		add("paper", a.Paper)
		return all
	}
	due := "due"
	if row.News.Owes == act.TopicExtension {
		due = "due_asked"
	}
	if !a.Due.IsZero() {
		add(due, a.Due.String())
	}
	if a.Unit != "" {
		add("unit", dir.Name(a.Unit))
	}
	if len(a.Units) > 0 {
		names := make([]string, len(a.Units))
		for i, id := range a.Units {
			names[i] = dir.Name(id)
		}
		add("units", s.list(names))
	}
	if slices.Contains(row.Must, act.FieldPercent) || a.Percent > 0 {
		add("percent", strconv.Itoa(a.Percent)+"%")
	}
	if !a.Until.IsZero() {
		add("until", a.Until.String())
	}
	add("policy", a.Policy)
	add("title", a.Title)
	add("rule", s.ruleOf(a.Rule))
	if a.Begin != nil && !a.Begin.IsZero() {
		add("begin", a.Begin.String())
	}
	if row.Takes(act.FieldRef) { // an act of another kind has in Ref the task, or the unit that goes
		add("ref", a.Ref)
	}
	add("paper", a.Paper)
	return all
}

// TalkOf is the stage's ID when it is a talk's, and "" otherwise.
func TalkOf(stage string) string {
	if strings.HasPrefix(stage, "talk-") {
		return stage
	}
	return ""
}

// digestOf reads plan|unit/role|instant|number, the key of a digest.
func digestOf(key string) (people.Recipient, time.Time, bool) {
	parts := strings.Split(key, "|")
	if len(parts) != 4 {
		return people.Recipient{}, time.Time{}, false
	}
	to, ok := people.ParseRecipient(parts[1])
	at, err := time.Parse(time.RFC3339, parts[2])
	return to, at, ok && err == nil
}

// told is an instant in zone, to the minute: 2021-06-30 09:00.
func told(zone *time.Location, at time.Time) string { return at.In(zone).Format("2006-01-02 15:04") }

func clip(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n]) + "…"
	}
	return text
}

// Seats names recipients: 市水务局联络员、市水务局分管领导.
func (s Speaker) Seats(d people.Directory, to []people.Recipient) string {
	var out []string
	for _, r := range to {
		out = append(out, s.Seat(d.Name(r.Unit), r.Role))
	}
	return strings.Join(out, s.w.T("cli.list_comma"))
}

// Seat names a seat by its unit's name and its role: 市水务局联络员. The office and the
// leadership are named without a role.
func (s Speaker) Seat(unit string, role people.Role) string {
	if role == people.Office || role == people.Leader {
		return unit
	}
	return s.w.T("event.seat", words.Data{"Unit": unit, "Role": s.w.T("term." + string(role))})
}
