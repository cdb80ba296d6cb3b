package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"duban/internal/act"
	"duban/internal/complaint"
	"duban/internal/engine"
	"duban/internal/form"
	"duban/internal/notice"
	"duban/internal/query"
	"duban/internal/words"
)

// complained is a complaint as the interface lists it. Who complained is not in it.
type complained struct {
	Number   int       `json:"number"`
	Hotline  string    `json:"hotline,omitempty" doc:"its number at the hotline"`
	State    string    `json:"state" enum:"received,sorted,merged,closed"`
	Title    string    `json:"title"`
	Text     string    `json:"text"`
	Matter   string    `json:"matter"`
	Place    string    `json:"place"`
	Section  string    `json:"section,omitempty"`
	Day      string    `json:"day" doc:"on which it was taken in"`
	Unit     string    `json:"unit,omitempty" doc:"ID of the unit that handles it"`
	Task     string    `json:"task,omitempty"`
	Until    time.Time `json:"until,omitzero" doc:"when it is to be answered"`
	Answer   string    `json:"answer,omitempty"`
	Answered time.Time `json:"answered,omitzero"`
	Returned bool      `json:"returned,omitempty"`
	Late     bool      `json:"late,omitempty"`
	Into     int       `json:"into,omitempty" doc:"number of the complaint that it has joined"`
}

// Told is a complaint as a request gives it.
type Told struct {
	Hotline string `json:"hotline" minLength:"1" maxLength:"40" doc:"its number at the hotline, by which the same complaint is known again"`
	Title   string `json:"title" minLength:"1" maxLength:"500"`
	Text    string `json:"text" minLength:"1" maxLength:"2000"`
	Matter  string `json:"matter" minLength:"1" doc:"one of the plan's rules"`
	Place   string `json:"place" minLength:"1" maxLength:"200"`
	Section string `json:"section,omitempty" doc:"ID of a section of the plan's register"`
	Name    string `json:"name,omitempty" maxLength:"100" doc:"of whoever complained; like phone and address it is kept where it can be erased, and in no answer"`
	Phone   string `json:"phone,omitempty" maxLength:"100"`
	Address string `json:"address,omitempty" maxLength:"300"`
}

func (s *service) complaints() {
	type listed struct {
		InPlan
		State string `query:"state" enum:"received,sorted,merged,closed" doc:"in this state only"`
	}
	read(s, "complaints", "/complaints", "Complaints of the hotline: all for the office and the leadership, its own for a unit", func(ctx context.Context, in *listed) (*one[[]complained], error) {
		all, err := s.Reader.Complaints(ctx, callerOf(ctx).viewer(), in.Plan)
		out := []complained{}
		for _, l := range all.Lines {
			if in.State == "" || in.State == string(l.State) {
				out = append(out, complained{l.Number, l.Hotline, string(l.State), l.Complaint.Title, l.Complaint.Words, l.Matter, l.Where, l.Section, l.Complaint.On.String(), l.Unit, l.TaskID, l.Until, l.Answer, l.Answered, l.Returned, l.Late, l.Into})
			}
		}
		return &one[[]complained]{out}, err
	})
	type onComplaint struct {
		InPlan
		Number int    `path:"number" doc:"of the complaint in the plan"`
		Kind   string `path:"kind" enum:"sort,call_back,close_complaint,join_complaint,forget"`
		Body   said
	}
	huma.Register(s.api, huma.Operation{OperationID: "act-on-complaint", Method: http.MethodPost, Path: "/api/v1/complaints/{number}/acts/{kind}", Summary: "Do an act on a complaint",
		DefaultStatus: http.StatusOK, Metadata: map[string]any{acting: true},
		Description: "Needs a token that may act, of the plan's office. What an act may and must say is the schema act-complaint-KIND, such as act-complaint-sort. What the complaint's unit does, as answering, is an act on the task. When there is no answer (503), send it again with the same id.",
		Errors:      []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusServiceUnavailable},
	}, func(ctx context.Context, in *onComplaint) (*one[followed], error) {
		out, err := s.follow(ctx, in.Plan, in.Number, act.Kind(in.Kind), in.Body)
		if err != nil {
			return nil, s.fault(ctx, err)
		}
		return &one[followed]{out}, nil
	})
	type taking struct {
		InPlan
		Body struct {
			Complaints []Told `json:"complaints" minItems:"1" maxItems:"2000"`
		}
	}
	type taken struct {
		Plan    string `json:"plan"`
		Numbers []int  `json:"numbers" doc:"of each complaint in the plan, in the order of the request"`
	}
	huma.Register(s.api, huma.Operation{OperationID: "take-in-complaints", Method: http.MethodPost, Path: "/api/v1/complaints", Summary: "Take complaints of the hotline in",
		DefaultStatus: http.StatusOK, Metadata: map[string]any{acting: true},
		Description: "Needs a token that may act, of the plan's office. All or none are taken in; one whose number at the hotline is known is not taken in again.",
		Errors:      []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusServiceUnavailable},
	}, func(ctx context.Context, in *taking) (*one[taken], error) {
		c := callerOf(ctx)
		l, err := s.Reader.ComplaintsPlan(ctx, c.viewer(), in.Plan)
		if err != nil {
			return nil, s.fault(ctx, err)
		}
		var all []engine.Taking
		for _, t := range in.Body.Complaints {
			typed := form.TypedComplaint{Hotline: strings.TrimSpace(t.Hotline), Title: t.Title, Words: t.Text, Matter: t.Matter, Where: t.Place, Section: t.Section}
			all = append(all, engine.Taking{Act: typed.Act("api", c.by), Caller: complaint.Caller{Name: t.Name, Phone: t.Phone, Address: t.Address}})
		}
		numbers, err := s.Acts.TakeIn(ctx, l.Plan.ID, all)
		var refused *engine.RefusedError
		var which *engine.TakingError
		if errors.As(err, &refused) && errors.As(err, &which) {
			return nil, &huma.ErrorModel{Type: "urn:duban:" + refused.Key, Title: http.StatusText(http.StatusConflict), Status: http.StatusConflict, Detail: notice.Refused(c.say, refused.Refusal, l.Plan.Directory.Name),
				Errors: []*huma.ErrorDetail{{Location: "body.complaints[" + strconv.Itoa(which.At) + "]", Message: notice.Refused(c.say, refused.Refusal, l.Plan.Directory.Name)}}}
		}
		if err != nil {
			return nil, s.fault(ctx, err)
		}
		return &one[taken]{taken{l.Plan.ID, numbers}}, nil
	})
}

// followed is an act on a complaint that the ledger has.
type followed struct {
	ID        string   `json:"id"`
	Act       act.Kind `json:"act"`
	Plan      string   `json:"plan"`
	Complaint int      `json:"complaint" doc:"its number in the plan"`
	Again     bool     `json:"again" doc:"it had been done under this id before"`
}

// follow does an act on one complaint.
func (s *service) follow(ctx context.Context, planID string, number int, k act.Kind, typed said) (out followed, err error) {
	c := callerOf(ctx)
	o, err := s.Reader.Complaint(ctx, c.viewer(), planID, number)
	if err != nil {
		return out, err
	}
	row, ok := act.Of(act.OnComplaint, k)
	if !ok || k == act.TakeIn {
		return out, huma.Error404NotFound(c.say.T("api.no_act", words.Data{"Kind": string(k)}))
	}
	a, err := s.fillFor(c, query.Subject{Plan: o.In}, row, typed, o.MayDo(c.by, k) == nil)
	if err != nil {
		return out, err
	}
	out = followed{ID: a.ID, Act: k, Plan: o.Plan, Complaint: number, Again: slices.Contains(o.Known, a.ID)}
	err = s.Acts.Complain(ctx, o.Plan, number, a, s.speaks(""))
	var refused *engine.RefusedError
	if errors.As(err, &refused) {
		return out, &huma.ErrorModel{Type: "urn:duban:" + refused.Key, Title: http.StatusText(http.StatusConflict), Status: http.StatusConflict, Detail: notice.Refused(c.say, refused.Refusal, o.All.People.Name)}
	}
	return out, err
}
