package workflows_test

import (
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/workflow"

	"duban/activities"
	"duban/internal/act"
	"duban/internal/plan"
	"duban/internal/wire"
	"duban/workflows"
)

// registry keeps the names that Register gives.
type registry struct{ names []string }

func (r *registry) RegisterWorkflow(any) { panic("a workflow without a name of its own") }
func (r *registry) RegisterWorkflowWithOptions(_ any, o workflow.RegisterOptions) {
	r.names = append(r.names, o.Name)
}
func (r *registry) RegisterDynamicWorkflow(any, workflow.DynamicRegisterOptions) {
	panic("a workflow of every name")
}

// TestWhatHistoriesHold compares the names that are written in histories, memos and the
// server (names, IDs, and the fields of payloads) with testdata/wire.txt. A name in this file
// is never changed or removed, because runs of older programs have it; go test ./workflows
// -update writes added ones.
func TestWhatHistoriesHold(t *testing.T) {
	t.Parallel()
	var lines []string
	say := func(what string, names ...string) {
		for _, n := range names {
			lines = append(lines, what+" "+n)
		}
	}
	r := &registry{}
	workflows.Register(r)
	say("workflow", slices.Sorted(slices.Values(r.names))...)
	say("activity", slices.Sorted(maps.Keys((*activities.Activities)(nil).ByName()))...)
	for of, table := range map[string][]act.Row{workflows.TaskType: act.On(act.OnTask), workflows.DutyType: act.On(act.OnDuty)} {
		for _, row := range table {
			say("update of "+of, string(row.Kind))
		}
	}
	for _, row := range act.On(act.OnTalk) {
		if !row.Opens() {
			say("update of "+workflows.TalkType, string(row.Kind))
		}
	}
	say("signal", workflows.LookSignal, workflows.HandOverSignal, workflows.SpeakNowSignal)
	say("query", workflows.StateQuery)
	say("queue", workflows.TaskQueue, workflows.SendQueue)
	say("search attribute", workflows.SearchAttributes...)
	say("memo", workflows.PositionMemo, workflows.GenerationMemo)
	say("error", wire.ErrTypeRefused, wire.ErrTypeNotFound)
	say("build", workflows.BuildID)
	gates, _ := workflows.Gates()
	say("gate", gates...)
	say("id", workflows.TaskWorkflowID("PLAN", "TASK"), workflows.TalkWorkflowID("PLAN", "TALK"), workflows.DutyWorkflowID("PLAN", "DUTY"),
		workflows.DigestWorkflowID("KEY"), workflows.MorningWorkflowID("KEY"), workflows.AuditWorkflowID("PLAN"))
	seats := act.Case{Pause: &act.Pause{}}
	say("act of the engine", seats.Resumption().ID)
	for _, s := range []any{act.Open, act.Reported, act.Suspended, act.Closed, act.Cancelled, act.TalkPending, act.TalkProposed, act.TalkOpen, act.TalkDeclined, act.TalkClosed, act.TalkVoid} {
		say("state", fmt.Sprint(s))
	}
	fields := map[string]bool{}
	for _, payload := range []any{workflows.TaskState{}, workflows.TalkState{}, workflows.DutyState{}, workflows.DigestInput{}, workflows.MorningInput{}, workflows.AuditState{}, workflows.Position{}, plan.Occurrence{}} {
		collect(fields, reflect.TypeOf(payload), map[reflect.Type]bool{})
	}
	for _, f := range (*activities.Activities)(nil).ByName() {
		ft := reflect.TypeOf(f)
		for i := 1; i < ft.NumIn(); i++ {
			collect(fields, ft.In(i), map[reflect.Type]bool{})
		}
		for i := range ft.NumOut() - 1 {
			collect(fields, ft.Out(i), map[reflect.Type]bool{})
		}
	}
	say("field", slices.Sorted(maps.Keys(fields))...)
	sort.Strings(lines)
	got := strings.Join(lines, "\n") + "\n"
	const file = "testdata/wire.txt"
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o600))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	was := strings.Split(string(want), "\n")
	gone := slices.DeleteFunc(slices.Clone(was), func(l string) bool { return slices.Contains(lines, l) || l == "" })
	added := slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return slices.Contains(was, l) })
	require.Empty(t, gone, "histories hold this and it is gone: it must not")
	require.Empty(t, added, "this is new: go test ./workflows -run TestWhatHistoriesHold -update")
}

// collect adds to into every field that a type has in JSON: type, name, type of the value.
func collect(into map[string]bool, t reflect.Type, seen map[reflect.Type]bool) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || seen[t] || !strings.Contains(t.PkgPath(), "duban") && t.PkgPath() != "" {
		return
	}
	seen[t] = true
	for i := range t.NumField() {
		f := t.Field(i)
		tag := f.Tag.Get("json")
		switch {
		case tag == "-" || !f.IsExported():
			continue
		case f.Anonymous && tag == "":
			tag = "(embedded)"
		case tag == "":
			tag = f.Name
		}
		into[fmt.Sprintf("%s %s %s", t, tag, f.Type)] = true
		collect(into, f.Type, seen)
	}
}
