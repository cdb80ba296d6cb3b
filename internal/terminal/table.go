package terminal

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"golang.org/x/term"

	"duban/internal/report"
)

// Table is an empty table under headings of the command line's own.
func (sc *Screen) Table(widths map[string]int, headings ...string) table.Writer {
	return sc.WordedTable("cli", widths, headings...)
}

// WordedTable is an empty table under headings of one file of the catalogue; long
// cells fold at their width, given by heading key, and at less where the terminal
// has no space.
func (sc *Screen) WordedTable(prefix string, widths map[string]int, headings ...string) table.Writer {
	t := table.NewWriter()
	t.SetOutputMirror(sc.Out)
	t.SetStyle(table.StyleLight)
	f := &fitted{Writer: t, out: sc.Out, width: sc.Columns, hint: sc.W.T("help.columns_left_out"), keys: headings, limit: map[int]int{}}
	if sc.Wide {
		f.width = 0
	}
	row := table.Row{}
	for i, h := range headings {
		row = append(row, sc.W.T(prefix+".col_"+h))
		f.limit[i] = widths[h]
	}
	f.AppendHeader(row)
	return f
}

// Quotation marks, dots and the lines of tables are as wide as a letter, as report.Wide
// and terminals have them, whatever LANG says.
func init() { text.OverrideRuneWidthEastAsianWidth(false) }

// folded is a column whose cells fold as a page's do: no line begins with a mark
// that closes.
func folded(column, width int) table.ColumnConfig {
	return table.ColumnConfig{Number: column, WidthMax: width, WidthMaxEnforcer: func(cell string, width int) string {
		var lines []string
		for line := range strings.Lines(cell) {
			lines = append(lines, report.Fold(strings.TrimSuffix(line, "\n"), width)...)
		}
		return strings.Join(lines, "\n")
	}}
}

// Width is how many columns a terminal has; 0 is no terminal: what is read by
// another program, or by grep, is not folded.
func Width(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0
	}
	columns, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return columns
}

// fitted is a table that fits the terminal: long cells fold narrower than they would,
// and when that is not enough, the columns that say least are left out, and a line says
// so. --wide shows all.
type fitted struct {
	table.Writer
	out   io.Writer
	width int    // 0: as wide as it is
	hint  string // what is said when columns are left out

	keys  []string // of the headings
	head  table.Row
	rows  []table.Row
	limit map[int]int // by column: where its cells fold, 0 never
}

// lesser are the headings whose columns are left out first, the least first.
var lesser = []string{"progress", "last", "progress_light", "clause", "milestone", "policy", "kind", "words", "actor", "tries", "channel", "notices", "opened", "decided_by", "what", "talk",
	"blue", "green", "yellow", "red", "launched", "title_plan", "plan_title", "upcoming", "next", "next_at", "moved", "light", "do", "left"}

const (
	leastCell  = 8  // no cell folds narrower
	leastWhole = 16 // the same for columns that fold only where nothing else helps: dates, IDs, names
	between    = 3  // " │ "
)

func (f *fitted) AppendHeader(row table.Row, _ ...table.RowConfig) { f.head = row }

func (f *fitted) ResetHeaders() { f.head = nil }

func (f *fitted) AppendRow(row table.Row, _ ...table.RowConfig) { f.rows = append(f.rows, row) }

// Render prints the table.
func (f *fitted) Render() string {
	shown, limits := f.fit()
	var configs []table.ColumnConfig
	for i, column := range shown {
		if limits[column] > 0 {
			configs = append(configs, folded(i+1, limits[column]))
		}
	}
	f.Writer.AppendHeader(only(f.head, shown))
	for _, row := range f.rows {
		f.Writer.AppendRow(only(row, shown))
	}
	f.Writer.SetColumnConfigs(configs)
	text := f.Writer.Render()
	if len(shown) < len(f.head) && f.hint != "" {
		fmt.Fprintln(f.out, f.hint)
	}
	return text
}

// fit says which columns are shown, and where their cells fold.
func (f *fitted) fit() (shown []int, limits map[int]int) {
	limits = map[int]int{}
	for i := range f.head {
		shown = append(shown, i)
		limits[i] = f.limit[i]
	}
	if f.width == 0 {
		return shown, limits
	}
	whole := map[int]int{}
	for _, i := range shown {
		whole[i] = f.natural(i)
	}
	natural := map[int]int{}
	total := func() int {
		n := 1
		for _, i := range shown {
			n += natural[i] + between
		}
		return n
	}
	narrower := func(least int, may func(column int) bool) bool { // the widest that may fold, by one
		widest := -1
		for _, i := range shown {
			if may(i) && natural[i] > least && (widest < 0 || natural[i] > natural[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return false
		}
		natural[widest]--
		limits[widest] = natural[widest]
		return true
	}
	for _, key := range append([]string{""}, lesser...) {
		if key != "" {
			shown = without(shown, f.keys, key)
		}
		for _, i := range shown { // the width of a column that was left out goes to the others
			natural[i], limits[i] = whole[i], f.limit[i]
		}
		for total() > f.width && narrower(leastCell, func(i int) bool { return f.limit[i] > 0 }) {
		}
		if total() <= f.width {
			return shown, limits
		}
	}
	for total() > f.width && narrower(leastWhole, func(int) bool { return true }) {
	}
	return shown, limits
}

// natural is how wide a column is when its cells fold at their own limits.
func (f *fitted) natural(column int) int {
	widest := 0
	for _, row := range append([]table.Row{f.head}, f.rows...) {
		if column >= len(row) {
			continue
		}
		for line := range strings.Lines(fmt.Sprint(row[column])) {
			widest = max(widest, report.Wide(strings.TrimSuffix(line, "\n")))
		}
	}
	if most := f.limit[column]; most > 0 {
		widest = min(widest, most)
	}
	return widest
}

func without(shown []int, keys []string, key string) (left []int) {
	for _, i := range shown {
		if i >= len(keys) || keys[i] != key {
			left = append(left, i)
		}
	}
	return left
}

func only(row table.Row, columns []int) (out table.Row) {
	for _, i := range columns {
		if i < len(row) {
			out = append(out, row[i])
		}
	}
	return out
}

// Several tells that lines are of more than one plan: then a table says of which each is.
// A line of none does not count.
func Several[T any](lines []T, plan func(T) string) bool {
	first := ""
	for _, l := range lines {
		if of := plan(l); first == "" {
			first = of
		} else if of != "" && of != first {
			return true
		}
	}
	return false
}
