package form_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/form"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/words"
)

// subject is the task b of 市水务局, in a plan of three units.
func subject() query.Subject {
	p := plan.Plan{ID: "water", Policies: map[string]plan.Policy{"standard": {}, "urgent": {}}, Directory: people.Directory{
		Units: []people.Unit{{ID: "shuiwu", Name: "市水务局"}, {ID: "huanbao", Name: "市生态环境局", Aliases: []string{"环保局"}}, {ID: "zhujian", Name: "市住建局"}},
	}}
	return query.Subject{Plan: ledger.Launched{Plan: p}, Task: ledger.Task{Plan: "water", ID: "b", Lead: "shuiwu"}}
}

var office = act.Actor{Account: "li", Unit: "duban"}

func filled(t *testing.T, on act.Thing, kind act.Kind, values map[string][]string) (act.Act, *form.Fault) {
	t.Helper()
	d, ok := act.Of(on, kind)
	require.True(t, ok)
	a, err := form.Fill(subject(), d, form.Said{Values: values}, office)
	var fault *form.Fault
	if err != nil {
		require.ErrorAs(t, err, &fault)
	}
	return a, fault
}

// What people write, however they write it, is one act.
func TestWhatIsTypedBecomesAnAct(t *testing.T) {
	t.Parallel()
	for _, said := range []map[string][]string{
		{"due": {"2021-07-20"}, "reason": {" 汛期 "}, "paper": {"晋政办〔2021〕8号"}},
		{"due": {"2021年7月20日"}, "reason": {"汛期"}, "paper": {"晋政办〔2021〕8号"}},
		{"due": {"不要", "2021/7/20"}, "reason": {"汛期"}, "paper": {"晋政办〔2021〕8号"}}, // the last counts
	} {
		a, fault := filled(t, act.OnTask, act.Correct, said)
		require.Nil(t, fault)
		require.Equal(t, act.Act{Kind: act.Correct, By: office, Reason: "汛期", Due: calendar.NewDay(2021, 7, 20), Paper: "晋政办〔2021〕8号"}, a)
	}
	a, _ := filled(t, act.OnTask, act.Assist, map[string][]string{"units": {"环保局、zhujian", "市住建局"}})
	require.Equal(t, []string{"huanbao", "zhujian"}, a.Units, "each once")
	a, _ = filled(t, act.OnTask, act.Assist, map[string][]string{"units": {""}})
	require.Empty(t, a.Units)
	a, _ = filled(t, act.OnTask, act.Progress, map[string][]string{"percent": {"６０%"}, "url": {"https://example.org/a,b"}})
	require.Equal(t, 60, a.Percent)
	require.Equal(t, []act.Evidence{{Name: "https://example.org/a,b", URL: "https://example.org/a,b"}}, a.Evidence)
	for value, want := range map[string]bool{"": false, "false": false, "0": false, "on": true, "true": true} {
		a, _ = filled(t, act.OnTask, act.Suspend, map[string][]string{"moves-due": {value}})
		require.Equal(t, want, a.Moves, value)
	}
	a, _ = filled(t, act.OnTalk, act.Held, map[string][]string{"time": {"2021-07-06 15:00"}, "called": {"张三，李四"}})
	require.Equal(t, &act.TalkFacts{Time: time.Date(2021, 7, 6, 7, 0, 0, 0, time.UTC), Called: []string{"张三", "李四"}}, a.Talk, "in the plan's zone")
	a, _ = filled(t, act.OnTalk, act.Propose, map[string][]string{"circular": {"on"}})
	require.Equal(t, plan.ProposeCircular, a.Talk.What)
	require.Equal(t, "shuiwu", a.Unit)
	require.Equal(t, "b", a.Ref)
}

// What is not understood is told by its field, in both languages, with what was typed.
func TestWhatIsNotUnderstoodIsToldByItsField(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		on           act.Thing
		kind         act.Kind
		field, value string
	}{
		{act.OnTask, act.Correct, "due", "2021-06-31"}, {act.OnTask, act.Suspend, "until", "下周"}, {act.OnTask, act.Progress, "percent", "一半"},
		{act.OnTask, act.Reassign, "unit", "市水务居"}, {act.OnTask, act.Assist, "units", "气象台"}, {act.OnTask, act.SetPolicy, "policy", "严格"},
		{act.OnTask, act.Complete, "url", "javascript:alert(1)"}, {act.OnTask, act.Complete, "url", "http://"}, {act.OnTalk, act.Held, "time", "2021-07-06"},
	} {
		_, fault := filled(t, c.on, c.kind, map[string][]string{c.field: {c.value}})
		require.NotNil(t, fault, c.value)
		require.Equal(t, c.field, fault.Field)
		for _, lang := range []string{"zh", "en"} {
			require.Contains(t, fault.Text(words.New(lang), "X"), c.value)
		}
	}
}

// A part or an instruction need not be named where only one waits; where several wait,
// the question is asked.
func TestTheOnlyOneNeedNotBeNamed(t *testing.T) {
	t.Parallel()
	d, _ := act.Of(act.OnTask, act.Answer)
	on := subject()
	lead := act.Actor{Account: "wang", Unit: "shuiwu"}
	on.Task.Facts = act.Case{Lead: "shuiwu", Instructions: []act.Instruction{{ID: "i1"}}}
	a, err := form.Fill(on, d, form.Said{}, lead)
	require.NoError(t, err)
	require.Equal(t, "i1", a.Ref)
	on.Task.Facts.Instructions = append(on.Task.Facts.Instructions, act.Instruction{ID: "i2"})
	_, err = form.Fill(on, d, form.Said{}, lead)
	var fault *form.Fault
	require.True(t, errors.As(err, &fault) && fault.Field == "ref", err)
}

// Which acts people do follows from what they do them to, whichever door they come by.
func TestWhichActIsDoneToWhat(t *testing.T) {
	t.Parallel()
	task, duty := subject(), subject()
	duty.Task.Kind = plan.Duty
	for _, c := range []struct {
		on   query.Subject
		talk bool
		kind act.Kind
		want act.Thing // "": nobody does
	}{
		{task, false, act.Progress, act.OnTask}, {task, false, act.Propose, act.OnTalk}, {task, false, act.Approve, ""}, {task, false, act.EndDuty, ""}, {task, false, "nosuch", ""},
		{duty, false, act.EndDuty, act.OnDuty}, {duty, false, act.Suspend, act.OnDuty}, {duty, false, act.Progress, ""}, {duty, false, act.Propose, ""},
		{task, true, act.Approve, act.OnTalk}, {task, true, act.Propose, ""}, {task, true, act.Progress, ""},
	} {
		d, ok := form.RowOn(c.on, c.talk, c.kind)
		require.Equal(t, c.want != "", ok, c)
		if ok {
			require.Equal(t, c.want, d.On, c)
			require.Equal(t, c.kind, d.Kind, c)
		}
	}
}

// What an act needs is among its fields, and each field has a name for people.
func TestEveryFieldHasAName(t *testing.T) {
	t.Parallel()
	for _, d := range act.All {
		for _, name := range d.Asks() {
			require.True(t, slices.Contains(d.Fields(), name), "%s %s", d.On, d.Kind)
		}
		for _, name := range d.Fields() {
			for _, lang := range []string{"zh", "en"} {
				require.NotContains(t, words.New(lang).T(name.Label()), "field_", "%s %s", d.Kind, name)
			}
		}
	}
}
