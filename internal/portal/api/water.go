package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"duban/internal/engine"
	"duban/internal/form"
	"duban/internal/ledger"
	"duban/internal/query"
	"duban/internal/water"
	"duban/internal/words"
)

// Measured is a reading as a request gives it and as the interface lists it.
type Measured struct {
	Section string            `json:"section" minLength:"1" doc:"ID or name; of an outlet its ID after outlet/"`
	Month   string            `json:"month" minLength:"1" doc:"2021-05"`
	Span    string            `json:"span,omitempty" enum:"month,year" doc:"month: the month itself, which is meant where nothing is said; year: the year up to its end"`
	State   string            `json:"state,omitempty" doc:"dry, frozen, unmonitored or suspended, in place of all else"`
	Class   string            `json:"class,omitempty" doc:"Ⅰ to Ⅴ, 劣Ⅴ, or as offices write them: II, 2类"`
	Over    string            `json:"over,omitempty" doc:"what is over, with its multiple: 氨氮/1.3、总磷/0.6"`
	Values  map[string]string `json:"values,omitempty" doc:"concentrations by item: NH3-N or 氨氮; 0.01L is below that limit"`
	Source  string            `json:"source,omitempty" maxLength:"300" doc:"where it is from; an answer has the source of each value in sources"`
}

// kept is a reading of the ledger.
type kept struct {
	Measured
	Sources map[string]string `json:"sources" doc:"where each value is from"`
}

// cameIn is what readings have changed.
type cameIn struct {
	Plan      string      `json:"plan"`
	New       int         `json:"new" doc:"readings of which the ledger had nothing"`
	More      int         `json:"more" doc:"readings that were completed"`
	Corrected []corrected `json:"corrected" doc:"values that the ledger had otherwise"`
	Same      int         `json:"same" doc:"readings that the ledger had already"`
}

type corrected struct {
	Section string `json:"section"`
	Month   string `json:"month"`
	Span    string `json:"span"`
	Field   string `json:"field"`
	Old     string `json:"old"`
	New     string `json:"new"`
}

func measuredOf(r water.Reading) Measured {
	m := Measured{Section: r.Section, Month: r.Month.String(), Span: string(r.Span), State: string(r.State), Class: r.Class.String(), Over: r.Fields()[water.FieldOver]}
	for i, v := range r.Values {
		if m.Values == nil {
			m.Values = map[string]string{}
		}
		m.Values[string(i)] = v.String()
	}
	return m
}

func (s *service) water() {
	type asked struct {
		InPlan
		Section string `query:"section" doc:"ID of a section"`
		From    string `query:"from" doc:"from this month on, such as 2021-01"`
		To      string `query:"to" doc:"up to this month"`
	}
	read(s, "water-readings", "/water/readings", "What was measured of the sections, as the ledger has it now", func(ctx context.Context, in *asked) (*one[[]kept], error) {
		c := callerOf(ctx)
		f := ledger.ReadingFilter{Section: in.Section}
		for into, text := range map[*water.Month]string{&f.From: in.From, &f.To: in.To} {
			if err := into.UnmarshalText([]byte(text)); err != nil {
				return nil, huma.Error422UnprocessableEntity(c.say.T("water.bad_month", words.Data{"Value": text}))
			}
		}
		all, err := s.Reader.WaterReadings(ctx, c.viewer(), in.Plan, f)
		out := []kept{}
		for _, r := range all {
			out = append(out, kept{measuredOf(r), r.Sources})
		}
		return &one[[]kept]{out}, err
	})
	type ofMonth struct {
		InPlan
		Month string `query:"month" doc:"such as 2021-05; the last one with readings where nothing is said"`
	}
	read(s, "water-zones", "/water/zones", "How the functional zones of waters stand in a month, by basin and kind", func(ctx context.Context, in *ofMonth) (*one[query.WaterZones], error) {
		c := callerOf(ctx)
		var month water.Month
		if err := month.UnmarshalText([]byte(in.Month)); err != nil {
			return nil, huma.Error422UnprocessableEntity(c.say.T("water.bad_month", words.Data{"Value": in.Month}))
		}
		z, err := s.Reader.WaterZones(ctx, c.viewer(), in.Plan, month)
		return &one[query.WaterZones]{z}, err
	})
	read(s, "water-outlets", "/water/outlets", "What was measured of the outlets in a month, by their own limits", func(ctx context.Context, in *ofMonth) (*one[query.WaterOutlets], error) {
		c := callerOf(ctx)
		var month water.Month
		if err := month.UnmarshalText([]byte(in.Month)); err != nil {
			return nil, huma.Error422UnprocessableEntity(c.say.T("water.bad_month", words.Data{"Value": in.Month}))
		}
		w, err := s.Reader.WaterOutlets(ctx, c.viewer(), in.Plan, month)
		return &one[query.WaterOutlets]{w}, err
	})
	type bringing struct {
		InPlan
		Body struct {
			Readings []Measured `json:"readings" minItems:"1" maxItems:"2000"`
			Correct  bool       `json:"correct,omitempty" doc:"what the ledger has otherwise is corrected; else nothing is recorded (409)"`
			Reason   string     `json:"reason,omitempty" maxLength:"1000" doc:"of a correction, which needs one"`
		}
	}
	huma.Register(s.api, huma.Operation{OperationID: "bring-water-readings", Method: http.MethodPost, Path: "/api/v1/water/readings", Summary: "Bring in what was measured of sections and outlets",
		DefaultStatus: http.StatusOK, Metadata: map[string]any{acting: true},
		Description: "Needs a token that may act, of the plan's office or of the unit that owes the data. All or none are recorded; the same again changes nothing.",
		Errors:      []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusServiceUnavailable},
	}, func(ctx context.Context, in *bringing) (*one[cameIn], error) {
		out, err := s.bring(ctx, in.Plan, in.Body.Readings, in.Body.Correct, strings.TrimSpace(in.Body.Reason))
		var told huma.StatusError
		switch {
		case err == nil:
			return &one[cameIn]{out}, nil
		case errors.As(err, &told):
			return nil, err
		}
		return nil, s.fault(ctx, err)
	})
}

// bring records readings for whoever asks.
func (s *service) bring(ctx context.Context, planID string, typed []Measured, correct bool, reason string) (out cameIn, err error) {
	c := callerOf(ctx)
	if correct && reason == "" {
		return out, huma.Error422UnprocessableEntity(c.say.T("water.needs_reason_here"))
	}
	l, err := s.Reader.WaterPlan(ctx, c.viewer(), planID)
	if err != nil {
		return out, err
	}
	var all []water.Reading
	var wrong []error
	for i, m := range typed {
		source := c.say.T("water.api_source", words.Data{"Name": c.by.Name})
		if m.Source != "" {
			source = m.Source + " " + source
		}
		r, err := form.TypedReading{Section: m.Section, Month: m.Month, Span: m.Span, State: m.State, Class: m.Class, Over: m.Over, Values: m.Values}.Reading(l.Plan.Measured(), source)
		var fault *form.Fault
		if errors.As(err, &fault) {
			wrong = append(wrong, &huma.ErrorDetail{Location: "body.readings[" + strconv.Itoa(i) + "]." + fault.Field, Message: fault.Text(c.say, "")})
			continue
		}
		if err != nil {
			return out, err
		}
		all = append(all, r)
	}
	if len(wrong) > 0 {
		return out, huma.Error422UnprocessableEntity(c.say.T("api.wrong_fields"), wrong...)
	}
	changes, err := s.Acts.BringReadings(ctx, l.Plan.ID, all, correct, reason, c.by, s.speaks(""))
	var only *engine.OfficeError
	switch {
	case errors.Is(err, ledger.ErrCorrects):
		return out, huma.Error409Conflict(c.say.T("water.needs_reason_here"))
	case errors.As(err, &only):
		return out, huma.Error403Forbidden(c.say.T("water.only", words.Data{"Office": strings.Join(only.Offices, c.say.T("cli.list_comma"))}))
	case err != nil:
		return out, err
	}
	out = cameIn{Plan: l.Plan.ID, Corrected: []corrected{}, Same: len(all) - len(changes)}
	for _, ch := range changes {
		switch {
		case ch.Version == 1:
			out.New++
		case len(ch.Corrected) == 0:
			out.More++
		}
		for _, f := range ch.Corrected {
			out.Corrected = append(out.Corrected, corrected{ch.Reading.Section, ch.Reading.Month.String(), string(ch.Reading.Span), f.Field, f.Old, f.New})
		}
	}
	return out, nil
}
