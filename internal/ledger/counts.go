package ledger

import (
	"context"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	"duban/internal/act"
)

// counted lists for compare what rows a query counts and the kinds of the events that each
// made one of them; an event of a kind after a minus took one away. Only what one COUNT can
// answer is compared.
var counted = []struct {
	what, query string
	kinds       []string
}{
	{"plans", `SELECT COUNT(*) FROM plans`, []string{PlanLaunched}},
	{"occurrences", `SELECT COUNT(*) FROM tasks WHERE duty <> ''`, []string{OccurrenceOpened, OccurrenceCarried}},
	{"ended tasks", `SELECT COUNT(*) FROM tasks WHERE state IN ('closed', 'cancelled') AND kind <> 'standing'`, ending()},
	{"decided stages", `SELECT COUNT(*) FROM stages WHERE kind <> 'told' OR id LIKE 'act-%-propose'`, []string{StageDecided}},
	{"orders", `SELECT COUNT(*) FROM stages WHERE id = 'act-0-order'`, []string{TaskOrdered}},
	{"dropped notices", `SELECT COUNT(*) FROM notices WHERE state = 'dropped'`, []string{NoticeDropped}},
	{"sent messages", `SELECT COUNT(*) FROM messages WHERE state = 'sent'`, []string{MessageSent}},
	{"ended and reopened duties", `SELECT COUNT(*) FROM tasks WHERE state = 'ended' AND kind = 'duty'`, []string{DutyEnded, "-" + DutyReopened}},
	{"void talks", `SELECT COUNT(*) FROM talks WHERE state = 'void'`, []string{TalkVoided, "-" + TalkRevived}},
	{"declined talks", `SELECT COUNT(*) FROM talks WHERE state = 'declined'`, declining()},
}

// ending are the event kinds of the acts that end a task or a duty, and, after a minus,
// those of the acts that undo an ending.
func ending() (kinds []string) {
	for _, r := range act.All {
		kind := ActKind(r.Kind)
		if len(r.From) > 0 && r.On != act.OnTalk && (act.Case{State: r.From[0]}).Over() {
			kind = "-" + kind
		} else if !r.Ends() {
			continue
		}
		if !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// declining are the event kinds of the acts that decline a proposal.
func declining() (kinds []string) {
	for _, r := range act.On(act.OnTalk) {
		if act.TalkState(r.To) == act.TalkDeclined {
			kinds = append(kinds, ActKind(r.Kind))
		}
	}
	return kinds
}

func (s *Store) compare(ctx context.Context, v *sqlx.Tx, events map[string]int64) error {
	for _, c := range counted {
		var rows, want int64
		if err := v.GetContext(ctx, &rows, c.query); err != nil {
			return err
		}
		for _, kind := range c.kinds {
			if less, ok := strings.CutPrefix(kind, "-"); ok {
				want -= events[less]
				continue
			}
			want += events[kind]
		}
		if rows != want {
			return &CountError{c.what, rows, want}
		}
	}
	return nil
}
