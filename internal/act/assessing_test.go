package act_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/assessment"
	"duban/internal/calendar"
)

var (
	assessClerk  = act.Actor{Account: "wang", Name: "王科长", Unit: "duban"}
	assessLeader = act.Actor{Account: "liu", Name: "刘副市长", Unit: "lingdao"}
	assessUnit   = act.Actor{Account: "li", Name: "李联络员", Unit: "shuiwu"}
)

// onAssessment is an act on day d of January 2022.
func onAssessment(k act.Kind, by act.Actor, d int, facts act.AssessFacts) act.Act {
	facts.Period = "2021"
	return act.Act{ID: fmt.Sprint(k, d), Kind: k, By: by, On: calendar.NewDay(2022, 1, d), Reason: "说明", Paper: "市办〔2022〕3号", Ref: "1", Unit: "shuiwu", Title: "某事", Assess: &facts}
}

func assessingNow() act.Assessing {
	return act.Assessing{Office: "duban", Leadership: "lingdao", Scored: []string{"shuiwu", "gaoping"}}
}

// after does acts that must be possible.
func after(t *testing.T, s act.Assessing, acts ...act.Act) act.Assessing {
	t.Helper()
	for _, a := range acts {
		require.Nil(t, s.Check(a), "%s", a.ID)
		s = s.After(a, act.Sheet{Units: []string{"shuiwu"}, AsOf: "2022-01-04", Hash: "h" + a.ID, Until: a.On.AddDays(7)})
	}
	return s
}

// Who may do what with an assessment, and when: what is refused says why.
func TestTheCourseOfAnAssessment(t *testing.T) {
	t.Parallel()
	none := act.AssessFacts{}
	s := assessingNow()
	sent := after(t, s, onAssessment(act.SendSheet, assessClerk, 5, none))
	objected := after(t, sent, onAssessment(act.Object, assessUnit, 12, none))
	settled := after(t, objected, onAssessment(act.Settle, assessLeader, 14, act.AssessFacts{Points: "1.5"}))
	issued := after(t, settled, onAssessment(act.IssueSheet, assessClerk, 20, none))
	example := s
	example.Example = true
	struck := s
	struck.Entries = []act.Entry{{ID: "1", Struck: &act.Decided{}}}
	bare := onAssessment(act.IssueSheet, assessClerk, 20, none)
	bare.Paper = ""
	for name, c := range map[string]struct {
		at   act.Assessing
		a    act.Act
		want string
	}{
		"a unit sends nothing":               {s, onAssessment(act.SendSheet, assessUnit, 5, none), "seat"},
		"the period must be over":            {s, act.Act{ID: "x", Kind: act.SendSheet, By: assessClerk, On: calendar.NewDay(2021, 12, 31), Assess: &act.AssessFacts{Period: "2021"}}, "period_goes_on"},
		"an example is never sent":           {example, onAssessment(act.SendSheet, assessClerk, 5, none), "example_rules"},
		"nothing to object to":               {s, onAssessment(act.Object, assessUnit, 6, none), "seat"},
		"too late to object":                 {sent, onAssessment(act.Object, assessUnit, 13, none), "object_late"},
		"one at a time":                      {objected, onAssessment(act.Object, assessUnit, 11, none), "object_pending"},
		"not of the sheet":                   {sent, onAssessment(act.Object, act.Actor{Account: "x", Name: "x", Unit: "gaoping"}, 6, none), "seat"},
		"no other sheet once one objected":   {objected, onAssessment(act.SendSheet, assessClerk, 13, none), "objected"},
		"nothing is issued over objections":  {objected, onAssessment(act.IssueSheet, assessClerk, 20, none), "objections_open"},
		"nor while units may object":         {sent, onAssessment(act.IssueSheet, assessClerk, 12, none), "object_until"},
		"nor without a paper":                {settled, bare, "needs"},
		"decided once":                       {settled, onAssessment(act.Settle, assessLeader, 15, none), "objection_decided"},
		"points are points":                  {objected, onAssessment(act.Settle, assessLeader, 15, act.AssessFacts{Points: "很多"}), "points"},
		"what is issued stays":               {issued, onAssessment(act.SendSheet, assessClerk, 25, none), "assess_state"},
		"a unit enters nothing":              {s, onAssessment(act.Enter, assessUnit, 5, act.AssessFacts{Fact: assessment.Favourable, Day: calendar.NewDay(2021, 6, 1)}), "seat"},
		"only what can be entered":           {s, onAssessment(act.Enter, assessClerk, 5, act.AssessFacts{Fact: assessment.Late, Day: calendar.NewDay(2021, 6, 1)}), "entered_fact"},
		"nothing that has not happened":      {s, onAssessment(act.Enter, assessClerk, 5, act.AssessFacts{Fact: assessment.Exposed, Day: calendar.NewDay(2022, 6, 1)}), "entered_ahead"},
		"what is not there cannot be struck": {s, onAssessment(act.Strike, assessClerk, 5, none), "no_entry"},
		"nor twice":                          {struck, onAssessment(act.Strike, assessClerk, 5, none), "struck"},
	} {
		refused := c.at.Check(c.a)
		require.NotNil(t, refused, name)
		require.Equal(t, "act.refused_"+c.want, refused.Key, name)
	}
	require.Nil(t, issued.Check(onAssessment(act.Object, assessUnit, 12, none)), "an act that is done is possible again, and changes nothing")
	require.Equal(t, "hissue_sheet20", issued.Issued.Hash)
	require.Equal(t, "1.5", issued.Adjustments()[0].Points.String())
	require.Len(t, sent.Objections, 0, "what comes after does not change what was")

	e := s.EntryAfter(onAssessment(act.Enter, assessClerk, 5, act.AssessFacts{Fact: assessment.Exposed, Day: calendar.NewDay(2021, 6, 1)}))
	f, counts := e.AsFact()
	require.True(t, counts)
	require.Equal(t, "exposed shuiwu 2021-06-01 1", fmt.Sprint(f.Kind, " ", f.Unit, " ", f.On, " ", f.ID))
	s.Entries = []act.Entry{e}
	_, counts = s.EntryAfter(onAssessment(act.Strike, assessClerk, 6, none)).AsFact()
	require.False(t, counts)
}

// Acts on an assessment in any order: a result is issued at most once, after the last day to
// object, with every objection decided, and nothing changes it afterwards.
func TestAnyCourseOfAnAssessment(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 12))
		s := assessingNow()
		day := 2
		var issued *act.IssuedSheet
		for range 40 {
			day += r.IntN(3)
			k := []act.Kind{act.SendSheet, act.Object, act.Settle, act.IssueSheet}[r.IntN(4)]
			a := onAssessment(k, []act.Actor{assessClerk, assessLeader, assessUnit}[r.IntN(3)], 1, act.AssessFacts{Points: []string{"", "2", "-0.5"}[r.IntN(3)]})
			a.On, a.Ref = calendar.NewDay(2022, 1, 1).AddDays(day), fmt.Sprint(r.IntN(3)+1)
			a.ID = fmt.Sprint(k, len(s.Known))
			if s.Check(a) != nil {
				continue
			}
			before := len(s.Objections)
			s = after(t, s, a)
			require.GreaterOrEqual(t, len(s.Objections), before)
			if s.Issued != nil && issued == nil {
				issued = s.Issued
				require.True(t, a.On.After(s.Until))
				for _, o := range s.Objections {
					require.NotNil(t, o.Decided)
				}
			}
			require.Equal(t, issued, s.Issued)
		}
	}
}
