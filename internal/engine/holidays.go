package engine

import (
	"context"
	"fmt"
	"strings"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
)

// BringHolidays puts holiday notices in force, one year each, which the caller has merged
// with what was known of that year, and tells the workflows whose stages they move to read
// the ledger again (MoveCalendar). It gives how many were told. Who may not gets
// *RefusedError (MayImport). An interrupted call is finished by calling it again. watch
// may be nil: see Watched.
func (e *Engine) BringHolidays(ctx context.Context, notices []calendar.Year, by act.Actor, watch func(done, total int)) (things int, err error) {
	if watch != nil {
		e = e.Watched(watch)
	}
	var papers []string
	for _, y := range notices {
		papers = append(papers, y.Papers...)
	}
	now := e.now()
	if err := MayImport(ctx, e.ledger, e.now, fmt.Sprintf("import-%s-%d", by.Account, now.Unix()), by, strings.Join(papers, " ")); err != nil {
		return 0, err
	}
	for _, y := range notices {
		if err := e.ledger.PutCalendar(ctx, y, by.Account, ledger.When{Real: now, Plan: now}); err != nil {
			return 0, err
		}
	}
	return e.MoveCalendar(ctx, by.Account)
}
