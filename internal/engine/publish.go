package engine

import (
	"context"
	"errors"
	"slices"
	"time"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/publicity"
)

// textTries is how often an act on a public text is judged before it is given up, when each time
// somebody else has changed the texts meanwhile (ledger.ErrBehind).
const textTries = 10

// Publish does an act on a text that is made public, and gives the text's number. number is 0 of an
// act that writes one first. The same act again changes nothing. Who may not do the act, or not in
// the text's present state, gets *RefusedError, and so does whoever writes or approves a text that
// names somebody below the head of a unit, or who complained: that is not recorded, since events
// are never erased. ledger.ErrNotFound where the plan has no such text.
func (e *Engine) Publish(ctx context.Context, planID string, number int, a act.Act) (int, error) {
	return e.publish(ctx, planID, number, a, e.credible)
}

// Publish is Engine.Publish for a caller that has a ledger and no engine. The account is not
// checked against the accounts file. now is the wall clock.
func Publish(ctx context.Context, store *ledger.Store, now time.Time, planID string, number int, a act.Act) (int, error) {
	return records{store, func() time.Time { return now }}.publish(ctx, planID, number, a, anybody)
}

func (r records) publish(ctx context.Context, planID string, number int, a act.Act, credible func(ledger.Launched, act.Act) *act.Refusal) (of int, err error) {
	l, err := r.ledger.Plan(ctx, planID)
	if err != nil {
		return number, err
	}
	if err := r.stamp(&l, &a); err != nil {
		return number, err
	}
	if err := r.publishable(ctx, l, append(a.Says(), a.Reason)...); err != nil {
		return number, err
	}
	if refused := credible(l, a); refused != nil {
		return number, r.answer(ctx, l, "", a, refused, nil)
	}
	for range textTries {
		if of, err = r.published(ctx, l, number, a); !errors.Is(err, ledger.ErrBehind) {
			break
		}
	}
	if errors.Is(err, ledger.ErrTaken) {
		err = r.answer(ctx, l, "", a, act.Taken(a), nil)
	}
	return of, err
}

// published judges an act on a public text by the ledger as it is, and records it.
func (r records) published(ctx context.Context, l ledger.Launched, number int, a act.Act) (int, error) {
	all, err := r.ledger.PublicTexts(ctx, l.Plan.ID)
	if err != nil {
		return number, err
	}
	have := ledger.PublicText{Plan: l.Plan.ID}
	of := func(p ledger.PublicText) bool { return p.Number == number }
	if number == 0 { // sent again, it is the one that it has written
		of = func(p ledger.PublicText) bool { return slices.Contains(p.Known, a.ID) }
	}
	if at := slices.IndexFunc(all, of); at >= 0 {
		have = all[at]
	} else if number != 0 {
		return number, ledger.ErrNotFound
	}
	p := ledger.JudgedText(l, have.PublicText)
	if have.Number == 0 && a.Ref != "" {
		t, err := r.ledger.Task(ctx, l.Plan.ID, a.Ref)
		if err != nil && !errors.Is(err, ledger.ErrNotFound) {
			return number, err
		}
		p.Publishes = err == nil && t.Publish
		for _, other := range all {
			if other.Task == a.Ref {
				p.There = other.Number
			}
		}
	}
	if err := r.answer(ctx, l, "", a, p.Check(a), nil); err != nil {
		return number, err
	}
	after := p
	if !slices.Contains(p.Known, a.ID) { // otherwise the ledger tells whether it is this very act
		if a.Kind == act.ApproveText { // who sits where may have changed since it was written
			last := p.Last()
			if err := r.publishable(ctx, l, last.Title, last.Text, last.Paper); err != nil {
				return number, err
			}
		}
		after = p.After(a, len(all)+1)
	}
	return after.Number, r.ledger.Publish(ctx, ledger.Publishing{Plan: l.Plan.ID, Act: a, Version: have.Version, After: after}, r.when(l.Clock))
}

// publishable refuses texts that name somebody below the head of a unit, or who complained.
func (r records) publishable(ctx context.Context, l ledger.Launched, texts ...string) error {
	names := personal(l.Plan.Directory)
	callers, err := r.ledger.Callers(ctx, l.Plan.ID)
	if err != nil {
		return err
	}
	for _, text := range texts {
		if name := publicity.Names(text, names); name != "" {
			return &RefusedError{Refusal: act.NamesPerson(name)}
		}
		for _, c := range callers {
			if c.In(text) {
				return &RefusedError{Refusal: act.NamesComplainant()}
			}
		}
	}
	return nil
}

// personal are the names of persons below the heads of units; those of posts are left out.
func personal(d people.Directory) []string {
	var units []string
	for _, u := range d.Units {
		units = append(append(units, u.Name), u.Aliases...)
	}
	return slices.DeleteFunc(d.BelowHeads(), func(name string) bool { return !publicity.Personal(name, units) })
}
