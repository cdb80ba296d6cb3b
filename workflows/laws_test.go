package workflows_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/activities"
	"duban/internal/act"
	"duban/internal/audit"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/wire"
	"duban/internal/words"
)

// at is a minute in Beijing time, as the instant on both clocks.
func (b *bench) at(text string) ledger.When {
	at, err := time.ParseInLocation("2006-01-02 15:04", text, calendar.Beijing)
	require.NoError(b.t, err)
	return ledger.When{Real: at, Plan: at}
}

// says records a decided stage of a task as given, whether or not it is due.
func (b *bench) says(task, at, id string, kind plan.StageKind, topic string, to ...people.Role) *ledger.Talk {
	s := plan.Stage{ID: id, Kind: kind, At: b.at(at).Plan.UTC(), Matter: plan.Matter{Topic: topic}}
	for _, r := range to {
		s.To = append(s.To, b.plan.Directory.Seat(r, "shuiwu"))
	}
	_, talk := b.decide(task, s, b.at(at))
	return talk
}

// acts records an act on a task as the engine would, after lie, if not nil, has falsified it.
func (b *bench) acts(task, at string, a act.Act, lie func(*ledger.Acted)) {
	b.t.Helper()
	when := b.at(at)
	a.ID, a.At, a.On, a.Reason = strings.NewReplacer(" ", "-", ":", "").Replace(at)+string(a.Kind), when.Plan.UTC(), calendar.DayOf(when.Plan), "理由"
	a.By = act.Actor{Account: "clerk", Name: "李科", Unit: "duban"}
	if row, _ := act.Of(act.OnTask, a.Kind); slices.Contains(row.By, act.Lead) {
		a.By = act.Actor{Account: "unit", Name: "王工", Unit: "shuiwu"}
	}
	row, err := b.store.Task(b.t.Context(), "p", task)
	require.NoError(b.t, err)
	after, told, refused := b.rules().Act(b.rules().Course(ledger.CaseOf(row)), a)
	require.Nil(b.t, refused)
	acted := ledger.Acted{Plan: "p", Task: task, Act: a, Version: row.Version, Facts: after.Case, Told: told}
	if lie != nil {
		lie(&acted)
	}
	_, _, err = b.store.Act(b.t.Context(), acted, when)
	require.NoError(b.t, err)
}

// lives records all stages of a task that are due before an instant.
func (b *bench) lives(task, until string) {
	for {
		row, err := b.store.Task(b.t.Context(), "p", task)
		require.NoError(b.t, err)
		c := b.rules().Course(ledger.CaseOf(row))
		if c.Next == nil || !c.Next.At.Before(b.at(until).Plan) {
			return
		}
		after, s := b.rules().Decide(c)
		d := ledger.Decision{Plan: "p", Task: task, Revision: row.Revision, Version: row.Version, Stage: s, Facts: after.Case, OpensTalk: s.Kind == plan.Talk}
		_, talk, err := b.store.DecideStage(b.t.Context(), d, ledger.When{Real: s.At, Plan: s.At})
		require.NoError(b.t, err)
		if talk != nil {
			b.begins(*talk)
		}
	}
}

// begins opens a talk at its opening instant.
func (b *bench) begins(talk ledger.Talk) {
	row, err := b.store.Task(b.t.Context(), "p", talk.Task)
	require.NoError(b.t, err)
	c := b.rules().OpenTalk(ledger.TalkCaseOf(b.plan, row, talk), talk.OpensAt)
	_, err = b.store.OpenTalk(b.t.Context(), ledger.Opening{Plan: "p", Talk: talk.ID, Open: func(ledger.Task, ledger.Talk) act.TalkCase { return c.TalkCase }}, ledger.When{Real: talk.OpensAt, Plan: talk.OpensAt})
	require.NoError(b.t, err)
}

// The audit names a breach of each law that can be checked in a ledger. Law 13 cannot: it
// compares the preview with the engine.
func TestTheAuditNamesABreachOfEachLaw(t *testing.T) {
	t.Parallel()
	names := []string{"silent", "paused", "twice", "talked", "waited", "leapt", "acted", "granted", "asked", "inherited", "copied", "halved", "shown", "fair", "moved"}
	var tasks []plan.Task
	for _, name := range names {
		tasks = append(tasks, task(name, calendar.NewDay(2021, 6, 30)))
	}
	tasks = append(tasks, plan.Task{ID: "monthly", Title: "公开水质", Kind: plan.Duty, Lead: "shuiwu", Policy: "standard", Recur: &plan.Recurrence{Every: "month"}})
	b := newBench(t, day(2021, 4, 8), tasks...)
	ack, due := act.Act{Kind: act.Acknowledge}, func(y int, m time.Month, d int) act.Act { return act.Act{Due: calendar.NewDay(y, m, d)} }
	of := func(k act.Kind, a act.Act) act.Act { a.Kind = k; return a }
	for _, name := range names {
		if name != "silent" && name != "fair" && name != "moved" {
			b.acts(name, "2021-04-09 08:00", ack, nil)
		}
	}
	b.acts("silent", "2021-04-09 08:00", ack, func(a *ledger.Acted) { // falsified: the case says that all stages were said
		for c := b.rules().Course(a.Facts); c.Next != nil; a.Facts = c.Case {
			c, _ = b.rules().Decide(c)
		}
	})
	b.acts("paused", "2021-06-20 10:00", act.Act{Kind: act.Suspend}, nil)
	b.says("paused", "2021-06-23 09:00", "remind-7", plan.Remind, "", people.Liaison)
	b.says("twice", "2021-06-23 09:00", "remind-7", plan.Remind, "", people.Liaison)
	_, _, err := ledgertest.Decide(t.Context(), b.store, ledger.Decision{Plan: "p", Task: "twice", Revision: 2,
		Stage: plan.Stage{ID: "remind-7", Kind: plan.Remind, At: b.at("2021-06-23 09:00").Plan}}, b.at("2021-06-23 09:00"))
	require.NoError(t, err)
	b.begins(*b.says("talked", "2021-07-14 09:00", "talk", plan.Talk, "", people.Head))
	b.acts("talked", "2021-07-20 10:00", of(act.Correct, due(2021, 12, 31)), nil) // and the talk is not told of it
	b.acts("waited", "2021-06-29 10:00", act.Act{Kind: act.Complete}, nil)
	b.acts("waited", "2021-07-12 10:00", act.Act{Kind: act.Reject}, nil)
	b.says("waited", "2021-07-13 09:00", "urge", plan.Urge, "", people.Liaison)
	b.says("waited", "2021-07-14 09:00", "warn", plan.Warn, "", people.Head)
	b.says("leapt", "2021-07-07 09:00", "warn", plan.Warn, "", people.Head)
	b.acts("acted", "2021-05-10 10:00", act.Act{Kind: act.Progress, Percent: 10}, nil)
	b.says("acted", "2021-05-11 09:00", "silent-2021-04-09", plan.Urge, act.TopicSilent, people.Liaison)
	b.acts("granted", "2021-06-01 10:00", of(act.Extend, due(2021, 12, 31)), nil)
	b.acts("granted", "2021-06-02 10:00", of(act.Grant, due(2021, 12, 31)), func(a *ledger.Acted) { a.Told[0].New = calendar.NewDay(2021, 11, 30) })
	b.acts("asked", "2021-06-01 10:00", of(act.Extend, due(2021, 12, 31)), nil)
	b.acts("asked", "2021-06-02 10:00", act.Act{Kind: act.Reassign, Unit: "zezhou"}, func(a *ledger.Acted) { a.Told = nil })
	b.acts("inherited", "2021-07-20 10:00", act.Act{Kind: act.Reassign, Unit: "zezhou"}, func(a *ledger.Acted) { a.Facts.Misses = nil })
	b.acts("shown", "2021-06-29 10:00", act.Act{Kind: act.Complete}, func(a *ledger.Acted) { a.Facts.Report, a.Facts.State = nil, act.Open })
	seats := []people.Recipient{{Unit: "zezhou", Role: people.Liaison}, {Unit: "zezhou", Role: people.Deputy}}
	gathers := func(digests []ledger.Digest, at string) {
		for _, d := range digests {
			_, err := b.store.Gather(t.Context(), d.Key, b.at(at), func(string, []ledger.Item) bool { return true })
			require.NoError(t, err)
		}
	}
	// When the stage is said, the two seats have two persons; on an earlier day they had one.
	sat, err := b.store.SetContact(t.Context(), seats[1], people.Contact{Name: "副县长", Email: "another@zezhou.example"}, "test", b.at("2021-06-22 09:00"))
	require.NoError(t, err)
	digests, _ := b.decide("copied", plan.Stage{ID: "remind-7", Kind: plan.Told, At: b.at("2021-06-23 09:00").Plan, To: seats}, b.at("2021-06-23 09:00"), "post")
	gathers(digests, "2021-06-23 09:00")
	digests = nil
	for i, id := range []string{"remind-7", "due"} {
		some, _ := b.decide("halved", plan.Stage{ID: id, Kind: plan.Remind, At: b.at("2021-08-23 09:00").Plan, To: seats[i : i+1]}, b.at("2021-08-23 08:00"), "post")
		digests = append(digests, some...)
	}
	gathers(digests, "2021-08-23 09:00")
	_, err = b.store.SetContact(t.Context(), seats[1], sat, "test", b.at("2021-06-22 10:00"))
	require.NoError(t, err)
	for _, id := range []string{"monthly.1", "monthly.2"} {
		o := ledger.TaskOf(b.plan, task(id, calendar.NewDay(2021, 6, 30)), b.at("2021-06-01 09:00").Plan)
		o.Duty = "monthly"
		_, err := b.store.OpenTask(t.Context(), o, b.at("2021-06-01 09:00"))
		require.NoError(t, err)
	}
	// What the engine itself would have said and done is no breach.
	b.lives("fair", "2021-09-01 09:00")
	b.acts("moved", "2021-04-09 08:00", ack, nil)
	b.lives("moved", "2021-07-20 10:00")
	b.acts("moved", "2021-07-20 10:00", act.Act{Kind: act.Reassign, Unit: "zezhou"}, nil)
	b.lives("moved", "2021-09-01 09:00")

	alarm, mails := b.audited(b.at("2021-09-01 09:30").Plan)
	var said struct {
		Laws []audit.Broken `json:"laws"`
	}
	require.NoError(t, json.Unmarshal([]byte(alarm), &said))
	found := map[string][]int{}
	for _, l := range said.Laws {
		found[l.Thing] = append(found[l.Thing], l.Law)
	}
	unwrapped := strings.Join(strings.Fields(mails[0]), "")
	for thing, law := range map[string]int{"silent": 0, "paused": 1, "twice": 2, "talked#1": 3, "waited": 4, "leapt": 5, "acted": 6, "granted": 7, "asked": 8,
		"inherited": 9, "copied": 10, "halved": 10, "monthly": 11, "shown": 12} {
		require.Contains(t, found[thing], law, "%s: %v", thing, said.Laws)
		require.Contains(t, unwrapped, words.New("zh").T(fmt.Sprintf("law.law_%d", law)), thing)
	}
	require.Empty(t, found["fair"])
	require.Empty(t, found["moved"])
	// The office was told of each breach once; audit.Breaches names it as long as it is in the
	// ledger.
	all, err := audit.Breaches(t.Context(), b.store, "p", func() time.Time { return b.at("2021-09-01 09:30").Plan }, nil)
	require.NoError(t, err)
	copied := func(all []audit.Broken) (things []string) {
		for _, l := range all {
			require.True(t, l.Told || l.Of == "", l)
			if l.Law == 10 {
				things = append(things, l.Thing)
			}
		}
		return things
	}
	require.ElementsMatch(t, []string{"copied", "halved"}, copied(all))
	// Messages of more than a week before the last audit are not compared with each other again.
	for day, things := range map[string][]string{"2021-08-24": {"copied", "halved"}, "2021-08-31": {"copied"}} {
		some, err := audit.BreachesSince(t.Context(), b.store, "p", b.at(day+" 10:00").Plan, func() time.Time { return b.at("2021-09-01 09:30").Plan }, nil)
		require.NoError(t, err)
		require.ElementsMatch(t, things, copied(some))
		require.Len(t, some, len(all)-2+len(things))
	}
}

// An occurrence that an act on a duty opens at once begins with the act, not on the day on
// which the new recurrence would have opened it: no stage before the act is missing.
func TestAnOccurrenceThatAnActOpensBeginsWithTheAct(t *testing.T) {
	t.Parallel()
	b := newBench(t, day(2021, 4, 8), plan.Task{ID: "d", Title: "公开水质", Kind: plan.Duty, Lead: "shuiwu", Policy: "standard",
		Recur: &plan.Recurrence{Every: "quarter", From: calendar.NewDay(2021, 4, 8)}})
	acts := &activities.Activities{Ledger: b.store}
	next := func() plan.Occurrence {
		n, err := acts.NextOccurrence(t.Context(), wire.LookInput{Plan: "p", Thing: "d"})
		require.NoError(t, err)
		return n.Occurrence
	}
	require.Equal(t, "d.2021Q2", next().Task)
	b.acts("d", "2021-04-20 10:30", act.Act{Kind: act.SetRule, Rule: "month"}, nil)
	require.Equal(t, "d.2021-04", next().Task)
	require.Equal(t, b.at("2021-04-20 10:30").Plan.UTC(), next().Opens)
}
