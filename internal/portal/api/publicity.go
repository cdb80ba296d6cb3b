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

// OfText is the public text that is asked for.
type OfText struct {
	OfPlan
	Number int `path:"number" doc:"its number in the plan"`
}

// publishedBy is an act on a public text that the ledger has.
type publishedBy struct {
	ID    string   `json:"id"`
	Act   act.Kind `json:"act"`
	Plan  string   `json:"plan"`
	Text  int      `json:"text" doc:"its number in the plan"`
	Again bool     `json:"again" doc:"it had been done under this id before"`
}

func (s *service) publicity() {
	read(s, "publicity", "/plans/{plan}/publicity", "What of a plan must be made public, with the texts for it and positive examples", func(ctx context.Context, in *OfPlan) (*one[query.Publicity], error) {
		all, err := s.Reader.Publicity(ctx, callerOf(ctx).viewer(), in.Plan)
		return &one[query.Publicity]{all}, err
	})
	change := func(id, path, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: http.MethodPost, Path: "/api/v1" + path, Summary: summary, DefaultStatus: http.StatusOK, Metadata: map[string]any{acting: true},
			Description: "Needs a token that may act. What an act may and must say is the schema act-text-KIND, such as act-text-write_text. When there is no answer (503), send it again with the same id.",
			Errors:      []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusServiceUnavailable}}
	}
	type writing struct {
		OfPlan
		Body said
	}
	huma.Register(s.api, change("write-text", "/plans/{plan}/publicity", "Write a text of what a task makes public (ref), or a positive example (unit)"), func(ctx context.Context, in *writing) (*one[publishedBy], error) {
		return s.publish(ctx, in.Plan, 0, act.WriteText, in.Body)
	})
	type acted struct {
		OfText
		Kind string `path:"kind" doc:"such as write_text, approve_text"`
		Body said
	}
	huma.Register(s.api, change("act-on-text", "/plans/{plan}/publicity/{number}/acts/{kind}", "Do an act on a public text"), func(ctx context.Context, in *acted) (*one[publishedBy], error) {
		return s.publish(ctx, in.Plan, in.Number, act.Kind(in.Kind), in.Body)
	})
}

func (s *service) publish(ctx context.Context, planID string, number int, k act.Kind, typed said) (*one[publishedBy], error) {
	out, err := s.publishIt(ctx, planID, number, k, typed)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	return &one[publishedBy]{out}, nil
}

func (s *service) publishIt(ctx context.Context, planID string, number int, k act.Kind, typed said) (out publishedBy, err error) {
	c := callerOf(ctx)
	row, ok := act.Of(act.OnText, k)
	if !ok {
		return out, huma.Error404NotFound(c.say.T("api.no_act", words.Data{"Kind": string(k)}))
	}
	all, err := s.Reader.Publicity(ctx, c.viewer(), planID)
	if err != nil {
		return out, err
	}
	text := act.PublicText{Office: all.People.Office, Leadership: all.People.Leadership}
	if number != 0 {
		if text, _, err = s.Reader.PublicText(ctx, c.viewer(), planID, number); err != nil {
			return out, err
		}
	}
	a, err := s.fillFor(c, query.Subject{Plan: all.Judged}, row, typed, text.MayDo(c.by, k) == nil)
	if err != nil {
		return out, err
	}
	out = publishedBy{ID: a.ID, Act: k, Plan: planID, Again: slices.Contains(text.Known, a.ID)}
	out.Text, err = s.Acts.Publish(ctx, planID, number, a)
	var refused *engine.RefusedError
	if errors.As(err, &refused) {
		return out, &huma.ErrorModel{Type: "urn:duban:" + refused.Key, Title: http.StatusText(http.StatusConflict), Status: http.StatusConflict, Detail: notice.Refused(c.say, refused.Refusal, all.People.Name)}
	}
	return out, err
}
