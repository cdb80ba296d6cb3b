package whatif

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/internal/calendar"
	"duban/internal/words"
)

// NoticeChange is what the file of a holiday notice changes of its year.
type NoticeChange struct {
	File      string            `json:"file"`
	Year      int               `json:"year"`
	Papers    []string          `json:"papers"`
	WasPapers []string          `json:"was_papers"`
	New       bool              `json:"new"`     // the year was provisional
	Changes   []calendar.Change `json:"changes"` // was or is null: that notice does not name the day; for a year without a notice, was has the days of the law
	Same      bool              `json:"-"`       // the notice says nothing new
	Notice    calendar.Year     `json:"-"`       // the year as it would be in force
}

// Papers are the numbers of the documents of some notices, separated by spaces.
func Papers(years []NoticeChange) string {
	var papers []string
	for _, y := range years {
		papers = append(papers, y.Papers...)
	}
	return strings.Join(papers, " ")
}

// NoticeChanges are what holiday notices change of the calendar in force, one entry for each
// notice; files are the names of their files, in the same order.
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

// NoticeSaid says whether a notice is of a year that had none, says something else, or
// nothing new.
func NoticeSaid(w *words.Words, y NoticeChange) string {
	key := "calendar.other"
	switch {
	case y.Same:
		key = "calendar.same"
	case y.New:
		key = "calendar.new_year"
	}
	return w.T(key, words.Data{"Year": y.Year, "Was": strings.Join(y.WasPapers, " "), "Is": strings.Join(y.Papers, " "), "N": len(y.Changes)})
}

// HolidaySaid is what a notice says of a day: 国庆节休息, 国庆节调休上班; or, of a day
// it does not name, what the weekday says.
func HolidaySaid(w *words.Words, d calendar.Day, h *calendar.Holiday) string {
	switch {
	case h == nil && (d.Weekday() == time.Saturday || d.Weekday() == time.Sunday):
		return w.T("calendar.weekend")
	case h == nil:
		return w.T("calendar.weekday")
	case h.IsOffDay:
		return w.T("calendar.rests", words.Data{"Name": h.Name})
	}
	return w.T("calendar.works", words.Data{"Name": h.Name})
}

// FaultSaid is what is wrong with a notice, where, and what to do; ok is false for other
// errors.
func FaultSaid(w *words.Words, err error) (text string, ok bool) {
	var twice *calendar.TwiceError
	if errors.As(err, &twice) {
		return w.T("calendar.year_twice", words.Data{"File": twice.File, "Other": twice.Other, "Year": twice.Year}), true
	}
	var f *calendar.Fault
	if !errors.As(err, &f) {
		return "", false
	}
	where := f.File
	if f.Line > 0 {
		where += fmt.Sprintf(":%d", f.Line)
	}
	if f.Field != "" {
		where += ": " + f.Field
	}
	data := words.Data{}
	for k, v := range f.Data {
		data[k] = fmt.Sprint(v)
	}
	return strings.TrimPrefix(where+": ", ": ") + w.T("calendar.fault_"+f.Key, data), true
}
