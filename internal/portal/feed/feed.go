// Package feed serves calendars that a telephone subscribes to: what a person's unit,
// or a unit, owes, each at its limit, as events of whole days. Whoever has a calendar's
// address can read it: the address holds a token, which can be taken back.
package feed

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"duban/internal/accounts"
	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ical"
	"duban/internal/ledger"
	"duban/internal/query"
	"duban/internal/signin"
	"duban/internal/words"
)

// Pattern is where the feeds are, for http.ServeMux.
const Pattern = "GET /calendar/{file}"

// Options are what feeds are made of. All but URL, Lang and Log are needed.
type Options struct {
	Reader *query.Reader
	SignIn *signin.Service
	// Dates notes the days that feeds tell, so that a day that has moved is told as an
	// update of the same event: see ledger.Store.TellDates.
	Dates    func(ctx context.Context, days map[string]calendar.Day, at time.Time) (map[string]ledger.TellingDate, error)
	Accounts func() (*accounts.List, error)
	Now      func() time.Time
	URL      string // the portal's, for the links of events; "": events have none
	Lang     string // zh or en
	Log      *slog.Logger
}

// mostEvents is how many events a feed has at most: those with the earliest limits.
const mostEvents = 2000

// every is how often a calendar program is told to ask for the feed again.
const every = time.Hour

type feeds struct {
	Options
	words *words.Words
}

// New serves the feeds, at Pattern.
func New(o Options) http.Handler {
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	return feeds{o, words.New(o.Lang)}
}

// Address is where the feed of a token is, below the portal's URL.
func Address(secret string) string { return "/calendar/" + secret + ".ics" }

// errNone: there is no such feed, or none any more.
var errNone = errors.New("feed: none")

func (f feeds) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, err := f.file(r.Context(), strings.TrimSuffix(r.PathValue("file"), ".ics"))
	switch {
	case errors.Is(err, errNone), errors.Is(err, signin.ErrToken):
		http.Error(w, f.words.T("feed.none"), http.StatusNotFound)
		return
	case err != nil:
		f.Log.Warn("A calendar feed cannot be read", "error", err)
		w.Header().Set("Retry-After", "300")
		http.Error(w, f.words.T("feed.away"), http.StatusServiceUnavailable)
		return
	}
	sum := sha256.Sum256(raw)
	w.Header().Set("Content-Type", ical.Type)
	w.Header().Set("Cache-Control", "private, no-cache")
	w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:16])+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(raw))
}

// file is the feed of a token.
func (f feeds) file(ctx context.Context, secret string) ([]byte, error) {
	token, err := f.SignIn.Token(ctx, secret, signin.Calendar)
	if err != nil {
		return nil, err
	}
	by := act.Actor{Account: token.Account, Unit: token.Unit}
	if token.Scope == signin.ScopePerson {
		list, err := f.Accounts()
		if err != nil {
			return nil, err
		}
		account, ok := list.Find(token.Account)
		if !ok {
			return nil, errNone
		}
		by.Name, by.Unit = account.Name, account.Unit
	}
	page, err := f.Reader.Obligations(ctx, query.As(by), query.ObligationFilter{Limit: mostEvents})
	if err != nil {
		return nil, err
	}
	name := page.For
	if by.Name != "" {
		name = by.Name
	}
	c := ical.Calendar{Name: f.words.T("feed.name", words.Data{"Name": name}), Every: every}
	days := map[string]calendar.Day{}
	for _, o := range page.Lines {
		if !o.Limit.IsZero() {
			days[noted(o)] = o.Limit
		}
	}
	told, err := f.Dates(ctx, days, f.Now())
	if told == nil {
		return nil, err
	}
	if err != nil { // the ledger is only read, or another process holds it: the days noted before are told
		f.Log.Debug("What a calendar feed tells cannot be noted", "error", err)
	}
	for _, o := range page.Lines {
		if !o.Limit.IsZero() {
			c.Events = append(c.Events, f.event(o, told[noted(o)]))
		}
	}
	return c.Bytes(), nil
}

// uid names an obligation for ever: by plan, task or talk as the ledger calls it, and
// what is owed.
func uid(o query.Obligation) string {
	stage := o.For
	if o.Ref != "" {
		stage += "-" + o.Ref
	}
	return strings.Join([]string{stage, o.Key, o.Plan}, ".") + "@duban"
}

// noted is the key under which the day of an obligation is noted. It has the unit, since
// several units may owe the same for one task, each by its own day.
func noted(o query.Obligation) string { return o.UnitID + " " + uid(o) }

func (f feeds) event(o query.Obligation, told ledger.TellingDate) ical.Event {
	changed := told.Changed
	if changed.IsZero() {
		changed = o.Since.At(0, 0, time.UTC) // no day was noted for this obligation yet
	}
	e := ical.Event{UID: uid(o), Sequence: told.Sequence, Day: o.Limit, Changed: changed,
		Summary: f.words.T("feed.summary", words.Data{"What": o.Said(f.words), "Title": o.Title})}
	about := []string{o.PlanTitle, f.words.T("feed.about", words.Data{"Unit": o.Unit, "About": o.About(), "Limit": o.Limit.String()})}
	if o.Words != "" {
		about = append(about, f.words.T("todo.asked", words.Data{"By": o.By, "Words": o.Words}))
	}
	e.About = strings.Join(about, "\n")
	if f.URL != "" {
		e.URL = strings.TrimSuffix(f.URL, "/") + link(o)
	}
	return e
}

// link is the page of an obligation's task or talk.
func link(o query.Obligation) string {
	if o.Talk != "" {
		return "/plans/" + url.PathEscape(o.Plan) + "/talks/" + url.PathEscape(o.Talk)
	}
	return "/plans/" + url.PathEscape(o.Plan) + "/tasks/" + url.PathEscape(o.Task)
}
