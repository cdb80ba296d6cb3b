package api

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/report"
)

// The types that requests are made of are exported because huma looks into no others.

// Page chooses a part of a list.
type Page struct {
	Skip  int `query:"skip" minimum:"0" doc:"rows left out at the beginning"`
	Limit int `query:"limit" minimum:"1" maximum:"1000" default:"200" doc:"rows at most"`
}

// rows is a list: its rows as the command line prints them, how many there are in all,
// and where the next ones are.
type rows[T any] struct {
	Total int    `header:"X-Total-Count" doc:"rows in all, on whatever page"`
	Link  string `header:"Link" doc:"the next page (RFC 8288, rel=next); absent on the last"`
	Body  []T
}

// list is one page of a list.
func list[T any](at *url.URL, p Page, lines []T, total int) *rows[T] {
	if lines == nil {
		lines = []T{}
	}
	out := &rows[T]{Total: total, Body: lines}
	if p.Skip+len(lines) < total && len(lines) > 0 {
		next := *at
		q := next.Query()
		q.Set("skip", strconv.Itoa(p.Skip+len(lines)))
		q.Set("limit", strconv.Itoa(p.Limit))
		next.RawQuery = q.Encode()
		out.Link = fmt.Sprintf(`<%s>; rel="next"`, next.RequestURI())
	}
	return out
}

type one[T any] struct{ Body T }

// Where is the address that was asked, of which the address of the next page is made.
type Where struct{ url *url.URL }

func (w *Where) Resolve(ctx huma.Context) []error {
	at := ctx.URL()
	w.url = &at
	return nil
}

var _ huma.Resolver = (*Where)(nil)

// OfPlan, OfTask, OfTalk and InPlan are parts of addresses.
type OfPlan struct {
	Plan string `path:"plan" doc:"plan ID"`
}

type OfTask struct {
	OfPlan
	Task string `path:"task" doc:"ID of a task, an occurrence, a duty or a standing line"`
}

type OfTalk struct {
	OfPlan
	Talk string `path:"talk" doc:"talk ID, such as p14#1 (its # written %23)"`
}

type InPlan struct {
	Plan string `query:"plan" doc:"of this plan only"`
}

// read adds an operation that reads.
func read[I, O any](s *service, id, path, summary string, do func(context.Context, *I) (*O, error)) {
	huma.Register(s.api, huma.Operation{OperationID: id, Method: http.MethodGet, Path: "/api/v1" + path, Summary: summary,
		Errors: []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusServiceUnavailable}},
		func(ctx context.Context, in *I) (*O, error) {
			out, err := do(ctx, in)
			if err != nil {
				return nil, s.fault(ctx, err)
			}
			return out, nil
		})
}

// me is who a token is.
type me struct {
	Account string `json:"account"`
	Name    string `json:"name"`
	Unit    string `json:"unit"`
	Scope   string `json:"scope" enum:"read,act"`
}

func (s *service) reads() {
	read(s, "me", "/me", "Whose token it is, and what it may", func(ctx context.Context, _ *struct{}) (*one[me], error) {
		c := callerOf(ctx)
		return &one[me]{me{c.by.Account, c.by.Name, c.by.Unit, c.scope}}, nil
	})
	read(s, "plans", "/plans", "Every plan that the account oversees, with its counts: plan status", func(ctx context.Context, in *struct {
		Archived bool `query:"archived" doc:"the archived plans instead of the others"`
	}) (*one[[]query.PlanRow], error) {
		all, _, err := s.Reader.Plans(ctx, callerOf(ctx).viewer(), in.Archived)
		return &one[[]query.PlanRow]{all}, err
	})
	read(s, "plan", "/plans/{plan}", "One plan's counts and tasks, the gravest first: plan status PLAN", func(ctx context.Context, in *OfPlan) (*one[query.StatusTable], error) {
		status, err := s.Reader.Status(ctx, callerOf(ctx).viewer(), in.Plan)
		return &one[query.StatusTable]{status.Rows()}, err
	})
	read(s, "year-report", "/plans/{plan}/report", "The report of one plan's year, as the page has it", func(ctx context.Context, in *OfPlan) (*one[report.YearEnd], error) {
		y, err := s.Reader.YearEnd(ctx, callerOf(ctx).viewer(), in.Plan)
		return &one[report.YearEnd]{y.YearEnd}, err
	})
	s.readTasks()
	s.readTalks()
	s.readRecords()
}

func (s *service) readTasks() {
	type asked struct {
		Where
		Page
		InPlan
		Unit  []string `query:"unit,explode" doc:"what a unit leads or assists in: by ID, name or collective name; again for more"`
		Light []string `query:"light,explode" enum:"red,yellow,blue,green" doc:"again for more"`
		State []string `query:"state,explode" doc:"again for more"`
	}
	read(s, "tasks", "/tasks", "Tasks that the account may see, the gravest first: task list", func(ctx context.Context, in *asked) (*rows[query.TaskLine], error) {
		f := query.TaskFilter{Plan: in.Plan, Units: in.Unit, Skip: in.Skip, Limit: in.Limit, Numbered: true} // as the command line's JSON
		for _, l := range in.Light {
			f.Lights = append(f.Lights, plan.Light(l))
		}
		for _, st := range in.State {
			f.States = append(f.States, act.State(st))
		}
		p, err := s.Reader.Tasks(ctx, callerOf(ctx).viewer(), f)
		return list(in.url, in.Page, p.Lines, p.Total), err
	})
	read(s, "task", "/plans/{plan}/tasks/{task}", "A case file: task show", func(ctx context.Context, in *OfTask) (*one[report.Case], error) {
		c, err := s.Reader.Case(ctx, callerOf(ctx).viewer(), in.Plan, in.Task)
		return &one[report.Case]{c}, err
	})
	read(s, "task-can", "/plans/{plan}/tasks/{task}/acts", "Every act on it: which the account can do now, and why not the rest: task can", func(ctx context.Context, in *OfTask) (*one[[]query.Possible], error) {
		all, err := s.Reader.Possible(ctx, callerOf(ctx).viewer(), in.Plan, in.Task)
		return &one[[]query.Possible]{all}, err
	})
	type duties struct {
		Where
		Page
		InPlan
	}
	read(s, "duties", "/duties", "Duties that the account may see: duty list", func(ctx context.Context, in *duties) (*rows[query.DutyLine], error) {
		p, err := s.Reader.Duties(ctx, callerOf(ctx).viewer(), query.DutyFilter{Plan: in.Plan, Skip: in.Skip, Limit: in.Limit})
		return list(in.url, in.Page, p.Lines, p.Total), err
	})
	type todo struct {
		Where
		Page
		InPlan
		Unit string `query:"unit" doc:"another unit's, for those who see all of a plan"`
		Held bool   `query:"held" doc:"also what is not pressed for now"`
	}
	read(s, "todo", "/todo", "What the account's unit owes now, the earliest limit first: todo", func(ctx context.Context, in *todo) (*rows[query.Obligation], error) {
		p, err := s.Reader.Obligations(ctx, callerOf(ctx).viewer(), query.ObligationFilter{Plan: in.Plan, Unit: in.Unit, Held: in.Held, Skip: in.Skip, Limit: in.Limit})
		return list(in.url, in.Page, p.Lines, p.Total), err
	})
}

func (s *service) readTalks() {
	type asked struct {
		Where
		Page
		InPlan
		Unit  string `query:"unit" doc:"that is called"`
		State string `query:"state"`
	}
	read(s, "talks", "/talks", "Talks that the account may see: talk list", func(ctx context.Context, in *asked) (*rows[query.TalkLine], error) {
		p, err := s.Reader.Talks(ctx, callerOf(ctx).viewer(), query.TalkFilter{Plan: in.Plan, Unit: in.Unit, State: act.TalkState(in.State), Skip: in.Skip, Limit: in.Limit})
		return list(in.url, in.Page, p.Lines, p.Total), err
	})
	read(s, "talk", "/plans/{plan}/talks/{talk}", "A talk's file: talk show", func(ctx context.Context, in *OfTalk) (*one[report.Case], error) {
		c, err := s.Reader.TalkCase(ctx, callerOf(ctx).viewer(), in.Plan, in.Talk)
		return &one[report.Case]{c}, err
	})
	read(s, "talk-can", "/plans/{plan}/talks/{talk}/acts", "Every act on it: which the account can do now, and why not the rest: talk can", func(ctx context.Context, in *OfTalk) (*one[[]query.Possible], error) {
		all, err := s.Reader.PossibleOnTalk(ctx, callerOf(ctx).viewer(), in.Plan, in.Talk)
		return &one[[]query.Possible]{all}, err
	})
}

func (s *service) readRecords() {
	type messages struct {
		Where
		Page
		InPlan
		All bool `query:"all" doc:"also those that arrived"`
	}
	read(s, "messages", "/messages", "Messages that are not settled, or all: message list", func(ctx context.Context, in *messages) (*rows[ledger.MessageInfo], error) {
		f := query.MessageFilter{Plan: in.Plan, States: ledger.Unsettled, Skip: in.Skip, Limit: in.Limit}
		if in.All {
			f.States = nil
		}
		p, err := s.Reader.Messages(ctx, callerOf(ctx).viewer(), f)
		out := list(in.url, in.Page, p.Messages, p.Total)
		if in.Skip == 0 { // messages that have no number yet come before all others
			out.Body = append(p.Untried, out.Body...)
		}
		return out, err
	})
	type events struct {
		InPlan
		Task    string `query:"task" doc:"of this task only"`
		After   int64  `query:"after" minimum:"0" doc:"events behind this number"`
		Limit   int    `query:"limit" minimum:"1" maximum:"1000" default:"200" doc:"events at most"`
		Changes bool   `query:"changes" default:"true" doc:"with the rows that each changed"`
	}
	read(s, "events", "/events", "The ledger's events in the order of the chain: ledger show", func(ctx context.Context, in *events) (*one[[]ledger.Event], error) {
		p, err := s.Reader.Events(ctx, callerOf(ctx).viewer(), ledger.EventFilter{Plan: in.Plan, Task: in.Task, AfterSeq: in.After, Limit: in.Limit, Changes: in.Changes})
		if p.Events == nil {
			p.Events = []ledger.Event{}
		}
		return &one[[]ledger.Event]{p.Events}, err
	})
	read(s, "contacts", "/contacts", "Who sits where: office contacts", func(ctx context.Context, _ *struct{}) (*one[[]query.ContactRow], error) {
		units, err := s.Reader.Contacts(ctx, callerOf(ctx).viewer())
		return &one[[]query.ContactRow]{query.ContactRows(units)}, err
	})
}
