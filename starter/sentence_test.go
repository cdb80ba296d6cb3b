package main

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"

	"duban/internal/calendar"
	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/settings"
	"duban/internal/terminal"
	"duban/internal/words"
)

func TestErrorsAreSentencesThatSayWhatToDo(t *testing.T) {
	t.Parallel()
	a := &app{w: words.New("zh"), cfg: settings.Config{TemporalAddress: "temporal:7233"}}
	for want, err := range map[string]error{
		"台账里没有“nosuch”；已启动的计划见 plan status": fmt.Errorf("plan nosuch: %w", ledger.ErrNotFound),
		"已中断；再执行一次即可继续。":                    fmt.Errorf("engine: describe task:x: %w", context.Canceled),
		"TEMPORAL_ADDRESS（temporal:7233）连不上：那里没有程序在听（连接被拒绝）。请核对地址，确认 Temporal 在运行，再执行一次。": &host.AwayError{Who: "temporal", At: "temporal:7233", Err: fmt.Errorf("failed reaching server: %w", serviceerror.NewUnavailable("refused"))},
		"出错：disk full": fmt.Errorf("disk full"),
	} {
		require.Equal(t, want, a.sentence(err))
	}
}

func TestALongListOfNamesIsCutShort(t *testing.T) {
	t.Parallel()
	require.Equal(t, "a b", terminal.Some([]string{"a", "b"}, 2))
	require.Equal(t, "a b …", terminal.Some([]string{"a", "b", "c"}, 2))
}

func TestOverdueCountsDatedTasksPastTheirDay(t *testing.T) {
	t.Parallel()
	p := &plan.Plan{Tasks: []plan.Task{
		{ID: "past", Kind: plan.Dated, Due: calendar.NewDay(2021, time.April, 30)},
		{ID: "today", Kind: plan.Dated, Due: calendar.NewDay(2021, time.May, 1)},
		{ID: "standing", Kind: plan.Standing},
	}}
	require.Equal(t, 1, terminal.Overdue(p, calendar.NewDay(2021, time.May, 1)))
}
