package engine

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/words"
)

// incidentTries is how often an act on an incident is judged before it is given up, when each
// time somebody else has changed the incident meanwhile (ledger.ErrBehind).
const incidentTries = 10

// Incident does an act on an incident 应急事件 of a plan, and then at once what follows from it
// (docket.Docket.Incidents). Where that cannot be done now, the plan's daily audit does it
// later: the act is recorded all the same. id is the incident's; "" of an act that opens one,
// whose ID is given back. The same act again changes nothing. Who may not do the act, or not in
// the incident's present state, gets *RefusedError; ledger.ErrNotFound where there is no such
// incident. What is written people read in the language of say.
func (e *Engine) Incident(ctx context.Context, planID, id string, a act.Act, say *words.Words) (string, error) {
	l, err := e.ledger.Plan(ctx, planID)
	if err != nil {
		return "", err
	}
	if err := e.stamp(&l, &a); err != nil {
		return "", err
	}
	if r := e.accounts.Credible(l, a, e.now()); r != nil {
		return "", e.answer(ctx, l, "", a, r, nil)
	}
	if id, err = e.noted(ctx, l, id, a); err != nil {
		return "", err
	}
	if err := e.within(ctx, func(ctx context.Context) error { return e.docket().Incidents(ctx, planID, say) }); err != nil {
		e.log.Warn("What was done about an incident is recorded, and its tasks are left to the audit", "plan", planID, "incident", id, "error", err)
	}
	return id, nil
}

// Incident is Engine.Incident for a caller that has a ledger and no engine: what follows from the
// act is left to the audit, and the account is not checked against the accounts file. now is the
// wall clock.
func Incident(ctx context.Context, store *ledger.Store, now time.Time, l ledger.Launched, id string, a act.Act) (string, error) {
	r := records{store, func() time.Time { return now }}
	if err := r.stamp(&l, &a); err != nil {
		return "", err
	}
	return r.noted(ctx, l, id, a)
}

// noted records an act on an incident, and gives the incident's ID.
func (r records) noted(ctx context.Context, l ledger.Launched, id string, a act.Act) (of string, err error) {
	for range incidentTries {
		if of, err = r.incident(ctx, l, id, a); !errors.Is(err, ledger.ErrBehind) {
			break
		}
	}
	if errors.Is(err, ledger.ErrTaken) {
		err = r.answer(ctx, l, "", a, act.Taken(a), nil)
	}
	return of, err
}

// incident judges an act on an incident by the ledger as it is, and records it.
func (r records) incident(ctx context.Context, l ledger.Launched, id string, a act.Act) (string, error) {
	all, err := r.ledger.Incidents(ctx, l.Plan.ID)
	if err != nil {
		return id, err
	}
	have := ledger.Incident{Plan: l.Plan.ID}
	of := func(i ledger.Incident) bool { return i.ID == id }
	if id == "" { // sent again, it is the one that it has opened
		of = func(i ledger.Incident) bool { return slices.Contains(i.Known, a.ID) }
	}
	if at := slices.IndexFunc(all, of); at >= 0 {
		have = all[at]
	} else if id != "" {
		return id, ledger.ErrNotFound
	}
	i := have.Incident
	i.Office, i.Leadership, i.Registry, i.Sections = l.Plan.Directory.Office, l.Plan.Directory.Leadership, l.Plan.Incidents, l.Plan.Water
	if i.ID != "" {
		tasks, err := r.ledger.Tasks(ctx, ledger.TaskFilter{Plan: l.Plan.ID, From: string(act.OriginIncident) + ":" + i.ID + "/", Prefix: act.IncidentTask(i.ID, "", ""), State: ledger.TaskOpen})
		if err != nil {
			return id, err
		}
		i.Open = len(tasks)
	}
	if err := r.answer(ctx, l, "", a, i.Check(a), nil); err != nil {
		return id, err
	}
	if slices.Contains(i.Known, a.ID) { // the ledger tells whether it is this very act
		_, err = r.ledger.Handle(ctx, ledger.Handling{Plan: l.Plan.ID, Act: a, Version: have.Version, After: i}, r.when(l.Clock))
		return i.ID, err
	}
	after := i.After(a, strconv.Itoa(len(all)+1))
	_, err = r.ledger.Handle(ctx, ledger.Handling{Plan: l.Plan.ID, Act: a, Version: have.Version, After: after}, r.when(l.Clock))
	return after.ID, err
}
