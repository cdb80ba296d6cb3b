package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/plan"
	"duban/internal/query"
	"duban/seeds"
)

// reading measures what people read in a big ledger, on both databases, as the command
// line reads it: pages of lists, what somebody owes, a plan's counts, a case file, events;
// and every page of the portal, over HTTP.
func reading(ctx context.Context, b *bench) error {
	tasks, events := b.size(100_000, 200), b.size(1_000_000, 400)
	if b.read.address != "" {
		return b.readAt(ctx, "the ledger at the address", b.read.address, tasks, events)
	}
	if b.read.database != "postgres" {
		if err := b.readSQLite(ctx, tasks, events); err != nil {
			return fmt.Errorf("SQLite: %w", err)
		}
	}
	if b.read.database == "sqlite" {
		return nil
	}
	server, stop, err := ledgertest.Database()
	if err != nil {
		return err
	}
	defer stop()
	if err := b.readAt(ctx, "PostgreSQL", server, tasks, events); err != nil {
		return fmt.Errorf("PostgreSQL: %w", err)
	}
	return nil
}

// chosen is what of reading is measured. The zero value is all of it.
type chosen struct {
	database string // sqlite or postgres
	pages    string // regular expression of addresses
	keep     string // folder of the filled SQLite ledger
	address  string // of a full ledger, in place of those that are filled
}

// readSQLite measures reading of an SQLite ledger: one that is filled now, or a copy of the one
// that is kept.
func (b *bench) readSQLite(ctx context.Context, tasks, events int) error {
	file := filepath.Join(b.dir, "reading.db")
	if b.read.keep == "" {
		return b.readAt(ctx, "SQLite", "sqlite:"+file, tasks, events)
	}
	kept := filepath.Join(b.read.keep, fmt.Sprintf("reading-%d-%d.db", tasks, events))
	if _, err := os.Stat(kept); errors.Is(err, fs.ErrNotExist) {
		fresh := filepath.Join(b.dir, "fresh.db")
		if err := b.filled(ctx, "sqlite:"+fresh, tasks, events); err != nil {
			return err
		}
		if err := os.MkdirAll(b.read.keep, 0o700); err != nil {
			return err
		}
		if err := copyFile(kept+".part", fresh); err != nil {
			return err
		}
		if err := errors.Join(os.Remove(fresh), os.Rename(kept+".part", kept)); err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	if err := copyFile(file, kept); err != nil {
		return err
	}
	return b.readAt(ctx, "SQLite", "sqlite:"+file, tasks, events)
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// filled fills a new ledger and closes it.
func (b *bench) filled(ctx context.Context, address string, tasks, events int) error {
	return b.opened(ctx, address, tasks, func(store *ledger.Store, p *plan.Plan, cal *calendar.Calendar, reader *query.Reader) error {
		return b.fill(ctx, "SQLite", store, p, cal, reader, events)
	})
}

// opened opens a ledger for the plan that is read and its reader, on 1 July 2021.
func (b *bench) opened(ctx context.Context, address string, tasks int, do func(*ledger.Store, *plan.Plan, *calendar.Calendar, *query.Reader) error) error {
	// A ledger is filled by writes as large as no office makes: they may take their time.
	patient := ledger.Limits{Statement: time.Hour, Silence: time.Hour, Read: time.Hour, Write: time.Hour, Bulk: time.Hour}
	store, err := ledger.OpenWith(ctx, address, ledger.Options{Create: true, Migrate: true, Limits: patient})
	if err != nil {
		return err
	}
	defer store.Close()
	p := folder("wide", tasks, 100, nineStages(), everyDay()...)
	cal, err := calendar.Load(seeds.Calendar())
	if err != nil {
		return err
	}
	if err := b.monitor(p, cal); err != nil {
		return err
	}
	now := calendar.NewDay(2021, time.July, 1).At(10, 0, calendar.Beijing)
	return do(store, p, cal, query.New(store, query.Options{
		Now:      func() time.Time { return now },
		Calendar: func(imported ...calendar.Year) (*calendar.Calendar, error) { return cal.With(imported...), nil },
		Patience: time.Second,
	}))
}

// readAt measures reading of one ledger, which is filled first unless it has the plan.
func (b *bench) readAt(ctx context.Context, name, address string, tasks, events int) error {
	return b.opened(ctx, address, tasks, func(store *ledger.Store, p *plan.Plan, cal *calendar.Calendar, reader *query.Reader) error {
		switch _, err := store.Plan(ctx, p.ID); {
		case errors.Is(err, ledger.ErrNotFound):
			if err := b.fill(ctx, name, store, p, cal, reader, events); err != nil {
				return err
			}
		case err != nil:
			return err
		}
		if b.read.pages == "" {
			if err := b.lists(ctx, name, p, reader, events); err != nil {
				return err
			}
		}
		return b.pages(ctx, name, store, p, reader)
	})
}

// fill writes half a year of a plan.
func (b *bench) fill(ctx context.Context, name string, store *ledger.Store, p *plan.Plan, cal *calendar.Calendar, reader *query.Reader, events int) error {
	for _, y := range cal.Years() {
		at := ledger.When{Real: p.Issued.At(0, 0, calendar.Beijing), Plan: p.Issued.At(0, 0, calendar.Beijing)}
		if err := store.PutCalendar(ctx, y, "bench", at); err != nil {
			return err
		}
	}
	began := time.Now()
	if err := fillLedger(ctx, store, p, cal, events); err != nil {
		return err
	}
	b.note("%s: %d tasks and %d events written in %.0f s", name, len(p.Tasks), events, time.Since(began).Seconds())
	began = time.Now()
	worked, err := store.Refresh(ctx, p.ID, cal)
	if err != nil {
		return err
	}
	b.emit(figure{Name: name + ": working out what lists are read by", Value: time.Since(began).Seconds() * 1e6 / float64(worked), Unit: "µs a task"})
	if err := b.speakOf(ctx, store, p, cal); err != nil {
		return err
	}
	if err := bringWater(ctx, store, p); err != nil {
		return err
	}
	if err := b.live(ctx, store, p, cal, reader); err != nil {
		return err
	}
	_, err = store.Refresh(ctx, p.ID, cal)
	return err
}

// lists measures what the command line reads.
func (b *bench) lists(ctx context.Context, name string, p *plan.Plan, reader *query.Reader, events int) error {
	all := query.Operator()
	office := query.As(act.Actor{Account: "office", Name: "协调办", Unit: p.Directory.Office})
	unit := query.As(act.Actor{Account: "unit", Name: "某某", Unit: "unit007"})
	r := rand.New(rand.NewPCG(1, 2))
	const lines = 200
	page := func(who query.Viewer, f query.TaskFilter) func() error {
		f.Limit = lines
		return func() error { _, err := reader.Tasks(ctx, who, f); return err }
	}
	owed := func(who query.Viewer, f query.ObligationFilter) func() error {
		f.Limit = lines
		return func() error { _, err := reader.Obligations(ctx, who, f); return err }
	}
	for _, one := range []struct {
		what string
		do   func() error
	}{
		{"task list, 200 lines", page(all, query.TaskFilter{})},
		{"task list, 200 lines, after half of all", page(all, query.TaskFilter{Skip: len(p.Tasks) / 2})},
		{"task list --light yellow", page(office, query.TaskFilter{Lights: []plan.Light{plan.Yellow}})},
		{"task list --state suspended, no line", page(office, query.TaskFilter{States: []act.State{act.Suspended}})},
		{"task list --unit, 200 lines", page(office, query.TaskFilter{Units: []string{"unit007"}})},
		{"task list of a unit's own, 200 lines", page(unit, query.TaskFilter{})},
		{"todo of a unit", owed(unit, query.ObligationFilter{})},
		{"todo of everybody", owed(all, query.ObligationFilter{})},
		{"talk list", func() error { _, err := reader.Talks(ctx, office, query.TalkFilter{Limit: lines}); return err }},
		{"duty list", func() error { _, err := reader.Duties(ctx, office, query.DutyFilter{Limit: lines}); return err }},
		{"message list", func() error { _, err := reader.Messages(ctx, office, query.MessageFilter{Limit: lines}); return err }},
		{"plan status", func() error { _, _, err := reader.Plans(ctx, all, false); return err }},
		{"case file", func() error {
			_, err := reader.Case(ctx, unit, p.ID, p.Tasks[7+100*r.IntN(len(p.Tasks)/100)].ID)
			return err
		}},
		{"page of 100 events", func() error {
			_, err := reader.Events(ctx, office, ledger.EventFilter{Plan: p.ID, AfterSeq: int64(r.IntN(events)), Limit: 100})
			return err
		}},
	} {
		if err := b.often(name+": "+one.what, one.do); err != nil {
			return err
		}
	}
	return nil
}

// often does something many times and gives its median and its 99th percentile.
func (b *bench) often(name string, do func() error) error {
	var took []time.Duration
	for range b.size(100, 5) {
		began := time.Now()
		if err := do(); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.emit(figure{Name: name + ", p99", Value: float64(ranked(took).Microseconds()) / 1000, Unit: "ms",
		Note: fmt.Sprintf("p50 %.1f ms", float64(took[len(took)/2].Microseconds())/1000)}.atMost(50))
	return nil
}

// fillLedger writes a plan and as many bare events of its tasks as there should be.
func fillLedger(ctx context.Context, store *ledger.Store, p *plan.Plan, cal *calendar.Calendar, events int) error {
	at := p.Issued.At(0, 0, calendar.Beijing)
	when := ledger.When{Real: at, Plan: at}
	rows := make([]ledger.Task, len(p.Tasks))
	rules, err := act.NewRules(p, cal)
	if err != nil {
		return err
	}
	for i, t := range p.Tasks {
		rows[i] = ledger.TaskOf(p, t, at)
		rows[i].Facts = rules.Open(rows[i].Facts).Case
	}
	if _, err := store.AddPlan(ctx, ledger.Launched{Plan: *p, At: at}, rows, when); err != nil {
		return err
	}
	var group sync.WaitGroup
	errs := make(chan error, 64)
	for lane := range 64 { // writes that come together share a transaction
		group.Go(func() {
			for i := lane; i < events; i += 64 {
				task := p.Tasks[i%len(p.Tasks)].ID
				_, err := store.Record(ctx, ledger.Event{Key: fmt.Sprint("e", i), Plan: p.ID, Task: task, Kind: "bench.event", Actor: "engine", Real: at, PlanAt: at,
					Data: []byte(`{"stage":"remind-7","notices":[{"recipient":"unit007/liaison","channel":"smtp","digest":"wide|unit007/liaison|2021-04-30T01:00:00Z|1"}]}`)})
				if err != nil {
					errs <- err
					return
				}
			}
		})
	}
	group.Wait()
	close(errs)
	return <-errs
}
