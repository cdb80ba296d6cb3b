package api

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"duban/internal/act"
	"duban/internal/engine"
	"duban/internal/notice"
	"duban/internal/query"
	"duban/internal/words"
)

// OfIncident is the incident that is asked for.
type OfIncident struct {
	InPlan
	Incident string `path:"incident" doc:"its number"`
}

// handledBy is an act on an incident that the ledger has.
type handledBy struct {
	ID       string   `json:"id"`
	Act      act.Kind `json:"act"`
	Plan     string   `json:"plan"`
	Incident string   `json:"incident"`
	Again    bool     `json:"again" doc:"it had been done under this id before"`
}

func (s *service) incidents() {
	read(s, "incidents", "/incidents", "Incidents at sections in which the account has a part, the last one first", func(ctx context.Context, in *InPlan) (*one[query.Incidents], error) {
		all, err := s.Reader.Incidents(ctx, callerOf(ctx).viewer(), in.Plan)
		return &one[query.Incidents]{all}, err
	})
	read(s, "incident", "/incidents/{incident}", "An incident, with what followed from its records until now", func(ctx context.Context, in *OfIncident) (*one[query.Incident], error) {
		i, err := s.Reader.Incident(ctx, callerOf(ctx).viewer(), in.Plan, in.Incident)
		return &one[query.Incident]{i}, err
	})
	change := func(id, path, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: http.MethodPost, Path: "/api/v1" + path, Summary: summary, DefaultStatus: http.StatusOK, Metadata: map[string]any{acting: true},
			Description: "Needs a token that may act. What an act may and must say is the schema act-incident-KIND, such as act-incident-open_incident. When there is no answer (503), send it again with the same id.",
			Errors:      []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusServiceUnavailable}}
	}
	type opening struct {
		InPlan
		Body said
	}
	huma.Register(s.api, change("open-incident", "/incidents", "Open an incident"), func(ctx context.Context, in *opening) (*one[handledBy], error) {
		return s.handle(ctx, in.Plan, "", act.OpenIncident, in.Body)
	})
	type handling struct {
		OfIncident
		Kind string `path:"kind" doc:"such as order_water, water_begun, sample"`
		Body said
	}
	huma.Register(s.api, change("act-on-incident", "/incidents/{incident}/acts/{kind}", "Do an act on an incident"), func(ctx context.Context, in *handling) (*one[handledBy], error) {
		return s.handle(ctx, in.Plan, in.Incident, act.Kind(in.Kind), in.Body)
	})
}

func (s *service) handle(ctx context.Context, planID, id string, k act.Kind, typed said) (*one[handledBy], error) {
	out, err := s.handleIt(ctx, planID, id, k, typed)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	return &one[handledBy]{out}, nil
}

func (s *service) handleIt(ctx context.Context, planID, id string, k act.Kind, typed said) (out handledBy, err error) {
	c := callerOf(ctx)
	row, ok := act.Of(act.OnIncident, k)
	if !ok || (k == act.OpenIncident) != (id == "") {
		return out, huma.Error404NotFound(c.say.T("api.no_act", words.Data{"Kind": string(k)}))
	}
	all, err := s.Reader.Incidents(ctx, c.viewer(), planID)
	if err != nil {
		return out, err
	}
	on := all.Opening
	if id != "" {
		i, err := s.Reader.Incident(ctx, c.viewer(), all.Plan, id)
		if err != nil {
			return out, err
		}
		on = i.Record
	}
	l, err := s.Reader.WaterPlan(ctx, c.viewer(), all.Plan)
	if err != nil {
		return out, err
	}
	a, err := s.fillFor(c, query.Subject{Plan: l}, row, typed, on.MayDo(c.by, k))
	if err != nil {
		return out, err
	}
	out = handledBy{ID: a.ID, Act: k, Plan: all.Plan, Again: slices.ContainsFunc(all.Rows, func(r query.IncidentRow) bool { return slices.Contains(r.Known, a.ID) })}
	out.Incident, err = s.Acts.Incident(ctx, all.Plan, id, a, s.speaks(""))
	var refused *engine.RefusedError
	if errors.As(err, &refused) {
		return out, &huma.ErrorModel{Type: "urn:duban:" + refused.Key, Title: http.StatusText(http.StatusConflict), Status: http.StatusConflict, Detail: notice.Refused(c.say, refused.Refusal, all.People.Name)}
	}
	return out, err
}
