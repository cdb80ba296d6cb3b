package form

import (
	"strings"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/query"
	"duban/internal/words"
)

// report fills in the fields of acts on the report of a plan's year.
func report(_ query.Subject, row act.Row, s Said, said *act.Act) (err error) {
	if !row.Kind.OfReport() {
		return nil
	}
	facts := act.ReportFacts{Problems: strings.TrimSpace(s.one("problems")), Proposals: strings.TrimSpace(s.one("proposals")), To: s.one("to")}
	if text := strings.TrimSpace(s.one("day")); text != "" {
		if facts.Day, err = calendar.ReadDay(text); err != nil {
			return &Fault{"day", "form.bad_day", words.Data{"Value": text}}
		}
	}
	said.Report = &facts
	return nil
}
