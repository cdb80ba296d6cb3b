package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/ledger"
)

// Whose a task or a talk is not learns nothing of it: the shell does not complete
// it, and an act on it is refused as none of theirs, and recorded so, whatever
// else it lacks.
func TestWhatIsNobodyElsesIsHidden(t *testing.T) {
	t.Parallel()
	f := peopled(t)
	f.types(1, 9, "talk propose over -m 进度严重滞后 --as office.zhao")
	talks := func(as string) string { return f.say("__complete", "talk", "show", "--as", as, "") }
	require.Contains(t, talks("office.zhao"), "over#1")
	require.NotContains(t, talks("shuiwu.wang"), "over#1", "a leader has yet to decide about it")
	f.types(1, 9, "talk approve over#1 -m 同意约谈 --as leader.liu")
	require.Contains(t, talks("shuiwu.wang"), "over#1")
	require.NotContains(t, talks("gaoping.li"), "over#1", "it assists in the task; the talk is not its own")

	for _, typed := range []string{"task part give late -m 资料", "task answer late -m 回复"} {
		require.Contains(t, f.types(1, 10, typed+" --as shuiwu.wang"), "不能查看或者办理", typed)
	}
	events, err := f.store.Events(t.Context(), ledger.EventFilter{Plan: "water", Task: "late"})
	require.NoError(t, err)
	var refused []string
	for _, e := range events {
		if e.Kind == ledger.ActRefused {
			refused = append(refused, e.Actor+" "+e.Key[strings.LastIndex(e.Key, "/")+1:])
		}
	}
	require.Equal(t, []string{"shuiwu.wang act.refused_not_yours", "shuiwu.wang act.refused_not_yours"}, refused)
}

// What the office does to a whole plan is refused in words too.
func TestActsOnAWholePlanHaveNames(t *testing.T) {
	t.Parallel()
	a := newDesk(t, at(6, 1, 10)).app
	for _, kind := range []act.Kind{"amend", "apply_policy"} {
		require.NotEqual(t, "act.kind_"+string(kind), a.w.T("act.kind_"+string(kind)))
	}
}
