package act_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
)

func TestAPublicText(t *testing.T) {
	t.Parallel()
	office := act.Actor{Account: "wang", Name: "王敏", Unit: "duban"}
	leader := act.Actor{Account: "liu", Name: "刘副市长", Unit: "lingdao"}
	unit := act.Actor{Account: "li", Name: "李", Unit: "shuiwu"}
	p := act.PublicText{Office: "duban", Leadership: "lingdao", Units: []string{"shuiwu"}, Publishes: true}
	said := 0
	does := func(by act.Actor, k act.Kind, a act.Act) string {
		said++
		a.ID, a.Kind, a.By = "a"+time.Unix(int64(said), 0).UTC().Format("05"), k, by
		a.On = calendar.NewDay(2021, 5, said)
		a.At = a.On.At(10, 0, time.UTC)
		if r := p.Check(a); r != nil {
			return r.Key
		}
		p = p.After(a, 7)
		return ""
	}
	write := func(by act.Actor, ref, unit, text string) string {
		return does(by, act.WriteText, act.Act{Ref: ref, Unit: unit, Title: "通报", Text: &act.TextFacts{Text: text}})
	}
	public := func() string {
		v, _ := p.Public()
		return v.Text
	}
	require.Equal(t, "act.refused_not_yours", write(unit, "t", "", "一"))
	require.Equal(t, "act.refused_seat", write(leader, "t", "", "一"))
	require.Equal(t, "act.refused_text_of", write(office, "", "", "一"))
	require.Equal(t, "act.refused_text_of", write(office, "t", "shuiwu", "一"))
	require.Equal(t, "act.refused_no_such_unit", write(office, "", "nobody", "一"))
	require.Equal(t, "act.refused_needs", write(office, "t", "", " "))
	p.There = 3
	require.Equal(t, "act.refused_text_there", write(office, "t", "", "一"))
	p.There, p.Publishes = 0, false
	require.Equal(t, "act.refused_text_task", write(office, "t", "", "一"))
	p.Publishes = true
	require.Equal(t, "act.refused_text_state", does(leader, act.ApproveText, act.Act{Ref: "1"}))

	require.Empty(t, write(office, "t", "", "一"))
	require.Equal(t, []any{7, "t", act.TextWritten, ""}, []any{p.Number, p.Task, p.State, public()})
	require.Equal(t, "act.refused_same", write(office, "t", "", "一"))
	require.Equal(t, "act.refused_text_other", write(office, "u", "", "二"))
	require.Equal(t, "act.refused_text_other", write(office, "", "shuiwu", "二"))
	require.Equal(t, "act.refused_talk_leader", does(office, act.ApproveText, act.Act{Ref: "1"}))
	require.Empty(t, does(leader, act.ReturnText, act.Act{Ref: "1", Reason: "写明时限"}))
	require.Equal(t, "act.refused_text_state", does(leader, act.ApproveText, act.Act{Ref: "1"}))
	require.Empty(t, write(office, "", "", "二"))
	require.Equal(t, "act.refused_text_changed", does(leader, act.ApproveText, act.Act{Ref: "1"}), "it was not this version that the leader has read")
	require.Empty(t, public())
	require.Empty(t, does(leader, act.ApproveText, act.Act{Ref: "2", Paper: "晋市水领〔2021〕1号"}))
	require.Equal(t, "二", public())
	require.Equal(t, "act.refused_same", write(office, "", "", "二"))
	require.Empty(t, write(office, "", "", "三"))
	require.Equal(t, []any{act.TextWritten, "二"}, []any{p.State, public()}, "a change is public when it is approved")
	before := p
	require.Empty(t, does(leader, act.ApproveText, act.Act{Ref: "3"}))
	require.Equal(t, "三", public())
	require.Nil(t, before.Last().Approved, "the text before an act is not written over")
	require.Empty(t, does(office, act.WithdrawText, act.Act{Reason: "有误"}))
	require.Empty(t, public())
	require.Equal(t, "act.refused_text_state", does(office, act.WithdrawText, act.Act{Reason: "有误"}))
	require.Empty(t, write(office, "", "", "三"), "the same may be asked for again")
	require.Empty(t, public())
	require.Empty(t, does(leader, act.ApproveText, act.Act{Ref: "4"}))
	require.Equal(t, "三", public())
	require.Len(t, p.Versions, 4)
	require.Nil(t, p.MayDo(office, act.WriteText))
	require.NotNil(t, p.MayDo(leader, act.ApproveText))
}
