package act_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
)

func TestWhatIsTooLongIsRefusedByItsName(t *testing.T) {
	t.Parallel()
	by := act.Actor{Account: "a", Name: "甲", Unit: "u"}
	long := strings.Repeat("督", 2001)
	for name, c := range map[string]struct {
		a    act.Act
		want string
	}{
		"fits":     {act.Act{Kind: act.Progress, By: by, Reason: long[:6000]}, ""},
		"reason":   {act.Act{Kind: act.Progress, By: by, Reason: long}, "act.refused_long reason 2000 2001"},
		"minutes":  {act.Act{Kind: act.Minutes, By: by, Reason: long}, ""},
		"title":    {act.Act{Kind: act.Reword, By: by, Title: long}, "act.refused_long title 500 2001"},
		"evidence": {act.Act{Kind: act.Complete, By: by, Evidence: make([]act.Evidence, 21)}, "act.refused_many file 20 21"},
		"address":  {act.Act{Kind: act.Complete, By: by, Evidence: []act.Evidence{{URL: "https://" + strings.Repeat("a", 500)}}}, "act.refused_long url 500 508"},
		"called":   {act.Act{Kind: act.Serve, By: by, Talk: &act.TalkFacts{Called: []string{long}}}, "act.refused_long called 200 2001"},
		"id":       {act.Act{Kind: act.Progress, By: by, ID: long}, "act.refused_long name 200 2001"},
		"engine":   {act.Act{Kind: act.Propose, By: act.EngineActor, Reason: long}, ""},
	} {
		got := ""
		if r := act.Lengths(c.a); r != nil {
			got = fmt.Sprint(r.Key, " ", r.Data["Field"], " ", r.Data["Most"], " ", r.Data["Has"])
		}
		require.Equal(t, c.want, got, name)
	}
}

// Everybody writes the most that is allowed, in the worst characters, until
// nothing more is taken: what travels stays far below Temporal's 2 MiB.
func TestTheGreatestCourseCanTravel(t *testing.T) {
	t.Parallel()
	b := newRules(t)
	worst := strings.Repeat("<", 2000) // six bytes each in JSON
	c := begin(b, "standard", calendar.NewDay(2021, 12, 31), moment(t, "2021-05-31 09:00"))
	on := calendar.NewDay(2021, 6, 1)
	do := func(kind act.Kind, unit string, i int) *act.Refusal {
		a := act.Act{ID: fmt.Sprintf("%s-%d", kind, i), Kind: kind, By: act.Actor{Account: unit, Name: unit, Unit: unit}, At: on.At(10, 0, calendar.Beijing), On: on,
			Reason: worst, Due: calendar.NewDay(2022, 2, 1), Unit: "shuiwu", Ref: fmt.Sprint(i)}
		next, _, refused := b.Act(c, a)
		if refused == nil {
			c = next
		}
		return refused
	}
	require.Nil(t, do(act.Extend, "gaoping", 0), "an extension waits")
	refusals := map[string]bool{}
	for i := 1; i <= 200; i++ {
		for _, r := range []*act.Refusal{do(act.AskPart, "gaoping", i), do(act.Instruct, "group", i)} {
			if r != nil {
				refusals[r.Key] = true
			}
		}
	}
	require.Contains(t, refusals, "act.refused_full")
	require.Nil(t, do(act.Return, "gaoping", 0))
	require.Nil(t, do(act.Complete, "gaoping", 0))
	raw, err := json.Marshal(c)
	require.NoError(t, err)
	t.Logf("the greatest course: %d KiB", len(raw)>>10)
	require.Less(t, len(raw), 3<<19, "1.5 MiB")
	raw, err = json.Marshal(c.Keys())
	require.NoError(t, err)
	t.Logf("as a workflow carries it: %d KiB", len(raw)>>10)
	require.Less(t, len(raw), 1<<15, "32 KiB")
}

// The engine's IDs have a form of their own, so that no person's act can have the ID under which
// an act of the engine is looked for.
func TestPeopleCannotTakeTheEnginesIDs(t *testing.T) {
	t.Parallel()
	unit, clerk := act.Actor{Account: "gaoping", Name: "甲", Unit: "gaoping"}, act.Actor{Account: "wang", Name: "王", Unit: "duban"}
	for id, want := range map[string]string{
		"amend-1-correct": "", "calendar-2026-v2": "", "resume-2": "", "policy-v2-a1": "", "a": "", "2021.A_b-9": "", // IDs that people may choose
		act.AmendID(1, act.Correct): "act.refused_id_engine", act.ResumeID(2): "act.refused_id_engine", act.PolicyID(2, 1): "act.refused_id_engine",
		act.RuleID("r/u"): "act.refused_id_engine", "engine:": "act.refused_id_engine", "engine:x": "act.refused_id_engine", "engine:amend-1-acknowledge": "act.refused_id_engine",
		"": "act.refused_id", "-a": "act.refused_id", "a/b": "act.refused_id", "a b": "act.refused_id", "a:b": "act.refused_id", "签收": "act.refused_id",
		"a\n": "act.refused_id", "ENGINE:resume-2": "act.refused_id", strings.Repeat("a", 101): "act.refused_id", "\x1b[2J": "act.refused_id",
	} {
		for _, k := range []act.Kind{act.Acknowledge, act.Resume} {
			got := ""
			if r := act.Named(act.Act{ID: id, Kind: k, By: unit}); r != nil {
				got = r.Key
				require.NotContains(t, r.Data["ID"], "\x1b")
			}
			require.Equal(t, want, got, "%q %s", id, k)
		}
	}
	for _, a := range []act.Act{
		{ID: act.ResumeID(2), Kind: act.Resume, By: act.EngineActor}, {ID: act.RuleID("r/u"), Kind: act.Propose, By: act.EngineActor},
		{ID: act.AmendID(1, act.Correct), Kind: act.Correct, By: clerk}, {ID: act.AmendID(3, act.Cancel), Kind: act.Cancel, By: clerk},
		{ID: act.AmendID(3, act.EndDuty), Kind: act.EndDuty, By: clerk}, {ID: act.PolicyID(2, 7), Kind: act.SetPolicy, By: clerk},
	} {
		require.Nil(t, act.Named(a), a.ID)
	}
	require.NotNil(t, act.Named(act.Act{ID: act.AmendID(1, act.Correct), Kind: act.Reassign, By: clerk}), "it says another act than it is")
}

// A person's act may be called resume-2 in a pause: the pause ends by itself all the same, by an
// act with an ID of the engine's.
func TestAPauseEndsThoughItsNumberIsTaken(t *testing.T) {
	t.Parallel()
	b := newRules(t)
	c := begin(b, "standard", calendar.NewDay(2021, 12, 31), moment(t, "2021-05-31 09:00"))
	acts := []act.Act{
		{ID: "s", Kind: act.Suspend, By: clerkOf, Until: calendar.NewDay(2021, 6, 10), Reason: "x"},
		{ID: "resume-1", Kind: act.Acknowledge, By: unitOf},
		{ID: "resume-2", Kind: act.Progress, By: unitOf, Reason: "x"},
	}
	for i := range acts {
		acts[i].At, acts[i].On = moment(t, "2021-06-01 10:00").Add(time.Duration(i)*time.Minute), calendar.NewDay(2021, 6, 1)
	}
	_, after, refused := b.Play(c, acts, moment(t, "2021-06-12 00:00"))
	require.Empty(t, refused)
	require.Equal(t, act.Open, after.State)
	require.Equal(t, []string{"s", "resume-1", "resume-2", "engine:resume-3"}, after.Known)
}

// TestNoPolicyTakesTheEnginesNames: no stage of a policy may have an ID that the engine gives to
// its own stages, about anything owed, talks and acts in any order.
func TestNoPolicyTakesTheEnginesNames(t *testing.T) {
	t.Parallel()
	b := newRules(t)
	ofPolicy := map[string]bool{}
	for _, p := range b.Policies {
		for _, s := range p.Stages {
			ofPolicy[s.ID] = true
			require.False(t, plan.OwnStage(s.ID), s.ID)
		}
	}
	own := map[string]bool{}
	for seed := uint64(1); seed <= 300; seed++ {
		_, p := invent(b, seed)
		for _, s := range p.said {
			if !ofPolicy[s.ID] {
				own[strings.TrimRight(s.ID, ".0123456789")] = true
				require.True(t, plan.OwnStage(s.ID), s.ID)
			}
		}
	}
	require.Greater(t, len(own), 30, "stages of many kinds are made")
}

// TestEvidenceIsAFileOrAnAddressOnTheWeb: the same for every act that has evidence, on a task or
// on a talk.
func TestEvidenceIsAFileOrAnAddressOnTheWeb(t *testing.T) {
	t.Parallel()
	office := act.Actor{Account: "zhao", Name: "赵某", Unit: "office"}
	talk := act.TalkCase{What: plan.ProposeTalk, State: act.TalkOpen, Lead: "u", Office: "office", Leadership: "l"}
	task := act.Case{Kind: plan.Dated, State: act.Reported, Lead: "u", Office: "office", Leadership: "l"}
	for _, wrong := range []act.Evidence{{URL: "javascript:alert(1)"}, {URL: "file:///etc/passwd"}, {URL: "ftp://a.cn/1"}, {URL: "https:///x"}, {URL: "公告栏"}, {URL: "http://a.cn", SHA256: "0"}, {Name: "x"}} {
		for _, kind := range []act.Kind{act.Minutes, act.VerifyTalk, act.Held} {
			r := talk.Check(act.Act{ID: "1", Kind: kind, By: office, Reason: "说明", Evidence: []act.Evidence{wrong}})
			require.NotNil(t, r)
			require.Equal(t, "act.refused_evidence", r.Key, "%s %v", kind, wrong)
		}
		r := task.Check(act.Act{ID: "1", Kind: act.Verify, By: office, Reason: "说明", Evidence: []act.Evidence{wrong}})
		require.Equal(t, "act.refused_evidence", r.Key, "%v", wrong)
	}
}
