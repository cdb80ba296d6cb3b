package ledgertest

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// talkGivenBack: a talk that Temporal knows and the ledger does not is written again
// as it was proposed; the act that proposed it makes no other, and later talks take
// the next numbers.
func talkGivenBack(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	propose := actAt(18, 10, clerk, act.Propose)
	propose.ID, propose.Unit, propose.Talk = "lost", "shuiwu", &act.TalkFacts{What: plan.ProposeTalk}
	facts := func(number int) (act.TalkCase, *act.Refusal) {
		c, refused := w.talkRules().Propose(act.TalkCase{Task: "t0", Number: number, Lead: "shuiwu", Office: "shuizhiban", Leadership: "lingdao", Policy: "standard", Origin: act.Origin{Kind: act.OriginHand}}, propose)
		return c.TalkCase, refused
	}
	c, _ := facts(3)
	back, err := w.GiveBackTalk(w.ctx, "jincheng", "t0#3", speaks.Plan, c, speaks)
	w.ok(err)
	_, err = w.GiveBackTalk(w.ctx, "jincheng", "t0#3", speaks.Plan, c, speaks)
	w.ok(err)
	w.is("talk", []any{back.ID, back.Number, back.State}, []any{"t0#3", 3, act.TalkProposed})
	w.holds()
	got, refused, err := w.ProposeTalk(w.ctx, ledger.Proposed{Plan: "jincheng", Task: "t0", Act: propose, Facts: facts}, speaks)
	w.ok(err)
	w.is("the same act", []any{got.ID, refused == nil}, []any{"t0#3", true})
	w.actsOnTalk("t0#3", actAt(19, 10, leader, act.Decline))
	propose.ID = "next"
	got, _, err = w.ProposeTalk(w.ctx, ledger.Proposed{Plan: "jincheng", Task: "t0", Act: propose, Number: 7, Facts: facts}, speaks)
	w.ok(err)
	w.is("no number comes twice", got.ID, "t0#7")
	_, err = w.GiveBackTalk(w.ctx, "jincheng", "gone#1", speaks.Plan, act.TalkCase{Task: "gone", Track: act.Track{Known: []string{"x"}}}, speaks)
	w.is("without its task", errors.Is(err, ledger.ErrNotFound), true)
	w.holds()

	_, err = w.forger().Exec(`UPDATE talks SET course = '-' WHERE id = 't0#3'`)
	w.ok(err)
	propose.ID = "lost"
	if _, refused, err := w.ProposeTalk(w.ctx, ledger.Proposed{Plan: "jincheng", Task: "t0", Act: propose, Facts: facts}, speaks); err == nil || refused != nil {
		t.Errorf("a talk that cannot be read is no other act's: %v %v", refused, err)
	}
}

func mends(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	at := speaks.Real
	for i, workflow := range []string{"task:jincheng:t0", "digest:a|b/c|d|1", "task:jincheng:t0"} {
		data, err := json.Marshal(map[string]string{"workflow": workflow, "why": "missing"})
		w.ok(err)
		when := at.Add(time.Duration(i) * time.Minute)
		_, err = w.Record(w.ctx, ledger.Event{Key: workflow + when.String(), Plan: "jincheng", Kind: ledger.WorkflowMended, Actor: ledger.Engine, Real: when, PlanAt: when, Data: data})
		w.ok(err)
	}
	got, err := w.Mends(w.ctx, "jincheng", at.Add(-time.Second))
	w.ok(err)
	w.is("mends", got, map[string][]ledger.Mend{"task:jincheng:t0": {{At: at, Why: "missing"}, {At: at.Add(2 * time.Minute), Why: "missing"}}, "digest:a|b/c|d|1": {{At: at.Add(time.Minute), Why: "missing"}}})
	got, err = w.Mends(w.ctx, "jincheng", at.Add(time.Minute))
	w.ok(err)
	w.is("mends of late", len(got), 1)
}
