package portal

import (
	"context"
	"errors"
	"html"
	"maps"
	"net/http"
	"slices"
	"strings"

	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/notice"
	"duban/internal/query"
	"duban/internal/words"
)

// fault is an error as a person is told it: a status of HTTP and a sentence.
type fault struct {
	status int
	text   string
}

// trouble is the status and the sentence of an error; "" for an error without a sentence of
// its own. log tells that the error belongs in the log.
func (v *visit) trouble(err error) (f fault, log bool) {
	var task *query.TaskError
	var talk *query.TalkError
	var unit *query.UnitError
	var refused *engine.RefusedError
	var silent *engine.SilentError
	switch {
	case errors.Is(err, query.ErrNotYours), errors.As(err, &task), errors.As(err, &talk), errors.Is(err, ledger.ErrNotFound):
		return fault{http.StatusNotFound, v.say.T("portal.not_found")}, false
	case errors.Is(err, query.ErrNotWhole):
		return fault{http.StatusForbidden, v.say.T("portal.not_whole")}, false
	case errors.Is(err, query.ErrAhead):
		return fault{http.StatusBadRequest, v.say.T("page.ahead")}, false
	case errors.Is(err, query.ErrWorking):
		return fault{http.StatusServiceUnavailable, v.say.T("page.working")}, false
	case errors.Is(err, query.ErrNoPlans):
		return fault{http.StatusNotFound, v.say.T("portal.no_plans")}, false
	case errors.As(err, &unit):
		return fault{http.StatusBadRequest, v.say.T("case.no_unit", words.Data{"Unit": unit.Name, "Near": strings.Join(unit.Near, " / ")})}, false
	case errors.As(err, &refused):
		return fault{http.StatusConflict, notice.Refused(v.say, refused.Refusal, v.unitName)}, false
	case errors.As(err, &silent):
		return fault{http.StatusServiceUnavailable, v.say.T("portal.silent_" + string(silent.Why))}, true
	case errors.Is(err, ErrLookOnly):
		return fault{http.StatusForbidden, v.say.T("portal.look_only")}, false
	case ledger.Later(err), errors.Is(err, context.DeadlineExceeded):
		return fault{http.StatusServiceUnavailable, v.say.T("portal.away")}, true
	}
	return fault{http.StatusInternalServerError, ""}, true
}

// unitName is the name of a unit of the viewer's plans, or the ID where none has it.
func (v *visit) unitName(id string) string {
	names, err := v.Reader.Names(v.ctx(), v.asks())
	if err == nil && names.Units[id] != "" {
		return names.Units[id]
	}
	return id
}

// gone tells that whoever asked does not wait any more.
func (v *visit) gone() bool {
	if v.whole == nil {
		return v.ctx().Err() != nil
	}
	return v.whole.Err() != nil
}

// fail answers with what went wrong.
func (v *visit) fail(err error) {
	if v.gone() {
		return
	}
	f, log := v.trouble(err)
	id := ""
	if log {
		id = random(4)
		v.Log.Error("A page failed", "id", id, "route", v.r.Pattern, "account", v.who.ID, "error", err)
	}
	if f.text == "" {
		f.text = v.say.T("portal.broken", words.Data{"ID": id})
	}
	if errors.Is(err, query.ErrWorking) && v.r.Method == http.MethodGet {
		v.w.Header().Set("Refresh", "5") // the browser asks again, without scripts too
	}
	if f.status == http.StatusServiceUnavailable {
		v.w.Header().Set("Retry-After", "10")
	}
	v.sorry(f.status, f.text, f.status == http.StatusServiceUnavailable)
}

// sent is a form that could not be taken, to be sent again from the page that says so.
type sent struct {
	Action, Token string
	Fields        []field
}

type field struct{ Name, Value string }

// secretFields are not repeated in a page.
var secretFields = []string{"password", "repeated", "old", "code"}

// keeps is the form that was posted, or that is being drawn again after a post, to be sent
// once more; nil where there is none, or it has one of secretFields.
func (v *visit) keeps() *sent {
	form := v.typed
	if v.r.Method == http.MethodPost {
		form = v.form
	}
	if len(form) == 0 {
		return nil
	}
	out := &sent{Action: v.r.URL.RequestURI()}
	for _, name := range slices.Sorted(maps.Keys(form)) {
		if slices.Contains(secretFields, name) {
			return nil
		}
		if name == "token" {
			continue
		}
		for _, value := range form[name] {
			out.Fields = append(out.Fields, field{name, value})
		}
	}
	if c := v.cookie(v.r, sessionCookie); c != "" {
		out.Token = newToken(c)
	} else {
		out.Token = v.newToken()
	}
	return out
}

// refuse answers with a sentence of the catalogue.
func (v *visit) refuse(status int, key string) { v.refuseText(status, v.say.T(key)) }

// refuseText answers with a sentence.
func (v *visit) refuseText(status int, text string) { v.sorry(status, text, false) }

// sorry answers with a sentence; with keep, the page has what was typed, to be sent again.
func (v *visit) sorry(status int, text string, keep bool) {
	title := v.say.T("portal.sorry")
	page := struct {
		Text string
		Sent *sent
	}{Text: text}
	if keep {
		page.Sent = v.keeps()
	}
	if err := v.showUnder(status, "error", title, page); err != nil {
		v.Log.Error("The page of an error failed", "error", err)
		v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
		v.w.WriteHeader(status)
		_, _ = v.w.Write([]byte("<!doctype html><title>" + html.EscapeString(title) + "</title><p>" + html.EscapeString(text)))
	}
}

// crash answers a request whose handler broke, if nothing was answered yet.
func (p *portal) crash(w *seen, r *http.Request) {
	if w.status == 0 {
		v := p.newVisit(w, r)
		v.refuseText(http.StatusInternalServerError, v.say.T("portal.broken", words.Data{"ID": ""}))
	}
}
