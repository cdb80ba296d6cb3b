package api

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"duban/internal/act"
	"duban/internal/engine"
	"duban/internal/form"
	"duban/internal/ledger"
	"duban/internal/notice"
	"duban/internal/query"
	"duban/internal/words"
)

// said is what an act says, field by field as the command line's flags. Which an act
// needs is in its row of …/acts; a field that the act does not take is refused.
type said struct {
	ID       string   `json:"id" minLength:"1" maxLength:"100" doc:"the same id again is the same act, which is done once"`
	Reason   string   `json:"reason,omitempty" doc:"why, or the opinion"`
	Percent  *int     `json:"percent,omitempty" minimum:"0" maximum:"100"`
	Due      string   `json:"due,omitempty" example:"2021-10-31"`
	Until    string   `json:"until,omitempty" example:"2021-10-31"`
	Unit     string   `json:"unit,omitempty" doc:"by ID or name"`
	Units    []string `json:"units,omitempty" nullable:"false"`
	Policy   string   `json:"policy,omitempty"`
	Title    string   `json:"title,omitempty"`
	Ref      string   `json:"ref,omitempty" doc:"number of the part or instruction meant"`
	Rule     string   `json:"rule,omitempty"`
	Paper    string   `json:"paper,omitempty" doc:"number of the document it rests on"`
	Number   string   `json:"number,omitempty"`
	Time     string   `json:"time,omitempty" example:"2021-06-18 15:00" doc:"in the plan's zone"`
	Place    string   `json:"place,omitempty"`
	Chair    string   `json:"chair,omitempty"`
	Bring    string   `json:"bring,omitempty"`
	Called   []string `json:"called,omitempty" nullable:"false"`
	Missing  []string `json:"missing,omitempty" nullable:"false"`
	MovesDue bool     `json:"moves_due,omitempty"`
	Public   bool     `json:"public,omitempty"`
	Circular bool     `json:"circular,omitempty"`
	URL      []string `json:"url,omitempty" nullable:"false" doc:"addresses of what proves it"`
	File     []file   `json:"file,omitempty" nullable:"false" doc:"files that prove it, kept elsewhere"`
}

// file is a file kept elsewhere.
type file struct {
	Name   string `json:"name" minLength:"1"`
	Size   int64  `json:"size" minimum:"0" doc:"bytes"`
	SHA256 string `json:"sha256" pattern:"^[0-9a-f]{64}$"`
}

// values are what was said, under the names that package form has for fields.
func (s said) values() form.Said {
	out := form.Said{Values: map[string][]string{}}
	text := map[string]string{"reason": s.Reason, "due": s.Due, "until": s.Until, "unit": s.Unit, "policy": s.Policy, "title": s.Title, "ref": s.Ref, "rule": s.Rule,
		"paper": s.Paper, "number": s.Number, "time": s.Time, "place": s.Place, "chair": s.Chair, "bring": s.Bring}
	if s.Percent != nil {
		text["percent"] = strconv.Itoa(*s.Percent)
	}
	for field, is := range map[string]bool{"moves-due": s.MovesDue, "public": s.Public, "circular": s.Circular} {
		if is {
			text[field] = "true"
		}
	}
	for field, value := range text {
		if value != "" {
			out.Values[field] = []string{value}
		}
	}
	for field, all := range map[string][]string{"units": s.Units, "called": s.Called, "missing": s.Missing, "url": s.URL} {
		if len(all) > 0 {
			out.Values[field] = all
		}
	}
	for _, f := range s.File {
		out.Values["file"] = append(out.Values["file"], f.Name)
		out.Files = append(out.Files, act.Evidence{Name: f.Name, Size: f.Size, SHA256: f.SHA256})
	}
	return out
}

// done is an act that the ledger has.
type done struct {
	ID    string   `json:"id"`
	Act   act.Kind `json:"act"`
	Plan  string   `json:"plan"`
	Task  string   `json:"task"`
	Talk  string   `json:"talk,omitempty" doc:"of an act on a talk; of a proposal the talk it made"`
	Again bool     `json:"again" doc:"it had been done under this id before"`
}

func (s *service) acts() {
	change := func(id, path, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: http.MethodPost, Path: "/api/v1" + path, Summary: summary, DefaultStatus: http.StatusOK,
			Metadata: map[string]any{acting: true}, Description: "Needs a token that may act. When there is no answer (503), send it again with the same id.",
			Errors: []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusServiceUnavailable}}
	}
	type onTask struct {
		OfTask
		Kind string `path:"kind" doc:"see the acts of the task"`
		Body said
	}
	huma.Register(s.api, change("act-on-task", "/plans/{plan}/tasks/{task}/acts/{kind}", "Do an act on a task or a duty"), func(ctx context.Context, in *onTask) (*one[done], error) {
		return s.do(ctx, order{in.Plan, in.Task, act.Kind(in.Kind), false, in.Body})
	})
	type onTalk struct {
		OfTalk
		Kind string `path:"kind" doc:"see the acts of the talk"`
		Body said
	}
	huma.Register(s.api, change("act-on-talk", "/plans/{plan}/talks/{talk}/acts/{kind}", "Do an act on a talk"), func(ctx context.Context, in *onTalk) (*one[done], error) {
		return s.do(ctx, order{in.Plan, in.Talk, act.Kind(in.Kind), true, in.Body})
	})
}

// order is what a request asks for.
type order struct {
	plan, thing string
	kind        act.Kind
	talk        bool
	said        said
}

func (s *service) do(ctx context.Context, o order) (*one[done], error) {
	out, err := s.doIt(ctx, o)
	if err == nil {
		return &one[done]{out}, nil
	}
	var told huma.StatusError
	if errors.As(err, &told) {
		return nil, err
	}
	return nil, s.fault(ctx, err)
}

func (s *service) doIt(ctx context.Context, o order) (out done, err error) {
	c := callerOf(ctx)
	find := s.Reader.Task
	if o.talk {
		find = s.Reader.Talk
	}
	on, err := find(ctx, c.viewer(), o.plan, o.thing)
	if err != nil {
		return out, err
	}
	deed, ok := form.DeedOn(on, o.talk, o.kind)
	if !ok {
		return out, huma.Error404NotFound(c.say.T("api.no_act", words.Data{"Kind": string(o.kind)}))
	}
	a := act.Act{Kind: o.kind, By: c.by, ID: o.said.ID}
	if !on.Hidden { // of what is hidden nothing more is told: the engine refuses, and records that it was tried
		if a, err = s.fill(c, on, deed, o.said); err != nil {
			return out, err
		}
	}
	out = done{ID: a.ID, Act: a.Kind, Plan: o.plan, Task: on.Task.Shown(), Talk: on.Task.ShownTalk(on.Talk.ID)}
	if out.Again, err = s.Reader.Recorded(ctx, c.viewer(), o.plan, cmp.Or(on.Talk.ID, on.Task.ID), a); err != nil {
		return out, err
	}
	if !out.Again || deed.Kind == act.Propose { // a proposal that was cut off is finished
		talk, failed := form.Send(ctx, s.Acts, on, a)
		if err = failed; deed.Kind == act.Propose {
			out.Talk = on.Task.ShownTalk(talk)
		}
	}
	var refused *engine.RefusedError
	switch {
	case errors.As(err, &refused) && on.Hidden:
		return out, huma.Error404NotFound(c.say.T("api.not_found"))
	case errors.As(err, &refused):
		return out, &huma.ErrorModel{Type: "urn:duban:" + refused.Key, Title: http.StatusText(http.StatusConflict), Status: http.StatusConflict,
			Detail: notice.Refused(c.say, refused.Refusal, on.Plan.Plan.Directory.Name)}
	}
	return out, err
}

// fill makes an act of what was said. Problems say in which field.
func (s *service) fill(c caller, on query.Subject, deed form.Deed, typed said) (act.Act, error) {
	values := typed.values()
	fields := deed.Fields()
	var wrong []*huma.ErrorDetail
	detail := func(field, text string) *huma.ErrorDetail {
		return &huma.ErrorDetail{Location: "body." + strings.ReplaceAll(field, "-", "_"), Message: text}
	}
	for field := range values.Values {
		if !slices.Contains(fields, field) {
			wrong = append(wrong, detail(field, c.say.T("api.no_field", words.Data{"Field": field})))
		}
	}
	if allowed(on, deed, c.by) { // whoever may not is told that first
		for _, field := range deed.Needs() {
			if len(values.Values[field]) == 0 {
				wrong = append(wrong, detail(field, c.say.T("api.needs_field", words.Data{"Field": c.say.T(form.Label(field))})))
			}
		}
	}
	if len(wrong) > 0 {
		slices.SortFunc(wrong, func(a, b *huma.ErrorDetail) int { return strings.Compare(a.Location, b.Location) })
		return act.Act{}, &huma.ErrorModel{Title: http.StatusText(http.StatusUnprocessableEntity), Status: http.StatusUnprocessableEntity, Detail: c.say.T("api.wrong_fields"), Errors: wrong}
	}
	a, err := form.Fill(on, deed, values, c.by)
	var fault *form.Fault
	if errors.As(err, &fault) {
		return a, huma.Error422UnprocessableEntity(c.say.T("api.wrong_fields"), detail(fault.Field, fault.Text(c.say, c.say.T(form.Label(fault.Field)))))
	}
	a.ID = typed.ID
	return a, err
}

// allowed tells whether somebody may do such an act at all.
func allowed(on query.Subject, deed form.Deed, by act.Actor) bool {
	if deed.On != form.Talk {
		return act.Allowed(ledger.CaseOf(on.Task), by, deed.Kind) == nil
	}
	dir, lead := on.Plan.Plan.Directory, on.Talk.Lead
	if on.Talk.ID == "" {
		lead = on.Task.Lead
	}
	return act.TalkAllowed(act.TalkCase{Lead: lead, Office: dir.Office, Leadership: dir.Leadership}, by, deed.Kind) == nil
}
