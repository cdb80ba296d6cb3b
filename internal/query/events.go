package query

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/report"
)

// EventPage is a part of the ledger's events, with the units of the plans they name.
type EventPage struct {
	Events []ledger.Event
	More   bool // there are more after these
	Peoples
	labels map[string]ledger.Labels // by plan
}

// Called is the ID that people use for the task or talk of a plan with this ID in the ledger.
func (p EventPage) Called(plan, thing string) string { return p.labels[plan].Of(thing) }

// label reads the IDs that people use in the plans that the page's events name.
func (r reading) label(ctx context.Context, page *EventPage) (err error) {
	page.labels = map[string]ledger.Labels{}
	for _, e := range page.Events {
		var d struct {
			From struct {
				Plan string `json:"plan"`
			} `json:"from"`
		}
		if e.Kind == ledger.TaskTaken || e.Kind == ledger.OccurrenceCarried {
			_ = json.Unmarshal(e.Data, &d) // on an error d.From.Plan stays "", and no other plan is read
		}
		for _, id := range []string{e.Plan, d.From.Plan} {
			if _, there := page.labels[id]; there || id == "" {
				continue
			}
			if page.labels[id], err = r.store.Labels(ctx, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// Events are the events chosen by f in the order of the chain, for those who may see all
// of a plan. A viewer who may not see every plan must name one in f, unless there is only
// one that they may see: ErrNotWhole, ErrNoPlans, *WhichPlanError. With f.Task, the events
// of messages about the task are among them; ledger.ErrNotFound when no plan has the task.
func (r *Reader) Events(ctx context.Context, v Viewer, f ledger.EventFilter) (page EventPage, err error) {
	in, err := r.as(v)
	if err != nil {
		return page, err
	}
	chosen := in.allPlans
	if f.Plan != "" {
		chosen = func(context.Context) ([]string, error) { return []string{f.Plan}, nil }
	}
	seen, whole, err := in.overseenOf(ctx, chosen)
	if err != nil {
		return page, err
	}
	if !whole { // a viewer who may not see every plan gets the events of one
		if f.Plan, err = in.onePlan(ctx, f.Plan); err != nil {
			return page, err
		}
	}
	page.Peoples = Peoples{}
	for _, l := range seen {
		page.add(l)
	}
	most := f.Limit
	if most > 0 {
		f.Limit++ // one more event than asked for tells whether there are more
	}
	if f.Task != "" {
		page.Events, err = in.eventsOfTask(ctx, seen, f)
	} else {
		page.Events, err = r.store.Events(ctx, f)
	}
	if err != nil {
		return page, err
	}
	if page.More = most > 0 && len(page.Events) > most; page.More {
		page.Events = page.Events[:most]
	}
	return page, in.label(ctx, &page)
}

// Listing is the events alone, for JSON output.
func (p EventPage) Listing() any { return p.Events }

// eventsOfTask are the events of a task, and of the messages about it.
func (r reading) eventsOfTask(ctx context.Context, plans []ledger.Launched, f ledger.EventFilter) (all []ledger.Event, err error) {
	found := false
	for _, l := range plans {
		if f.Plan != "" && l.Plan.ID != f.Plan {
			continue
		}
		t, err := r.store.TaskCalled(ctx, l.Plan.ID, f.Task)
		if errors.Is(err, ledger.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		found = true
		own, err := r.store.Events(ctx, ledger.EventFilter{Plan: l.Plan.ID, Task: t.ID, Changes: f.Changes})
		if err != nil {
			return nil, err
		}
		var said report.Records
		if err := r.messagesOf(ctx, t, &said); err != nil {
			return nil, err
		}
		all = append(append(all, own...), said.Events...)
	}
	if !found {
		return nil, fmt.Errorf("task %s: %w", f.Task, ledger.ErrNotFound)
	}
	slices.SortFunc(all, func(a, b ledger.Event) int { return cmp.Compare(a.Seq, b.Seq) })
	all = slices.CompactFunc(all, func(a, b ledger.Event) bool { return a.Seq == b.Seq })
	all = slices.DeleteFunc(all, func(e ledger.Event) bool { return e.Seq <= f.AfterSeq })
	if f.Limit > 0 {
		all = all[:min(len(all), f.Limit)]
	}
	return all, nil
}

// PlanPeople has the directory of a plan's units and the plan's time zone.
type PlanPeople struct {
	People people.Directory
	Zone   *time.Location
}

// Peoples has the PlanPeople of several plans, by plan ID.
type Peoples map[string]PlanPeople

func (p Peoples) add(l ledger.Launched) {
	p[l.Plan.ID] = PlanPeople{l.Plan.Directory, l.Plan.Location()}
}

// Of is the PlanPeople of a plan. For an event of no plan (plan is "") it has only a zone,
// that of the first plan by ID, or Beijing's when there is no plan.
func (p Peoples) Of(plan string) PlanPeople {
	if of, ok := p[plan]; ok {
		return of
	}
	for _, id := range slices.Sorted(maps.Keys(p)) {
		return PlanPeople{Zone: p[id].Zone}
	}
	return PlanPeople{Zone: calendar.Zone("")}
}

// EventFile is all events of one plan, to be written out.
type EventFile struct {
	Plan, Title string
	AsOf        calendar.Day
	store       *ledger.Store
}

// EventFile is the file of the events of the plan named, or of the only one, for those who
// may see all of it: ErrNotWhole, ErrNoPlans, *WhichPlanError.
func (r *Reader) EventFile(ctx context.Context, v Viewer, planID string) (f EventFile, err error) {
	in, err := r.as(v)
	if err != nil {
		return f, err
	}
	if planID, err = in.onePlan(ctx, planID); err != nil {
		return f, err
	}
	l, _, err := r.frame(ctx, planID)
	if err != nil {
		return f, err
	}
	f = EventFile{Plan: planID, Title: l.Plan.Title, store: r.store}
	f.AsOf, err = r.today(ctx, l)
	return f, err
}

// Write writes what Each gives as JSON, one value a line, and gives the number of the plan's
// events. each, if not nil, is called before every line.
func (f EventFile) Write(ctx context.Context, w io.Writer, each func()) (n int, err error) {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return f.Each(ctx, func(line any) error {
		if each != nil {
			each()
		}
		return enc.Encode(line)
	})
}

// eventsAtOnce is how many events Each reads at once and holds in memory.
const eventsAtOnce = 5000

// Elsewhere is what an archive has in place of an event of another plan: the chain can be
// checked without a gap, and nothing about the other plan is told.
type Elsewhere struct {
	Seq  int64  `json:"seq"`
	Prev string `json:"prev"`
	Hash string `json:"hash"`
}

// Document is a text that events of an archive name by its hash.
type Document struct {
	SHA256 string `json:"document"`
	Text   string `json:"text"`
}

// Each calls do, in the order of the chain, with every event of the plan or of no plan
// (holiday notices, the office's settings) and the rows it changed, with an Elsewhere for
// each event of another plan, and with every Document before the first event that names it.
// n is how many events of the plan or of no plan there were.
func (f EventFile) Each(ctx context.Context, do func(line any) error) (n int, err error) {
	filter, given := ledger.EventFilter{Limit: eventsAtOnce, Changes: true}, map[string]bool{}
	for {
		events, err := f.store.Events(ctx, filter)
		if err != nil || len(events) == 0 {
			return n, err
		}
		for _, e := range events {
			if e.Plan != "" && e.Plan != f.Plan {
				if err := do(Elsewhere{e.Seq, e.Prev, e.Hash}); err != nil {
					return n, err
				}
				continue
			}
			if err := f.documents(ctx, string(e.Changes), given, do); err != nil {
				return n, err
			}
			if err := do(e); err != nil {
				return n, err
			}
			n++
		}
		filter.AfterSeq = events[len(events)-1].Seq
	}
}

// documents calls do with the documents that a text names by hash, each after the documents
// that it names itself. given are those that were given already.
func (f EventFile) documents(ctx context.Context, text string, given map[string]bool, do func(line any) error) error {
	for _, name := range ledger.DocumentsIn(text) {
		if given[name] {
			continue
		}
		given[name] = true
		doc, err := f.store.Document(ctx, name)
		if errors.Is(err, ledger.ErrNotFound) {
			continue // the hash of something else, such as evidence
		}
		if err != nil {
			return err
		}
		if err := f.documents(ctx, doc, given, do); err != nil {
			return err
		}
		if err := do(Document{name, doc}); err != nil {
			return err
		}
	}
	return nil
}
