package engine

import (
	"context"
	"fmt"
	"strings"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
)

// BringHolidays puts notices of holidays in force, each merged into its year by whoever
// asks, and has everything look that they move: see MayImport and MoveCalendar. It gives
// how many things were told to look. Interrupted, it is finished by doing it again.
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
