package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"duban/internal/act"
	"duban/internal/complaint"
)

// Complained is a complaint as the ledger has it.
type Complained struct {
	Plan    string
	Version int
	act.Complaint
}

type complainedRow struct {
	Plan    string `db:"plan"`
	Number  int    `db:"number"`
	Version int    `db:"version"`
	Doc     string `db:"doc"`
}

func (r complainedRow) complained() (c Complained, err error) {
	c = Complained{Plan: r.Plan, Version: r.Version}
	if err = json.Unmarshal([]byte(r.Doc), &c.Complaint); err != nil {
		err = fmt.Errorf("ledger: complaint %d of %s: %w", r.Number, r.Plan, err)
	}
	return c, err
}

const complainedColumns = `plan, number, version, doc`

// Complaints are the complaints of a plan, by number.
func (s *Store) Complaints(ctx context.Context, planID string) ([]Complained, error) {
	return s.complaints(ctx, `plan = ? ORDER BY number`, planID)
}

// OpenComplaints are the complaints of a plan that are not closed and have not joined another one, the last
// first, without their tasks.
func (s *Store) OpenComplaints(ctx context.Context, planID string) ([]Complained, error) {
	return s.complaints(ctx, `plan = ? AND state IN (?, ?) ORDER BY number DESC`, planID, string(act.ComplaintNew), string(act.ComplaintSorted))
}

func (s *Store) complaints(ctx context.Context, chosen string, args ...any) (all []Complained, err error) {
	var rows []complainedRow
	if err := s.all(ctx, &rows, `SELECT `+complainedColumns+` FROM complaints WHERE `+chosen, args...); err != nil {
		return nil, err
	}
	for _, r := range rows {
		c, err := r.complained()
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// ComplaintFilter chooses complaints of a plan.
type ComplaintFilter struct {
	States  []act.State // nil chooses all
	Numbers []int       // nil chooses all
	Into    int         // those that joined this one; 0 chooses all
	// Skip of the chosen ones, the last first, are left out, and at most Limit are given; 0: all.
	Skip, Limit int
}

// SomeComplaints are the chosen complaints with all that acts on them are judged by, the last first,
// but for what joined them. total is how many were chosen, with those beyond Skip and Limit.
func (s *Store) SomeComplaints(ctx context.Context, l Launched, f ComplaintFilter) (all []Complained, total int, err error) {
	w := where{}
	w.equal("plan", l.Plan.ID)
	if f.States != nil {
		var states []string
		for _, state := range f.States {
			states = append(states, string(state))
		}
		w.add(s.d.among("state"), s.d.list(states))
	}
	if f.Numbers != nil {
		var numbers []string
		for _, n := range f.Numbers {
			numbers = append(numbers, strconv.Itoa(n))
		}
		w.add(s.d.among("CAST(number AS TEXT)"), s.d.list(numbers))
	}
	if f.Into > 0 { // the text may stand elsewhere in a document too: see below
		w.add(s.d.holds("doc"), `"into":`+strconv.Itoa(f.Into))
	}
	if f.Limit > 0 {
		if err := s.one(ctx, &total, `SELECT COUNT(*) FROM complaints`+w.String(), w.args...); err != nil {
			return nil, 0, err
		}
	}
	var rows []complainedRow
	if err := s.all(ctx, &rows, `SELECT `+complainedColumns+` FROM complaints`+w.String()+` ORDER BY number DESC`+page(f.Skip, f.Limit), w.args...); err != nil {
		return nil, 0, err
	}
	var tasks []string
	for _, r := range rows {
		one, err := r.complained()
		if err != nil {
			return nil, 0, err
		}
		if f.Into > 0 && one.Into != f.Into {
			continue
		}
		all, tasks = append(all, one), append(tasks, act.ComplaintTask(one.Number))
		if one.Into > 0 {
			tasks = append(tasks, act.ComplaintTask(one.Into))
		}
	}
	if f.Limit == 0 {
		total = len(all)
	}
	if len(all) == 0 {
		return nil, total, nil
	}
	of, err := s.Tasks(ctx, TaskFilter{Plan: l.Plan.ID, IDs: tasks})
	judged(l, all, of)
	return all, total, err
}

// ComplaintsOf are the complaints of a plan that are or were sorted to a unit, or whose task it leads,
// each with its state (mine); and the numbers of those that have joined one that was sorted to it, or have
// a task that it leads and have joined another one, which may be another unit's (joined).
func (s *Store) ComplaintsOf(ctx context.Context, planID, unit string) (mine map[int]act.State, joined []int, err error) {
	var rows []struct {
		Number int       `db:"number"`
		State  act.State `db:"state"`
		Doc    string    `db:"doc"`
	}
	// The text of an ID in quotes may stand elsewhere in a document too, which is read for that.
	if err := s.all(ctx, &rows, `SELECT number, state, doc FROM complaints WHERE plan = ? AND (state = ? OR `+s.d.holds("doc")+`)`, planID, string(act.ComplaintJoined), asJSON(unit)); err != nil {
		return nil, nil, err
	}
	mine = map[int]act.State{}
	into := map[int]int{}
	for _, r := range rows {
		var c struct {
			Sorted []struct{ Unit string }
			Into   int
		}
		if err := json.Unmarshal([]byte(r.Doc), &c); err != nil {
			return nil, nil, fmt.Errorf("ledger: complaint %d of %s: %w", r.Number, planID, err)
		}
		if slices.ContainsFunc(c.Sorted, func(x struct{ Unit string }) bool { return x.Unit == unit }) {
			mine[r.Number] = r.State
		} else if r.State == act.ComplaintJoined {
			into[r.Number] = c.Into
		}
	}
	for number, of := range into {
		if _, sorted := mine[of]; sorted {
			joined = append(joined, number)
		}
	}
	var led []string // given to the unit by an act on the task itself, among others
	w := where{}
	w.equal("plan", planID)
	w.equal("lead", unit)
	w.begins("id", act.ComplaintTasks)
	if err := s.all(ctx, &led, `SELECT origin FROM tasks`+w.String(), w.args...); err != nil {
		return nil, nil, err
	}
	var more []string
	for _, text := range led {
		origin, err := act.ParseOrigin(text)
		if err != nil {
			return nil, nil, fmt.Errorf("ledger: a task of %s: %w", planID, err)
		}
		number, of := origin.Complaint()
		if _, sorted := mine[number]; !of || sorted {
			continue
		}
		if _, is := into[number]; !is {
			more = append(more, strconv.Itoa(number))
		} else if !slices.Contains(joined, number) {
			joined = append(joined, number)
		}
	}
	if len(more) == 0 {
		return mine, joined, nil
	}
	rows = nil
	if err := s.all(ctx, &rows, `SELECT number, state FROM complaints WHERE plan = ? AND `+s.d.among("CAST(number AS TEXT)"), planID, s.d.list(more)); err != nil {
		return nil, nil, err
	}
	for _, r := range rows {
		mine[r.Number] = r.State
	}
	return mine, joined, nil
}

// Complaint is one complaint of a plan: ErrNotFound where there is none of the number.
func (s *Store) Complaint(ctx context.Context, planID string, number int) (Complained, error) {
	return complainedBy(reader{ctx, s}, `plan = ? AND number = ?`, planID, number)
}

func complainedBy(q interface {
	one(dest any, query string, args ...any) error
}, where string, args ...any) (c Complained, err error) {
	var row complainedRow
	if err := q.one(&row, `SELECT `+complainedColumns+` FROM complaints WHERE `+where, args...); err != nil {
		return c, err
	}
	return row.complained()
}

// Caller is who made a complaint; nothing where nobody said so, or it was erased.
func (s *Store) Caller(ctx context.Context, planID string, number int) (complaint.Caller, error) {
	var row struct {
		Name    string `db:"name"`
		Phone   string `db:"phone"`
		Address string `db:"address"`
		Words   string `db:"words"`
	}
	err := s.one(ctx, &row, `SELECT name, phone, address, words FROM complainants WHERE plan = ? AND number = ?`, planID, number)
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	return complaint.Caller{Name: row.Name, Phone: row.Phone, Address: row.Address, Words: row.Words}, err
}

// Callers are all who made complaints of a plan and are not erased, in no order.
func (s *Store) Callers(ctx context.Context, planID string) (all []complaint.Caller, err error) {
	var rows []struct {
		Name    string `db:"name"`
		Phone   string `db:"phone"`
		Address string `db:"address"`
	}
	err = s.all(ctx, &rows, `SELECT name, phone, address FROM complainants WHERE plan = ?`, planID)
	for _, r := range rows {
		all = append(all, complaint.Caller{Name: r.Name, Phone: r.Phone, Address: r.Address})
	}
	return all, err
}

// Complaining is an act on a complaint, with what it leads to.
type Complaining struct {
	Plan    string
	Act     act.Act
	Version int              // Complained.Version that the act was judged by; 0 of one that takes a complaint in
	After   act.Complaint    // the complaint after the act; the ledger gives one that is taken in its number
	Caller  complaint.Caller // of one that is taken in
}

// HotlineTakenError: a complaint with this number at the hotline is in the ledger, and says otherwise.
type HotlineTakenError struct {
	Hotline string
	Number  int // in the plan
}

func (e *HotlineTakenError) Error() string {
	return fmt.Sprintf("hotline number %s is complaint %d, which says otherwise", e.Hotline, e.Number)
}

// complaining is in place of a task's ID in the keys of acts on complaints: see ActKey.
func complaining(number int) string { return "complaint/" + strconv.Itoa(number) }

// takingIn is the same of the act that takes a complaint in, which has no number before.
const takingIn = "complaint"

// TakeIn records complaints that are taken in, all or none, and who made them in the table that
// can be erased. It gives the number of each in the plan. The same act again, and a complaint
// whose number at the hotline is known, changes nothing and gives the number that it has;
// *HotlineTakenError where that complaint says otherwise.
func (s *Store) TakeIn(ctx context.Context, all []Complaining, when When) (numbers []int, err error) {
	return write(ctx, s, func(t *tx) ([]int, error) {
		var numbers []int
		for _, c := range all {
			n, err := t.takeIn(c, when)
			if err != nil {
				return nil, err
			}
			numbers = append(numbers, n)
		}
		return numbers, nil
	})
}

func (t *tx) takeIn(c Complaining, when When) (number int, err error) {
	key := ActKey(c.Plan, takingIn, c.Act.ID)
	if there, err := actRecorded(t, key, c.Act); err != nil {
		return 0, err
	} else if there {
		var data struct{ Number int }
		var text string
		if err := t.one(&text, `SELECT data FROM events WHERE key = ?`, key); err != nil {
			return 0, err
		}
		err := json.Unmarshal([]byte(text), &data)
		return data.Number, err
	}
	if c.After.Hotline != "" {
		have, err := complainedBy(t, `plan = ? AND hotline = ?`, c.Plan, c.After.Hotline)
		switch {
		case err == nil && sameComplaint(have.Complaint, c.After):
			return have.Number, nil
		case err == nil:
			return 0, &HotlineTakenError{c.After.Hotline, have.Number}
		case !errors.Is(err, ErrNotFound):
			return 0, err
		}
	}
	if err := t.one(&number, `SELECT COALESCE(MAX(number), 0) + 1 FROM complaints WHERE plan = ?`, c.Plan); err != nil {
		return 0, err
	}
	c.After.Number = number
	if err := t.make("complaints", `INSERT INTO complaints (plan, number, version, state, hotline, doc) VALUES (?, ?, ?, ?, ?, ?)`,
		c.Plan, number, 1, string(c.After.State), c.After.Hotline, asJSON(c.After)); err != nil {
		return 0, err
	}
	if !c.Caller.None() {
		if _, err := t.exec(`INSERT INTO complainants (plan, number, name, phone, address, words) VALUES (?, ?, ?, ?, ?, ?)`,
			c.Plan, number, c.Caller.Name, c.Caller.Phone, c.Caller.Address, c.Caller.Words); err != nil {
			return 0, err
		}
	}
	return number, t.append(Event{Key: key, Plan: c.Plan, Kind: ActKind(c.Act.Kind), Actor: c.Act.By.Account}, when,
		map[string]any{"act": c.Act, "number": number, "state": c.After.State})
}

// sameComplaint tells that two complaints say the same, whoever took them in.
func sameComplaint(a, b act.Complaint) bool {
	return a.Title == b.Title && a.Words == b.Words && a.Matter == b.Matter && a.Where == b.Where && a.Section == b.Section
}

// Complain records an act on a complaint that is in the ledger. One that erases who complained
// (erase) takes that out of the table, and out of the file on a disk. The same act again changes
// nothing. ErrBehind when the complaint has been written since the act was judged.
func (s *Store) Complain(ctx context.Context, c Complaining, erase bool, when When) error {
	_, err := write(ctx, s, func(t *tx) (none struct{}, err error) {
		number := c.After.Number
		key := ActKey(c.Plan, complaining(number), c.Act.ID)
		if there, err := actRecorded(t, key, c.Act); there || err != nil {
			return none, err
		}
		have, err := complainedBy(t, `plan = ? AND number = ?`, c.Plan, number)
		if err != nil {
			return none, err
		}
		if have.Version != c.Version {
			return none, ErrBehind
		}
		if erase {
			if err := t.forget(c.Plan, number); err != nil {
				return none, err
			}
		}
		if _, err := t.change("complaints", `version = ?, state = ?, doc = ?`, []any{have.Version + 1, string(c.After.State), asJSON(c.After)}, `plan = ? AND number = ?`, c.Plan, number); err != nil {
			return none, err
		}
		return none, t.append(Event{Key: key, Plan: c.Plan, Kind: ActKind(c.Act.Kind), Actor: c.Act.By.Account}, when,
			map[string]any{"act": c.Act, "number": number, "state": c.After.State})
	})
	if err != nil || !erase {
		return err
	}
	return s.d.tidy(ctx, s.writer) // also after an earlier try that was interrupted here
}

// forget erases who made a complaint. A database leaves the bytes of a deleted row where they
// were, and those of rows that it moved. So the whole table, which is small, is taken out with
// its pages overwritten, and what stays is written anew.
func (t *tx) forget(planID string, number int) error {
	var rows []struct {
		Plan    string `db:"plan"`
		Number  int    `db:"number"`
		Name    string `db:"name"`
		Phone   string `db:"phone"`
		Address string `db:"address"`
		Words   string `db:"words"`
	}
	if err := t.s.d.overwrites(t, true); err != nil {
		return err
	}
	if err := t.all(&rows, `SELECT plan, number, name, phone, address, words FROM complainants WHERE NOT (plan = ? AND number = ?)`, planID, number); err != nil {
		return err
	}
	if _, err := t.exec(`DELETE FROM complainants`); err != nil {
		return err
	}
	for _, r := range rows {
		if _, err := t.exec(`INSERT INTO complainants (plan, number, name, phone, address, words) VALUES (?, ?, ?, ?, ?, ?)`, r.Plan, r.Number, r.Name, r.Phone, r.Address, r.Words); err != nil {
			return err
		}
	}
	return t.s.d.overwrites(t, false)
}

// JudgedComplaints are the complaints of a plan with all that acts on them are judged by, by
// number.
func (s *Store) JudgedComplaints(ctx context.Context, l Launched) ([]Complained, error) {
	all, err := s.Complaints(ctx, l.Plan.ID)
	if err != nil {
		return nil, err
	}
	rows, err := s.Tasks(ctx, TaskFilter{Plan: l.Plan.ID, From: string(act.OriginComplaint) + ":", Prefix: act.ComplaintTasks})
	if err != nil {
		return nil, err
	}
	judged(l, all, rows)
	return all, nil
}

// judged gives complaints all that acts on them are judged by: their tasks, and those of all that
// have joined them.
func judged(l Launched, all []Complained, tasks []Task) {
	cases, joined := map[string]*act.Case{}, map[int][]int{}
	for _, t := range tasks {
		c := CaseOf(t)
		cases[t.ID] = &c
	}
	for _, c := range all {
		if c.State == act.ComplaintJoined {
			joined[c.Into] = append(joined[c.Into], c.Number)
		}
	}
	with := NewComplaint(l, act.Complaint{}) // whose units and sections all share
	for i, c := range all {
		c.Office, c.Leadership, c.Rules, c.Units, c.Sections = with.Office, with.Leadership, with.Rules, slices.Clip(with.Units), slices.Clip(with.Sections)
		c.Joined, c.Task = joined[c.Number], cases[act.ComplaintTask(c.Number)]
		if c.State == act.ComplaintJoined {
			c.Task = cases[act.ComplaintTask(c.Into)]
		}
		all[i] = c
	}
}

// NewComplaint is a complaint with what its plan says of it, and without a task.
func NewComplaint(l Launched, c act.Complaint) act.Complaint {
	dir := l.Plan.Directory
	c.Office, c.Leadership, c.Rules = dir.Office, dir.Leadership, l.Plan.Complaints
	for _, u := range dir.Units {
		if u.ID != dir.Leadership && !u.Gone() {
			c.Units = append(c.Units, u.ID)
		}
	}
	if l.Plan.Water != nil {
		for _, s := range l.Plan.Water.Sections {
			c.Sections = append(c.Sections, s.ID)
		}
	}
	return c
}
