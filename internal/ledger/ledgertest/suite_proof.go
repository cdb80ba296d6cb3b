package ledgertest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/water"
)

// proofKeys are the proven tables with their keys.
var proofKeys = map[string][]string{
	"plans": {"id"}, "tasks": {"plan", "id"}, "talks": {"plan", "id"}, "stages": {"plan", "task", "revision", "talk", "id"}, "digests": {"key"},
	"notices": {"key"}, "messages": {"id"}, "calendars": {"year"}, "office": {"name"}, "units": {"id"}, "readings": {"office", "section", "month", "span"}, "assessments": {"plan", "period"}, "merits": {"plan", "number"}, "year_reports": {"plan"}, "incidents": {"plan", "number"}, "complaints": {"plan", "number"}, "public_texts": {"plan", "number"}, "documents": {"hash"},
	"outlook_plans": {"plan"}, "outlook": {"plan", "task"}, "outlook_units": {"plan", "unit", "task", "part"}, "outlook_owed": {"plan", "task", "talk", "id", "unit"},
	"outlook_blocks": {"plan", "block"}, "outlook_words": {"plan", "position", "duty", "due", "task"}, "outlook_counts": {"plan", "lamp", "due", "red", "yellow", "blue", "kind", "duty", "phase"},
}

// chained are the tables whose every cell the chain itself holds, or the schema's own.
var chained = []string{"chain", "events", "ledger_version", "sqlite_sequence"}

// unread are columns after whose change lists are read from the tasks themselves, which
// are proven: the row then is of no plan that is launched, or of an outlook of another
// basis.
var unread = []string{"outlook.plan", "outlook_units.plan", "outlook_owed.plan", "outlook_words.plan", "outlook_counts.plan", "outlook_blocks.plan", "outlook_plans.plan", "outlook_plans.basis"}

// everything lets happen in a world what writes every table. moment is called
// after each step with the instant of it.
func (w *world) everything(moment func(at time.Time)) {
	at := dueAt.Add(-3 * time.Hour)
	next := func() ledger.When {
		at = at.Add(time.Minute)
		return ledger.When{Real: at.Add(time.Second), Plan: at}
	}
	step := func(do func(when ledger.When) error) {
		when := next()
		w.ok(do(when))
		moment(when.Plan)
	}
	decide := func(task string, s plan.Stage) {
		step(func(when ledger.When) error {
			_, _, err := Decide(w.ctx, w.Store, decision(task, s, "mail", "sms"), when)
			return err
		})
	}
	step(func(when ledger.When) error {
		return w.PutCalendar(w.ctx, calendar.Year{Year: 2021, Papers: []string{strings.Repeat("放假", 300)}}, "wang", when)
	})
	step(func(when ledger.When) error {
		occurrence := sampleTask("d.2021Q2")
		occurrence.Plan, occurrence.Duty = "jincheng", "d"
		_, err := w.OpenTask(w.ctx, occurrence, when)
		return err
	})
	step(func(when ledger.When) error { return w.MarkArmed(w.ctx, "jincheng", []string{"t0", "t1", "d"}, when) })
	decide("t0", dueStage)
	decide("t1", dueStage)
	decide("t2", dueStage)
	step(func(when ledger.When) error {
		messages, err := w.Gather(w.ctx, digestOf(liaison, dueAt, 1).Key, when, never)
		if err != nil {
			return err
		}
		if err := w.Receipt(w.ctx, ledger.Outcome{Message: messages[0].ID, Attempt: 1, Fate: ledger.Delivered, Via: "other", Missed: []ledger.MissedCopy{{Name: "李强", Email: "li@shuiwu.example", Error: "550"}}}, when); err != nil {
			return err
		}
		return w.Receipt(w.ctx, ledger.Outcome{Message: messages[1].ID, Attempt: 1, Fate: ledger.Doubtful, Error: "cut off"}, when)
	})
	decide("t0", urge)
	decide("t1", talk)
	step(func(when ledger.When) error {
		_, err := w.ProposeTalkBy(when)
		return err
	})
	step(func(when ledger.When) error {
		return Verify(w.ctx, w.Store, "jincheng", "t1", "wang", "", "close", when)
	})
	step(func(when ledger.When) error { _, _, err := w.Amend(w.ctx, w.nextPlan(), when); return err })
	step(func(when ledger.When) error {
		_, err := w.SetOffice(w.ctx, ledger.OfficeSender, "督办室 <d@example.com>", "wang", when)
		return err
	})
	step(func(when ledger.When) error {
		_, err := w.Announce(w.ctx, ledger.Announcement{Name: "alarm", Plan: "jincheng", Recipient: office, SpeakAt: when.Plan, Channels: []string{"mail"}, Words: []byte(`{"say":"x"}`)}, when)
		return err
	})
	step(func(when ledger.When) error {
		_, err := w.PutReadings(w.ctx, ledger.ReadingsBy{Plan: "jincheng", Office: "shuizhiban", Actor: "wang"}, someReadings("0.59", water.III), when)
		return err
	})
	step(func(when ledger.When) error { return w.Assess(w.ctx, entered("e1", "1", 0), when) })
	step(func(when ledger.When) error { return w.Assess(w.ctx, sent("p1", 0, strings.Repeat("长", 700)), when) })
	step(func(when ledger.When) error { _, err := w.Handle(w.ctx, incidentOpened("i1", "1"), when); return err })
	step(func(when ledger.When) error {
		have, err := w.Incident(w.ctx, "jincheng", "1")
		if err == nil {
			_, err = w.Handle(w.ctx, valueEntered("i2", have), when)
		}
		return err
	})
	step(func(when ledger.When) error { return w.Report(w.ctx, wrote("r1", 0, act.Reporting{}), when) })
	step(func(when ledger.When) error {
		_, err := w.TakeIn(w.ctx, []ledger.Complaining{takenIn("c1", "20210500001")}, when)
		return err
	})
	step(func(when ledger.When) error { return w.Complain(w.ctx, w.forgets("f1", 1, 1), true, when) })
	step(func(when ledger.When) error { return w.Publish(w.ctx, textWritten("w1", act.PublicText{}, 0), when) })
	step(func(when ledger.When) error {
		have, err := w.PublicText(w.ctx, "jincheng", 1)
		if err == nil {
			err = w.Publish(w.ctx, textApproved("a1", have), when)
		}
		return err
	})
	step(func(when ledger.When) error { return w.EndDuty(w.ctx, "jincheng", "d", when) })
}

// ProposeTalkBy proposes a talk about t0 by hand.
func (w *world) ProposeTalkBy(when ledger.When) (ledger.Talk, error) {
	a := actAt(18, 10, clerk, act.Propose)
	a.ID, a.Unit, a.Talk, a.At = "by-hand", "shuiwu", &act.TalkFacts{What: plan.ProposeTalk}, when.Plan
	k, refused, err := w.ProposeTalk(w.ctx, ledger.Proposed{Plan: "jincheng", Task: "t0", Act: a,
		Facts: func(number int) (act.TalkCase, *act.Refusal) {
			c, refused := w.talkRules().Propose(act.TalkCase{Task: "t0", Number: number, Lead: "shuiwu", Office: "shuizhiban", Leadership: "lingdao", Policy: "standard", Origin: act.Origin{Kind: act.OriginHand}}, a)
			return c.TalkCase, refused
		}}, when)
	if refused != nil {
		w.t.Fatal(refused)
	}
	return k, err
}

// forger opens the tables without the triggers that keep events and documents from being
// changed.
func (w *world) forger() *sqlx.DB {
	w.t.Helper()
	w.forged = true
	db := w.raw()
	db.SetMaxOpenConns(1) // so that SET holds for every statement
	statements := []string{`SET session_replication_role = replica`}
	if db.DriverName() == "sqlite" {
		statements = []string{`DROP TRIGGER events_fixed`, `DROP TRIGGER events_kept`, `DROP TRIGGER documents_fixed`, `DROP TRIGGER documents_kept`}
	}
	for _, s := range statements {
		_, err := db.Exec(s)
		w.ok(err)
	}
	return db
}

// tables are all that the database holds.
func (w *world) tables(db *sqlx.DB) (names []string) {
	query := `SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = ANY (current_schemas(false)) ORDER BY 1`
	if db.DriverName() == "sqlite" {
		query = `SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1`
	}
	w.ok(db.Select(&names, query))
	return names
}

// full proves the ledger and gives what differs as table.column, "table -" for a row
// that is missing and "table +" for one too many.
func (w *world) full() (found []string) {
	w.t.Helper()
	p, err := w.Prove(w.ctx, ledger.Check{Full: true, Calendar: calendar.New()})
	w.ok(err)
	for _, d := range p.Differences {
		name := d.Table + "." + d.Column
		switch {
		case d.Column == "" && d.Have == nil:
			name = d.Table + " -"
		case d.Column == "":
			name = d.Table + " +"
		case d.Have == d.Want:
			w.t.Errorf("%s: %v is no difference", name, d.Have)
		}
		found = append(found, name)
	}
	slices.Sort(found)
	return found
}

// proofs: whatever is changed behind the ledger's back is named, in every column of
// every table; and no table or column is there that nobody has thought of.
func proofs(t *testing.T, address string) {
	w := newWorld(t, address, 3)
	w.everything(func(time.Time) {})
	_, err := w.Refresh(w.ctx, "jincheng", calendar.New())
	w.ok(err)
	w.is("untouched", w.full(), []string(nil))
	db := w.forger()
	tampered := 0
	for _, table := range w.tables(db) {
		if slices.Contains(chained, table) || table == "outlook_stale" || slices.Contains(ledger.Unproven, table) {
			continue
		}
		keys := proofKeys[table]
		if keys == nil {
			t.Errorf("is table %s proven? Say so in proven.go", table)
			continue
		}
		tampered += w.tamper(db, table, keys)
	}
	t.Log("ways to tamper: ", tampered)
	if tampered < 100 {
		t.Errorf("only %d ways to tamper were tried", tampered)
	}
	w.is("all put back", w.full(), []string(nil))
}

// tamper changes each column of a table and takes a row away, and gives how many ways
// that were. With another key a row counts as taken away and another as added.
func (w *world) tamper(db *sqlx.DB, table string, keys []string) (ways int) {
	w.t.Helper()
	exec := func(query string, args ...any) {
		w.t.Helper()
		if _, err := db.Exec(db.Rebind(query), args...); err != nil {
			w.t.Fatalf("%s: %v", query, err)
		}
	}
	exec(`CREATE TABLE aside AS SELECT * FROM ` + table)
	back := func() { exec(`DELETE FROM ` + table); exec(`INSERT INTO ` + table + ` SELECT * FROM aside`) }
	rows, err := db.Queryx(`SELECT * FROM ` + table + ` ORDER BY random() LIMIT 1`)
	w.ok(err)
	if !rows.Next() {
		w.t.Fatalf("%s has no row to tamper with", table)
	}
	row := map[string]any{}
	w.ok(rows.MapScan(row))
	types, err := rows.ColumnTypes()
	w.ok(err)
	w.ok(rows.Close())
	where, args := ` WHERE `+strings.Join(keys, ` = ? AND `)+` = ?`, []any{}
	for _, k := range keys {
		args = append(args, row[k])
	}
	var want, sets []string
	for _, column := range types {
		name := column.Name()
		if slices.Contains(unread, table+"."+name) {
			continue
		}
		set := name + ` = ` + otherValue(name, column.DatabaseTypeName())
		switch {
		case slices.Contains(ledger.Unproven, table+"."+name):
			exec(`UPDATE `+table+` SET `+set+where, args...)
			w.is(table+"."+name+" is not proven", w.full(), []string(nil))
			back()
		case slices.Contains(keys, name):
			ways++
			exec(`UPDATE `+table+` SET `+set+where, args...)
			w.named(table+"."+name, table+" +", table+" -")
			back()
		default:
			ways++
			sets, want = append(sets, set), append(want, table+"."+name)
		}
	}
	switch {
	case len(sets) == 0:
	case table != "documents":
		exec(`UPDATE `+table+` SET `+strings.Join(sets, ", ")+where, args...)
		slices.Sort(want)
		w.is(table, w.full(), want)
		back()
	default:
		exec(`UPDATE `+table+` SET `+sets[0]+where, args...)
		w.named(table+".doc", "")
		back()
	}
	if table != "outlook_plans" { // without its row lists are read from the tasks
		exec(`DELETE FROM `+table+where, args...)
		w.named("a row of "+table+" taken away", table+" -")
		back()
	}
	exec(`DROP TABLE aside`)
	return ways + 1
}

// named sees that what was done is found: the differences, or that an event cannot
// be made again for want of its document.
func (w *world) named(what string, want ...string) {
	w.t.Helper()
	p, err := w.Prove(w.ctx, ledger.Check{Full: true, Calendar: calendar.New()})
	var broken *ledger.BrokenChainError
	if errors.As(err, &broken) && strings.Contains(broken.Reason, "document") {
		return
	}
	w.ok(err)
	var found []string
	for _, d := range p.Differences {
		if d.Column == "" && d.Have == nil {
			found = append(found, d.Table+" -")
		} else if d.Column == "" {
			found = append(found, d.Table+" +")
		}
	}
	slices.Sort(found)
	w.is(what, found, want)
}

// otherValue is SQL for another value of a column.
func otherValue(column, kind string) string {
	switch kind {
	case "BOOLEAN", "BOOL":
		return `NOT ` + column
	case "INTEGER", "INT4", "INT8":
		return column + ` + 1`
	case "TIMESTAMP", "TIMESTAMPTZ":
		return `'2001-01-01 00:00:00+00:00'`
	}
	return column + ` || 'x'`
}

// notedHead: a head that was noted outside shows that nothing before it was
// rewritten, also when the last events are gone with all they left.
func notedHead(t *testing.T, address string) {
	w := newWorld(t, address, 2)
	w.decide("t0", dueStage)
	seq, hash, err := w.Head(w.ctx)
	w.ok(err)
	_, err = w.SetOffice(w.ctx, ledger.OfficeSender, "a", "wang", evening)
	w.ok(err)
	end, last, err := w.Head(w.ctx)
	w.ok(err)
	for _, c := range []ledger.Check{{Seq: seq, Hash: hash}, {Seq: seq, Hash: hash[:16]}, {Seq: end, Hash: last, Full: true}} {
		p, err := w.Prove(w.ctx, c)
		w.ok(err)
		w.is("head", []any{p.Seq, p.Hash, p.Found}, []any{end, last, 0})
	}
	for _, c := range []ledger.Check{{Seq: seq, Hash: last}, {Seq: seq, Hash: hash[:15]}, {Seq: end + 1, Hash: last}, {Seq: seq}, {Hash: hash}, {Seq: seq, Hash: hash + "0"}} {
		if _, err := w.Prove(w.ctx, c); !errors.Is(err, ledger.ErrOtherHead) {
			t.Errorf("%v: %v", c, err)
		}
	}
	db := w.forger()
	for _, s := range []string{fmt.Sprintf(`DELETE FROM events WHERE seq = %d`, end), `DELETE FROM office`,
		fmt.Sprintf(`UPDATE chain SET seq = %d, hash = '%s'`, seq, hash)} {
		_, err := db.Exec(s)
		w.ok(err)
	}
	w.is("the rest looks whole", w.full(), []string(nil))
	if _, err := w.Prove(w.ctx, ledger.Check{Seq: end, Hash: last}); !errors.Is(err, ledger.ErrOtherHead) {
		t.Errorf("a head set back: %v", err)
	}
	_, err = w.SetOffice(w.ctx, ledger.OfficeSender, "b", "wang", evening)
	w.ok(err)
	w.is("another end looks whole", w.full(), []string(nil))
	if _, err := w.Prove(w.ctx, ledger.Check{Seq: end, Hash: last}); !errors.Is(err, ledger.ErrOtherHead) {
		t.Errorf("another end: %v", err)
	}
}

// picture is all that a ledger gives to reports.
type picture struct {
	Plans    []ledger.PlanInfo
	Plan     plan.Plan
	Tasks    []ledger.Task
	Stages   []ledger.Stage
	Talks    []ledger.Talk
	Notices  []ledger.Notice
	Messages []ledger.MessageInfo
	Calendar []calendar.Year
	Office   map[string]string
	Amended  int
	Events   []ledger.Event
}

func (w *world) picture(s *ledger.Store) (p picture) {
	w.t.Helper()
	var err error
	ok := func() { w.t.Helper(); w.ok(err) }
	p.Plans, err = s.Plans(w.ctx)
	ok()
	l, err := s.Plan(w.ctx, "jincheng")
	ok()
	p.Plan = l.Plan
	p.Tasks, err = s.Tasks(w.ctx, ledger.TaskFilter{})
	ok()
	p.Stages, err = s.Stages(w.ctx, "jincheng", "")
	ok()
	p.Talks, err = s.Talks(w.ctx, "jincheng", "")
	ok()
	p.Notices, err = s.Notices(w.ctx, ledger.NoticeFilter{})
	ok()
	p.Messages, err = s.Messages(w.ctx, ledger.MessageFilter{})
	ok()
	p.Calendar, err = s.Calendar(w.ctx)
	ok()
	p.Office, err = s.Office(w.ctx)
	ok()
	last, err := s.LastAmendment(w.ctx, "jincheng")
	ok()
	p.Amended = last.N
	p.Events, err = s.Events(w.ctx, ledger.EventFilter{Changes: true})
	ok()
	return p
}

// asOf: what the ledger gave at each moment it gives again as of that moment.
func asOf(t *testing.T, address string) {
	w := newWorld(t, address, 3)
	type shown struct {
		at time.Time
		picture
	}
	all := []shown{{launch, w.picture(w.Store)}}
	w.everything(func(at time.Time) { all = append(all, shown{at, w.picture(w.Store)}) })
	for i, one := range all {
		if i%4 != 0 && i != len(all)-1 { // AsOf makes a ledger each time
			continue
		}
		was, err := w.AsOf(w.ctx, func(zone *time.Location) time.Time {
			w.is("zone", zone.String(), "Asia/Shanghai")
			return one.at
		})
		w.ok(err)
		w.is(fmt.Sprint("as of ", one.at), w.picture(was), one.picture)
		w.is("identity", was.ID(), w.ID())
		silent, err := was.Unspoken(w.ctx, "jincheng")
		w.ok(err)
		for _, d := range silent {
			w.is("a morning, which no event tells of", d.Morning, "")
		}
		if err := was.EndDuty(w.ctx, "jincheng", "d", evening); !errors.Is(err, ledger.ErrReadOnly) {
			t.Errorf("the past can be written: %v", err)
		}
		w.ok(was.Close())
	}
	// The plan's clock runs fast: an event of no plan is dated by the wall clock, years away
	// from the plan's, and is read as of its place in the chain.
	now := time.Now()
	_, err := w.SetOffice(w.ctx, ledger.OfficeLanguage, "zh", "wang", ledger.When{Real: now, Plan: now})
	w.ok(err)
	_, err = w.Record(w.ctx, ledger.Event{Key: "later", Plan: "jincheng", Kind: "test", Real: now, PlanAt: talkAt})
	w.ok(err)
	for at, want := range map[time.Time]string{talkAt.Add(-time.Second): "zh", all[1].at: ""} {
		was, err := w.AsOf(w.ctx, func(*time.Location) time.Time { return at })
		w.ok(err)
		office, err := was.Office(w.ctx)
		w.ok(err)
		w.is("language", office[ledger.OfficeLanguage], want)
		w.ok(was.Close())
	}
	was, err := w.AsOf(w.ctx, func(*time.Location) time.Time { return launch.Add(-time.Second) })
	w.ok(err)
	plans, err := was.Plans(w.ctx)
	w.ok(err)
	w.is("before the launch", len(plans), 0)
	w.ok(was.Close())
}
