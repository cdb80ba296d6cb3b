package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/ledger"
)

// The same words on the same day are one act only while what they did still
// holds: after a rejection, a resumption or another request they do it anew.
func TestTheSameWordsDoItAgainWhenItIsUndone(t *testing.T) {
	t.Parallel()
	f := peopled(t)
	state := func() act.State {
		task, err := f.store.Task(t.Context(), "water", "over")
		require.NoError(t, err)
		return ledger.CaseOf(task).State
	}
	complete, reject := "task complete over -m 已投运 --as shuiwu.wang", "task reject over -m 缺意见 --as office.zhao"
	for range 3 {
		require.Contains(t, f.types(1, 9, complete), "已办：")
		require.Equal(t, act.Reported, state())
		require.Contains(t, f.types(1, 9, complete), "今天已经办过")
		require.Contains(t, f.types(1, 10, reject), "已办：")
		require.Equal(t, act.Open, state())
		require.Contains(t, f.types(1, 10, reject), "今天已经办过")
	}
	suspend, resume := "task suspend over -m 停工 --as office.zhao", "task resume over -m 复工 --as office.zhao"
	for range 2 {
		require.Contains(t, f.types(2, 9, suspend), "已办：")
		require.Contains(t, f.types(2, 9, suspend), "今天已经办过")
		require.Contains(t, f.types(2, 10, resume), "已办：")
		require.Equal(t, act.Open, state())
	}
	for _, due := range []string{"2021-06-25", "2021-06-26"} {
		require.Contains(t, f.types(3, 9, "task extend over --due "+due+" -m 设备晚到 --as shuiwu.wang"), "已办：")
		require.Contains(t, f.types(3, 10, "task refuse over -m 理由不足 --as office.zhao"), "已办：", due)
		require.Contains(t, f.types(3, 10, "task refuse over -m 理由不足 --as office.zhao"), "今天已经办过")
	}
	require.Contains(t, f.types(4, 9, complete), "已办：")
	verify := "task verify over -m 合格 --as office.zhao"
	require.Contains(t, f.types(4, 9, verify), "已办：")
	require.Contains(t, f.types(4, 9, verify), "今天已经办过")
	require.Contains(t, f.types(4, 9, complete), "今天已经办过", "what led to the end is not tried again")
}

// Who may not do an act is told so before what else it lacks.
func TestWhoMayNotIsToldFirst(t *testing.T) {
	t.Parallel()
	f := peopled(t)
	require.Contains(t, f.types(1, 9, "task grant over --as gaoping.li"), "只能由")
	require.Contains(t, f.types(1, 9, "task grant over --as office.zhao"), "--reason")
	require.Contains(t, f.types(1, 9, "talk propose over --as shuiwu.wang"), "只能由")
	require.Contains(t, f.types(1, 9, "talk propose over --as office.zhao"), "--reason")
	events, err := f.store.Events(t.Context(), ledger.EventFilter{Plan: "water"})
	require.NoError(t, err)
	var refused []string
	for _, e := range events {
		if e.Kind == ledger.ActRefused {
			refused = append(refused, e.Actor+" "+e.Key[strings.LastIndex(e.Key, "/")+1:])
		}
	}
	require.Equal(t, []string{"gaoping.li act.refused_seat", "shuiwu.wang act.refused_seat"}, refused)
}

// A unit sees its own tasks, not everybody's.
func TestAUnitDoesNotSeeTheWholeLedger(t *testing.T) {
	t.Parallel()
	f := peopled(t)
	for _, typed := range []string{"plan status", "plan status water", "ledger show", "ledger show --task late", "ledger export -o json"} {
		require.Equal(t, "× 办公室和领导小组的账号才能查看全部台账；本单位的任务请用 task list。\n", f.types(1, 9, typed+" --as shuiwu.wang"), typed)
		for _, may := range []string{"", " --as office.zhao", " --as leader.liu"} {
			f.as = ""
			require.NotContains(t, f.types(1, 9, typed+may), "×", typed+may)
		}
	}
	require.Contains(t, f.types(1, 9, "task list --as gaoping.li"), "配合")
}
