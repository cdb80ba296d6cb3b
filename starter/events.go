package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"duban/activities"
	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/notice"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/report"
	"duban/internal/words"
)

// eventData is what the sentences of the table need of an event's data; the
// whole of it is in -o json.
type eventData struct {
	Lost   int             `json:"lost"`
	Stage  json.RawMessage `json:"stage"` // whole where it was decided, its ID where it came to nothing
	Talk   string          `json:"talk"`
	Due    string          `json:"due"`
	Reason string          `json:"reason"`
	Paper  string          `json:"paper"` // of an amendment
	Left   []any           `json:"left"`  // what refused it
	Key    string          `json:"key"`   // of a policy
	Tasks  json.RawMessage `json:"tasks"` // a count of a launch, a list of what was armed
	Digest string          `json:"digest"`
	Error  string          `json:"error"`
	Year   int             `json:"year"`
	Law    int             `json:"law"`

	Name   string `json:"name"` // of one of the office's settings
	Before string `json:"before"`
	Value  string `json:"value"`

	Thing   string `json:"thing"` // what a workflow that was mended is of
	Why     string `json:"why"`
	Missing []any  `json:"missing"` // of an audit's alarm
	Stuck   []any  `json:"stuck"`
	Waits   []any  `json:"waits"`
	Laws    []any  `json:"laws"`
}

// eventTable shows events as sentences: what happened to which task, and who
// was to be told.
func (a *app) eventTable(page query.EventPage) {
	t := a.table(map[string]int{"data": 70}, "seq", "plan_at", "task", "event", "actor", "data")
	for _, e := range page.Events {
		actor := e.Actor
		if actor == ledger.Engine {
			actor = a.w.T("event.engine")
		}
		t.AppendRow(table.Row{e.Seq, minute(e.PlanAt), e.Task, a.eventName(e.Kind), actor, a.eventText(page.People[e.Plan], e)})
	}
	t.Render()
}

func minute(at time.Time) string { return at.In(calendar.Beijing).Format("2006-01-02 15:04") }

// eventName is what a kind of event is called; one without words is shown as it is.
func (a *app) eventName(kind string) string {
	if k, ok := strings.CutPrefix(kind, "act."); ok && kind != ledger.ActRefused {
		kind = k
		if name := a.w.T("act.kind_" + k); name != "act.kind_"+k {
			return name
		}
	}
	key := "event." + strings.ReplaceAll(kind, ".", "_")
	if name := a.w.T(key); name != key {
		return name
	}
	return kind
}

// eventText is what an event says, in a sentence.
func (a *app) eventText(dir people.Directory, e ledger.Event) string {
	if text, ok := a.actText(dir, e); ok {
		return text
	}
	var d eventData
	if err := json.Unmarshal(e.Data, &d); err != nil {
		return short(string(e.Data), 200)
	}
	say := report.Speak(a.w)
	switch e.Kind {
	case ledger.CalendarPut, ledger.CalendarMoved, "audit.provisional":
		return fmt.Sprint(d.Year)
	case activities.AuditLaw:
		return notice.LawWords(a.w, d.Law)
	case ledger.PlanLaunched:
		return a.w.T("event.say_tasks", words.Data{"N": string(d.Tasks)})
	case ledger.TaskArmed:
		var armed []string
		_ = json.Unmarshal(d.Tasks, &armed) // a list that is not one counts none
		return a.w.T("event.say_tasks", words.Data{"N": len(armed)})
	case ledger.OccurrenceOpened:
		return a.w.T("event.say_due", words.Data{"Due": d.Due})
	case ledger.StageDecided:
		var stage plan.Stage
		if err := json.Unmarshal(d.Stage, &stage); err != nil {
			break
		}
		name := say.Stage(report.Step{Stage: stage.ID, Kind: stage.Kind, Talk: talkOf(stage.ID), Topic: stage.Topic})
		return a.w.T("event.say_stage", words.Data{"Stage": name, "At": minute(stage.At), "To": a.seats(dir, stage.To)})
	case ledger.PlanAmended:
		return strings.TrimSpace(d.Paper + " " + d.Reason)
	case ledger.PlanCarried:
		return a.w.T("event.say_left", words.Data{"N": len(d.Left)})
	case ledger.PolicyAdded:
		return d.Key
	case ledger.OfficeSet:
		before := d.Before
		if before == "" {
			before = a.w.T("office.undecided")
		}
		about := a.w.T("event.setting_" + d.Name)
		return a.w.T("office.done", words.Data{"Name": about, "Before": before, "Value": d.Value})
	case ledger.WorkflowMended, ledger.WorkflowTaken:
		return a.w.T("event.say_mended", words.Data{"Thing": d.Thing, "Why": a.w.T("doctor.why_" + d.Why)})
	case activities.AuditAlarm:
		return a.w.T("event.say_alarm", words.Data{"Missing": len(d.Missing), "Stuck": len(d.Stuck), "Waits": len(d.Waits), "Laws": len(d.Laws)})
	case ledger.DutyEnded, ledger.DutyReopened:
		return ""
	case ledger.CourseAhead:
		return a.w.T("event.say_ahead", words.Data{"N": d.Lost})
	case ledger.TalkOpened, ledger.TalkAsked, ledger.TalkVoided, ledger.TalkGivenBack:
		_, number, _ := strings.Cut(d.Talk, "#")
		return a.w.T("event.say_talk", words.Data{"Number": number})
	}
	if to, at, ok := digestOf(d.Digest); ok {
		return strings.TrimSpace(a.w.T("event.say_message", words.Data{"To": a.seats(dir, []people.Recipient{to}), "At": minute(at)}) + " " + d.Error)
	}
	return short(string(e.Data), 200)
}

// actText is what an act said, or why it was refused; ok is false for what is no act.
func (a *app) actText(dir people.Directory, e ledger.Event) (text string, ok bool) {
	if !strings.HasPrefix(e.Kind, "act.") {
		return "", false
	}
	var d struct {
		Act     *act.Act     `json:"act"`
		Refused *act.Refusal `json:"refused"`
	}
	if json.Unmarshal(e.Data, &d) != nil || d.Act == nil {
		return "", false
	}
	said := d.Act.Reason
	if d.Refused != nil {
		said = a.w.T("event.say_refused", words.Data{"Act": a.w.T("act.kind_" + string(d.Act.Kind)), "Why": notice.Refused(a.w, *d.Refused, dir.Name)})
	}
	by := d.Act.By.Name
	if by == ledger.Engine {
		by = a.w.T("event.engine")
	}
	return a.w.T("event.say_act", words.Data{"By": by, "Words": said}), true
}

// talkOf tells a talk's stage by its ID.
func talkOf(stage string) string {
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
