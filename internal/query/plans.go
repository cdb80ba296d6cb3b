package query

import (
	"context"
	"time"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/report"
)

// PlanRow is one launched plan. The counts are of tasks and occurrences of duties, without
// cancelled ones; instants are in the plan's zone; Next is nil when no stage is to come.
type PlanRow struct {
	ID         string       `json:"id"`
	Title      string       `json:"title"`
	Number     string       `json:"number"`
	LaunchedAt time.Time    `json:"launched_at"` // plan clock
	AsOf       calendar.Day `json:"as_of"`
	Tasks      int          `json:"tasks"`
	Open       int          `json:"open"`
	Overdue    int          `json:"overdue"`
	Done       int          `json:"done"` // done late among them
	DoneLate   int          `json:"done_late"`
	Red        int          `json:"red"`
	Yellow     int          `json:"yellow"`
	Blue       int          `json:"blue"`
	Green      int          `json:"green"`
	Duties     int          `json:"duties"`
	Standing   int          `json:"standing"`
	Talks      int          `json:"talks"`
	Unarmed    int          `json:"unarmed"` // tasks and duties whose workflow is not known to run: launching again starts them
	Next       *NextStage   `json:"next"`
	Head       int64        `json:"-"`              // sequence number of the ledger's last event when it was counted
	Ended      calendar.Day `json:"ended,omitzero"` // the day on which its year was ended
	Archived   calendar.Day `json:"archived,omitzero"`
}

// NextStage is the first stage still to come.
type NextStage struct {
	Task  string         `json:"task"`
	Title string         `json:"title"`
	Unit  string         `json:"unit"`
	Stage string         `json:"stage"`
	Kind  plan.StageKind `json:"kind"`
	At    time.Time      `json:"at"`
	Talk  string         `json:"talk,omitempty"`
	Topic string         `json:"topic,omitempty"` // what the stage is about when it is not the task's own due date
}

// Plans are the launched plans of which the viewer may see all, in order of launch: those
// of everyday lists, or with archived those that are archived. whole tells that no plan is
// one that the viewer may not see. ErrNotWhole: the viewer may see all of no plan.
func (r *Reader) Plans(ctx context.Context, v Viewer, archived bool) (rows []PlanRow, whole bool, err error) {
	in, err := r.as(v)
	if err != nil {
		return nil, false, err
	}
	seen, whole, err := in.overseenOf(ctx, in.allPlans)
	if err != nil {
		return nil, false, err
	}
	rows = []PlanRow{}
	for _, l := range seen {
		if l.Archived.IsZero() == archived {
			continue
		}
		row, err := in.row(ctx, r, l)
		if err != nil {
			return nil, false, err
		}
		if !l.Ended.IsZero() {
			row.Ended = calendar.DayOf(l.Ended.In(l.Plan.Location()))
		}
		if archived {
			row.Archived = calendar.DayOf(l.Archived.In(l.Plan.Location()))
		}
		rows = append(rows, row)
	}
	return rows, whole, nil
}

// overseen are those of the everyday plans, or of the named one, of which the viewer may
// see all, without their tasks. whole tells that none was left out.
func (r reading) overseen(ctx context.Context, named string) (seen []ledger.Launched, whole bool, err error) {
	return r.overseenOf(ctx, func(ctx context.Context) ([]string, error) { return r.planIDs(ctx, named) })
}

// overseenOf is overseen for a choice of plans.
func (r reading) overseenOf(ctx context.Context, chosen func(context.Context) ([]string, error)) (seen []ledger.Launched, whole bool, err error) {
	plans, err := chosen(ctx)
	if err != nil {
		return nil, false, err
	}
	for _, id := range plans {
		l, _, err := r.frame(ctx, id)
		if err != nil {
			return nil, false, err
		}
		if r.who.oversees(l.Plan.Directory) {
			seen = append(seen, l)
		}
	}
	if len(seen) == 0 && len(plans) > 0 {
		return nil, false, ErrNotWhole
	}
	return seen, len(seen) == len(plans), nil
}

// onePlan is the ID of the plan that was named, or of the only one of which the viewer may
// see all: ErrNotWhole, ErrNoPlans, *WhichPlanError.
func (r reading) onePlan(ctx context.Context, named string) (string, error) {
	plans, _, err := r.overseen(ctx, named)
	switch {
	case err != nil:
		return "", err
	case len(plans) == 0:
		return "", ErrNoPlans
	case len(plans) == 1:
		return plans[0].Plan.ID, nil
	}
	which := &WhichPlanError{}
	for _, p := range plans {
		which.Plans = append(which.Plans, Choice{p.Plan.ID, p.Plan.Title})
	}
	return "", which
}

// row is the remembered planRow of one plan.
func (in reading) row(ctx context.Context, r *Reader, l ledger.Launched) (PlanRow, error) {
	today, err := in.today(ctx, l)
	if err != nil {
		return PlanRow{}, err
	}
	return remembered(ctx, r, "row "+l.Plan.ID, today, func(ctx context.Context) (PlanRow, error) {
		head, _, err := in.store.Head(ctx)
		if err != nil {
			return PlanRow{}, err
		}
		row, err := in.planRow(ctx, l.Plan.ID)
		row.Head = head
		return row, err
	})
}

// planRow counts one plan, from the outlooks that the ledger keeps where they are there.
func (r reading) planRow(ctx context.Context, planID string) (PlanRow, error) {
	f, err := r.framed(ctx, planID)
	if err != nil {
		return PlanRow{}, err
	}
	unarmed, err := r.store.CountUnarmed(ctx, planID)
	if err != nil {
		return PlanRow{}, err
	}
	if f.basis != "" {
		tally, ok, err := r.store.Count(ctx, &f.Launched, f.basis, f.cal, f.today)
		if err != nil {
			return PlanRow{}, err
		}
		if ok {
			next := report.Rows(f.Launched, tally.Next.Tasks, tally.Next.Stages, tally.Next.Talks, f.today, f.cal)
			return planRowOf(f.head(), f.today, report.CountOf(tally.Counts, tally.Talks), next, unarmed), nil
		}
	}
	t, err := r.bookOf(ctx, planID, false)
	return planRowOf(t.Plan, t.AsOf, t.Counts, t.Tasks, unarmed), err
}

func (f *framed) head() report.Head {
	return report.Head{ID: f.Plan.ID, Title: f.Plan.Title, Number: f.Plan.Number, Issuer: f.Plan.Issuer, Issued: f.Plan.Issued, Zone: f.Plan.Location().String(),
		Launched: f.At.In(f.Plan.Location()).Truncate(time.Second)}
}

func planRowOf(head report.Head, today calendar.Day, c report.Counts, tasks []report.Row, unarmed int) PlanRow {
	row := PlanRow{
		ID: head.ID, Title: head.Title, Number: head.Number, LaunchedAt: head.Launched, AsOf: today,
		Tasks: c.Total, Open: c.Open, Overdue: c.Overdue, Done: c.Done, DoneLate: c.DoneLate,
		Red: c.Red, Yellow: c.Yellow, Blue: c.Blue, Green: c.Green,
		Duties: c.Duties, Standing: c.Standing, Talks: c.Talks, Unarmed: unarmed,
	}
	for _, t := range tasks {
		if t.Next == nil || row.Next != nil && !t.Next.At.Before(row.Next.At) {
			continue
		}
		row.Next = &NextStage{t.ID, t.Title, t.Lead, t.Next.Stage, t.Next.Kind, t.Next.At, t.Next.Talk, t.Next.Topic}
	}
	return row
}

// PlanStatus is one plan's book without its messages, and the changes of its amendments that
// its tasks have not taken yet.
type PlanStatus struct {
	report.Table
	Owed []ledger.LeftUndone
}

// Status is the status of one plan now, for those who may see all of it: ErrNotWhole.
func (r *Reader) Status(ctx context.Context, v Viewer, planID string) (s PlanStatus, err error) {
	in, err := r.as(v)
	if err != nil {
		return s, err
	}
	if s.Table, err = in.bookOf(ctx, planID, false); err != nil {
		return s, err
	}
	last, err := r.store.LastAmendment(ctx, planID)
	s.Owed = append(last.Left, last.Owed...)
	return s, err
}

// Book is one plan's book 台账 with the messages of its stages: of the plan named,
// or of the only one. ErrNotWhole, ErrNoPlans, *WhichPlanError.
func (r *Reader) Book(ctx context.Context, v Viewer, planID string) (report.Table, error) {
	in, err := r.as(v)
	if err != nil {
		return report.Table{}, err
	}
	id, err := in.onePlan(ctx, planID)
	if err != nil {
		return report.Table{}, err
	}
	return in.bookOf(ctx, id, true)
}

// bookOf is a plan's book for a viewer who may see all of it: ErrNotWhole. See book.
func (r reading) bookOf(ctx context.Context, planID string, records bool) (report.Table, error) {
	l, err := r.whole(ctx, planID)
	if err != nil {
		return report.Table{}, err
	}
	tasks, err := r.store.Tasks(ctx, ledger.TaskFilter{Plan: planID})
	if err != nil {
		return report.Table{}, err
	}
	return r.book(ctx, l, tasks, records)
}

// book is a plan's book on the plan's today, without anything about talks that the viewer
// may not see. records: with the messages of the stages.
func (r reading) book(ctx context.Context, l ledger.Launched, tasks []ledger.Task, records bool) (report.Table, error) {
	today, err := r.today(ctx, l)
	if err != nil {
		return report.Table{}, err
	}
	cal, err := r.calendar(ctx)
	if err != nil {
		return report.Table{}, err
	}
	stages, err := r.store.Stages(ctx, l.Plan.ID, "")
	if err != nil {
		return report.Table{}, err
	}
	talks, err := r.store.Talks(ctx, l.Plan.ID, "")
	if err != nil {
		return report.Table{}, err
	}
	stages, talks = r.seen(l.Plan.Directory, stages, talks)
	var notices []ledger.Notice
	if records {
		if notices, err = r.store.Notices(ctx, ledger.NoticeFilter{Plan: l.Plan.ID}); err != nil {
			return report.Table{}, err
		}
	}
	return report.Book(l, tasks, stages, notices, talks, today, cal), nil
}
