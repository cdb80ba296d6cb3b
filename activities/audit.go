package activities

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/activity"

	"duban/internal/audit"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/letter"
	"duban/internal/notice"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/wire"
	"duban/internal/words"
)

// findings are the results of one audit that the office is told of.
type findings struct {
	missing []ledger.Stage
	stuck   []ledger.Notice
	years   []notice.Year
	waits   []ledger.Wait
	broken  []audit.Broken
	skew    time.Duration // see notice.Alarm
	alone   []notice.Unattended
}

// wrong tells whether an audit has found anything but years without a holiday notice and
// a clock that differs.
func (f findings) wrong() bool {
	return len(f.missing)+len(f.stuck)+len(f.waits)+len(f.broken)+len(f.alone) > 0
}

// longWait is how long, on the real clock, a workflow may fail to get something
// done before the office is told.
const longWait = 30 * time.Minute

// daysOf are the instants of the audits that an AuditInput is for, a day apart: those at
// which the engine did not run are among them, so that what rules propose does not depend
// on when it ran.
func daysOf(in wire.AuditInput) []time.Time {
	days := []time.Time{in.At}
	for at := in.At.Add(24 * time.Hour); !at.After(in.Last); at = at.Add(24 * time.Hour) {
		days = append(days, at)
	}
	return days
}

// Audit audits one plan as of in.At, plan clock. It
//   - has the plan's workflows that Temporal has lost started again, first, so that what they can
//     still decide is not reported;
//   - has the readings of the plan's sections judged by its water rules;
//   - compares the ladders with the ledger: stages that were due before in.Before and are not in it,
//     and messages that are stuck, failed or in doubt;
//   - opens and ends the tasks that incidents, exposure and complaints call for, and tells units of assessments;
//   - proposes what the plan's rules of consequences ask for;
//   - reminds the leadership once a week of what waits for its decision;
//   - tells of complaints that the office has not sorted or called back about in time;
//   - compares the ledger with the laws of who is chased (package laws);
//   - looks for years without a holiday notice, waits of more than longWait, units without accounts,
//     and a clock that differs from the ledger's.
//
// It tells the office of what it finds: each failed or doubtful message, broken law, year and unit
// once, anything else in every audit as long as it lasts. It may be run twice. Between its steps it
// sends Temporal a heartbeat.
func (a *Activities) Audit(ctx context.Context, in wire.AuditInput) (wire.AuditResult, error) {
	l, rules, err := a.docket().Plan(ctx, in.Plan)
	if err != nil {
		return wire.AuditResult{}, translate(err)
	}
	mended := a.reconcile(ctx, in.Plan)
	skew, err := a.skew(ctx)
	if err != nil {
		return wire.AuditResult{}, translate(err)
	}
	for _, part := range []struct {
		has    bool // the plan names the part's file
		brings func(context.Context, string, *words.Words) error
		failed string
	}{
		{l.Plan.Water != nil, a.docket().Sections, "what was measured of sections was not judged"},
		{l.Plan.Publicity != nil, a.docket().Publicity, "what must be made public was not looked at"},
		{l.Plan.Incidents != nil, a.docket().Incidents, "tasks of incidents were not brought to what was noted"},
		{l.Plan.Complaints != nil, a.docket().Complaints, "what follows from complaints was not done"},
		{l.Plan.Assessment != nil, a.docket().Assessments, "units were not told of an assessment"},
	} {
		if !part.has {
			continue
		}
		if err := part.brings(ctx, in.Plan, a.Words); err != nil { // no reason not to audit the rest of the plan
			a.Log.Error("Audit: "+part.failed+"; the next audit tries again", "plan", in.Plan, "error", err)
		}
	}
	if mended > 0 {
		if err := a.catchUp(ctx, in); err != nil {
			return wire.AuditResult{}, translate(err)
		}
	}
	alive(ctx)
	stuck, err := a.Ledger.Stuck(ctx, in.Plan, in.Before)
	if err != nil {
		return wire.AuditResult{}, translate(err)
	}
	alive(ctx)
	all, err := a.Ledger.Tasks(ctx, ledger.TaskFilter{Plan: in.Plan})
	if err != nil {
		return wire.AuditResult{}, translate(err)
	}
	tasks, finished := map[string]ledger.Task{}, true
	for _, t := range all {
		tasks[t.ID] = t
		finished = finished && (t.State != ledger.TaskOpen || t.Kind == plan.Standing || t.Kind == plan.Duty && ended(l.Plan, t.ID, in.At))
	}
	alive(ctx)
	talks, err := a.Ledger.Talks(ctx, in.Plan, "")
	if err != nil {
		return wire.AuditResult{}, translate(err)
	}
	alive(ctx)
	silent, err := audit.MissingOf(l, rules, tasks, all, talks, in.Before)
	if err != nil {
		return wire.AuditResult{}, translate(err)
	}
	alive(ctx)
	days := daysOf(in)
	if all, err = a.consequences(ctx, l, rules, days, all, talks); err != nil {
		return wire.AuditResult{}, translate(err)
	}
	if err := a.remindOfDecisions(ctx, l, rules, days); err != nil {
		return wire.AuditResult{}, translate(err)
	}
	if err := a.remindOfComplaints(ctx, l, rules, days); err != nil {
		return wire.AuditResult{}, translate(err)
	}
	alive(ctx)
	years, err := a.provisional(ctx, l, all)
	if err != nil {
		return wire.AuditResult{}, translate(err)
	}
	waits, err := a.Ledger.Waits(ctx, in.Plan)
	if err != nil {
		return wire.AuditResult{}, translate(err)
	}
	waits = slices.DeleteFunc(waits, func(w ledger.Wait) bool { return a.Now().Sub(w.Since) < longWait })
	broken, err := a.untold(ctx, l, silent)
	if err != nil {
		return wire.AuditResult{}, translate(err)
	}
	alone, err := a.unattended(ctx, l, all)
	if err != nil {
		return wire.AuditResult{}, translate(err)
	}
	found := findings{silent, stuck, years, waits, broken, skew, alone}
	if finished = finished && !found.wrong(); finished {
		if finished, err = a.quiet(ctx, in.Plan); err != nil {
			return wire.AuditResult{}, translate(err)
		}
	}
	result := wire.AuditResult{Missing: len(found.missing), Mended: mended, Stuck: len(stuck), Broken: len(broken), Finished: finished}
	for _, y := range years {
		result.Provisional = append(result.Provisional, y.Year)
	}
	if found.wrong() || len(years) > 0 || skew != 0 {
		if err := a.cry(ctx, l, in, tasks, found); err != nil {
			return result, err
		}
	}
	return result, translate(a.Ledger.NoteAudit(ctx, in.Plan, a.Now(), len(found.missing)))
}

// skew is how far this machine's clock is ahead of the ledger's; zero below
// ledger.SkewWarned.
func (a *Activities) skew(ctx context.Context) (time.Duration, error) {
	skew, err := a.Ledger.Skew(ctx)
	if err != nil || skew.Abs() < ledger.SkewWarned {
		return 0, err
	}
	a.Log.Warn("Audit: this machine's clock differs from the ledger's", "ahead", skew.String())
	return skew, nil
}

// catchingUp is the longest time that catchUp waits.
const catchingUp = 30 * time.Second

// catchUp waits until workflows that were just started again have decided the stages
// that were due, so that the office is not told of stages that are no longer missing.
func (a *Activities) catchUp(ctx context.Context, in wire.AuditInput) error {
	for until := time.Now().Add(catchingUp); ; {
		missing, err := audit.Missing(ctx, a.Ledger, in.Plan, in.Before)
		if err != nil || len(missing) == 0 || time.Now().After(until) {
			return err
		}
		alive(ctx)
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// reconcile has the plan's lost workflows started again and counts them. An error is
// logged; the next audit compares again.
func (a *Activities) reconcile(ctx context.Context, planID string) int {
	done := make(chan struct{})
	defer close(done)
	go func() { // heartbeats: to compare ten thousand workflows takes longer than a heartbeat may
		for {
			select {
			case <-time.After(20 * time.Second):
				alive(ctx)
			case <-done:
				return
			}
		}
	}()
	mended, err := a.Starter.ReconcileDaily(ctx, planID)
	if err != nil {
		a.Log.Error("Audit: not all workflows could be compared with the ledger", "plan", planID, "error", err)
	}
	return mended
}

// alive sends Temporal the heartbeat of a long activity.
func alive(ctx context.Context) {
	if activity.IsActivity(ctx) {
		activity.RecordHeartbeat(ctx)
	}
}

// quiet tells whether a plan whose tasks are over has nothing under way any more: no
// talk that goes on, no message that is still to be sent, and no wait of a workflow
// other than the audit.
func (a *Activities) quiet(ctx context.Context, planID string) (bool, error) {
	talks, err := a.Ledger.Talks(ctx, planID, "")
	if err != nil || slices.ContainsFunc(talks, ledger.Talk.GoesOn) {
		return false, err
	}
	notices, err := a.Ledger.Notices(ctx, ledger.NoticeFilter{Plan: planID, States: []ledger.NoticeState{ledger.Pending, ledger.Sending}})
	if err != nil || len(notices) > 0 {
		return false, err
	}
	waits, err := a.Ledger.Waits(ctx, planID)
	waits = slices.DeleteFunc(waits, func(w ledger.Wait) bool { return w.What == "audit" })
	return len(waits) == 0, err
}

// ended tells whether a duty's recurrence gives no further occurrence from the day of at
// on. Its last occurrence is a task of its own.
func ended(p plan.Plan, duty string, at time.Time) bool {
	i := slices.IndexFunc(p.Tasks, func(t plan.Task) bool { return t.ID == duty })
	if i < 0 || p.Tasks[i].Recur == nil {
		return true
	}
	_, _, more := p.Tasks[i].Recur.Next(calendar.DayOf(at.In(p.Location())).AddDays(-1))
	return !more
}

// cry records the findings in the ledger and the log, then tells the office by a message.
// The log is for the operators: it works also when the channels, which are audited too,
// do not.
func (a *Activities) cry(ctx context.Context, l ledger.Launched, in wire.AuditInput, tasks map[string]ledger.Task, found findings) error {
	when := a.when(l.Clock)
	key := fmt.Sprintf("audit/%s/%s", in.Plan, in.At.UTC().Format(time.RFC3339))
	if found.wrong() || found.skew != 0 {
		if err := a.recordAlarm(ctx, in.Plan, key, found, when); err != nil {
			return err
		}
	}
	for _, y := range found.years {
		a.Log.Warn("Audit: a year without a holiday notice", "plan", in.Plan, "year", y.Year, "tasks", len(y.Tasks))
	}
	alarm, err := a.alarm(ctx, l, in, tasks, key, found)
	if err != nil {
		return err
	}
	if err := a.announce(ctx, l, alarm); err != nil {
		return err
	}
	if err := a.toldOfYears(ctx, in.Plan, found.years, when); err != nil {
		return err
	}
	if err := a.toldOfUnattended(ctx, in.Plan, found.alone, when); err != nil {
		return err
	}
	if err := a.toldOfLaws(ctx, in.Plan, found.broken, when); err != nil {
		return err
	}
	return a.Ledger.MarkReported(ctx, found.stuck)
}

func (a *Activities) recordAlarm(ctx context.Context, planID, key string, found findings, when ledger.When) error {
	a.Log.Error("Audit: stages without a trace or messages not delivered", "plan", planID, "missing", len(found.missing), "stuck", len(found.stuck), "waits", len(found.waits), "laws", len(found.broken))
	for _, b := range found.broken {
		a.Log.Warn("Audit: a law of who is chased is broken", "plan", planID, "thing", b.Thing, "law", b.Law, "at", b.At, "of", b.Of, "text", b.Text)
	}
	said := map[string]any{"missing": stageNames(found.missing), "stuck": noticeNames(found.stuck)}
	if len(found.waits) > 0 {
		said["waits"] = found.waits
	}
	if len(found.broken) > 0 {
		said["laws"] = found.broken
	}
	if len(found.alone) > 0 {
		said["unattended"] = found.alone
	}
	if found.skew != 0 {
		said["clock_ahead"] = found.skew.String()
	}
	data, err := json.Marshal(said)
	if err != nil {
		return err
	}
	_, err = a.Ledger.Record(ctx, ledger.Event{Key: key, Plan: planID, Kind: ledger.AuditAlarm, Actor: ledger.Engine, Real: when.Real, PlanAt: when.Plan, Data: data})
	return err
}

func (a *Activities) alarm(ctx context.Context, l ledger.Launched, in wire.AuditInput, tasks map[string]ledger.Task, key string, found findings) (notice.Alarm, error) {
	lad, err := a.ladderer(ctx, l)
	if err != nil {
		return notice.Alarm{}, err
	}
	dir := l.Plan.Directory
	to := people.Recipient{Unit: dir.Office, Role: people.Office}
	contact, _ := dir.Contact(to)
	alarm := notice.Alarm{
		ID: key, Plan: notice.PlanRef{ID: l.Plan.ID, Title: l.Plan.Title, Number: l.Plan.Number},
		Recipient: to, Contact: letter.Address{Name: contact.Name, Email: contact.Email}, Copies: copies(contact),
		Office: letter.Address{Name: dir.Name(dir.Office), Email: contact.Email},
		At:     in.At, Date: a.Now(), Zone: lad.Zone, Years: found.years, Skew: found.skew, Unattended: found.alone,
	}
	for _, s := range found.missing {
		t := tasks[s.Task]
		alarm.Silent = append(alarm.Silent, notice.Silent{
			Task: t.Shown(), Title: t.Title, Lead: dir.Name(t.Lead), Due: t.Due, Kind: s.Kind, Stage: s.ID, At: s.At,
		})
	}
	alarm.Troubled = troubles(dir, found.stuck)
	for _, w := range found.waits {
		task, _, _ := strings.Cut(w.Thing, "#") // the ID of a talk is that of its task, # and a number
		alarm.Waits = append(alarm.Waits, notice.Wait{Thing: w.Thing, Title: cmp.Or(tasks[task].Title, l.Plan.Title), What: w.What, Since: w.Since, Tried: w.TriedAt, Rounds: w.Rounds, Error: w.Error})
	}
	for _, b := range found.broken {
		same := func(x notice.Broken) bool { return x.Thing == b.Thing && x.Law == b.Law }
		if i := slices.IndexFunc(alarm.Broken, same); i >= 0 {
			alarm.Broken[i].More++
			continue
		}
		alarm.Broken = append(alarm.Broken, notice.Broken{Thing: b.Thing, Title: b.Title, Law: b.Law, At: b.At, Of: b.Of})
	}
	return alarm, nil
}

// troubles gathers notices by digest, channel and state: one trouble for each message.
func troubles(dir people.Directory, stuck []ledger.Notice) []notice.Trouble {
	var out []notice.Trouble
	at := map[string]int{}
	for _, n := range stuck {
		id := n.Digest + "|" + n.Channel + "|" + string(n.State)
		i, ok := at[id]
		if !ok {
			i = len(out)
			at[id] = i
			name := dir.Name(n.Recipient.Unit)
			if c, ok := dir.Contact(n.Recipient); ok {
				name = c.Name
			}
			out = append(out, notice.Trouble{State: troubleState(n.State), Name: name, At: n.In(), Error: n.Error})
		}
		out[i].Tasks = append(out[i].Tasks, n.Task)
	}
	return out
}

func troubleState(state ledger.NoticeState) notice.State {
	switch state {
	case ledger.Failed:
		return notice.StateFailed
	case ledger.Unknown:
		return notice.StateUnknown
	}
	return notice.StateStuck
}

func stageNames(stages []ledger.Stage) []string {
	out := []string{}
	for _, s := range stages {
		out = append(out, s.Task+"/"+s.ID)
	}
	return out
}

func noticeNames(notices []ledger.Notice) []string {
	out := []string{}
	for _, n := range notices {
		out = append(out, fmt.Sprintf("%s/%s/%s/%s %s", n.Task, n.Stage, n.Recipient, n.Channel, n.State))
	}
	return out
}
