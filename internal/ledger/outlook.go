package ledger

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
)

// An outlook is kept for each task, so that lists are chosen, counted and ordered by
// indexes: see act.Outlook. The task's row is what counts: a task that was written since
// its outlook was worked out is listed in outlook_stale, by triggers, and whoever reads
// works its outlook out anew; an outlook worked out by other policies, another calendar or
// other rules than the reader's is not used at all.

// program is the revision that this program was built from, "" where that is not known.
// It is part of Basis, since another program may work out another outlook from the same
// facts.
var program = sync.OnceValue(func() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return info.Main.Version
})

// Basis names what outlooks of a plan are worked out by: the plan's version, the
// calendar, and the rules of this program.
func Basis(l Launched, cal *calendar.Calendar) string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\n%d\n%d\n%s\n", program(), act.Reading, l.Version, fmt.Sprint(l.CalendarSince.UTC().Format(time.RFC3339Nano), l.CalendarUndone))
	_ = json.NewEncoder(sum).Encode(cal.Years()) // the years are texts and dates, and a hash takes every write
	return hex.EncodeToString(sum.Sum(nil)[:12])
}

// never is a day that does not come, as the database keeps it: it sorts after every date.
const never = "never"

func turnsOn(d calendar.Day) string {
	if d.IsZero() {
		return never
	}
	return d.String()
}

// RulesOf are the rules of a launched plan by a calendar, with what the ledger knows of
// the notices of holidays: since when they are in force, and which were taken back.
func RulesOf(l Launched, cal *calendar.Calendar) (act.Rules, error) {
	rules, err := act.NewRules(&l.Plan, cal)
	rules.Since, rules.Undone = l.CalendarSince, l.CalendarUndone
	return rules, err
}

// Rules are those of a launched plan by the calendar in force.
func (s *Store) Rules(ctx context.Context, l Launched) (act.Rules, error) {
	years, err := s.Calendar(ctx)
	if err != nil {
		return act.Rules{}, err
	}
	return RulesOf(l, calendar.New(years...))
}

// outlookOf is a task's outlook; its Next is the next word about the task or one of its
// talks.
func outlookOf(l Launched, rules act.Rules, t Task, talks []Talk) act.Outlook {
	o := rules.Outlook(CaseOf(t))
	o.Shows = o.Shows && t.Kind == plan.Dated && (t.State == TaskOpen || t.State == TaskClosed)
	if t.State != TaskOpen {
		o.Next = time.Time{}
		return o
	}
	for _, k := range talks {
		if !k.GoesOn() {
			continue
		}
		if ahead := rules.TalkAhead(TalkCaseOf(&l.Plan, t, k)); len(ahead) > 0 && (o.Next.IsZero() || ahead[0].At.Before(o.Next)) {
			o.Next = ahead[0].At
		}
	}
	return o
}

// written is what only the plan's document says of a task.
type written struct {
	Label     string         `json:"label,omitempty"`
	Milestone string         `json:"milestone,omitempty"`
	Note      string         `json:"note,omitempty"`
	Publish   bool           `json:"publish,omitempty"`
	Source    string         `json:"source,omitempty"`
	Begin     calendar.Day   `json:"begin,omitzero"`
	Also      []plan.Mention `json:"also,omitempty"`
	Section   *plan.Section  `json:"section,omitempty"` // that it is about
	Rule      *plan.Task     `json:"rule,omitempty"`    // of a duty, whole
}

// paper is what a plan's document says of tasks, by their IDs.
type paper struct {
	tasks    map[string]plan.Task
	sections map[string]plan.Section
}

func paperOf(p *plan.Plan) paper {
	d := paper{map[string]plan.Task{}, map[string]plan.Section{}}
	for _, t := range p.Tasks {
		d.tasks[t.ID] = t
	}
	for _, s := range p.Sections {
		d.sections[s.ID] = s
	}
	return d
}

// of is what the plan's document says of a task; of an occurrence, what it says of the
// duty.
func (d paper) of(t Task) written {
	said, ok := d.tasks[t.ID]
	if !ok {
		said = d.tasks[t.Duty]
	}
	w := written{Label: said.Label, Milestone: said.Milestone, Note: said.Note, Publish: said.Publish, Source: said.Source, Begin: said.Begin, Also: said.Also}
	if t.Kind == plan.Duty {
		w.Rule = &said
	}
	if s, ok := d.sections[t.ID]; ok {
		w.Section = &s
	}
	return w
}

// task is the document's task, as far as reports ask for it.
func (w written) task(id string) plan.Task {
	if w.Rule != nil {
		return *w.Rule
	}
	return plan.Task{ID: id, Label: w.Label, Milestone: w.Milestone, Note: w.Note, Publish: w.Publish, Source: w.Source, Begin: w.Begin, Also: w.Also}
}

// Parts that a unit may have in a task. The office and the leadership see every task without
// one.
const (
	partLead   = "lead"
	partAssist = "assist"
	partOwes   = "owes"
)

// unitParts are the units that have a part in a task.
func unitParts(t Task) (parts [][2]string) {
	c := CaseOf(t)
	parts = append(parts, [2]string{c.Lead, partLead})
	for _, u := range c.Assist {
		parts = append(parts, [2]string{u, partAssist})
	}
	for _, p := range c.Parts {
		parts = append(parts, [2]string{p.Unit, partOwes})
	}
	slices.SortFunc(parts, func(a, b [2]string) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	return slices.Compact(parts)
}

// refreshed is how many outlooks are worked out in one transaction: few enough
// that nobody waits for it.
const refreshed = 50

// Refresh works out anew the outlooks of those tasks of a plan that have been written, or
// of all its tasks where the Basis is another, and gives how many. Whoever reads lists
// before Refresh has run gets the same answers, but works out what is stale each time.
func (s *Store) Refresh(ctx context.Context, planID string, cal *calendar.Calendar) (n int, err error) {
	for {
		l, err := s.Plan(ctx, planID)
		if err != nil {
			return n, err
		}
		rules, err := RulesOf(l, cal)
		if err != nil {
			return n, err
		}
		said := paperOf(&l.Plan)
		for {
			did, err := write(ctx, s, func(t *tx) (int, error) { return t.refresh(l, rules, said, Basis(l, cal)) })
			n += max(did, 0)
			if err != nil || did == 0 {
				return n, err
			}
			if did < 0 {
				break // the plan has been amended meanwhile
			}
		}
	}
}

// refresh works out some stale outlooks and gives how many; -1 when the plan has another
// version by now than l.
func (t *tx) refresh(l Launched, rules act.Rules, said paper, basis string) (int, error) {
	var now struct {
		Version int            `db:"version"`
		Basis   sql.NullString `db:"basis"`
	}
	if err := t.one(&now, `SELECT p.version AS version, o.basis AS basis FROM plans p LEFT JOIN outlook_plans o ON o.plan = p.id WHERE p.id = ?`, l.Plan.ID); err != nil {
		return 0, err
	}
	if now.Version != l.Version {
		return -1, nil
	}
	if now.Basis.String != basis {
		if err := t.rebase(l, basis); err != nil {
			return 0, err
		}
	}
	var ids []string
	if err := t.all(&ids, fmt.Sprintf(`SELECT task FROM outlook_stale WHERE plan = ? ORDER BY task LIMIT %d`, refreshed), l.Plan.ID); err != nil || len(ids) == 0 {
		return 0, err
	}
	list := t.s.d.list(ids)
	tasks, err := workOut(t.all, t.s.d, l, rules, list)
	if err != nil {
		return 0, err
	}
	if err := t.recount(l.Plan.ID, ids, -1); err != nil {
		return 0, err
	}
	var blocks []int
	if err := t.all(&blocks, `SELECT DISTINCT `+blockOf("position")+` FROM outlook_words WHERE plan = ? AND `+t.s.d.among("task"), l.Plan.ID, list); err != nil {
		return 0, err
	}
	for _, table := range []string{"outlook", "outlook_units", "outlook_owed", "outlook_words", "outlook_stale"} {
		if _, err := t.exec(`DELETE FROM `+table+` WHERE plan = ? AND `+t.s.d.among("task"), l.Plan.ID, list); err != nil {
			return 0, err
		}
	}
	var outlooks, units, owed, searched [][]any
	for _, r := range tasks {
		task := r.now
		outlooks = append(outlooks, []any{task.Plan, task.ID, r.Position, task.Duty, task.Due.String(), task.Kind, r.Outlook.State, lampOf(r.Outlook),
			turnsOn(r.Turns.Blue), turnsOn(r.Turns.Yellow), turnsOn(r.Turns.Red), r.Runs, nullable(r.Next), asJSON(said.of(task)),
			task.Lead, task.Clause, r.inherited, asMissed(r.missed)})
		searched = append(searched, []any{task.Plan, r.Position, task.Duty, task.Due.String(), task.ID, task.Lead, searchedBy(task)})
		blocks = append(blocks, r.Position/perBlock)
		for _, p := range r.parts {
			units = append(units, []any{task.Plan, p[0], task.ID, p[1]})
		}
		for _, o := range r.owed {
			owed = append(owed, []any{task.Plan, o.Task, o.Talk, o.ID, o.Unit, o.Since, o.Due, o.Runs})
		}
	}
	if err := t.insert("outlook", []string{"plan", "task", "position", "duty", "due", "kind", "phase", "lamp", "blue", "yellow", "red", "runs", "next_at", "written", "lead", "clause", "inherited", "missed"}, outlooks); err != nil {
		return 0, err
	}
	if err := t.recount(l.Plan.ID, ids, 1); err != nil {
		return 0, err
	}
	if err := t.insert("outlook_words", []string{"plan", "position", "duty", "due", "task", "lead", "words"}, searched); err != nil {
		return 0, err
	}
	if err := t.gather(l.Plan.ID, blocks); err != nil {
		return 0, err
	}
	if err := t.insert("outlook_owed", []string{"plan", "task", "talk", "id", "unit", "since", "due", "runs"}, owed); err != nil {
		return 0, err
	}
	return len(ids), t.insert("outlook_units", []string{"plan", "unit", "task", "part"}, units)
}

// countedBy are the columns of outlook, as alias o, by which its rows are counted.
const countedBy = `o.plan, o.lamp, o.due, o.red, o.yellow, o.blue, o.kind, CASE WHEN o.duty = '' THEN '' ELSE '-' END, o.phase`

// recount adds to outlook_counts the rows of outlook of some tasks, sign times each.
func (t *tx) recount(planID string, tasks []string, sign int) error {
	w := where{}
	w.add("o.plan = ?", planID)
	w.add(t.s.d.among("o.task"), t.s.d.list(tasks))
	_, err := t.exec(`INSERT INTO outlook_counts (plan, lamp, due, red, yellow, blue, kind, duty, phase, n)
		SELECT `+countedBy+fmt.Sprintf(`, %d * COUNT(*) FROM outlook o`, sign)+w.String()+` GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
		ON CONFLICT (plan, lamp, due, red, yellow, blue, kind, duty, phase) DO UPDATE SET n = outlook_counts.n + excluded.n`, w.args...)
	if err != nil || sign > 0 {
		return err
	}
	_, err = t.exec(`DELETE FROM outlook_counts WHERE plan = ? AND n = 0`, planID)
	return err
}

// countAnew counts all rows of outlook of a plan: programs of before outlook_counts wrote outlook
// without counting, and had another basis.
func (t *tx) countAnew(planID string) error {
	if _, err := t.exec(`DELETE FROM outlook_counts WHERE plan = ?`, planID); err != nil {
		return err
	}
	_, err := t.exec(`INSERT INTO outlook_counts (plan, lamp, due, red, yellow, blue, kind, duty, phase, n)
		SELECT `+countedBy+`, COUNT(*) FROM outlook o WHERE o.plan = ? GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9`, planID)
	return err
}

// rebase notes the basis by which the outlooks of a plan are worked out from now on, with
// the plan's frame, and marks the outlooks of all its tasks as stale.
func (t *tx) rebase(l Launched, basis string) error {
	if _, err := t.exec(`UPDATE outlook SET written = '' WHERE plan = ? AND NOT EXISTS (SELECT 1 FROM outlook_plans p WHERE p.plan = outlook.plan AND p.version = ?)`, l.Plan.ID, l.Version); err != nil {
		return err // what the document of another version says of tasks is emptied: an amendment may have changed it
	}
	if err := t.countAnew(l.Plan.ID); err != nil {
		return err
	}
	framed := l.Plan
	framed.Tasks, framed.Clauses, framed.Sections = nil, nil, nil
	frame, err := json.Marshal(framed)
	if err != nil {
		return fmt.Errorf("ledger: plan %s: %w", l.Plan.ID, err)
	}
	_, err = t.exec(`INSERT INTO outlook_plans (plan, basis, version, frame) VALUES (?, ?, ?, ?)
		ON CONFLICT (plan) DO UPDATE SET basis = excluded.basis, version = excluded.version, frame = excluded.frame`, l.Plan.ID, basis, l.Version, string(frame))
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO outlook_stale (plan, task) SELECT plan, id FROM tasks WHERE plan = ? ON CONFLICT DO NOTHING`, l.Plan.ID)
	return err
}

// lampOf is the column lamp of an outlook: "" where no light is shown, the light of a task
// that is done, or lampOpen where the light follows from the day: see lightOn.
func lampOf(o act.Outlook) string {
	switch {
	case !o.Shows:
		return ""
	case o.Done != "":
		return string(o.Done)
	}
	return lampOpen
}

const lampOpen = "open"

type positionedTask struct {
	taskRow
	Position int `db:"position"`
}

// workedTask is a task with what was worked out of its own row and its talks'.
type workedTask struct {
	positionedTask
	now Task
	act.Outlook
	parts     [][2]string
	owed      []Obligation
	inherited bool     // late already when its unit was given it
	missed    []string // units that missed its date before it was given to another
}

// reading reads rows, in a transaction of the writer or of a reader.
type reading func(dest any, query string, args ...any) error

// workOut works out the outlooks of tasks of a plan.
func workOut(all reading, d dialect, l Launched, rules act.Rules, list any) ([]workedTask, error) {
	var rows []positionedTask
	if err := all(&rows, `SELECT position, `+taskColumns+` FROM tasks WHERE plan = ? AND `+d.among("id"), l.Plan.ID, list); err != nil {
		return nil, err
	}
	talks, err := talksOf(all, d, l.Plan.ID, list)
	if err != nil {
		return nil, err
	}
	of := map[string][]Talk{}
	for _, k := range talks {
		of[k.Task] = append(of[k.Task], k)
	}
	out := make([]workedTask, len(rows))
	for i, row := range rows {
		t, err := row.task()
		if err != nil {
			return nil, err
		}
		out[i] = workedTask{positionedTask: row, now: t, Outlook: outlookOf(l, rules, t, of[t.ID]), parts: unitParts(t), owed: Obligations(l, rules, t, of[t.ID])}
		out[i].inherited, out[i].missed = charged(rules, t)
	}
	return out, nil
}

// talksOf are the talks about tasks of a plan, and those that they have joined, by task
// and number.
func talksOf(all reading, d dialect, planID string, list any) ([]Talk, error) {
	var rows []talkRow
	err := all(&rows, `SELECT `+talkColumns+` FROM talks WHERE plan = ? AND (`+d.among("task")+` OR id IN (SELECT host FROM talks WHERE plan = ? AND host <> '' AND `+d.among("task")+`))
		ORDER BY task, number`, planID, list, planID, list)
	if err != nil {
		return nil, err
	}
	talks := make([]Talk, len(rows))
	for i, row := range rows {
		var err error
		if talks[i], err = row.talk(); err != nil {
			return nil, err
		}
	}
	return talks, nil
}

// Stale are the plans of which something waits to be worked out by Refresh.
func (s *Store) Stale(ctx context.Context, cal *calendar.Calendar) (stale []string, err error) {
	var plans []struct {
		ID    string `db:"id"`
		Waits bool   `db:"waits"`
	}
	if err := s.all(ctx, &plans, `SELECT id, EXISTS (SELECT 1 FROM outlook_stale s WHERE s.plan = p.id) AS waits FROM plans p ORDER BY id`); err != nil {
		return nil, err
	}
	for _, p := range plans {
		if !p.Waits {
			l, basis, ok, err := s.Frame(ctx, p.ID)
			if err != nil {
				return nil, err
			}
			if ok && Basis(l, cal) == basis {
				continue
			}
		}
		stale = append(stale, p.ID)
	}
	return stale, nil
}
