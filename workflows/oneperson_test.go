package workflows_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/audit"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/letter"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/wire"
)

// TestOnePersonGetsOneMessageAMorning: 王敏 has seats in three units and in two plans of two
// offices, which have tasks of the same ID; each unit writes the address in other upper and
// lower case letters. At nine o'clock one message has what concerns each seat, once; when the
// mail server dies in the middle of it, nothing is said twice.
func TestOnePersonGetsOneMessageAMorning(t *testing.T) {
	t.Parallel()
	start := day(2021, 5, 24).Add(7 * time.Hour)
	survey, dig := task("survey", calendar.NewDay(2021, 5, 31)), task("dig", calendar.NewDay(2021, 5, 31))
	dig.Title, dig.Lead = "开挖", "zezhou"
	wang := func(units []people.Unit, seats ...string) {
		for i, u := range units {
			units[i].Contacts = slices.Clone(u.Contacts)
			for j, c := range u.Contacts {
				if k := slices.Index(seats, u.ID+"/"+string(c.Role)); k >= 0 {
					units[i].Contacts[j].Name = "王敏"
					units[i].Contacts[j].Email = []string{"wang@jincheng.example", "Wang@Jincheng.example", "WANG@JINCHENG.EXAMPLE"}[k%3]
				}
			}
		}
	}
	b := newBenchBy(t, start, func(p *plan.Plan) { wang(p.Directory.Units, "shuiwu/liaison", "zezhou/liaison", "zezhou/deputy") }, survey, dig)
	boiler := plan.Task{ID: dig.ID, Title: "关停燃煤锅炉", Kind: plan.Dated, Lead: "huanbao", Due: calendar.NewDay(2021, 5, 31), Policy: "standard"}
	air := plan.Plan{ID: "air", Title: "治气计划", Issued: calendar.DayOf(start), Year: 2021, Tasks: []plan.Task{boiler}, Policies: b.plan.Policies, Hash: "air",
		Directory: people.Directory{Office: "airoffice", Leadership: "lingdao", Units: []people.Unit{unit("huanbao", "市环保局"), unit("airoffice", "大气办"), unit("lingdao", "领导小组")}}}
	wang(air.Directory.Units, "x", "huanbao/liaison", "huanbao/deputy")
	_, err := b.store.AddPlan(t.Context(), ledger.Launched{Plan: air, At: start}, b.given(&air, ledger.TaskOf(&air, boiler, start)), ledger.When{Real: start, Plan: start})
	require.NoError(t, err)

	when := ledger.When{Real: start, Plan: start}
	first := b.ladder(survey, start)[0]
	digests, _ := b.decide("survey", first, when, "post")
	second := first
	second.To = []people.Recipient{{Unit: "zezhou", Role: people.Liaison}, {Unit: "zezhou", Role: people.Deputy}} // decided while they were two persons
	more, _ := b.decide("dig", second, when, "post")
	third := first
	third.To = []people.Recipient{{Unit: "huanbao", Role: people.Liaison}, {Unit: "huanbao", Role: people.Deputy}}
	others, _, err := ledgertest.Decide(t.Context(), b.store, ledger.Decision{Plan: "air", Task: boiler.ID, Revision: 1, Stage: third, Channels: channels(third, "post")}, when)
	require.NoError(t, err)
	require.NotEqual(t, others[0].Morning, digests[0].Morning)
	require.Len(t, more, 2)

	var mu sync.Mutex
	var mails []letter.Letter
	box := newTray(99)
	dying := &line{tray: box, before: func(context.Context, letter.Letter) error { return errors.New("the server died") }}
	well := &line{tray: box, after: func(_ context.Context, m letter.Letter) error {
		mu.Lock()
		defer mu.Unlock()
		mails = append(mails, m)
		return nil
	}}
	b.SetStartTime(first.At)
	for _, morning := range []string{digests[0].Morning, others[0].Morning} {
		in := wire.MorningInput{Morning: morning, At: first.At}
		_, err := b.once(dying, wire.DeliverMorningName, in)
		require.NoError(t, err)
	}
	for _, d := range append(append(digests, more...), others...) { // each seat's digest is tried again, as its own workflow does
		result, err := b.once(well, wire.DeliverName, wire.SpeakInput{Digest: d.Key})
		require.NoError(t, err)
		require.Zero(t, result.Left)
	}
	mails = slices.DeleteFunc(mails, func(m letter.Letter) bool { return !strings.EqualFold(m.To.Email, "wang@jincheng.example") })
	require.Len(t, mails, 1)
	m := mails[0]
	for _, once := range []string{"任务survey", "开挖", "关停燃煤锅炉"} {
		require.Equal(t, 1, strings.Count(m.Text, once), "%s in\n%s", once, m.Text)
		require.Contains(t, m.HTML, once)
	}
	require.Contains(t, m.Subject, "同函另有2件")
	for _, part := range []string{"王敏（市水务局联络员）：", "王敏（泽州县政府联络员）：", "王敏（市环保局联络员）：", "《示范计划》", "《治气计划》", "协调办", "大气办"} {
		require.Contains(t, m.Text, part)
	}
	for _, planID := range []string{"p", "air"} {
		stuck, err := b.store.Stuck(t.Context(), planID, first.At.Add(time.Hour))
		require.NoError(t, err)
		require.Empty(t, stuck)
		breaches, err := audit.Breaches(t.Context(), b.store, planID, func() time.Time { return first.At.Add(time.Minute) }, nil)
		require.NoError(t, err)
		for _, br := range breaches {
			require.NotEqual(t, 10, br.Law, "%+v", br)
		}
	}
}
