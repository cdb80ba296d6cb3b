package rollover

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"duban/internal/calendar"
	"duban/internal/deadline"
	"duban/internal/plan"
)

// sentence is what a dated task's source says about next year.
type sentence struct {
	again   string // why it comes again: a key of Item.Why; "" when it does not
	doubts  []string
	every   int          // every n years
	until   calendar.Day // last day, when the text bounds the years
	unclear bool         // the text names no limit that is the task's
}

// reached is the milestone of a task that is done when a figure is reached.
const reached = "达标"

// yearly are words that make a task one of every year; 年度 after a number is
// the name of one year.
var (
	yearly    = regexp.MustCompile(`每年|逐年|历年|当年|全年|本年度|(^|[^0-9０-９\s])年度`)
	stateVerb = []string{"达到", "达标", "保持", "控制"}
)

// judge reads the sentence by the rules of internal/deadline. It goes by the reading that
// gave the task its limit, and by one that recurs every year where there is one.
func judge(t plan.Task, p *plan.Plan) sentence {
	readings := deadline.Read(t.Source, deadline.Context{Issued: p.Issued, PlanYear: p.Year})
	limit, found := pick(readings, func(r deadline.Reading) bool {
		return r.Recurrence == "" && (r.Kind == deadline.Due || r.Kind == deadline.Window) && r.Due == t.Due
	})
	if r, ok := pick(readings, func(r deadline.Reading) bool { return r.Recurrence == deadline.Yearly }); ok {
		return everyYear(r, found)
	}
	switch {
	case !found:
		return sentence{unclear: true}
	case limit.Rule == "Y1":
		return sentence{again: "indicator", doubts: []string{"new_figure"}}
	case yearly.MatchString(t.Source):
		s := sentence{again: "yearly"}
		if limit.YearFrom == "written" {
			s.doubts = []string{"year_written"}
		}
		return s
	case limit.YearFrom != "written" && (t.Milestone == reached || slices.Contains(stateVerb, limit.Milestone)):
		return sentence{again: "indicator", doubts: []string{"new_figure"}}
	}
	return sentence{}
}

func everyYear(r deadline.Reading, limitToo bool) sentence {
	s := sentence{again: "every_year", every: r.Recur.Every, until: r.Recur.Until}
	switch {
	case limitToo:
		s.doubts = append(s.doubts, "two_limits")
	case r.Sure == deadline.Ask:
		s.doubts = append(s.doubts, "season")
	case r.Rule == "F2":
		s.doubts = append(s.doubts, "festival")
	}
	if r.Recur.Times > 0 {
		s.doubts = append(s.doubts, "bounded")
	}
	return s
}

func pick(readings []deadline.Reading, is func(deadline.Reading) bool) (deadline.Reading, bool) {
	i := slices.IndexFunc(readings, is)
	if i < 0 {
		return deadline.Reading{}, false
	}
	return readings[i], true
}

var (
	writtenYear = regexp.MustCompile(`(20\d\d)\s*年`)
	sinceThen   = regexp.MustCompile(`^\s*(\d{1,2}月)?(\d{1,2}日)?(起|以来)`)
)

// namesPastYear tells that a text without a limit speaks of the plan's year or
// an earlier one otherwise than to say since when (2021年起) or what the paper is
// called (《…》, 〔2021〕).
func namesPastYear(text string, p *plan.Plan) bool {
	readings := deadline.Read(text, deadline.Context{Issued: p.Issued, PlanYear: p.Year})
	for _, m := range writtenYear.FindAllStringSubmatchIndex(text, -1) {
		year, _ := strconv.Atoi(text[m[2]:m[3]])
		since := sinceThen.MatchString(text[m[1]:]) || slices.ContainsFunc(readings, func(r deadline.Reading) bool {
			return r.Kind == deadline.Start && r.Begin <= m[0] && m[1] <= r.End
		})
		if year <= p.Year && !since && strings.Count(text[:m[0]], "《") == strings.Count(text[:m[0]], "》") {
			return true
		}
	}
	return false
}
