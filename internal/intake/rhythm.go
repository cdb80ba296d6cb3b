package intake

import (
	"strings"

	"duban/internal/deadline"
	"duban/internal/plan"
	"duban/internal/words"
)

// recurring makes a duty. What a plan's file cannot say exactly is asked about,
// and is never rounded in silence; until the answer the matter is standing, or
// falls due by the nearest rule where there is one (每年两次: every half-year).
func (k *committer) recurring(place string, e *entry, r deadline.Reading) bool {
	rec := &plan.Recurrence{From: k.facts.Issued, Until: r.Recur.Until}
	if !r.Start.IsZero() && r.Start.After(rec.From) {
		rec.From = r.Start
	}
	if rec.Until.IsZero() && !r.Due.IsZero() {
		rec.Until = r.Due
	}
	if last := k.facts.last(); rec.Until.IsZero() && !last.IsZero() && r.Recurrence != deadline.Yearly && !rec.From.After(last) { // 每年 goes on after the plan's year
		rec.Until = last
	}
	if e.until.After(rec.Until) && !rec.Until.IsZero() && r.Recur.Until.IsZero() {
		rec.Until = e.until
	}
	var ok bool
	if r.Recurrence == "" {
		every := periods[k.asker.ask("cycle", weightCycle, place, e.Source, "", []string{"month", "quarter", "halfyear", "year", "none"}, words.Data{"Phrase": r.Words})]
		if every == "" {
			e.Kind = plan.Standing
			return k.note(e, "note_cycle", r.Words)
		}
		r.Recurrence, r.Sure = every, deadline.Sure // a person has said it
	}
	rec.Every, rec.Shift, rec.Cron, ok = r.Schedule()
	if why := inexact(r); !ok || why != "" {
		near := nearRule(r)
		answer := k.asker.ask("rhythm", weightCycle+5, place, e.Source, near, []string{"month", "quarter", "halfyear", "year", "none"}, words.Data{"Phrase": strings.TrimSpace(r.Words), "Why": k.whyRhythm(why)})
		said := firstNonEmpty(answer, near)
		if rec.Every, rec.Shift, rec.Cron, ok = k.saidRule(said); !ok {
			e.Kind = plan.Standing
			return k.note(e, "note_cycle", r.Words)
		}
	}
	if rec.Cron != "" {
		if _, err := plan.ParseCron(rec.Cron); err != nil {
			e.Kind = plan.Standing
			return k.note(e, "note_cycle", r.Words)
		}
	}
	if !rec.Until.IsZero() && rec.Until.Before(rec.From) {
		rec.Until = calendarZero
	}
	e.Kind, e.Recur, e.Due = plan.Duty, rec, calendarZero
	return true
}

// inexact says why a recurrence that a plan's file could hold would say less than
// the words: a key intake.rhythm_<why>, "" for none.
func inexact(r deadline.Reading) string {
	switch {
	case r.Recurrence == deadline.Daily && strings.Contains(r.Words, "小时"):
		return "hours"
	case r.Recurrence == deadline.Daily && r.Recur.Every > 1:
		return "apart"
	case r.Recurrence == deadline.Daily:
		return "daily"
	case r.Sure == deadline.Ask && r.Recurrence != "":
		return "detail"
	case r.Recur.Count > 1:
		return "count"
	case strings.Contains(r.Words, "学期"):
		return "term"
	case r.Recur.Workday != 0 || r.Recur.AfterWD:
		return "workday"
	}
	return ""
}

func (k *committer) whyRhythm(why string) string {
	if why == "" {
		return ""
	}
	return k.asker.words.T("intake.rhythm_" + why)
}

// nearRule is the rule that a duty has until a person answers, as an option's word: so
// many times in a period taken as once in each of its parts.
func nearRule(r deadline.Reading) string {
	if r.Sure == deadline.Ask {
		return ""
	}
	switch {
	case r.Recurrence == deadline.Weekly && r.Recur.Every == 2:
		return "每半月"
	case r.Recurrence == deadline.Daily && r.Recur.Every == 10:
		return "每旬末"
	}
	months := map[string]int{deadline.Monthly: 1, deadline.Quarterly: 3, deadline.HalfYearly: 6, deadline.Yearly: 12}[r.Recurrence] * max(1, r.Recur.Every)
	if r.Recur.Workday != 0 || r.Recur.AfterWD || len(r.Recur.Months) > 0 || months == 0 {
		if r.Recurrence == deadline.Weekly && r.Recur.Every <= 1 {
			return "每周五"
		}
		return ""
	}
	if n := r.Recur.Count; n > 1 && !strings.Contains(r.Words, "学期") {
		months /= n
	}
	return map[int]string{1: "month", 3: "quarter", 6: "halfyear", 12: "year", 0: "month"}[months]
}

// saidRule reads the rule of an answer: an option's word, or a phrase as plans
// word it.
func (k *committer) saidRule(said string) (every string, shift int, cron string, ok bool) {
	if _, ok := periods[said]; ok {
		return said, 0, "", true
	}
	r, ok := oneRhythm(said, k.ctx)
	if !ok {
		return "", 0, "", false
	}
	return r.Schedule()
}

// oneRhythm is the recurrence that a text names, and that a plan's file can say.
func oneRhythm(text string, ctx deadline.Context) (deadline.Reading, bool) {
	read := deadline.Read(tight(fold(text)), ctx)
	if len(read) == 0 { // 每天 alone may be of anything: 每天报送 is a rhythm
		read = deadline.Read(tight(fold(text))+"报送", ctx)
	}
	if len(read) != 1 || read[0].Kind != deadline.Recurring || read[0].Recurrence == "" {
		return deadline.Reading{}, false
	}
	_, _, _, ok := read[0].Schedule()
	return read[0], ok
}

var periods = map[string]string{"month": deadline.Monthly, "quarter": deadline.Quarterly, "halfyear": deadline.HalfYearly, "year": deadline.Yearly}

// publish marks a duty or task whose result is to be made public.
func (k *committer) publish(c *clause, e *entry, s sentence) {
	if e.Kind != plan.Duty {
		return
	}
	parts := commaSpans(c.text, s.span)
	for i, p := range parts {
		if e.phrase.from < p.from || e.phrase.from >= p.to {
			continue
		}
		if publishWord.MatchString(c.text[p.from:p.to]) {
			e.Publish = true
		}
		if i+1 < len(parts) && publishWord.MatchString(c.text[parts[i+1].from:parts[i+1].to]) {
			e.Publish = true
			if e.span.to < parts[i+1].to {
				_, e.span.to = trimSpan(c.text, e.span.from, parts[i+1].to)
				e.Source = c.text[e.span.from:e.span.to]
			}
		}
	}
}
