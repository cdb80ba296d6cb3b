package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"duban/internal/act"
	"duban/internal/engine"
	"duban/internal/form"
	"duban/internal/notice"
	"duban/internal/query"
	"duban/internal/words"
)

// said is what an act says, under the keys of its fields (act.Fields). Which of them an act
// takes is in its row of …/acts; one that it does not take is refused.
type said struct {
	ID string
	form.Said
}

// file is a file kept elsewhere.
type file struct {
	Name   string `json:"name" minLength:"1"`
	Size   int64  `json:"size" minimum:"0" doc:"bytes"`
	SHA256 string `json:"sha256" pattern:"^[0-9a-f]{64}$"`
}

// Schema is what a request may say, whatever the act. What each act may and must say is
// described beside it, as act-THING-KIND.
func (said) Schema(r huma.Registry) *huma.Schema {
	for _, row := range act.All {
		if row.Command != "" || row.On == act.OnComplaint || row.On == act.OnText { // acts on complaints and public texts are done on pages and by programs alone
			r.Map()[fmt.Sprintf("act-%s-%s", row.On, row.Kind)] = object(r, row.Fields(), row.Asks(), max(row.Longest, act.FieldReason.Row().Most))
		}
	}
	var all []act.Field
	for _, f := range act.Fields {
		all = append(all, f.Field)
	}
	r.Map()["ApiSaid"] = object(r, all, nil, 0)
	return &huma.Schema{Ref: "#/components/schemas/ApiSaid"}
}

// object is the schema of a request with these fields, of which must are required. most is
// how many characters its reason may have; 0: the schema names no length, so that a longer
// reason is refused by the act's own check, as it is at the command line and in a form.
func object(r huma.Registry, fields, must []act.Field, most int) *huma.Schema {
	en := words.New("en")
	least, greatest := 1, 100
	s := &huma.Schema{Type: huma.TypeObject, AdditionalProperties: false, Required: []string{"id"}, Properties: map[string]*huma.Schema{
		"id": {Type: huma.TypeString, MinLength: &least, MaxLength: &greatest, Description: "the same id again is the same act, which is done once"},
	}}
	for _, f := range fields {
		row := f.Row()
		longest := row.Most
		if f == act.FieldReason {
			longest = most
		}
		one := &huma.Schema{Type: huma.TypeString}
		if most > 0 && longest > 0 {
			one.MaxLength = &longest
		}
		of := one
		switch row.Takes {
		case act.TakesPercent:
			low, high := 0.0, 100.0
			of = &huma.Schema{Type: huma.TypeInteger, Minimum: &low, Maximum: &high}
		case act.TakesSwitch:
			of = &huma.Schema{Type: huma.TypeBoolean}
		case act.TakesDay:
			of.Examples = []any{"2021-10-31"}
		case act.TakesMoment:
			of.Examples = []any{"2021-06-18 15:00"}
		case act.TakesFiles:
			of = &huma.Schema{Type: huma.TypeArray, Items: r.Schema(reflect.TypeFor[file](), true, "file")}
		case act.TakesNames, act.TakesUnits, act.TakesMany, act.TakesURLs:
			of = &huma.Schema{Type: huma.TypeArray, Items: one}
		}
		of.Description = en.T(f.Label())
		s.Properties[f.Key()] = of
	}
	for _, f := range must {
		s.Required = append(s.Required, f.Key())
	}
	s.PrecomputeMessages()
	return s
}

// UnmarshalJSON reads a request that its schema allows.
func (s *said) UnmarshalJSON(raw []byte) error {
	s.Values = map[string][]string{}
	typed := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, &typed); err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(cmp.Or(string(typed["id"]), `""`)), &s.ID); err != nil {
		return err
	}
	for _, f := range act.Fields {
		raw, given := typed[f.Field.Key()]
		if !given {
			continue
		}
		values, err := s.read(f.Takes, raw)
		if err != nil {
			return err
		}
		if len(values) > 0 || f.Field == act.FieldUnits { // no unit is a choice too
			s.Values[string(f.Field)] = values
		}
	}
	return nil
}

// read is what a field of a request says, as it would be typed.
func (s *said) read(takes act.Takes, raw json.RawMessage) (values []string, err error) {
	switch takes {
	case act.TakesFiles:
		var files []file
		err = json.Unmarshal(raw, &files)
		for _, f := range files {
			values = append(values, f.Name)
			s.Files = append(s.Files, act.Evidence{Name: f.Name, Size: f.Size, SHA256: f.SHA256})
		}
		return values, err
	case act.TakesNames, act.TakesUnits, act.TakesMany, act.TakesURLs:
		err = json.Unmarshal(raw, &values)
		return values, err
	case act.TakesSwitch, act.TakesPercent:
		if text := string(raw); text != "false" {
			values = []string{text}
		}
		return values, nil
	}
	var text string
	if err = json.Unmarshal(raw, &text); text != "" {
		values = []string{text}
	}
	return values, err
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
			Metadata: map[string]any{acting: true}, Description: "Needs a token that may act. What an act may and must say is the schema act-THING-KIND, such as act-task-progress. When there is no answer (503), send it again with the same id.",
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
	row, ok := form.RowOn(on, o.talk, o.kind)
	if !ok {
		return out, huma.Error404NotFound(c.say.T("api.no_act", words.Data{"Kind": string(o.kind)}))
	}
	a := act.Act{Kind: o.kind, By: c.by, ID: o.said.ID}
	if !on.Hidden { // of a hidden task or talk no fault is told: the engine refuses, and records that the act was tried
		if a, err = s.fill(c, on, row, o.said); err != nil {
			return out, err
		}
	}
	out = done{ID: a.ID, Act: a.Kind, Plan: o.plan, Task: on.Task.Shown(), Talk: on.Task.ShownTalk(on.Talk.ID)}
	if out.Again, err = s.Reader.Recorded(ctx, c.viewer(), o.plan, cmp.Or(on.Talk.ID, on.Task.ID), a); err != nil {
		return out, err
	}
	if !out.Again || row.Opens() { // a proposal that is recorded may still lack its talk: sending it again opens that
		talk, failed := form.Send(ctx, s.Acts, on, a)
		if err = failed; row.Opens() {
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

// fill makes an act of a request. Its errors name the field that is wrong.
func (s *service) fill(c caller, on query.Subject, row act.Row, typed said) (act.Act, error) {
	return s.fillFor(c, on, row, typed, act.Allowed(form.Judged(on, row), c.by, row.Kind) == nil)
}

// fillFor is fill where it is known whether the caller may do the act at all.
func (s *service) fillFor(c caller, on query.Subject, row act.Row, typed said, may bool) (act.Act, error) {
	values := typed.Said
	var wrong []*huma.ErrorDetail
	detail := func(field, text string) *huma.ErrorDetail {
		return &huma.ErrorDetail{Location: "body." + strings.ReplaceAll(field, "-", "_"), Message: text}
	}
	for field := range values.Values {
		if !row.Takes(act.Field(field)) {
			wrong = append(wrong, detail(field, c.say.T("api.no_field", words.Data{"Field": field})))
		}
	}
	if may { // to whoever may not do the act no missing field is told: the engine refuses the act
		for _, field := range row.Asks() {
			if _, given := values.Values[string(field)]; !given {
				wrong = append(wrong, detail(string(field), c.say.T("api.needs_field", words.Data{"Field": c.say.T(field.Label())})))
			}
		}
	}
	if len(wrong) > 0 {
		slices.SortFunc(wrong, func(a, b *huma.ErrorDetail) int { return strings.Compare(a.Location, b.Location) })
		return act.Act{}, &huma.ErrorModel{Title: http.StatusText(http.StatusUnprocessableEntity), Status: http.StatusUnprocessableEntity, Detail: c.say.T("api.wrong_fields"), Errors: wrong}
	}
	a, err := form.Fill(on, row, values, c.by)
	var fault *form.Fault
	if errors.As(err, &fault) {
		return a, huma.Error422UnprocessableEntity(c.say.T("api.wrong_fields"), detail(fault.Field, fault.Text(c.say, c.say.T(act.Field(fault.Field).Label()))))
	}
	a.ID = typed.ID
	return a, err
}
