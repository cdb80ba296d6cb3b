package intake

import (
	"strings"

	"duban/internal/deadline"
	"duban/internal/plan"
	"duban/internal/words"
)

// dated makes an entry of a reading, nil when the reading gives nothing to
// chase and the words are a standing matter.
func (k *committer) dated(c *clause, r deadline.Reading, s span, bracket int) *entry {
	r = k.otherYear(c, r)
	if r.Kind == deadline.Recurring && c.within != nil && r.Start.IsZero() && r.Recur.Until.IsZero() {
		r.Start, r.Recur.Until = c.within.Start, c.within.Due
	}
	e := &entry{Bracket: bracket, span: s, phrase: span{r.Begin, r.End}, Source: c.text[s.from:s.to], Kind: plan.Dated,
		Soft: r.Soft, Milestone: r.Milestone, rule: r.Rule, sure: r.Sure, readAsk: r.Ask, words: r.Words, reading: r}
	if e.Milestone == "建成" && strings.Count(e.Source, "建成") == strings.Count(e.Source, "建成区") {
		e.Milestone = "" // 建成区 is a place
	}
	e.until = c.latest
	if !k.timed(c.place, e, r) {
		return nil
	}
	if e.Kind == plan.Dated && e.Milestone == "" {
		e.Milestone = "完成"
	}
	return e
}

// timed gives an entry its kind and dates from a reading.
func (k *committer) timed(place string, e *entry, r deadline.Reading) bool {
	issued := k.facts.Issued
	switch {
	case r.Kind == deadline.Recurring:
		return k.recurring(place, e, r)
	case r.Kind == deadline.Start:
		e.Kind, e.Begin = plan.Standing, r.Start
		e.Notes = append(e.Notes, k.asker.words.T("intake.note_start", words.Data{"Words": r.Words}))
		return true
	case r.Kind == deadline.Season && r.Due.IsZero():
		e.Kind = plan.Standing
		k.season(place, e, r)
		return true
	case r.Due.IsZero():
		e.Kind = plan.Standing
		return k.askDate(place, e, r, "date") || k.note(e, "note_date", r.Words)
	}
	e.Due = r.Due
	if !r.Start.IsZero() && r.Start.Before(r.Due) {
		e.Begin = r.Start
	}
	if !issued.IsZero() && e.Due.Before(issued) {
		answer := k.asker.ask("past", weightDate, place, e.Source, e.Due.String(), nil, words.Data{"Due": e.Due.String(), "Issued": issued.String()})
		e.Kind, e.Due, e.Begin = plan.Standing, calendarZero, calendarZero
		if d, ok := parseAnswerDay(answer); ok {
			e.Kind, e.Due = plan.Dated, d
		} else {
			k.note(e, "note_past", r.Words)
		}
		return true
	}
	if r.Sure == deadline.Ask {
		options := []string{r.Due.String()}
		if !r.Other.IsZero() {
			options = append(options, r.Other.String())
		}
		answer := k.asker.ask("which_date", weightDate, place, e.Source, r.Due.String(), append(options, "none"),
			words.Data{"Phrase": r.Words, "Why": k.why(r)})
		switch d, ok := parseAnswerDay(answer); {
		case ok:
			e.Due = d
		case answer == "none":
			e.Kind, e.Due, e.Begin = plan.Standing, calendarZero, calendarZero
		}
	}
	return true
}

func (k *committer) why(r deadline.Reading) string {
	if r.Ask == "" {
		return ""
	}
	if t := k.asker.words.T(r.Ask, words.Data{"Words": r.Words, "Due": r.Due, "Other": r.Other}); t != r.Ask {
		return t
	}
	return ""
}

// askDate asks for a date that another document or the region sets; true when
// it was answered.
func (k *committer) askDate(place string, e *entry, r deadline.Reading, kind string) bool {
	weight := weightDate - 5
	if kind == "season" {
		weight = weightCycle
	}
	answer := k.asker.ask(kind, weight, place, e.Source, "", nil, words.Data{"Phrase": r.Words, "Why": strings.TrimRight(k.why(r), "。？?. ")})
	d, ok := parseAnswerDay(answer)
	if ok {
		e.Kind, e.Due = plan.Dated, d
	}
	return ok
}

func (k *committer) note(e *entry, key, phrase string) bool {
	e.Notes = append(e.Notes, k.asker.words.T("intake."+key, words.Data{"Words": phrase}))
	return true
}
