package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/terminal"
	"duban/internal/whatif"
	"duban/internal/words"
)

// nobody is what is typed for a unit that nobody takes over from.
const nobody = "none"

// succeeding is what an amendment would change, once each unit that is gone from the
// files, and has something that goes on, has somebody who takes over: as flags say, or
// whoever is asked. fault is why the amendment cannot be made.
func (a *app) succeeding(ctx context.Context, store *ledger.Store, of **plan.Plan, f *amendFlags, in io.Reader) (changes plan.Changes, fault, err error) {
	said := map[string]string{}
	for _, s := range f.successors {
		unit, to, ok := strings.Cut(s, "=")
		to, known := successor(*of, to)
		if !ok || !known {
			return changes, nil, sentenceError(a.w.T("amend.bad_successor", words.Data{"Value": s}))
		}
		said[unit] = to
	}
	asked := map[string]bool{}
	for {
		changes, fault = a.whatIf(store).Amending(ctx, *of)
		var gone *whatif.GoneError
		if !errors.As(fault, &gone) || len(gone.Leads) > 0 || asked[gone.Unit.ID] {
			return changes, fault, nil
		}
		asked[gone.Unit.ID] = true
		to, known := said[gone.Unit.ID]
		if !known {
			if f.yes || !a.show().CanConsent(terminal.Consent{In: in}) {
				return changes, fault, nil
			}
			fmt.Fprintln(a.err, whatif.GoneSaid(a.w, gone))
			fmt.Fprint(a.err, a.w.T("amend.gone_ask"))
			if to, known = successor(*of, strings.TrimSpace(terminal.Line(in))); !known {
				return changes, fault, nil
			}
		}
		next := (*of).Succeeded(gone.Unit, to)
		*of = &next
	}
}

// successor is the ID of the unit of a plan that is to take over, as typed by its ID or
// its name; "" for nobody. ok is false when there is no such unit.
func successor(p *plan.Plan, typed string) (id string, ok bool) {
	if typed == nobody {
		return "", true
	}
	ids, many, ok := p.Directory.Resolve(typed)
	if !ok || many {
		return "", false
	}
	u, _ := p.Directory.Unit(ids[0])
	return u.ID, !u.Gone()
}
