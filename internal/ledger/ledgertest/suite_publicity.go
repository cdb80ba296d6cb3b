package ledgertest

import (
	"errors"
	"strconv"
	"testing"

	"duban/internal/act"
	"duban/internal/ledger"
)

// textWritten is an act that writes a public text of task t0, judged by a version.
func textWritten(id string, have act.PublicText, version int) ledger.Publishing {
	a := actAt(18, 10, clerk, act.WriteText)
	a.ID, a.Title, a.Text = id, "关于对市水务局的通报", &act.TextFacts{Text: "第" + strconv.Itoa(len(have.Versions)+1) + "稿"}
	if have.State == act.Unborn {
		a.Ref = "t0"
	}
	return ledger.Publishing{Plan: "jincheng", Act: a, Version: version, After: have.After(a, 1)}
}

// textApproved is an act that approves the last version of a text.
func textApproved(id string, have ledger.PublicText) ledger.Publishing {
	a := actAt(19, 10, clerk, act.ApproveText)
	a.ID, a.Ref = id, strconv.Itoa(len(have.Versions))
	return ledger.Publishing{Plan: "jincheng", Act: a, Version: have.Version, After: have.After(a, 1)}
}

// published: a public text is kept with its versions, each with its event and once, not over what
// somebody else has written, and what is public is the version that was last approved.
func published(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	holds := w.holds()
	public := func() (texts []string) {
		t.Helper()
		all, total, err := w.Published(w.ctx, 0, 10)
		w.ok(err)
		w.is("as many as are counted", len(all), total)
		for _, p := range all {
			v, ok := p.Public()
			w.is("is public", ok, true)
			texts = append(texts, v.Text)
		}
		return texts
	}
	have := func() ledger.PublicText {
		t.Helper()
		p, err := w.PublicText(w.ctx, "jincheng", 1)
		w.ok(err)
		return p
	}
	w.ok(w.Publish(w.ctx, textWritten("w1", act.PublicText{}, 0), evening))
	w.ok(w.Publish(w.ctx, textWritten("w1", act.PublicText{}, 0), evening))
	w.is("the same again changes nothing", w.holds(), holds+1)
	w.is("the number is taken", errors.Is(w.Publish(w.ctx, textWritten("w2", act.PublicText{}, 0), evening), ledger.ErrBehind), true)
	w.is("nobody has approved it", public(), []string(nil))
	waiting := func() int {
		t.Helper()
		all, err := w.WaitingTexts(w.ctx)
		w.ok(err)
		return len(all)
	}
	w.is("it waits", waiting(), 1)
	w.ok(w.Publish(w.ctx, textApproved("a1", have()), evening))
	w.is("approved", public(), []string{"第1稿"})
	w.is("nothing waits", waiting(), 0)
	p := have()
	w.ok(w.Publish(w.ctx, textWritten("w3", p.PublicText, p.Version), evening))
	w.is("written by another meanwhile", errors.Is(w.Publish(w.ctx, textWritten("w4", p.PublicText, p.Version), evening), ledger.ErrBehind), true)
	w.is("what waits is not public", public(), []string{"第1稿"})
	w.ok(w.Publish(w.ctx, textApproved("a2", have()), evening))
	w.is("the next version", public(), []string{"第2稿"})
	a, p := actAt(20, 10, clerk, act.WithdrawText), have()
	a.ID, a.Reason = "d1", "有误"
	w.ok(w.Publish(w.ctx, ledger.Publishing{Plan: "jincheng", Act: a, Version: p.Version, After: p.After(a, 1)}, evening))
	w.is("taken down", public(), []string(nil))
	w.is("all versions are kept", []any{len(have().Versions), have().Version, have().State, have().Task}, []any{2, 5, act.TextDown, "t0"})
	w.is("an event each", w.last(5), []string{ledger.ActKind(act.WriteText), ledger.ActKind(act.ApproveText), ledger.ActKind(act.WriteText), ledger.ActKind(act.ApproveText), ledger.ActKind(act.WithdrawText)})
	for task, want := range map[string]int{"t0": 1, "t1": 0} {
		of, err := w.PublicTextsOf(w.ctx, "jincheng", task)
		w.ok(err)
		w.is("the texts of a task", len(of), want)
	}
	_, err := w.PublicText(w.ctx, "jincheng", 2)
	w.is("no other", errors.Is(err, ledger.ErrNotFound), true)
}
