package act_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/report"
)

// rowOf is the ledger's row of a task.
func rowOf(id string, c act.Case) ledger.Task {
	t := ledger.Task{Plan: "water", ID: id, Kind: plan.Dated, Title: c.Title, Lead: c.Lead, Assist: c.Assist, Due: c.Due,
		Policy: c.Policy, State: ledger.TaskOpen, Assigned: c.Assigned, Facts: c}
	switch c.State {
	case act.Closed:
		t.State, t.ClosedAt = ledger.TaskClosed, c.ClosedOn.At(12, 0, calendar.Beijing)
	case act.Cancelled:
		t.State = ledger.TaskCancelled
	}
	return t
}

// launchedOf is a launched plan with the policies and the directory of some rules.
func launchedOf(b act.Rules) ledger.Launched {
	return ledger.Launched{Plan: plan.Plan{ID: "water", Title: "水计划", Year: 2021, Policies: b.Policies, Directory: b.People}, At: calendar.NewDay(2021, 4, 8).At(0, 0, calendar.Beijing)}
}

// exportOf is the book of players' tasks at the end of a day.
func exportOf(b act.Rules, all []*player, today calendar.Day) report.Table {
	var tasks []ledger.Task
	for i, p := range all {
		tasks = append(tasks, rowOf(fmt.Sprint("t", i), p.Case))
	}
	return report.Book(launchedOf(b), tasks, nil, nil, nil, today, b.Calendar)
}

// until plays the year again up to the end of a day.
func (y year) until(b act.Rules, last calendar.Day) *player {
	p, end := y.player(b), last.AddDays(1).At(0, 0, calendar.Beijing)
	for _, s := range y.acts {
		if s.At.Before(end) && s.notice == nil {
			s.show = false
			p.step(s)
		}
	}
	p.to(end)
	return p
}

// Law 12 of package laws: the book, its counts and the rules of consequences say the same of the
// same tasks on the same day as the judge.
func TestOneReadingInEveryTable(t *testing.T) {
	t.Parallel()
	b := amended(newRules(t))
	overdue, late, reported := 0, 0, 0
	for seed := uint64(1); seed <= many(80); seed++ {
		r := rand.New(rand.NewPCG(seed, 17))
		today := calendar.NewDay(2021, 5, 1).AddDays(r.IntN(200))
		var all []*player
		for n := uint64(0); n < 5; n++ {
			y, _ := invent(b, seed*10+n)
			all = append(all, y.until(b, today))
		}
		table := exportOf(b, all, today)
		var tally report.Tally
		byRules := map[string]int{} // tasks that are overdue by the rules of consequences, and by how many working days
		var facts []act.Fact
		for i, p := range all {
			row, m := table.Tasks[i], shown{On: today, Overdue: table.Tasks[i].Overdue, Late: table.Tasks[i].WorkdaysLate}
			if row.WorkdaysLeft != nil {
				m.Late = max(0, -*row.WorkdaysLeft)
			}
			p.history.shown = []shown{m}
			require.Empty(t, verdict(judge(b, p.history)), "seed %d, task %d on %s\n%s", seed, i, today, acted(p.acts))
			for _, f := range p.Facts(row.ID, p.Case, today) {
				f.Unwarned = false // whether the ladder has warned of the task is not compared here
				facts = append(facts, f)
			}
			switch {
			case row.State == ledger.TaskCancelled:
				tally.Cancelled++
			case row.State == ledger.TaskClosed && m.Late == 0 && row.Light == plan.Done:
				tally.OnTime++
			case row.State == ledger.TaskClosed:
				require.Equal(t, plan.DoneLate, row.Light, "seed %d", seed)
				tally.DoneLate++
			case row.Light == plan.Red:
				tally.Red++
			}
			if row.Overdue {
				tally.Overdue++
				require.Equal(t, plan.Red, row.Light)
			}
			late += m.Late
			if row.Phase == act.Reported {
				reported++
				require.False(t, row.Overdue)
			}
		}
		overdue += tally.Overdue
		rule := plan.Consequence{ID: "r", Count: plan.CountOverdue, AtLeast: 1, Propose: plan.ProposeTalk}
		for _, p := range act.Consequences([]plan.Consequence{rule}, facts, nil, today, b.Calendar) {
			for _, g := range p.Grounds {
				byRules[g.Task] = g.Workdays
			}
		}
		c := table.Counts
		require.Equal(t, []int{tally.Cancelled, tally.OnTime, tally.DoneLate, tally.Red, tally.Overdue}, []int{c.Cancelled, c.OnTime, c.DoneLate, c.Red, c.Overdue}, "seed %d", seed)
		for i, p := range all {
			row := table.Tasks[i]
			n, counted := byRules[row.ID]
			own := row.Overdue && !p.Inherited(b) // a miss of the unit that led before is not this unit's
			require.Equal(t, own, counted, "seed %d, task %d: a rule counts it, the book says overdue", seed, i)
			if counted {
				require.Equal(t, -*row.WorkdaysLeft, n, "seed %d, task %d", seed, i)
			}
		}
	}
	t.Logf("%d overdue, %d working days late, %d reported", overdue, late, reported)
	enough(t, 25, overdue)
	enough(t, 5, reported)
}

func TestTheJudgeSeesATableThatReadsOtherwise(t *testing.T) {
	t.Parallel()
	h := planted(t, []string{"2021-04-09 08:00 unit acknowledge", "2021-06-29 10:00 unit complete", "2021-07-12 10:00 clerk verify"}, []string{"2021-06-23 09:00 remind-7 remind gaoping/liaison"})
	h.until = moment(t, "2021-07-14 00:00")
	h.shown = []shown{{On: day(t, "2021-07-13"), Late: 8}}
	require.Contains(t, verdict(judge(newRules(t), h)), "law 12", "done in time: the days of the office are not the unit's")
}

// otherwise are the differences between what was foretold and what happened, column by column.
func otherwise(foretold, happened []plan.Stage) (found []breach) {
	for i := range max(len(foretold), len(happened)) {
		switch {
		case i >= len(happened):
			found = append(found, breach{Law: 13, At: foretold[i].At, Text: foretold[i].ID + " was foretold, and nobody said it"})
		case i >= len(foretold):
			found = append(found, breach{Law: 13, At: happened[i].At, Text: happened[i].ID + " was not foretold"})
		case !reflect.DeepEqual(foretold[i], happened[i]):
			found = append(found, breach{Law: 13, At: happened[i].At, Text: fmt.Sprintf("foretold %+v, happened %+v", foretold[i], happened[i])})
		}
	}
	return found
}

func TestTheJudgeSeesWhatWasForetoldOtherwise(t *testing.T) {
	t.Parallel()
	foretold := []plan.Stage{said(t, "2021-07-01 09:00 urge urge gaoping/liaison,gaoping/deputy")}
	require.Empty(t, otherwise(foretold, foretold))
	for name, change := range map[string]func(s *plan.Stage){
		"another instant": func(s *plan.Stage) { s.At = s.At.Add(time.Minute) },
		"another rung":    func(s *plan.Stage) { s.ID = "warn" },
		"another kind":    func(s *plan.Stage) { s.Kind = plan.Warn },
		"other readers":   func(s *plan.Stage) { s.To = s.To[:1] },
		"another light":   func(s *plan.Stage) { s.Light = plan.Red },
		"another limit":   func(s *plan.Stage) { s.Limit = day(t, "2021-07-02") },
	} {
		s := foretold[0]
		change(&s)
		require.Contains(t, verdict(otherwise(foretold, []plan.Stage{s})), "law 13", name)
	}
	require.Contains(t, verdict(otherwise(foretold, nil)), "law 13")
	require.Contains(t, verdict(otherwise(nil, foretold)), "law 13")
}

// Law 13 of package laws: at every moment everything that is foretold then happens if nobody
// does anything: the same words at the same time to the same people, about the same date, in the
// same light.
func TestWhatIsForetoldHappens(t *testing.T) {
	t.Parallel()
	b := amended(newRules(t))
	compared := 0
	for seed := uint64(1); seed <= many(80); seed++ {
		y, _ := invent(b, seed)
		r := rand.New(rand.NewPCG(seed, 19))
		if len(y.acts) == 0 {
			continue
		}
		cut := r.IntN(len(y.acts))
		y.acts = y.acts[:cut+1]
		p := y.player(b)
		for _, s := range y.acts {
			p.step(s)
		}
		now := y.acts[cut].At
		p.to(now.Add(1))
		foretold, ends := p.Ahead(p.Case), p.Case
		due, today := p.Due, dayOf(now)
		state := exportOf(p.Rules, []*player{p}, today).Tasks[0]
		if state.Next != nil && len(p.courses) == 0 {
			require.NotNil(t, p.Course.Next, "seed %d", seed)
			require.Equal(t, p.Course.Next.ID, state.Next.Stage, "seed %d: the book's next is the engine's", seed)
			require.True(t, p.Course.Next.At.Equal(state.Next.At), "seed %d", seed)
		}
		require.Equal(t, due, state.Due)
		require.Equal(t, p.State, state.Phase)
		if ends.Pause != nil { // the pause may end by itself, which is an act of the engine and not foretold
			continue
		}
		said := len(p.said)
		p.to(now.AddDate(1, 0, 0))
		var happened []plan.Stage
		for _, s := range p.said[said:] {
			happened = append(happened, s)
			compared++
		}
		require.Equal(t, due, p.Due, "seed %d", seed)
		require.Empty(t, verdict(otherwise(foretold, happened)), "seed %d after\n%s", seed, acted(p.acts))
	}
	t.Logf("%d words compared", compared)
	enough(t, 100, compared)
}
