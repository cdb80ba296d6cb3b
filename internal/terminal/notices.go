package terminal

import (
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"duban/internal/calendar"
	"duban/internal/query"
	"duban/internal/whatif"
	"duban/internal/words"
)

// NoticesOutcome is `calendar import -o json`.
type NoticesOutcome struct {
	Years   []whatif.NoticeChange `json:"years"` // one a file, in the order given
	Moves   []query.MovedStage    `json:"moves"` // by plan, then by when the stage was to speak
	Applied bool                  `json:"applied"`
	Tasks   int                   `json:"tasks"` // and talks, that were moved, an act each
}

// Notices shows what notices of holidays would change.
func (sc *Screen) Notices(im NoticesOutcome) {
	for _, y := range im.Years {
		fmt.Fprintln(sc.Out, whatif.NoticeSaid(sc.W, y))
		sc.Changes(y.Changes)
	}
	if len(im.Moves) == 0 {
		fmt.Fprintln(sc.Out, sc.W.T("calendar.no_moves"))
		return
	}
	t := sc.WordedTable("calendar", map[string]int{"title": 40}, "plan", "task", "title", "stage", "from", "to")
	tasks := map[string]bool{}
	for _, m := range im.Moves {
		tasks[m.Plan+"/"+m.Task] = true
		t.AppendRow(table.Row{m.Plan, m.Task, m.Title, sc.StageName(StageRow{Stage: m.Stage, Kind: m.Kind}), Clock(m.From), Clock(m.To)})
	}
	t.Render()
	fmt.Fprintln(sc.Out, sc.W.T("calendar.moves", words.Data{"Tasks": len(tasks), "Stages": len(im.Moves)}))
}

// BackOutcome is `calendar back -o json`.
type BackOutcome struct {
	Year    int               `json:"year"`
	Was     []string          `json:"was"` // papers of the notice that is taken back
	Is      []string          `json:"is"`  // of the one in force again; none: the year is provisional
	Changes []calendar.Change `json:"changes"`
	Applied bool              `json:"applied"`
	Tasks   int               `json:"tasks"` // and talks, that were told
}

// Back shows what taking a notice back would change; none: the year is provisional then.
func (sc *Screen) Back(out BackOutcome, none bool) {
	key := "calendar.back"
	if none {
		key = "calendar.back_none"
	}
	fmt.Fprintln(sc.Out, sc.W.T(key, words.Data{"Year": out.Year, "Was": strings.Join(out.Was, " "), "Is": strings.Join(out.Is, " "), "N": len(out.Changes)}))
	sc.Changes(out.Changes)
}

// NotMeant says that a notice has days worked on which the law has everybody rest.
func (sc *Screen) NotMeant(d query.WorkedDays) string {
	var days []string
	for _, h := range d.Days {
		days = append(days, h.Date.String()+" "+h.Name)
	}
	return sc.W.T("calendar.not_meant", words.Data{"File": d.File, "Year": d.Year, "Days": strings.Join(days, sc.W.T("notice.comma"))})
}
