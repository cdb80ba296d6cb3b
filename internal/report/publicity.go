package report

import (
	"strings"

	"duban/internal/calendar"
	"duban/internal/incident"
	"duban/internal/plan"
	"duban/internal/water"
	"duban/internal/words"
)

// PublicFacts are what a text to be made public is drafted from. They name units and nobody.
type PublicFacts struct {
	Of       string // plan.ProposeTalk or plan.ProposeCircular; "": a result
	Title    string // of the task that publishes
	Period   string
	Lead     string // name of the unit that publishes
	Office   string // name of the office
	Unit     string // name of the unit that a circular or a talk is about
	Matters  []Row  // tasks that it is about
	Number   string // of the document; "": not known
	Day      calendar.Day
	AnswerBy calendar.Day         // of a circular; zero: none
	Results  []ZoneResult         // of a result that the ledger has: zones in the period
	Outlets  []incident.Discharge // likewise, outlets in the period's month
}

// ZoneResult is a zone in the last month of a period in which its class is known; where it is in none,
// in the last month of the period.
type ZoneResult struct {
	water.ZoneRow
	Of water.Month
}

// PublicDraft is the title and the text that the office begins with.
func (s Speaker) PublicDraft(f PublicFacts) (title, text string) {
	key := "public.draft_result"
	switch f.Of {
	case plan.ProposeTalk:
		key = "public.draft_talk"
	case plan.ProposeCircular:
		key = "public.draft_circular"
	}
	var matters []string
	for _, m := range f.Matters {
		matters = append(matters, s.Title(m))
	}
	var results []string
	for _, z := range f.Results {
		d := words.Data{"Name": z.Zone.Name, "Of": s.w.T("page.month_of", words.Data{"Year": z.Of.Year, "Month": z.Of.Month})}
		switch {
		case z.Month.State != water.Observed:
			d["State"] = s.w.T("water.state_" + string(z.Month.State))
		case z.Month.Class == water.NoClass:
			d["State"] = s.w.T("public.lacking")
		}
		if d["State"] != nil {
			results = append(results, s.w.T("public.no_result", d))
			continue
		}
		met := ""
		switch z.Month.Outcome {
		case water.Met:
			met = s.w.T("public.met")
		case water.Missed:
			met = s.w.T("public.missed")
		}
		d["Class"], d["Met"] = z.Month.Class.String(), met
		results = append(results, s.w.T("public.results", d))
	}
	results = append(results, s.outletResults(f.Outlets)...)
	d := words.Data{"Results": strings.Join(results, "\n"), "Title": f.Title, "Lead": f.Lead, "Office": f.Office, "Unit": f.Unit, "Matter": strings.Join(matters, s.w.T("public.and")), "Number": f.Number, "Period": "", "Day": "", "AnswerBy": ""}
	if f.Period != "" {
		d["Period"] = s.Period(f.Period)
	}
	if !f.Day.IsZero() {
		d["Day"] = s.Day(f.Day)
	}
	if !f.AnswerBy.IsZero() {
		d["AnswerBy"] = s.Day(f.AnswerBy)
	}
	return strings.TrimSpace(s.w.T(key+"_title", d)), strings.TrimSpace(s.w.T(key, d))
}
