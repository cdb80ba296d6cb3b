// Package api is the portal's interface for programs: the rows that the command line
// prints as JSON and the acts that people do, under /api/v1, described in OpenAPI 3.1 by
// the types themselves. A program shows a token of an account: it sees and does what the
// account does.
package api

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"duban/internal/accounts"
	"duban/internal/act"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/query"
	"duban/internal/signin"
	"duban/internal/version"
	"duban/internal/water"
	"duban/internal/words"
)

// Pattern is where the interface is, for http.ServeMux.
const Pattern = "/api/v1/"

// Acts does what people do: engine.Engine, or portal.LookOnly where a ledger is only read.
type Acts interface {
	Act(ctx context.Context, planID, task string, a act.Act) error
	ActOnTalk(ctx context.Context, planID, talk string, a act.Act) error
	Propose(ctx context.Context, planID string, a act.Act, rule *act.Proposal) (talkID string, err error)
	Incident(ctx context.Context, planID, id string, a act.Act, say *words.Words) (string, error)
	TakeIn(ctx context.Context, planID string, all []engine.Taking) (numbers []int, err error)
	Publish(ctx context.Context, planID string, number int, a act.Act) (int, error)
	Complain(ctx context.Context, planID string, number int, a act.Act, say *words.Words) error
	BringReadings(ctx context.Context, planID string, all []water.Reading, correct bool, reason string, by act.Actor, say *words.Words) ([]ledger.ReadingChange, error)
}

// Options are what the interface is made of. All but Lang and Log are needed.
type Options struct {
	Reader   *query.Reader
	Acts     Acts
	SignIn   *signin.Service
	Accounts func() (*accounts.List, error)
	Now      func() time.Time
	Lang     string // zh or en: the language of answers to requests that name none
	Log      *slog.Logger
}

// service answers requests.
type service struct {
	Options
	api   huma.API
	words map[string]*words.Words
}

// New serves the interface, at Pattern. Its description is at /api/v1/openapi.json.
func New(o Options) http.Handler {
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	s := &service{Options: o, words: map[string]*words.Words{"zh": words.New("zh"), "en": words.New("en")}}
	mux := http.NewServeMux()
	config := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{Title: "duban", Version: version.String(),
				Description: "What the command line lists as JSON, and the acts that people do. Instants are RFC 3339; dates are 2021-04-30, and an absent one is \"\". Fields are only ever added. Errors are problem+json (RFC 9457)."},
			Components: &huma.Components{
				Schemas:         huma.NewMapRegistry("#/components/schemas/", schemaName),
				SecuritySchemes: map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer", Description: "A token of an account: starter account token"}},
			},
			Security: []map[string][]string{{"token": {}}},
		},
		OpenAPIPath: "/api/v1/openapi", Formats: huma.DefaultFormats, DefaultFormat: "application/json",
		RejectUnknownQueryParameters: true,
	}
	s.api = humago.New(mux, config)
	s.api.UseMiddleware(s.enter)
	s.reads()
	s.acts()
	s.water()
	s.incidents()
	s.complaints()
	s.publicity()
	nullable(s.api.OpenAPI().Components.Schemas)
	mux.HandleFunc(Pattern, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"title":"Not Found","status":404}`+"\n")
	})
	return mux
}

// schemaName names a type's schema by its package and itself: several packages have a
// Stage.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	path := t.PkgPath()
	if t.Name() == "" || !strings.HasPrefix(path, "duban/") {
		return name
	}
	last := path[strings.LastIndex(path, "/")+1:]
	return strings.ToUpper(last[:1]) + last[1:] + name
}

// nullable says what encoding/json writes: a pointer to a struct, and a map, may be null.
func nullable(all huma.Registry) {
	for name, schema := range all.Map() {
		t := all.TypeFromRef("#/components/schemas/" + name)
		if t == nil || t.Kind() != reflect.Struct || schema.Properties == nil {
			continue
		}
		for _, f := range reflect.VisibleFields(t) {
			tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			property := schema.Properties[tag]
			if property == nil {
				continue
			}
			switch {
			case f.Type.Kind() == reflect.Pointer && property.Ref != "":
				schema.Properties[tag] = &huma.Schema{AnyOf: []*huma.Schema{{Ref: property.Ref}, {Type: "null"}}}
			case f.Type.Kind() == reflect.Map:
				property.Nullable = true
			}
		}
	}
}

// caller is who asks: an account by its token.
type caller struct {
	by    act.Actor
	scope string
	say   *words.Words
}

type callerKey struct{}

func callerOf(ctx context.Context) caller { return ctx.Value(callerKey{}).(caller) }

func (c caller) viewer() query.Viewer { return query.As(c.by) }

// acting is the key in the metadata of an operation that changes something.
const acting = "acts"

// enter lets in who shows a token.
func (s *service) enter(ctx huma.Context, next func(huma.Context)) {
	say := s.speaks(ctx.Header("Accept-Language"))
	refuse := func(status int, key string) {
		if status == http.StatusUnauthorized {
			ctx.SetHeader("WWW-Authenticate", `Bearer realm="duban"`)
		}
		_ = huma.WriteErr(s.api, ctx, status, say.T(key))
	}
	ctx.SetHeader("Cache-Control", "no-store")
	secret, ok := strings.CutPrefix(ctx.Header("Authorization"), "Bearer ")
	if !ok {
		refuse(http.StatusUnauthorized, "api.no_token")
		return
	}
	token, err := s.SignIn.Token(ctx.Context(), strings.TrimSpace(secret), signin.API)
	if errors.Is(err, signin.ErrToken) {
		refuse(http.StatusUnauthorized, "api.bad_token")
		return
	}
	var account accounts.Account
	if err == nil {
		var list *accounts.List
		if list, err = s.Accounts(); err == nil {
			if account, ok = list.Find(token.Account); !ok {
				refuse(http.StatusUnauthorized, "api.bad_token")
				return
			}
		}
	}
	if err != nil {
		s.Log.Warn("The interface for programs cannot read who asks", "error", err)
		ctx.SetHeader("Retry-After", "60")
		refuse(http.StatusServiceUnavailable, "api.away")
		return
	}
	if ctx.Operation().Metadata[acting] != nil && token.Scope != signin.ScopeAct {
		refuse(http.StatusForbidden, "api.read_only")
		return
	}
	next(huma.WithValue(ctx, callerKey{}, caller{act.Actor{Account: account.ID, Name: account.Name, Unit: account.Unit}, token.Scope, say}))
}

// speaks is the language that a request asks for, or the office's.
func (s *service) speaks(accept string) *words.Words {
	first := strings.ToLower(strings.TrimSpace(accept))
	for _, lang := range []string{"zh", "en"} {
		if strings.HasPrefix(first, lang) {
			return s.words[lang]
		}
	}
	if s.Lang == "en" {
		return s.words["en"]
	}
	return s.words["zh"]
}

// fault is the problem that an error is told as.
func (s *service) fault(ctx context.Context, err error) error {
	say := callerOf(ctx).say
	var unit *query.UnitError
	var task *query.TaskError
	var talk *query.TalkError
	var which *query.WhichPlanError
	var silent *engine.SilentError
	var told huma.StatusError
	switch {
	case errors.As(err, &told):
		return err
	case errors.Is(err, query.ErrNoSections):
		return huma.Error404NotFound(say.T("water.no_sections"))
	case errors.Is(err, query.ErrNoComplaints):
		return huma.Error404NotFound(say.T("complain.none"))
	case errors.Is(err, query.ErrNoZones):
		return huma.Error404NotFound(say.T("zone.none"))
	case errors.Is(err, query.ErrNoIncidents):
		return huma.Error404NotFound(say.T("incident.none"))
	case errors.Is(err, query.ErrNotYours), errors.As(err, &task), errors.As(err, &talk), errors.Is(err, ledger.ErrNotFound):
		return huma.Error404NotFound(say.T("api.not_found")) // a task of others and one that is not there get the same answer
	case errors.Is(err, query.ErrNotWhole):
		return huma.Error403Forbidden(say.T("cli.whole_book"))
	case errors.Is(err, query.ErrNoPlans):
		return huma.Error404NotFound(say.T("report.no_plans"))
	case errors.As(err, &unit):
		return huma.Error422UnprocessableEntity(say.T("case.no_unit", words.Data{"Unit": unit.Name, "Near": strings.Join(unit.Near, " / ")}))
	case errors.As(err, &which):
		return huma.Error422UnprocessableEntity(say.T("api.which_plan"))
	case errors.As(err, &silent):
		s.Log.Warn("An act was not answered in time", "why", silent.Why, "error", silent.Err)
		return huma.ErrorWithHeaders(huma.Error503ServiceUnavailable(say.T("api.silent")), http.Header{"Retry-After": {"30"}})
	case ctx.Err() != nil:
		return err
	}
	s.Log.Error("The interface for programs cannot answer", "error", err)
	if ledger.Later(err) {
		return huma.ErrorWithHeaders(huma.Error503ServiceUnavailable(say.T("api.away")), http.Header{"Retry-After": {"60"}})
	}
	return huma.ErrorWithHeaders(huma.Error503ServiceUnavailable(say.T("api.broken")), http.Header{"Retry-After": {"60"}})
}
