package terminal

import (
	"fmt"
	"strings"

	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/report"
	"duban/internal/whatif"
	"duban/internal/words"
)

// Ended shows that a plan has ended, or what of it goes on.
func (sc *Screen) Ended(p plan.Plan, out query.Ended) {
	if out.Ended {
		fmt.Fprintln(sc.Out, sc.W.T("follow.ended", words.Data{"Title": p.Title}))
		return
	}
	fmt.Fprintln(sc.Out, sc.W.T("follow.undecided", words.Data{"Title": p.Title, "N": len(out.Undecided) + len(out.Talks)}))
	for _, t := range out.Undecided {
		data := words.Data{"Task": t.ID, "Title": t.Title, "Lead": t.Lead, "State": sc.W.T("act.state_" + string(t.State)), "Late": t.Late, "Talks": strings.Join(t.Talks, " "), "MayBeIn": t.MayBeIn}
		if !t.Due.IsZero() {
			data["Due"] = t.Due
		}
		fmt.Fprintln(sc.Out, sc.W.T("follow.undecided_one", data))
	}
	for _, k := range out.Talks {
		fmt.Fprintln(sc.Out, sc.W.T("follow.undecided_talk", words.Data{"Talk": k}))
	}
	fmt.Fprintln(sc.Out, sc.W.T("follow.decide", words.Data{"Plan": p.ID}))
}

// Elsewhere names what of a plan seems to be open, or to have been asked for, in others,
// and what can be done about it; any is false where nothing does. hidden seem to be in
// plans that the viewer may not see.
func (sc *Screen) Elsewhere(twins []whatif.Twin, gaps []whatif.Gap, hidden int) (any bool) {
	sc.twins(TwinRows(twins))
	sc.gaps(GapRows(gaps))
	if hidden > 0 {
		fmt.Fprintln(sc.Err, sc.W.T("draft.twins_hidden", words.Data{"N": hidden}))
	}
	return len(twins)+len(gaps)+hidden > 0
}

// TwinRow is a task that seems to be the same work as one that is open in another plan.
type TwinRow struct {
	Task  string `json:"task"`
	Title string `json:"title"`
	Other string `json:"other"` // PLAN/TASK
	Plan  string `json:"plan"`  // that plan's title
}

// TwinRows are twins as a listing has them.
func TwinRows(all []whatif.Twin) (rows []TwinRow) {
	for _, t := range all {
		rows = append(rows, TwinRow{t.Task.Shown(), t.Task.Title, t.Other.Plan + "/" + t.Other.Shown(), t.Plan})
	}
	return rows
}

// twins names tasks whose work would be chased twice, and what can be done about it.
func (sc *Screen) twins(all []TwinRow) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintln(sc.Err, sc.W.T("follow.twins", words.Data{"N": len(all)}))
	for _, t := range all {
		fmt.Fprintln(sc.Err, sc.W.T("follow.twin", words.Data{"Task": t.Task, "Title": t.Title, "Other": t.Other, "Plan": t.Plan}))
	}
	fmt.Fprintln(sc.Err, sc.W.T("follow.twins_say"))
}

// GapRow is a recurring task that does not go on where the same one of another plan
// stopped.
type GapRow struct {
	TwinRow
	Missing []string `json:"missing"` // periods that are asked of nobody
	Twice   []string `json:"twice"`   // periods that were asked for already
}

// GapRows are gaps as a listing has them.
func GapRows(all []whatif.Gap) (rows []GapRow) {
	for _, g := range all {
		rows = append(rows, GapRow{TwinRow{g.Task.Shown(), g.Task.Title, g.Other.Plan + "/" + g.Other.Shown(), g.Plan}, g.Missing, g.Twice})
	}
	return rows
}

// gaps names recurring tasks of which a period is asked of nobody, or twice, and what
// can be done about it.
func (sc *Screen) gaps(all []GapRow) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintln(sc.Err, sc.W.T("follow.gaps", words.Data{"N": len(all)}))
	periods := func(names []string) string {
		said := make([]string, len(names))
		for i, n := range names {
			said[i] = report.Speak(sc.W).Period(n)
		}
		return sc.periods(said)
	}
	for _, g := range all {
		fmt.Fprintln(sc.Err, sc.W.T("follow.gap", words.Data{"Task": g.Task, "Title": g.Title, "Other": g.Other, "Plan": g.Plan, "Missing": periods(g.Missing), "Twice": periods(g.Twice)}))
	}
	fmt.Fprintln(sc.Err, sc.W.T("follow.gaps_say"))
}

// periods are the names of some periods that follow each other: the first and the last of
// many.
func (sc *Screen) periods(names []string) string {
	if len(names) > 3 {
		return sc.W.T("follow.periods", words.Data{"First": names[0], "Last": names[len(names)-1], "N": len(names)})
	}
	return strings.Join(names, sc.W.T("cli.list_comma"))
}
