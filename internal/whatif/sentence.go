package whatif

import (
	"errors"
	"slices"
	"strings"

	"duban/internal/ledger"
	"duban/internal/notice"
	"duban/internal/plan"
	"duban/internal/words"
)

// Sentence says in words why a change cannot be made; ok is false for errors for which it has no
// words.
func Sentence(w *words.Words, err error) (text string, ok bool) {
	var gone *GoneError
	var mistaken *plan.IdentityError
	var fault *AmendError
	var carry *CarryError
	var other *ledger.OtherUnitError
	var dissolved *DissolvedError
	switch {
	case errors.As(err, &carry):
		return w.T("follow.cannot", words.Data{"Task": carry.Task, "From": carry.From, "Why": notice.Refused(w, carry.Refusal, carry.Unit)}), true
	case errors.As(err, &other):
		return w.T("office.other_unit", words.Data{"ID": other.ID, "Have": other.Have, "Want": other.Want}), true
	case errors.As(err, &dissolved):
		return w.T("office.dissolved", words.Data{"Unit": dissolved.Unit.Name, "ID": dissolved.Unit.ID, "To": dissolved.To.Name, "What": some(dissolved.Tasks)}), true
	case errors.Is(err, ledger.ErrAmendedMeanwhile):
		return w.T("amend.meanwhile"), true
	case errors.As(err, &gone):
		return GoneSaid(w, gone), true
	case errors.As(err, &mistaken):
		return w.T("amend."+string(mistaken.Why), words.Data{"What": mistaken.Task, "Was": mistaken.Was, "All": strings.Join(mistaken.All, w.T("cli.list_comma"))}), true
	case !errors.As(err, &fault):
		return "", false
	}
	for known, key := range map[error]string{
		ErrCarriesLate: "carries_late", ErrCarriesBusy: "carries_busy", ErrSamePaper: "same_paper_meanwhile", ErrFixed: "fixed", ErrPlanEnded: "ended_plan", ErrSamePolicyVersion: "same_version", ErrNoSuchPolicy: "no_such_policy",
	} {
		if errors.Is(fault, known) {
			what := fault.What
			if key == "fixed" {
				what = w.T("diff.f_" + what)
			}
			return w.T("amend."+key, words.Data{"What": what}), true
		}
	}
	return "", false
}

// Lines say what an amendment changes, a line each: the differences, what changed tasks have
// become by acts since the launch (TaskNow), and last the counts.
func Lines(w *words.Words, changes plan.Changes, now []TaskNow, before plan.Plan, after *plan.Plan) []string {
	lines := changes.Lines(w, &before, after)
	if len(changes.Seats) > 0 {
		lines = append(lines, w.T("office.seats_for_all"))
	}
	for _, n := range now {
		lines = append(lines, NowSaid(w, n, before)...)
	}
	counts := map[string]int{}
	for _, c := range changes.Tasks {
		counts[c.What]++
	}
	return append(lines, w.T("amend.counts", words.Data{"Added": counts[plan.Added], "Changed": counts[plan.Changed], "Removed": counts[plan.Removed]}))
}

// mostNamed is how many tasks and talks of a unit are named at most.
const mostNamed = 8

// GoneSaid says in words which tasks and talks of a unit go on although the unit is dissolved or
// left out.
func GoneSaid(w *words.Words, e *GoneError) string {
	key, what := "amend.gone", append(slices.Clone(e.Tasks), e.Talks...)
	if len(e.Leads) > 0 {
		key, what = "amend.gone_leads", e.Leads
	}
	return w.T(key, words.Data{"Unit": e.Unit.Name, "ID": e.Unit.ID, "What": some(what)})
}

// some is the first few of many names.
func some(names []string) string {
	text := strings.Join(names[:min(len(names), mostNamed)], " ")
	if len(names) > mostNamed {
		text += " …"
	}
	return text
}
