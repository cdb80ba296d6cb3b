package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/complaint"
	"duban/internal/ledger"
	"duban/internal/words"
)

// Taking is a complaint that is taken in, with who made it. The texts of the act need not be rid
// of who complained: see TakeIn.
type Taking struct {
	Act    act.Act
	Caller complaint.Caller
}

// TakingError is why nothing was taken in: the At-th of several complaints, counted from 0.
type TakingError struct {
	At  int
	Err error // *RefusedError, or what else went wrong
}

func (e *TakingError) Error() string {
	return fmt.Sprintf("complaint %d of those given: %v", e.At+1, e.Err)
}
func (e *TakingError) Unwrap() error { return e.Err }

// TakeIn takes complaints of the hotline 12345 in, all or none, and gives their numbers in the
// plan. Before anything is judged or recorded, title and words of each are rid of who complained,
// and of telephone and identity numbers; what was told is kept with who told it, where it can be
// erased. The same act again, or the same complaint under the same number at the hotline, takes
// nothing in. Errors are of type *TakingError where they are of one complaint.
func (e *Engine) TakeIn(ctx context.Context, planID string, all []Taking) (numbers []int, err error) {
	return e.takeIn(ctx, planID, all, e.credible)
}

// credible refuses an act whose account does not hold.
func (e *Engine) credible(l ledger.Launched, a act.Act) *act.Refusal {
	return e.accounts.Credible(l, a, e.now())
}

// anybody is credible to a caller that has a ledger and no accounts.
func anybody(ledger.Launched, act.Act) *act.Refusal { return nil }

// TakeIn is Engine.TakeIn for a caller that has a ledger and no engine. The account is not checked
// against the accounts file. now is the wall clock.
func TakeIn(ctx context.Context, store *ledger.Store, now time.Time, planID string, all []Taking) ([]int, error) {
	return records{store, func() time.Time { return now }}.takeIn(ctx, planID, all, anybody)
}

// Complain is what Engine.Complain records, for a caller that has a ledger and no engine: what
// follows on the complaint's task is left to the caller. The account is not checked.
func Complain(ctx context.Context, store *ledger.Store, now time.Time, planID string, number int, a act.Act) error {
	return records{store, func() time.Time { return now }}.complain(ctx, planID, number, a, anybody)
}

func (r records) takeIn(ctx context.Context, planID string, all []Taking, credible func(ledger.Launched, act.Act) *act.Refusal) (numbers []int, err error) {
	l, err := r.ledger.Plan(ctx, planID)
	if err != nil {
		return nil, err
	}
	given := make([]ledger.Complaining, len(all))
	for i, t := range all {
		if given[i], err = r.taking(ctx, l, t, credible); err != nil {
			return nil, &TakingError{i, err}
		}
	}
	for i, g := range given { // who wrote which row is told before anything is written
		for k := range i {
			if h := g.After.Hotline; h != "" && h == given[k].After.Hotline && g.Act.Title != given[k].Act.Title {
				return nil, &TakingError{i, &RefusedError{Refusal: act.HotlineTaken(h, 0)}}
			}
		}
	}
	numbers, err = r.ledger.TakeIn(ctx, given, r.when(l.Clock))
	var taken *ledger.HotlineTakenError
	if errors.As(err, &taken) {
		for i, g := range given {
			if g.After.Hotline == taken.Hotline {
				return nil, &TakingError{i, &RefusedError{Refusal: act.HotlineTaken(taken.Hotline, taken.Number)}}
			}
		}
	}
	return numbers, err
}

// taking judges a complaint that is taken in.
func (r records) taking(ctx context.Context, l ledger.Launched, t Taking, credible func(ledger.Launched, act.Act) *act.Refusal) (g ledger.Complaining, err error) {
	a, who := t.Act, t.Caller
	told := a.Reason
	title, inTitle := who.Redact(a.Title)
	text, inText := who.Redact(a.Reason)
	if a.Title, a.Reason = title, text; inTitle || inText {
		who.Words = t.Act.Title + "\n" + told
	}
	if a.Complaint != nil {
		if _, named := who.Redact(a.Complaint.Where); named {
			return g, &RefusedError{Refusal: act.NamesCaller(act.FieldWhere)} // not recorded: it would name who complained for ever
		}
	}
	if err := r.stamp(&l, &a); err != nil {
		return g, err
	}
	if refused := credible(l, a); refused != nil {
		return g, r.answer(ctx, l, "", a, refused, nil)
	}
	c := ledger.NewComplaint(l, act.Complaint{})
	if err := r.answer(ctx, l, "", a, c.Check(a), nil); err != nil {
		return g, err
	}
	return ledger.Complaining{Plan: l.Plan.ID, Act: a, After: c.After(a, time.Time{}, calendar.Day{}), Caller: who}, nil
}

// Complain does an act on a complaint that was taken in, and then what follows from it on the
// complaint's task (docket.Docket.Complaints): where that cannot be done now, the plan's daily
// audit does it later. ledger.ErrNotFound where the plan has no such complaint. Who may not do
// the act, or not in the complaint's present state, gets *RefusedError, and so does whoever
// writes who complained into it.
func (e *Engine) Complain(ctx context.Context, planID string, number int, a act.Act, say *words.Words) error {
	if err := e.complain(ctx, planID, number, a, e.credible); err != nil {
		return err
	}
	d := e.docket()
	d.Ask = e.follow
	if err := e.within(ctx, func(ctx context.Context) error { return d.Complaints(ctx, planID, say) }); err != nil {
		e.log.Warn("An act on a complaint is recorded, and what follows from it left to the audit", "plan", planID, "complaint", number, "error", err)
	}
	return nil
}

func (r records) complain(ctx context.Context, planID string, number int, a act.Act, credible func(ledger.Launched, act.Act) *act.Refusal) error {
	l, err := r.ledger.Plan(ctx, planID)
	if err != nil {
		return err
	}
	if err := r.stamp(&l, &a); err != nil {
		return err
	}
	if refused := credible(l, a); refused != nil {
		return r.answer(ctx, l, "", a, refused, nil)
	}
	if err := r.namesNobody(ctx, planID, number, a); err != nil {
		return err
	}
	for try := 0; ; try++ {
		err := r.complainOnce(ctx, l, number, a)
		if errors.Is(err, ledger.ErrBehind) && try < assessTries {
			continue
		}
		return err
	}
}

func (r records) complainOnce(ctx context.Context, l ledger.Launched, number int, a act.Act) error {
	all, err := r.ledger.JudgedComplaints(ctx, l)
	if err != nil {
		return err
	}
	var c *ledger.Complained
	for i := range all {
		if all[i].Number == number {
			c = &all[i]
		}
	}
	if c == nil {
		return fmt.Errorf("complaint %d of %s: %w", number, l.Plan.ID, ledger.ErrNotFound)
	}
	if a.Complaint != nil {
		for i := range all {
			if all[i].Number == a.Complaint.Into {
				c.Main = &all[i].Complaint
			}
		}
	}
	if err := r.answer(ctx, l, "", a, c.Check(a), nil); err != nil {
		return err
	}
	var until time.Time
	var due calendar.Day
	if l.Plan.Complaints != nil && a.Complaint != nil {
		if limit, known := l.Plan.Complaints.Limit(a.Complaint.Limit); known {
			rules, err := r.ledger.Rules(ctx, l)
			if err != nil {
				return err
			}
			until, due = limit.From(a.At, rules.Calendar, rules.Zone)
		}
	}
	return r.ledger.Complain(ctx, ledger.Complaining{Plan: l.Plan.ID, Act: a, Version: c.Version, After: c.After(a, until, due)}, a.Kind == act.Forget, r.when(l.Clock))
}

// follow has a task's workflow do an act that follows from a complaint, so that whoever acts on the
// task next is judged by it. An act that is refused, as when somebody was faster, is no error.
func (e *Engine) follow(ctx context.Context, planID, task string, a act.Act) error {
	l, err := e.ledger.Plan(ctx, planID)
	if err != nil {
		return err
	}
	t, err := e.ledger.Task(ctx, planID, task)
	if err != nil {
		return err
	}
	var refused *RefusedError
	if err = e.put(ctx, l, t, a); errors.As(err, &refused) {
		e.log.Warn("What follows from an act on a complaint was refused on its task", "plan", planID, "task", task, "act", a.Kind, "why", refused.Key)
		return nil
	}
	return err
}

// namesNobody refuses an act whose words name who made the complaint. Such an act is not recorded
// as refused either: events are never erased.
func (r records) namesNobody(ctx context.Context, planID string, number int, a act.Act) error {
	who, err := r.ledger.Caller(ctx, planID, number)
	if err != nil {
		return err
	}
	for field, text := range map[act.Field]string{act.FieldReason: a.Reason, act.FieldTitle: a.Title, act.FieldPaper: a.Paper} {
		if who.In(text) {
			return &RefusedError{Refusal: act.NamesCaller(field)}
		}
	}
	for _, v := range a.Evidence {
		if who.In(v.Name) || who.In(v.URL) {
			return &RefusedError{Refusal: act.NamesCaller(act.FieldFile)}
		}
	}
	return nil
}

// ofComplaint refuses an act on a complaint's task that is to be done on the complaint, or that
// names who complained; nil on every other task.
func (e *Engine) ofComplaint(ctx context.Context, t ledger.Task, a act.Act) error {
	number, ok := t.Origin.Complaint()
	if !ok {
		return nil
	}
	if err := e.namesNobody(ctx, t.Plan, number, a); err != nil {
		return err
	}
	if _, err := e.ledger.Complaint(ctx, t.Plan, number); a.Kind == act.Verify && err == nil {
		return &RefusedError{Refusal: act.OnComplaintPage()}
	}
	return nil
}
