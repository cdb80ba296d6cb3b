package ledgertest

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"duban/internal/ledger"
	"duban/internal/plan"
)

// recount works out the tables from Event.Data, which people read, and not from the rows
// in Event.Changes: both must say the same, or a chain could be whole and tell people
// something else than its tables.
func recount(t *testing.T, address string) {
	w := newWorld(t, address, 3)
	w.everything(func(time.Time) {})
	events, err := w.Events(w.ctx, ledger.EventFilter{})
	w.ok(err)
	stages, sent, talks := map[string]plan.Stage{}, map[string]time.Time{}, map[string]bool{}
	told := map[string]bool{} // task, stage, recipient, channel
	settings, closed, years := map[string]string{}, map[string]bool{}, 0
	for _, e := range events {
		var d struct {
			Stage   json.RawMessage
			Opens   string
			Talk    string
			Message string
			Name    string
			Value   string
			State   string
			Notices json.RawMessage
		}
		_ = json.Unmarshal(e.Data, &d) // what has other fields gives none
		switch e.Kind {
		case ledger.StageDecided:
			var s plan.Stage
			w.ok(json.Unmarshal(d.Stage, &s))
			stages[e.Task+" "+s.ID] = s
			if d.Opens != "" {
				talks[d.Opens] = true
			}
			var all []struct{ Recipient, Channel string }
			w.ok(json.Unmarshal(d.Notices, &all))
			for _, n := range all {
				told[strings.Join([]string{e.Task, s.ID, n.Recipient, n.Channel}, " ")] = true
			}
		case ledger.MessageSent:
			sent[d.Message] = e.Real
		case ledger.OfficeSet:
			settings[d.Name] = d.Value
		case ledger.CalendarPut:
			years++
		case "act.propose":
			talks[d.Talk] = true
		}
		if strings.HasPrefix(e.Kind, "act.") && d.State == "closed" && d.Talk == "" {
			closed[e.Task] = true
		}
	}
	rows, err := w.Stages(w.ctx, "jincheng", "")
	w.ok(err)
	decided := map[string]plan.Stage{}
	for _, s := range rows {
		if s.Kind != plan.Told {
			decided[s.Task+" "+s.ID] = s.Stage
		}
	}
	w.is("stages", decided, stages)
	notices, err := w.Notices(w.ctx, ledger.NoticeFilter{})
	w.ok(err)
	receipts := map[string]time.Time{}
	for _, n := range notices {
		if key := strings.Join([]string{n.Task, n.Stage, n.Recipient.String(), n.Channel}, " "); n.Kind != plan.Told && !told[key] {
			t.Errorf("no event says that %s was told", key)
		} else {
			delete(told, key)
		}
		if n.State == ledger.Sent {
			receipts[n.Message] = n.SentAt
		}
	}
	w.is("told without a row", told, map[string]bool{})
	w.is("receipts", receipts, sent)
	called, err := w.Talks(w.ctx, "jincheng", "")
	w.ok(err)
	have := map[string]bool{}
	for _, k := range called {
		have[k.ID] = true
	}
	w.is("talks", have, talks)
	tasks, err := w.Tasks(w.ctx, ledger.TaskFilter{})
	w.ok(err)
	done := map[string]bool{}
	for _, one := range tasks {
		if one.State == ledger.TaskClosed {
			done[one.ID] = true
		}
	}
	w.is("closed", done, closed)
	office, err := w.Office(w.ctx)
	w.ok(err)
	w.is("office", office, settings)
	calendars, err := w.Calendar(w.ctx)
	w.ok(err)
	w.is("holiday notices", len(calendars), years)
}
