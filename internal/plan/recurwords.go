package plan

import (
	"strings"
	"time"

	"duban/internal/words"
)

// Text is a rule in words, with its days: 每月一期，期末当日为限，自2026年11月2日起.
func (r Recurrence) Text(w *words.Words) string {
	parts := []string{r.Rhythm(w)}
	for _, bound := range []struct {
		name string
		zero bool
		at   time.Time
	}{{"from", r.From.IsZero(), r.From.At(0, 0, time.UTC)}, {"until", r.Until.IsZero(), r.Until.At(0, 0, time.UTC)}} {
		if !bound.zero {
			parts = append(parts, w.T("case."+bound.name, words.Data{"Day": bound.at.Format(w.T("report.day_layout"))}))
		}
	}
	return strings.Join(parts, w.T("case.comma"))
}

// Rhythm is a rule in words without its days.
func (r Recurrence) Rhythm(w *words.Words) string {
	switch {
	case r.Cron != "":
		return w.T("case.cron", words.Data{"Cron": r.Cron})
	case r.Shift == 0:
		return w.T("case.shift_0", words.Data{"Every": w.T("case.every_" + r.Every)})
	}
	return w.T("case.shift_n", words.Data{"Every": w.T("case.every_" + r.Every), "Days": r.Shift})
}
