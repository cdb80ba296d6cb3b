package query

import (
	"errors"
	"strings"

	"duban/internal/act"
	"duban/internal/notice"
	"duban/internal/words"
)

// Sentence says why something could not be read, for an error of this package; ok is false
// for any other. ErrNotYours has the words in which the engine refuses an act of a unit that
// the task does not concern.
func Sentence(w *words.Words, err error) (text string, ok bool) {
	var unit *UnitError
	var task *TaskError
	var talk *TalkError
	var which *WhichPlanError
	var message *MessageError
	var own *OwnError
	switch {
	case errors.Is(err, ErrNotYours):
		return notice.Refused(w, act.Refusal{Key: "act.refused_not_yours"}, nil), true
	case errors.Is(err, ErrNotWhole):
		return w.T("cli.whole_book"), true
	case errors.Is(err, ErrNoPlans):
		return w.T("report.no_plans"), true
	case errors.Is(err, ErrNoSections):
		return w.T("water.no_sections"), true
	case errors.Is(err, ErrNoZones):
		return w.T("zone.none"), true
	case errors.Is(err, ErrNoRules):
		return w.T("assess.no_rules"), true
	case errors.Is(err, ErrNoIncidents):
		return w.T("incident.none"), true
	case errors.Is(err, ErrNoSheet):
		return w.T("assess.no_sheet"), true
	case errors.Is(err, ErrNoSuchSection):
		return w.T("water.no_section"), true
	case errors.As(err, &unit):
		return w.T("case.no_unit", words.Data{"Unit": unit.Name, "Near": strings.Join(unit.Near, " / ")}), true
	case errors.As(err, &task):
		return w.T("case.no_task", words.Data{"Task": task.Task, "Near": theNearest(w, task)}), true
	case errors.As(err, &talk):
		return w.T("cli.no_talk", words.Data{"Talk": talk.Talk, "Near": strings.Join(talk.Near, " / ")}), true
	case errors.As(err, &which):
		return whichPlan(w, which), true
	case errors.As(err, &own):
		return w.T("token.own_only", words.Data{"Account": own.Account}), true
	case errors.As(err, &message) && message.Count == 0:
		return w.T("message.no_such", words.Data{"ID": message.ID}), true
	case errors.As(err, &message):
		return w.T("message.several", words.Data{"ID": message.ID, "N": message.Count}), true
	}
	return "", false
}

func theNearest(w *words.Words, missing *TaskError) string {
	var lines []string
	for _, t := range missing.Near {
		line := w.T("case.near_task", words.Data{"ID": t.ID, "Title": t.Title, "Lead": t.Lead})
		if missing.Several {
			line += " --plan " + t.Plan
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func whichPlan(w *words.Words, which *WhichPlanError) string {
	var lines []string
	for _, c := range which.Plans {
		lines = append(lines, "  "+c.Plan+"  "+c.What)
	}
	key := "case.which_plan"
	if which.Thing == "" {
		key = "report.which_plan"
	}
	return w.T(key, words.Data{"Count": len(which.Plans), "Task": which.Thing, "Plans": strings.Join(lines, "\n")})
}
