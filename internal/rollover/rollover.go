// Package rollover drafts next year's plan from this year's 结转: what goes on,
// what comes again, what was left unfinished and how late it is. The package decides
// only what the words of the document decide: everything else is proposed and marked
// with planfile.Todo for a person. It is pure but for reading and writing files.
package rollover

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// Record is what the ledger knows of one task or one occurrence of a duty.
type Record struct {
	Task  string // ID
	Duty  string // of an occurrence: its duty's ID
	Title string
	Kind  plan.Kind
	Lead  string       // unit ID, as reassigned
	Due   calendar.Day // as extended
	State string       // Open, Closed or Cancelled; as the ledger writes them

	// The fields as acts have changed them, and the lateness on Draft.At, counted as in
	// every list.
	Assist    []string         // unit IDs
	Policy    string           // its name, without a version
	Rule      *plan.Recurrence // of a duty
	Days      int              // calendar days late
	Workdays  int              // working days late
	Phase     string           // open, reported, suspended
	Returned  bool             // a return waits for a ruling
	Extending bool             // an extension waits for a decision
	Talks     []string         // about it, that go on: IDs
}

const (
	Open      = "open"
	Closed    = "closed"
	Cancelled = "cancelled"
)

// Draft is next year's plan as decisions about this year's tasks.
type Draft struct {
	From       *plan.Plan
	ID         string
	Title      string
	Year       int
	At         calendar.Day // the day on which lateness is counted
	Known      bool         // there was a ledger
	Items      []Item       // every task of From, in its order
	Unfinished []Late       // in the order of the records
}

// Do is what becomes of a task.
type Do string

const (
	Carry Do = "carry" // goes on as it is: standing, a duty with its rule moved, a limit in the new year
	Move  Do = "move"  // comes again: its dates move by the years between
	Redo  Do = "redo"  // was left unfinished and is proposed with a new limit
	Drop  Do = "drop"
)

// Item is one task with what becomes of it.
type Item struct {
	Task   plan.Task
	Do     Do
	Why    string           // a key rollover.why_<Why>
	Due    calendar.Day     // next year's limit of a dated task
	Recur  *plan.Recurrence // next year's rule of a duty; a zero From is the new day of issue
	Doubts []string         // keys rollover.doubt_<…>: what a person must decide; none: sure
	Late   *Late            // of a task left unfinished
	Lead   string           // unit ID of who leads by the ledger, where that differs
	Stale  string           // a task that the note speaks of and that is not carried

	Carries bool      // the old plan's task goes on as this one
	Title   string    // where an act has set another; else ""
	Policy  string    // its name, likewise
	Assist  *[]string // unit IDs, likewise
}

// Late is one task or occurrence that is unfinished on Draft.At.
type Late struct {
	Record
	First calendar.Day // the limit by the document; zero for an occurrence
}

// Roll decides what becomes of each task of p in the plan of year, which must
// be later than p's. records are what the ledger knows, as it is on the day at; nil:
// there is none, and nobody knows what is finished. The tasks are those that acts have
// made of the plan's.
func Roll(p *plan.Plan, records []Record, year int, at calendar.Day) Draft {
	d := Draft{From: p, Year: year, At: at, Known: records != nil, ID: nextID(p.ID, p.Year, year), Title: inYear(p.Title, p.Year, year)}
	tasks := map[string]plan.Task{}
	for _, t := range p.Tasks {
		tasks[t.ID] = t
	}
	known, late := map[string]Record{}, map[string]*Late{}
	for _, r := range records {
		known[r.Task] = r
		if r.State != Open || r.Due.IsZero() {
			continue
		}
		l := Late{Record: r, First: tasks[r.Task].Due}
		d.Unfinished = append(d.Unfinished, l)
		late[r.Task] = &l
	}
	for _, t := range p.Tasks {
		r, ok := known[t.ID]
		item := d.item(t, r, ok, late[t.ID])
		item.asActed(r, ok)
		d.Items = append(d.Items, item)
	}
	d.staleNotes()
	return d
}

// asActed gives an item the title, policy and assisting units that acts have given its task,
// and sets whether the old plan's task goes on as this one.
func (i *Item) asActed(r Record, known bool) {
	if i.Do == Drop || !known {
		return
	}
	i.Carries = i.Task.Kind == plan.Duty || r.State == Open && i.Do != Move && i.Task.Kind == plan.Dated
	if r.Title != i.Task.Title {
		i.Title = r.Title
	}
	if r.Policy != i.Task.Policy {
		i.Policy = r.Policy
	}
	if r.Assist != nil && !slices.Equal(slices.Sorted(slices.Values(r.Assist)), slices.Sorted(slices.Values(i.Task.Assist))) {
		i.Assist = &r.Assist
	}
}

// entry is the ID that a task's entry has in the file: an `each` entry gives its
// tasks the unit as a tail.
func entry(t plan.Task) string {
	id, _ := strings.CutSuffix(t.ID, "."+t.Lead)
	return id
}

// staleNotes finds notes that speak of an entry of which nothing is carried.
func (d Draft) staleNotes() {
	carried := map[string]bool{}
	for _, i := range d.Items {
		carried[entry(i.Task)] = carried[entry(i.Task)] || i.Do != Drop
	}
	for n, i := range d.Items {
		if i.Do == Drop || i.Task.Note == "" {
			continue
		}
		for _, id := range noteIDs.FindAllString(i.Task.Note, -1) {
			if stays, known := carried[id]; known && !stays {
				d.Items[n].Stale = id
			}
		}
	}
}

var noteIDs = regexp.MustCompile(`[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9]`)

func (d Draft) start() calendar.Day { return calendar.NewDay(d.Year, time.January, 1) }

func (d Draft) item(t plan.Task, r Record, known bool, late *Late) Item {
	i := Item{Task: t, Late: late}
	switch {
	case known && r.State == Cancelled:
		i.Do, i.Why = Drop, "cancelled"
		return i
	case t.Kind == plan.Dated:
		d.dated(&i, r, known)
	case known && r.State == Closed:
		i.Do, i.Why = Drop, "ended"
		return i
	case t.Kind == plan.Duty:
		d.duty(&i, r.Rule)
	default:
		i.Do, i.Why = Carry, "standing"
		if namesPastYear(t.Source, d.From) || namesPastYear(t.Title, d.From) {
			i.doubt("names_year")
		}
	}
	if i.Do != Drop && known && r.Lead != "" && r.Lead != t.Lead {
		i.Lead = r.Lead
		i.doubt("reassigned")
	}
	return i
}

func (i *Item) doubt(key string) {
	if !slices.Contains(i.Doubts, key) {
		i.Doubts = append(i.Doubts, key)
	}
}

// dated decides a task with one limit: by its sentence, then by whether it was
// finished.
func (d Draft) dated(i *Item, r Record, known bool) {
	t := i.Task
	due := t.Due
	if known && !r.Due.IsZero() {
		due = r.Due
	}
	s := judge(t, d.From)
	open := known && r.State == Open
	switch {
	case !due.Before(d.start()) && known && !open:
		i.Do, i.Why = Drop, "done"
	case !due.Before(d.start()) && i.Late != nil && i.Late.Days > 0:
		i.Do, i.Why, i.Due = Redo, "unfinished", due
		i.doubt("late_already")
		return
	case !due.Before(d.start()):
		i.Do, i.Why, i.Due = Carry, "later", due
		if due != t.Due {
			i.doubt("extended")
		}
	case s.again != "":
		i.Do, i.Why = Move, s.again
		i.Due = d.next(t, t.Due, i)
		i.Doubts = append(i.Doubts, s.doubts...)
		if !s.until.IsZero() && s.until.Before(i.Due) {
			i.Do, i.Why, i.Due, i.Doubts = Drop, "term_over", calendar.Day{}, nil
		}
		if s.every > 1 && (d.Year-d.From.Year)%s.every != 0 {
			i.doubt("every_other_year")
		}
	case open:
		i.Do, i.Why = Redo, "unfinished"
	case known:
		i.Do, i.Why = Drop, "done"
	case s.unclear:
		i.Do, i.Why, i.Due = Move, "unclear", d.next(t, t.Due, i)
		i.doubt("no_date_in_text")
	case t.Milestone == reached:
		i.Do, i.Why = Drop, "target_once"
	default:
		i.Do, i.Why = Drop, "once"
	}
	if open && (i.Do == Move || i.Do == Drop) { // nothing unfinished is lost
		if i.Do == Drop {
			i.Do, i.Why = Redo, "unfinished"
		} else {
			i.doubt("unfinished_too")
		}
	}
	if i.Do == Redo {
		i.Due = d.next(t, due, i)
		i.doubt(d.unfinished(i.Late))
	}
}

// unfinished is why a person looks at what was not finished: it is late, or not due
// yet, or its clock is halted because it waits for the office or is paused.
func (d Draft) unfinished(l *Late) string {
	switch {
	case l != nil && l.Days > 0:
		return "unfinished"
	case l != nil && d.At.After(l.Due):
		return "stood"
	}
	return "not_yet_due"
}

// next is the day moved by the years between, and at least into the new year.
// A month's last day stays the last day unless the text names the date.
func (d Draft) next(t plan.Task, due calendar.Day, i *Item) calendar.Day {
	years := d.Year - d.From.Year
	for due.Year+years < d.Year {
		years++
	}
	to := due.AddMonths(12 * years)
	named := strings.Contains(strings.Join(strings.Fields(t.Source), ""), fmt.Sprintf("%d日", due.Date))
	if due == due.MonthEnd() && !named {
		to = to.MonthEnd()
	}
	if named && to.Date != due.Date {
		i.doubt("no_such_day")
	}
	return to
}

func (d Draft) duty(i *Item, rule *plan.Recurrence) {
	t, r := i.Task, *i.Task.Recur
	if rule != nil {
		r.Every, r.Shift, r.Cron = rule.Every, rule.Shift, rule.Cron
	}
	i.Do, i.Why = Carry, "duty"
	if r.From.Before(d.start()) {
		r.From = calendar.Day{}
	}
	if last, more := r.LastPeriod(); !last.IsZero() && last.Before(d.start()) {
		if more {
			i.doubt("duty_ended_early")
		}
		r.Until = d.next(t, r.Until, i)
	}
	if namesPastYear(t.Source, d.From) {
		i.doubt("names_year")
	}
	i.Recur = &r
}

// nextID is the plan's ID with the new year in it.
func nextID(id string, from, to int) string {
	old, new := fmt.Sprint(from), fmt.Sprint(to)
	if strings.Contains(id, old) {
		return strings.Replace(id, old, new, 1)
	}
	const longest = 64
	return id[:min(len(id), longest-1-len(new))] + "-" + new
}

// inYear is a text in which "2021年" has become "2022年".
func inYear(text string, from, to int) string {
	return regexp.MustCompile(fmt.Sprintf(`%d(\s*年)`, from)).ReplaceAllString(text, fmt.Sprintf("%d$1", to))
}
