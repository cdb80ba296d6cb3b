// Package acttest adds one act to the table, as whoever adds one for good would: its row,
// its effect and its words. Tests show with it that there is no other place.
package acttest

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/words"
)

// Inspect is the act 现场督查: the office looks at the place of a task, and asks its unit
// to answer by a day what it found there.
const Inspect act.Kind = "inspect"

// Row is its row.
var Row = act.Row{
	On: act.OnTask, Kind: Inspect, Command: "inspect", By: []act.Seat{act.Office}, From: []act.State{act.Open, act.Reported},
	Must: []act.Field{act.FieldPlace, act.FieldDue, act.FieldReason}, May: []act.Field{act.FieldPaper, act.FieldFile}, Longest: 3000, Restarts: true,
	News: act.News{To: []act.Ear{act.HearsLiaison, act.HearsHead}, Words: "opinion", Limit: "answer", Rank: act.RankDemand, Grave: true},
}

var effect = act.Effect{
	Check: func(c act.Case, a act.Act) *act.Refusal {
		if a.Due.After(a.On) {
			return nil
		}
		return &act.Refusal{Key: "act.refused_part_date", Data: map[string]string{"Due": a.Due.String()}}
	},
	Apply: func(c *act.Case, a act.Act) { c.Heard = a.On },
}

var texts = map[string]map[string]string{
	"zh": {
		"act.kind_inspect": "现场督查", "cli.act_inspect": "记录现场督查", "matter.name_told_inspect": "现场督查", "matter.fact_told_inspect": "{{.By}}进行了现场督查",
		"matter.ask_lead_told_inspect": "请于{{.By}}前书面回复。", "portal.field_due_inspect": "请于何日前回复现场督查",
	},
	"en": {
		"act.kind_inspect": "inspect the place", "cli.act_inspect": "Record an inspection", "matter.name_told_inspect": "Inspection", "matter.fact_told_inspect": "{{.By}} inspected the place",
		"matter.ask_lead_told_inspect": "Please answer in writing by {{.By}}.", "portal.field_due_inspect": "Inspection to be answered by",
	},
}

// Add adds the act until the test ends. The test and no other runs meanwhile: it is not
// parallel.
func Add(t *testing.T) {
	t.Helper()
	t.Setenv("DUBAN_ACTTEST", "") // a test that is parallel panics here
	all := act.All
	t.Cleanup(func() {
		act.All = all
		delete(act.Effects, Inspect)
	})
	act.All = append(slices.Clone(all), Row)
	act.Effects[Inspect] = effect
	for lang, said := range texts {
		require.NoError(t, words.Extend(lang, said))
	}
}
