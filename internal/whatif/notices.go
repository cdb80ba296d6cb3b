package whatif

import (
	"slices"
	"strings"

	"duban/internal/calendar"
)

// NoticeChange is what one file changes of its year.
type NoticeChange struct {
	File      string            `json:"file"`
	Year      int               `json:"year"`
	Papers    []string          `json:"papers"`
	WasPapers []string          `json:"was_papers"`
	New       bool              `json:"new"`     // the year was provisional
	Changes   []calendar.Change `json:"changes"` // was or is null: it does not name the day; a year without a notice names those of the law
	Same      bool              `json:"-"`       // it says nothing new
	Notice    calendar.Year     `json:"-"`       // as it would be in force
}

// Papers is the notices' papers.
func Papers(years []NoticeChange) string {
	var papers []string
	for _, y := range years {
		papers = append(papers, y.Papers...)
	}
	return strings.Join(papers, " ")
}

// NoticeChanges are what holiday notices change of the calendar as it is, one for each;
// files are their names, in the same order.
func NoticeChanges(now *calendar.Calendar, files []string, notices []calendar.Year) []NoticeChange {
	known := map[int]calendar.Year{}
	for _, y := range now.Years() {
		known[y.Year] = y
	}
	var out []NoticeChange
	for i, y := range notices {
		y = calendar.Merged(known[y.Year], y)
		c := NoticeChange{File: files[i], Year: y.Year, New: !now.Governed(y.Year), Notice: y, Papers: append([]string{}, y.Papers...),
			WasPapers: append([]string{}, known[y.Year].Papers...), Changes: append([]calendar.Change{}, calendar.Changes(now.InForce(y.Year), y)...)}
		c.Same = !c.New && len(c.Changes) == 0 && slices.Equal(c.Papers, c.WasPapers)
		out = append(out, c)
	}
	return out
}
