package main

import (
	"context"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/words"
)

// viewer is who reads: the account of --as or DUBAN_AS. Nobody named is whoever
// can open the ledger itself, and sees everything.
type viewer struct {
	act.Actor
	named bool
}

func (a *app) viewer() (viewer, error) {
	by, named, err := a.looks()
	return viewer{by, named}, err
}

// oversees tells that all of a plan is the viewer's to see: the plan's office and
// leadership.
func (v viewer) oversees(d people.Directory) bool {
	return !v.named || v.Unit == d.Office || v.Unit == d.Leadership
}

// knows tells that a plan has anything to do with the viewer's unit.
func (v viewer) knows(d people.Directory) bool {
	_, ours := d.Unit(v.Unit)
	return ours || v.oversees(d)
}

func (v viewer) sees(t ledger.Task) bool { return !v.named || ledger.CaseOf(t).Sees(v.Actor) }

// seesTalk tells whether a talk of a plan is the viewer's to see: the office's, the
// leadership's and that of the unit it calls.
func (v viewer) seesTalk(d people.Directory, k ledger.Talk) bool {
	return !v.named || act.TalkCase{Lead: k.Lead, Office: d.Office, Leadership: d.Leadership}.Sees(v.Actor)
}

// overseen are the launched plans, or the one that was named, of which the viewer
// may see all, without their tasks; whoever oversees none is refused. whole tells
// that none was left out.
func (a *app) overseen(ctx context.Context, store *ledger.Store, named string) (seen []ledger.Launched, whole bool, err error) {
	v, err := a.viewer()
	if err != nil {
		return nil, false, err
	}
	plans, err := a.planIDs(ctx, store, named)
	if err != nil {
		return nil, false, err
	}
	for _, id := range plans {
		l, _, err := framed(ctx, store, id)
		if err != nil {
			return nil, false, err
		}
		if v.oversees(l.Plan.Directory) {
			seen = append(seen, l)
		}
	}
	if len(seen) == 0 && len(plans) > 0 {
		return nil, false, sentenceError(a.w.T("cli.whole_book"))
	}
	return seen, len(seen) == len(plans), nil
}

// wholePlan refuses whoever may not see all of a plan.
func (a *app) wholePlan(l ledger.Launched) error {
	v, err := a.viewer()
	if err == nil && !v.oversees(l.Plan.Directory) {
		return sentenceError(a.w.T("cli.whole_book"))
	}
	return err
}

// wholeOffice refuses whoever may not see all of every plan.
func (a *app) wholeOffice(ctx context.Context, store *ledger.Store) error {
	_, whole, err := a.overseen(ctx, store, "")
	if err == nil && !whole {
		return sentenceError(a.w.T("cli.whole_book"))
	}
	return err
}

// onlyPlans says that a list leaves out plans of other offices.
func (a *app) onlyPlans(whole bool) string {
	if whole {
		return ""
	}
	return a.w.T("cli.only_plans", words.Data{"Account": a.as})
}
