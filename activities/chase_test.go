package activities_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/assessment"
	"duban/internal/calendar"
	"duban/internal/complaint"
	"duban/internal/docket"
	"duban/internal/incident"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/wire"
	"duban/internal/words"
)

// announced are the keys of digests with a name that begins so, by their instants.
func (y *year) announced(name string) (keys []string) {
	for key := range y.alone {
		if strings.Contains(key, "|"+name) {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b string) int {
		if c := y.alone[a].Compare(y.alone[b]); c != 0 {
			return c
		}
		return strings.Compare(a, b)
	})
	return keys
}

// speaks has a digest spoken at its instant, or now when that is over, and gives its letter; ""
// where nothing is said.
func (y *year) speaks(key string) string {
	y.t.Helper()
	if at := y.alone[key]; at.After(y.now) {
		y.now = at
	}
	before := len(y.letters)
	result, err := y.acts.Speak(y.ctx, wire.SpeakInput{Digest: key})
	require.NoError(y.t, err)
	require.Zero(y.t, result.Left, result.Why)
	delete(y.alone, key)
	if len(y.letters) == before {
		return ""
	}
	require.Len(y.t, y.letters, before+1)
	l := y.letters[before]
	return l.To.Email + " " + l.Subject + "\n" + l.Text
}

// A unit that has not objected to a sheet is reminded before the time ends; what it objects after the
// reminder was announced takes it back, and no message waits.
func TestAUnitIsRemindedToObject(t *testing.T) {
	t.Parallel()
	y := newYearOf(t, "zh", func(p *plan.Plan) { p.Assessment = &assessment.Table{Objection: 5} })
	sent := y.cal.OnOrAfter(y.plan.Issued.AddDays(3))
	until := y.cal.AddWorkdays(sent, 5)
	var units []string
	for _, u := range y.plan.Directory.Units {
		if _, there := y.plan.Directory.Contact(people.Recipient{Unit: u.ID, Role: people.Liaison}); there && u.ID != y.plan.Directory.Office {
			units = append(units, u.ID)
		}
	}
	units = units[:2]
	on := func(d calendar.Day) { y.now = d.At(9, 30, calendar.Beijing).UTC() }
	after := act.Assessing{Period: "2021H1", Units: units, State: act.SheetSent, SentOn: sent, Until: until, Hash: "ab"}
	assess := func(version int, k act.Kind) {
		a := act.Act{ID: fmt.Sprint("a", version), Kind: k, By: act.Actor{Account: "duban", Name: "督办员", Unit: y.plan.Directory.Office}, At: y.now, On: calendar.DayOf(y.now.In(calendar.Beijing)), Assess: &act.AssessFacts{Period: "2021H1"}}
		require.NoError(t, y.store.Assess(y.ctx, ledger.Assessing{Plan: y.plan.ID, Act: a, Version: version, After: after, Sheet: "{}"}, ledger.When{Real: y.now, Plan: y.now}))
	}
	on(sent)
	assess(0, act.SendSheet)
	audits := func(d calendar.Day) []string {
		on(d)
		_, err := y.acts.Audit(y.ctx, wire.AuditInput{Plan: y.plan.ID, At: y.now, Last: y.now, Before: y.now.Add(-24 * time.Hour)})
		require.NoError(t, err)
		return y.announced("assessment-remind")
	}
	require.Empty(t, audits(y.cal.AddWorkdays(until, -3)))
	for _, key := range y.announced("assessment-sent") {
		require.Contains(t, y.speaks(key), "考核初评表请核对")
	}
	told := audits(y.cal.AddWorkdays(until, -2))
	require.Len(t, told, 2)
	after.Objections = []act.Objection{{ID: "1", Unit: units[0], On: y.cal.AddWorkdays(until, -2), Words: "有误"}}
	assess(1, act.Object)
	said := ""
	for _, key := range told {
		said += y.speaks(key)
		require.Equal(t, y.cal.AddWorkdays(until, -1), calendar.DayOf(y.now.In(calendar.Beijing)))
	}
	require.Equal(t, 1, strings.Count(said, "【考核】2021年上半年考核初评表异议期限"), said)
	require.Empty(t, audits(y.cal.AddWorkdays(until, -1)), "once")
	left, err := y.store.Unspoken(y.ctx, y.plan.ID)
	require.NoError(t, err)
	left = slices.DeleteFunc(left, func(d ledger.Digest) bool { return !docket.RemindsOfAssessment(d.Key) })
	require.Empty(t, left)
}

// Complaints that the office has not sorted are told to it on the day of the limit, and to it and
// the leadership on the working day after. What was done before the message goes is not in it,
// and when nothing is left, no message goes and none waits.
func TestComplaintsThatTheOfficeLeavesAreChased(t *testing.T) {
	t.Parallel()
	y := newYearOf(t, "zh", func(p *plan.Plan) {
		p.Complaints = &complaint.Rules{Title: "规则", Sort: 1, Call: 2, Window: 30, Matters: []string{"污水直排"}, Limits: []complaint.Limit{{ID: "ordinary", Title: "一般", Workdays: 5, Policy: p.Policy}}}
	})
	day := y.cal.OnOrAfter(y.plan.Issued.AddDays(1))
	on := func(d calendar.Day, hour, minute int) { y.now = d.At(hour, minute, calendar.Beijing).UTC() }
	by := act.Actor{Account: "duban", Name: "督办员", Unit: y.plan.Directory.Office}
	on(day, 11, 0)
	when := func() ledger.When { return ledger.When{Real: y.now, Plan: y.now} }
	for n := range 2 {
		a := act.Act{ID: fmt.Sprint("t", n), Kind: act.TakeIn, By: by, At: y.now, On: day, Title: fmt.Sprint("夜间排污", n+1), Reason: "河水发黑", Complaint: &act.ComplaintFacts{Matter: "污水直排", Where: "桥下"}}
		_, err := y.store.TakeIn(y.ctx, []ledger.Complaining{{Plan: y.plan.ID, Act: a, After: act.Complaint{}.After(a, time.Time{}, calendar.Day{}), Caller: complaint.Caller{Name: "赵铁柱"}}}, when())
		require.NoError(t, err)
	}
	closes := func(number int) {
		c, err := y.store.Complaint(y.ctx, y.plan.ID, number)
		require.NoError(t, err)
		a := act.Act{ID: fmt.Sprint("c", number), Kind: act.CloseComplaint, By: by, At: y.now, On: calendar.DayOf(y.now.In(calendar.Beijing)), Reason: "重复"}
		require.NoError(t, y.store.Complain(y.ctx, ledger.Complaining{Plan: y.plan.ID, Act: a, Version: c.Version, After: c.After(a, time.Time{}, calendar.Day{})}, false, when()))
	}
	audits := func(d calendar.Day) []string {
		on(d, 9, 30)
		for range 2 {
			_, err := y.acts.Audit(y.ctx, wire.AuditInput{Plan: y.plan.ID, At: y.now, Last: y.now, Before: y.now.Add(-24 * time.Hour)})
			require.NoError(t, err)
		}
		return y.announced("complaints")
	}
	require.Empty(t, audits(day), "they are not due")
	due := y.cal.AddWorkdays(day, 1)
	told := audits(due)
	require.Len(t, told, 1, "the office alone")
	letter := y.speaks(told[0])
	require.Contains(t, letter, "【诉求办理】2件诉求到期待分办、待回访")
	require.Contains(t, letter, "夜间排污1")
	require.NotContains(t, letter, "已逾期")
	require.NotContains(t, letter, "赵铁柱")

	late := y.cal.AddWorkdays(due, 1)
	told = audits(late)
	require.Len(t, told, 2, "the office, and the leadership")
	slices.SortFunc(told, func(a, b string) int { // the office first
		return strings.Compare(fmt.Sprint(!strings.Contains(a, "|"+y.plan.Directory.Office+"/")), fmt.Sprint(!strings.Contains(b, "|"+y.plan.Directory.Office+"/")))
	})
	closes(1)
	first := y.speaks(told[0])
	require.NotContains(t, first, "夜间排污1", "it was closed before the message went")
	require.Contains(t, first, "夜间排污2")
	require.Contains(t, first, "已逾期")
	closes(2)
	require.Empty(t, y.speaks(told[1]), "nothing is left to tell of")
	left, err := y.store.Unspoken(y.ctx, y.plan.ID)
	require.NoError(t, err)
	for _, d := range left {
		require.NotEqual(t, told[1], d.Key, "nor does a message wait")
	}
	require.Empty(t, audits(y.cal.AddWorkdays(late, 1)))
	_, err = y.store.Verify(y.ctx)
	require.NoError(t, err)
}

// A report on an order to replenish is asked for when it is due, in the night too, reminded of
// once, and the office told; a report takes back what was still to be said, and the next one is
// asked for in its turn.
func TestReplenishmentIsChasedByTheHour(t *testing.T) {
	t.Parallel()
	y := newYearOf(t, "zh", func(p *plan.Plan) {
		p.Incidents = &incident.Registry{Replenish: &incident.Replenish{Unit: "shuiwu", Begin: 4, Report: 6, End: 2, Remind: 1, Escalate: 2, Policy: p.Policy}}
	})
	y.now = y.plan.Issued.AddDays(10).At(22, 0, calendar.Beijing).UTC()
	by := act.Actor{Account: "duban", Name: "督办员", Unit: y.plan.Directory.Office}
	i := act.Incident{Registry: y.plan.Incidents, Sections: y.plan.Water}
	notes := func(k act.Kind, ref string, facts act.IncidentFacts) {
		a := act.Act{ID: fmt.Sprint("n", len(i.Known)), Kind: k, By: by, At: y.now, On: calendar.DayOf(y.now.In(calendar.Beijing)), Title: "氨氮异常", Reason: "说明", Ref: ref, Incident: &facts}
		version := len(i.Known)
		i = i.After(a, "1")
		_, err := y.store.Handle(y.ctx, ledger.Handling{Plan: y.plan.ID, Act: a, Version: version, After: i}, ledger.When{Real: y.now, Plan: y.now})
		require.NoError(t, err)
		for range 2 {
			require.NoError(t, docket.Docket{Ledger: y.store, Starter: y, Now: y.acts.Now, Own: []string{y.Name()}}.Incidents(y.ctx, y.plan.ID, words.New("zh")))
		}
	}
	notes(act.OpenIncident, "", act.IncidentFacts{Section: y.plan.Water.Sections[0].ID, Source: "station", Time: y.now})
	require.Empty(t, y.announced("water-"))
	notes(act.OrderWater, "", act.IncidentFacts{Supply: "张峰水库", Flow: "3", Time: y.now, Ends: y.now.Add(48 * time.Hour), Orderer: "刘某"})
	begun := y.now
	calls := y.announced("water-")
	require.Len(t, calls, 3)
	for n, after := range []time.Duration{4, 5, 6} {
		require.Equal(t, begun.Add(after*time.Hour), y.alone[calls[n]].UTC(), "at two in the night and after: no quiet hours")
	}
	ask := y.speaks(calls[0])
	require.Contains(t, ask, "请即报送补水开始时间和流量")
	require.Contains(t, y.speaks(calls[1]), "第二次催报")
	y.now = y.now.Add(30 * time.Minute)
	notes(act.WaterBegun, "1", act.IncidentFacts{Time: y.now, Flow: "2"})
	require.Empty(t, y.speaks(calls[2]), "it was reported before the office was told")
	calls = y.announced("water-")
	require.Len(t, calls, 3, "the flow is asked for again in its turn")
	require.Contains(t, y.speaks(calls[0]), "补水流量")
	y.speaks(calls[1])
	told := y.speaks(calls[2])
	require.Contains(t, told, "逾时未报补水流量")
	notes(act.WaterEnded, "1", act.IncidentFacts{Time: y.now})
	require.Empty(t, y.announced("water-"), "nothing is owed any more")
	_, err := y.store.Verify(y.ctx)
	require.NoError(t, err)
}

// What was known late is not said in a heap: of the words whose instant is over the last one is.
func TestOfWordsThatAreOverTheLastIsSaid(t *testing.T) {
	t.Parallel()
	s := incident.Supply{Given: time.Unix(0, 0), From: time.Unix(0, 0), Until: time.Unix(0, 0).Add(48 * time.Hour)}
	var said []string
	for _, c := range s.Calls(incident.Replenish{Begin: 4, Escalate: 1, Remind: 3}) {
		said = append(said, fmt.Sprint(c.Rung, " ", c.At.Sub(s.Given)))
	}
	require.Equal(t, []string{"ask 4h0m0s", "escalate 5h0m0s", "remind 7h0m0s"}, said, "by their instants")
	s.Ended = time.Unix(1, 0)
	require.Empty(t, s.Calls(incident.Replenish{Begin: 4}))
}
