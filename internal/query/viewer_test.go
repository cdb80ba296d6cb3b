package query_test

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/query"
	quality "duban/internal/water"
)

// viewers are the eight kinds of viewers, by the names that the table below uses.
var viewers = []struct {
	name string
	as   query.Viewer
}{
	{"operator", query.Operator()},
	{"office", person("zhao", "office")},
	{"leader", person("liu", "leaders")},
	{"lead", person("wang", "shuiwu")},
	{"assisting", person("li", "gaoping")},
	{"other office", person("qian", "airoffice")},
	{"other unit", person("sun", "huanbao")},
	{"stranger", person("zhou", "lvye")},
}

// secrets are words that occur in one task, talk or plan only.
var secrets = map[string]string{"over": "污水处理厂", "late": "管网改造", "talk": "over#1", "boiler": "燃煤锅炉", "air": "治气计划", "hotline": "夜间排污"}

// sees is what each of the eight viewers gets: the secrets that are in it, in order, or
// the error after "!".
type sees [8]string

const (
	notWhole = "!whole"
	notYours = "!yours"
	notOwn   = "!own"
	nothing  = ""
)

// ofSections is who sees a plan's sections: everybody whom the plan concerns.
var ofSections = sees{nothing, nothing, nothing, nothing, nothing, "!sections", "!sections", "!sections"}

type readings map[string][]struct {
	read func(ctx context.Context, r *query.Reader, v query.Viewer) (any, error)
	want sees
}

// whatAViewerReads is the table of who reads what: a row or more for every method of
// query.Reader. Viewers come in the order of viewers.
func whatAViewerReads(w *world) readings {
	type ctx = context.Context
	type who = query.Viewer
	w.opensIncident()
	pair := func(a, b any, err error) (any, error) { return []any{a, b}, err }
	offices := sees{"late over talk", "late over talk", "late over talk", notWhole, notWhole, notWhole, notWhole, notWhole}
	air := sees{"air boiler", notWhole, notWhole, notWhole, notWhole, "air boiler", notWhole, notWhole}
	called := sees{"over talk", "over talk", "over talk", "over talk", notYours, notYours, notYours, notYours}
	given := act.Act{ID: "a1", Kind: act.Progress, By: act.Actor{Account: "wang", Name: "wang", Unit: "shuiwu"}}
	next := w.water.Policies["standard"]
	next.Version++
	amended := w.water
	amended.Hash, amended.Tasks = "other", amended.Tasks[1:]
	renewed := w.water
	renewed.ID = "renewed"
	return readings{
		"Launching": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.Launching(c, v, &renewed) },
			sees{"late over", "late over", notWhole, notWhole, notWhole, notWhole, notWhole, notWhole}}},
		"Plans": {{func(c ctx, r *query.Reader, v who) (any, error) {
			rows, whole, err := r.Plans(c, v, false)
			return pair(rows, whole, err)
		},
			sees{"air boiler late", "late", "late", notWhole, notWhole, "air boiler", notWhole, notWhole}},
			{func(c ctx, r *query.Reader, v who) (any, error) {
				rows, whole, err := r.Plans(c, v, true) // none is archived
				return pair(rows, whole, err)
			},
				sees{nothing, nothing, nothing, notWhole, notWhole, nothing, notWhole, notWhole}}},
		"Plan":       {{func(c ctx, r *query.Reader, v who) (any, error) { return r.Plan(c, v, "air") }, air}},
		"PlanRecord": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.PlanRecord(c, v, "air") }, air}},
		"Status":     {{func(c ctx, r *query.Reader, v who) (any, error) { return r.Status(c, v, "water") }, offices}, {func(c ctx, r *query.Reader, v who) (any, error) { return r.Status(c, v, "air") }, air}},
		"Book": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.Book(c, v, "water") }, offices},
			{func(c ctx, r *query.Reader, v who) (any, error) { return r.Book(c, v, "") },
				sees{"!which", "late over talk", "late over talk", notWhole, notWhole, "air boiler", notWhole, notWhole}}},
		"Tasks": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.Tasks(c, v, query.TaskFilter{}) },
			sees{"boiler late over talk", "late over talk", "late over talk", "over talk", "late over", "boiler", "boiler", nothing}},
			{func(c ctx, r *query.Reader, v who) (any, error) {
				return r.Tasks(c, v, query.TaskFilter{Units: []string{"市环保局"}})
			},
				sees{"boiler", "!unit", "!unit", "!unit", "!unit", "boiler", "boiler", "!unit"}},
			{func(c ctx, r *query.Reader, v who) (any, error) {
				return r.Tasks(c, v, query.TaskFilter{Lights: []plan.Light{plan.Red}, Limit: 1, Numbered: true})
			}, sees{"over talk", "over talk", "over talk", "over talk", "over", nothing, nothing, nothing}}},
		"Reported": {{func(c ctx, r *query.Reader, v who) (any, error) {
			lines, _, err := r.Reported(c, v, query.TaskFilter{})
			return lines, err
		}, sees{"boiler late over talk", "late over talk", "late over talk", "over talk", "late over", "boiler", "boiler", nothing}}},
		"ToReport": {{func(c ctx, r *query.Reader, v who) (any, error) {
			lines, _, err := r.ToReport(c, v, query.TaskFilter{})
			return lines, err
		}, sees{"boiler late over", "late over", "late over", "over", "late over", "boiler", "boiler", nothing}}},
		"Scores": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.Scores(c, v, "shuiwu") },
			sees{"over talk", "over talk", "over talk", "over talk", notWhole, nothing, nothing, nothing}}},
		"Doubts": {{func(c ctx, r *query.Reader, v who) (any, error) { _, err := r.Doubts(c, v); return nil, err },
			sees{nothing, nothing, nothing, notWhole, notWhole, nothing, notWhole, notWhole}}},
		"LastAct": {{func(c ctx, r *query.Reader, v who) (any, error) {
			return r.LastAct(c, v, "water", "over", act.Progress)
		},
			sees{nothing, nothing, nothing, nothing, nothing, notYours, notYours, notYours}}},
		"Case": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.Case(c, v, "", "over") },
			sees{"over talk", "over talk", "over talk", "over talk", "over", notYours, notYours, notYours}},
			{func(c ctx, r *query.Reader, v who) (any, error) { return r.Case(c, v, "air", "boiler") },
				sees{"air boiler", notYours, notYours, notYours, notYours, "air boiler", "air boiler", notYours}},
			{func(c ctx, r *query.Reader, v who) (any, error) { return r.Case(c, v, "", "ove") },
				sees{"!task over", "!task over", "!task over", "!task over", "!task over", "!task", "!task", "!task"}}},
		"PossibleFor": {{func(c ctx, r *query.Reader, v who) (any, error) {
			return r.PossibleFor(c, v, "water", "over", "shuiwu")
		},
			sees{notWhole, nothing, notWhole, notWhole, notWhole, notWhole, notWhole, notWhole}}},
		"PossibleOnTalkFor": {{func(c ctx, r *query.Reader, v who) (any, error) {
			return r.PossibleOnTalkFor(c, v, "water", "over#1", "shuiwu")
		}, sees{notWhole, nothing, notWhole, notWhole, notWhole, notWhole, notWhole, notWhole}}},
		"Ruling":     {{func(c ctx, r *query.Reader, v who) (any, error) { return r.Ruling(c, v) }, sees{}}},
		"Holidays":   {{func(c ctx, r *query.Reader, v who) (any, error) { _, err := r.Holidays(c, v); return nil, err }, sees{}}},
		"Seats":      {{func(c ctx, r *query.Reader, v who) (any, error) { return r.Seats(c, v) }, sees{}}},
		"WaterPlan":  {{func(c ctx, r *query.Reader, v who) (any, error) { return r.WaterPlan(c, v, "") }, ofSections}},
		"WaterMonth": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.WaterMonth(c, v, "", quality.Month{}) }, ofSections}},
		"WaterZones": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.WaterZones(c, v, "", quality.Month{}) },
			sees{nothing, nothing, nothing, nothing, nothing, "!zones", "!zones", "!zones"}}},
		"WaterOutlets": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.WaterOutlets(c, v, "", quality.Month{}) },
			sees{nothing, nothing, nothing, "!outlets", "!outlets", "!outlets", "!outlets", "!outlets"}}},
		"OutletsPlan": {{func(c ctx, r *query.Reader, v who) (any, error) { return nil, r.OutletsPlan(c, v, "") },
			sees{nothing, nothing, nothing, "!outlets", "!outlets", "!outlets", "!outlets", "!outlets"}}},
		"WaterOutlet": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.WaterOutlet(c, v, "", "o1") }, sees{nothing, nothing, nothing, notYours, notYours, notYours, notYours, notYours}}},
		"WaterReadings": {{func(c ctx, r *query.Reader, v who) (any, error) {
			return r.WaterReadings(c, v, "", ledger.ReadingFilter{})
		}, ofSections}},
		"WaterWould": {{func(c ctx, r *query.Reader, v who) (any, error) {
			return r.WaterWould(c, v, "", []quality.Reading{{Section: "s01", Month: quality.Month{Year: 2021, Month: 6}, Span: quality.OfMonth, Class: quality.II}})
		}, ofSections}},
		"Incidents": {{func(c ctx, r *query.Reader, v who) (any, error) {
			all, err := r.Incidents(c, v, "")
			if len(all.Rows) == 0 && err == nil {
				return nil, errors.New("none")
			}
			return all, err
		}, sees{nothing, nothing, nothing, nothing, nothing, "!incidents", "!incidents", "!incidents"}}},
		"HandledIncidents": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.HandledIncidents(c, v, "") },
			sees{nothing, nothing, nothing, nothing, nothing, "!incidents", "!incidents", "!incidents"}}},
		"IncidentsPlan": {{func(c ctx, r *query.Reader, v who) (any, error) { return nil, r.IncidentsPlan(c, v, "") },
			sees{nothing, nothing, nothing, nothing, nothing, "!incidents", "!incidents", "!incidents"}}},
		"OpeningIncident": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.OpeningIncident(c, v, "") },
			sees{nothing, nothing, nothing, nothing, nothing, "!incidents", "!incidents", "!incidents"}}},
		"Incident": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.Incident(c, v, "", "1") },
			sees{nothing, nothing, nothing, nothing, nothing, "!incidents", "!incidents", "!incidents"}}},
		"Compensation": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.Compensation(c, v, "", quality.Month{}, -1) }, ofSections}},
		"WaterSection": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.WaterSection(c, v, "", "赵庄") }, ofSections}},
		"ComplaintsPlan": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.ComplaintsPlan(c, v, "") },
			sees{nothing, nothing, nothing, nothing, nothing, "!complaints", "!complaints", "!complaints"}}},
		"Complaints": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.Complaints(c, v, "") },
			sees{"hotline", "hotline", "hotline", nothing, nothing, "!complaints", "!complaints", "!complaints"}}},
		"ComplaintPage": {{func(c ctx, r *query.Reader, v who) (any, error) {
			page, _, err := r.ComplaintPage(c, v, "", "", 0, 50)
			return page, err
		}, sees{"hotline", "hotline", "hotline", nothing, nothing, "!complaints", "!complaints", "!complaints"}}},
		"Complaint": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.Complaint(c, v, "", 1) },
			sees{"hotline", "hotline", "hotline", notYours, notYours, notYours, notYours, notYours}}},
		"ComplaintsWaiting": {{func(c ctx, r *query.Reader, v who) (any, error) {
			plan, fresh, answered, err := r.ComplaintsWaiting(c, v)
			return []any{plan, fresh, answered}, err
		}, sees{}}},
		"AssessedPlan": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.AssessedPlan(c, v, "") },
			sees{nothing, nothing, nothing, nothing, nothing, "!rules", "!rules", "!rules"}}},
		"Preliminary": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.Preliminary(c, v, "water", "2021") },
			sees{"over talk", "over talk", "over talk", notWhole, notWhole, notWhole, notWhole, notWhole}}},
		"Result": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.Result(c, v, "water", "2021") },
			sees{"!sheet", "!sheet", "!sheet", notWhole, notWhole, notWhole, notWhole, notWhole}}},
		"Recheck": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.Recheck(c, v, "water", "2021") },
			sees{"!sheet", "!sheet", "!sheet", notWhole, notWhole, notWhole, notWhole, notWhole}}},
		"Assess": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.Assess(c, v, "", "") },
			sees{"over talk", "over talk", "over talk", "over talk", "over", "!rules", "!rules", "!rules"}}},
		"Duties": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.Duties(c, v, query.DutyFilter{}) }, sees{}}},
		"Talks": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.Talks(c, v, query.TalkFilter{}) },
			sees{"over talk", "over talk", "over talk", "over talk", nothing, nothing, nothing, nothing}},
			{func(c ctx, r *query.Reader, v who) (any, error) {
				return r.Talks(c, v, query.TalkFilter{Unit: "市水务局", State: act.TalkOpen, Limit: 1})
			}, sees{"over talk", "over talk", "over talk", "over talk", nothing, "!unit", "!unit", "!unit"}}},
		"TalkFacts": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.TalkFacts(c, v, "", "over#1") }, called},
			{func(c ctx, r *query.Reader, v who) (any, error) {
				return r.TalkFacts(c, v, "water", "over#1", "over#1")
			}, called}},
		"TalkCase": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.TalkCase(c, v, "", "over#1") }, called},
			{func(c ctx, r *query.Reader, v who) (any, error) { return r.TalkCase(c, v, "", "over#7") },
				sees{"!talk talk", "!talk talk", "!talk talk", "!talk talk", "!talk", "!talk", "!talk", "!talk"}}},
		"Events": {{func(c ctx, r *query.Reader, v who) (any, error) {
			return r.Events(c, v, ledger.EventFilter{Plan: "water"})
		},
			sees{"hotline talk", "hotline talk", "hotline talk", notWhole, notWhole, notWhole, notWhole, notWhole}},
			{func(c ctx, r *query.Reader, v who) (any, error) { return r.Events(c, v, ledger.EventFilter{}) },
				sees{"air hotline talk", "hotline talk", "hotline talk", notWhole, notWhole, "air", notWhole, notWhole}}},
		"EventFile": {{func(c ctx, r *query.Reader, v who) (any, error) {
			f, err := r.EventFile(c, v, "air")
			if err != nil {
				return nil, err
			}
			var all []ledger.Event
			_, err = f.Each(c, func(line any) error {
				if e, ok := line.(ledger.Event); ok && e.Plan != "" {
					all = append(all, e)
				}
				return nil
			})
			return pair(f.Title, all, err)
		}, sees{"air boiler", notWhole, notWhole, notWhole, notWhole, "air boiler", notWhole, notWhole}}},
		"Messages": {{func(c ctx, r *query.Reader, v who) (any, error) {
			page, err := r.Messages(c, v, query.MessageFilter{})
			var of []string // messages name no task: a message shows the secret of its plan
			for _, m := range append(page.Messages, page.Untried...) {
				of = append(of, map[string]string{"water": secrets["late"], "air": secrets["air"]}[m.Plan])
			}
			return of, err
		}, sees{"air late", "late", "late", notWhole, notWhole, "air", notWhole, notWhole}}},
		"Chosen": {{func(c ctx, r *query.Reader, v who) (any, error) {
			page, err := r.Chosen(c, v, query.MessageFilter{}, nil)
			var of []string
			for _, m := range page.Messages {
				of = append(of, map[string]string{"water": secrets["late"], "air": secrets["air"]}[m.Plan])
			}
			return of, err
		}, sees{"air late", "late", "late", notWhole, notWhole, "air", notWhole, notWhole}}},
		"ManyUndecided": {{func(c ctx, r *query.Reader, v who) (any, error) {
			if _, err := r.ManyUndecided(c, v, "air", 3); err != nil {
				return nil, err
			}
			return r.Plan(c, v, "air")
		}, air}},
		"Undecided": {{func(c ctx, r *query.Reader, v who) (any, error) {
			_, l, err := r.Undecided(c, v, "air")
			return l, err
		}, air}},
		"Names": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.Names(c, v) },
			sees{"air", nothing, nothing, nothing, nothing, "air", "air", nothing}}},
		"Things": {{func(c ctx, r *query.Reader, v who) (any, error) {
			return r.Things(c, v, query.ThingFilter{Talks: true})
		}, sees{"over talk", "over talk", "over talk", "over talk", nothing, nothing, nothing, nothing}}, {func(c ctx, r *query.Reader, v who) (any, error) { return r.Things(c, v, query.ThingFilter{}) },
			sees{"boiler late over", "late over", "late over", "over", "late over", "boiler", "boiler", nothing}},
			{func(c ctx, r *query.Reader, v who) (any, error) {
				return r.Things(c, v, query.ThingFilter{Kind: plan.Duty})
			}, sees{}}},
		"Task": {{func(c ctx, r *query.Reader, v who) (any, error) {
			s, err := r.Task(c, v, "", "over")
			return s.Task, err
		},
			sees{"over", "over", "over", "over", "over", nothing, nothing, nothing}}},
		"Talk": {{func(c ctx, r *query.Reader, v who) (any, error) {
			s, err := r.Talk(c, v, "", "over#1")
			return s.Task, err
		},
			sees{"over", "over", "over", "over", nothing, nothing, nothing, nothing}}},
		"Recorded": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.Recorded(c, v, "water", "over", given) },
			sees{notYours, notYours, notYours, nothing, notYours, notYours, notYours, notYours}}},
		"Possible": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.Possible(c, v, "water", "over") },
			sees{nothing, nothing, nothing, nothing, nothing, notYours, notYours, notYours}}},
		"PossibleOnTalk": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.PossibleOnTalk(c, v, "water", "over#1") },
			sees{nothing, nothing, nothing, nothing, notYours, notYours, notYours, notYours}}},
		"CalendarMoves": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.CalendarMoves(c, v, w.later()) },
			sees{"boiler late over talk", "late over talk", "late over talk", "over talk", "late", "boiler", "boiler", nothing}}},
		"Notices": {{func(c ctx, r *query.Reader, v who) (any, error) {
			return r.Notices(c, v, []string{"2021.json"}, slices.DeleteFunc(w.later().Years(), func(y calendar.Year) bool { return y.Year != 2021 }))
		}, sees{"boiler late over talk", "late over talk", "late over talk", "over talk", "late", "boiler", "boiler", nothing}}},
		"Running": {{func(c ctx, r *query.Reader, v who) (any, error) {
			running, known, _, err := r.Running(c, v)
			return pair(running, known, err)
		}, sees{}}},
		"PolicyMoves": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.PolicyMoves(c, v, "water", next) },
			sees{"over", "over", "over", notWhole, notWhole, notWhole, notWhole, notWhole}}},
		"Amendment": {{func(c ctx, r *query.Reader, v who) (any, error) {
			a, err := r.Amendment(c, v, &amended, "", nil)
			return a.Changes, err
		}, sees{"over", "over", "over", notWhole, notWhole, notWhole, notWhole, notWhole}}},
		"Amending": {{func(c ctx, r *query.Reader, v who) (any, error) {
			a, err := r.Amending(c, v, &amended, "", nil, query.Answers{})
			return a.Changes, err
		}, sees{"over", "over", "over", notWhole, notWhole, notWhole, notWhole, notWhole}}},
		"NextYear": {{func(c ctx, r *query.Reader, v who) (any, error) {
			next, err := r.NextYear(c, v, &w.water, 2022, calendar.Day{})
			return next.Items, err
		}, sees{"late over talk", "late over talk", "late over talk", notWhole, notWhole, notWhole, notWhole, notWhole}}},
		"Tokens": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.Tokens(c, v, "wang") },
			sees{nothing, notOwn, notOwn, nothing, notOwn, notOwn, notOwn, notOwn}},
			{func(c ctx, r *query.Reader, v who) (any, error) { return r.Tokens(c, v, "") }, sees{}}},
		"SignIns": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.SignIns(c, v, "wang", 0, 10) },
			sees{nothing, notOwn, notOwn, nothing, notOwn, notOwn, notOwn, notOwn}},
			{func(c ctx, r *query.Reader, v who) (any, error) { return r.SignIns(c, v, "", 0, 10) }, sees{}}},
		"Obligations": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.Obligations(c, v, query.ObligationFilter{}) },
			sees{"air boiler late over talk", "over talk", nothing, "over", "late", nothing, "air boiler", nothing}},
			{func(c ctx, r *query.Reader, v who) (any, error) {
				return r.Obligations(c, v, query.ObligationFilter{Unit: "市水务局", Held: true, Limit: 1})
			}, sees{"over", "over", "over", "over", notWhole, "!unit", "!unit", "!unit"}}},
		"Office": {{func(c ctx, r *query.Reader, v who) (any, error) { return nil, r.Office(c, v) }, sees{nothing, notWhole, notWhole, notWhole, notWhole, notWhole, notWhole, notWhole}}},
		"Prove": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.Prove(c, v, ledger.Check{}) },
			sees{nothing, notWhole, notWhole, notWhole, notWhole, notWhole, notWhole, notWhole}}},
		"Contacts": {{func(c ctx, r *query.Reader, v who) (any, error) {
			units, err := r.Contacts(c, v)
			var of []string // a unit shows the secret of the task that it leads
			for _, u := range units {
				of = append(of, map[string]string{"shuiwu": secrets["over"], "gaoping": secrets["late"], "huanbao": secrets["air"]}[u.ID])
			}
			return of, err
		}, sees{"air late over", "late over", "late over", "over", "late", "air", "air", nothing}}},
		"Overview": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.Overview(c, v, "water") }, sees{nothing, nothing, nothing, notWhole, notWhole, notWhole, notWhole, notWhole}},
			{func(c ctx, r *query.Reader, v who) (any, error) { return r.Overview(c, v, "air") }, sees{"air", notWhole, notWhole, notWhole, notWhole, "air", notWhole, notWhole}}},
		"AssessmentsDue": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.AssessmentsDue(c, v) }, sees{}}},
		"YearEnd": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.YearEnd(c, v, "water") },
			sees{"late over talk", "late over talk", "late over talk", notWhole, notWhole, notWhole, notWhole, notWhole}}},
		"Publicity": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.Publicity(c, v, "water") },
			sees{nothing, nothing, nothing, notWhole, notWhole, notWhole, notWhole, notWhole}}},
		"PublicityPage": {{func(c ctx, r *query.Reader, v who) (any, error) {
			page, _, err := r.PublicityPage(c, v, "water", 0, 50)
			return page, err
		}, sees{nothing, nothing, nothing, notWhole, notWhole, notWhole, notWhole, notWhole}}},
		"PublicityOf": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.PublicityOf(c, v, "water", "late") },
			sees{nothing, nothing, nothing, notWhole, notWhole, notWhole, notWhole, notWhole}}},
		"PublicText": {{func(c ctx, r *query.Reader, v who) (any, error) {
			text, _, err := r.PublicText(c, v, "water", 1)
			return text, err
		}, sees{notYours, notYours, notYours, notWhole, notWhole, notWhole, notWhole, notWhole}}},
		"TextsDue": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.TextsDue(c, v) }, sees{}}},
		"Coming": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.Coming(c, v, "water") }, sees{"late", "late", "late", notWhole, notWhole, notWhole, notWhole, notWhole}},
			{func(c ctx, r *query.Reader, v who) (any, error) { return r.Coming(c, v, "air") }, air}},
		"Since": {{func(c ctx, r *query.Reader, v who) (any, error) {
			return r.Since(c, v, "water", calendar.NewDay(2021, 6, 1))
		},
			sees{"late over talk", "late over talk", "late over talk", notWhole, notWhole, notWhole, notWhole, notWhole}}},
		"SinceAtOnce": {{func(c ctx, r *query.Reader, v who) (any, error) {
			return r.SinceAtOnce(c, v, "water", calendar.NewDay(2021, 6, 1))
		},
			sees{"late over talk", "late over talk", "late over talk", notWhole, notWhole, notWhole, notWhole, notWhole}}},
		"Past": {{func(c ctx, r *query.Reader, v who) (any, error) {
			was, done, err := r.Past(c, v, calendar.NewDay(2021, 6, 20))
			if err != nil {
				return nil, err
			}
			defer done()
			return was.Tasks(c, v, query.TaskFilter{})
		}, sees{"boiler late over", "late over", "late over", "over", "late over", "boiler", "boiler", nothing}}},
		"LastWorkday": {{func(c ctx, r *query.Reader, v who) (any, error) {
			last, today, err := r.LastWorkday(c, v, "air")
			return pair(last, today, err)
		}, sees{nothing, notWhole, notWhole, notWhole, notWhole, nothing, nothing, notWhole}}},
		"Head": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.Head(c, v) }, sees{}}},
		"Ladders": {{func(c ctx, r *query.Reader, v who) (any, error) {
			return r.Ladders(c, v, query.TaskFilter{Plan: "water"})
		}, sees{"late over talk", "late over talk", "late over talk", "over talk", "late over", notWhole, notWhole, notWhole}}},
		"Search": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.Search(c, v, "成", 10) },
			sees{"late over", "late over", "late over", "over", "late over", nothing, nothing, nothing}},
			{func(c ctx, r *query.Reader, v who) (any, error) { return r.Search(c, v, "计划 ２号", 10) },
				sees{"air", nothing, nothing, nothing, nothing, "air", nothing, nothing}},
			{func(c ctx, r *query.Reader, v who) (any, error) { return r.Search(c, v, "市环保局 锅炉", 10) },
				sees{"boiler", nothing, nothing, nothing, nothing, "boiler", "boiler", nothing}}},
		"Inbox": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.Inbox(c, v, query.InboxFilter{}) },
			sees{nothing, "over talk", "over", "over", "late", nothing, "boiler", nothing}}},
		"Decided": {{func(c ctx, r *query.Reader, v who) (any, error) { return r.Decided(c, v) }, sees{}}},
	}
}

// got is the result of a reading in the form in which the table has it.
func got(t *testing.T, read any, err error) string {
	t.Helper()
	var unit *query.UnitError
	var task *query.TaskError
	var talk *query.TalkError
	var which *query.WhichPlanError
	out := ""
	switch {
	case errors.Is(err, query.ErrNotWhole):
		return notWhole
	case errors.Is(err, query.ErrNotYours):
		return notYours
	case errors.As(err, &unit):
		out, read = "!unit", unit.Near
	case errors.As(err, &task):
		out, read = "!task", task.Near
	case errors.As(err, &talk):
		out, read = "!talk", talk.Near
	case errors.As(err, &which):
		return "!which"
	case errors.As(err, new(*query.OwnError)):
		return notOwn
	case errors.Is(err, query.ErrNoSheet):
		return "!sheet"
	case errors.Is(err, query.ErrNoRules):
		return "!rules"
	case errors.Is(err, query.ErrNoOutlets):
		return "!outlets"
	case errors.Is(err, query.ErrNoIncidents):
		return "!incidents"
	case errors.Is(err, query.ErrNoSections):
		return "!sections"
	case errors.Is(err, query.ErrNoComplaints):
		return "!complaints"
	case errors.Is(err, query.ErrNoZones):
		return "!zones"
	default:
		require.NoError(t, err)
	}
	raw, err := json.Marshal(read)
	require.NoError(t, err)
	var found []string
	for name, word := range secrets {
		if strings.Contains(string(raw), word) {
			found = append(found, name)
		}
	}
	slices.Sort(found)
	return strings.TrimSpace(out + " " + strings.Join(found, " "))
}

// TestWhatAViewerReads calls every method of Reader for every kind of viewer, and compares
// the results with the table: each viewer gets all that they may see and nothing else. It
// fails for a method that has no row or does not take a Viewer.
func TestWhatAViewerReads(t *testing.T) {
	t.Parallel()
	for name, address := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, address(t))
			table := whatAViewerReads(w)
			methods := reflect.TypeFor[*query.Reader]()
			for i := range methods.NumMethod() {
				m := methods.Method(i)
				require.Contains(t, table, m.Name, "who may read what by Reader.%s?", m.Name)
				require.GreaterOrEqual(t, m.Type.NumIn(), 3, m.Name)
				require.Equal(t, reflect.TypeFor[context.Context](), m.Type.In(1), m.Name)
				require.Equal(t, reflect.TypeFor[query.Viewer](), m.Type.In(2), "Reader.%s does not say for whom", m.Name)
			}
			require.Len(t, table, methods.NumMethod(), "rows of methods that are there no more")
			check := func(mode string) {
				r := w.reader()
				for method, rows := range table {
					for i, row := range rows {
						_, err := row.read(t.Context(), r, query.Viewer{})
						assert.ErrorIs(t, err, query.ErrNobody, "%s %d for nobody", method, i)
						for n, v := range viewers {
							read, err := row.read(t.Context(), r, v.as)
							assert.Equal(t, row.want[n], got(t, read, err), "%s: %s (row %d) for the %s", mode, method, i+1, v.name)
						}
					}
				}
			}
			check("read whole")
			w.refresh()
			check("chosen by the database")
		})
	}
}

// An actor without an account or a unit makes the zero Viewer, which reads nothing: a
// forgotten field must not let somebody read.
func TestAViewerIsNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["SQLite"](t))
	for _, by := range []act.Actor{{}, {Account: "x"}, {Unit: "office"}, {Name: "office"}} {
		_, err := w.reader().Tasks(t.Context(), query.As(by), query.TaskFilter{})
		require.ErrorIs(t, err, query.ErrNobody, "%+v", by)
	}
	require.ErrorIs(t, query.Viewer{}.Oversees(ledger.Launched{}), query.ErrNobody)
}
