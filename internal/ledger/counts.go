package ledger

import (
	"context"
	"strings"

	"github.com/jmoiron/sqlx"

	"duban/internal/act"
)

// counted says which rows are there because of which events. Only what one
// count can answer is compared. A kind after a minus takes a row away.
var counted = []struct {
	what, query string
	kinds       []string
}{
	{"plans", `SELECT COUNT(*) FROM plans`, []string{PlanLaunched}},
	{"occurrences", `SELECT COUNT(*) FROM tasks WHERE duty <> ''`, []string{OccurrenceOpened, OccurrenceCarried}},
	{"ended tasks", `SELECT COUNT(*) FROM tasks WHERE state IN ('closed', 'cancelled') AND kind <> 'standing'`, []string{ActKind(act.Verify), ActKind(act.EndDuty), ActKind(act.Cancel), "-" + ActKind(act.Reinstate)}},
	{"decided stages", `SELECT COUNT(*) FROM stages WHERE kind <> 'told' OR id LIKE 'act-%-propose'`, []string{StageDecided}},
	{"orders", `SELECT COUNT(*) FROM stages WHERE id = 'act-0-order'`, []string{TaskOrdered}},
	{"dropped notices", `SELECT COUNT(*) FROM notices WHERE state = 'dropped'`, []string{NoticeDropped}},
	{"sent messages", `SELECT COUNT(*) FROM messages WHERE state = 'sent'`, []string{MessageSent}},
	{"ended and reopened duties", `SELECT COUNT(*) FROM tasks WHERE state = 'ended' AND kind = 'duty'`, []string{DutyEnded, "-" + DutyReopened}},
	{"void talks", `SELECT COUNT(*) FROM talks WHERE state = 'void'`, []string{TalkVoided, "-" + TalkRevived}},
	{"declined talks", `SELECT COUNT(*) FROM talks WHERE state = 'declined'`, []string{ActKind(act.Decline)}},
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
