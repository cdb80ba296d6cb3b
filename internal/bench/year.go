package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"go.temporal.io/sdk/worker"

	"duban/internal/act"
	"duban/internal/audit"
	"duban/internal/calendar"
	"duban/internal/engine"
	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/words"
	"duban/workflows"
)

// year lets several hundred silent tasks live through nine stages, first as
// duban does it, then in the usual pattern of two activities a stage, and
// compares the processor time of everything: server, worker, ledger, messages.
func year(ctx context.Context, b *bench) error {
	n := b.size(240, 6)
	ours, err := b.ourYear(ctx, n)
	if err != nil {
		return err
	}
	theirs, err := b.usualYear(ctx, n)
	if err != nil {
		return err
	}
	b.emit(figure{Name: "history events of a silent task, nine stages", Value: ours.events, Unit: "events"}.atMost(70))
	b.emit(figure{Name: "history bytes", Value: ours.bytes, Unit: "bytes"})
	b.emit(figure{Name: "history events, usual pattern", Value: theirs.events, Unit: "events"})
	b.emit(figure{Name: "history bytes, usual pattern", Value: theirs.bytes, Unit: "bytes"})
	b.emit(figure{Name: "processor time a task-year", Value: ours.cpu, Unit: "ms", Note: fmt.Sprintf("%d tasks, %d messages (%d when no decision is late)", n, ours.messages, ours.fewest)})
	b.emit(figure{Name: "processor time, usual pattern", Value: theirs.cpu, Unit: "ms", Note: fmt.Sprintf("%d tasks, %d messages", n, theirs.messages)})
	d := ours.disk
	b.emit(figure{Name: "disk a task-year", Value: (d.ledger + d.temporal + d.outbox) / float64(n), Unit: "MB",
		Note: fmt.Sprintf("of %d tasks: ledger %.1f, Temporal with what has ended %.1f, outbox %.1f MB", n, d.ledger, d.temporal, d.outbox)}.atMost(0.5))
	b.emit(figure{Name: "an idle process, not counted in these", Value: 1000 * ours.idle, Unit: "ms/s"})
	b.emit(ratio("processor time to the usual pattern's", ours.cpu, theirs.cpu).atMost(0.5))
	return nil
}

// cost is what one task's year costs on average.
type cost struct {
	events, bytes float64
	cpu           float64 // ms, without what an idle process uses
	idle          float64 // cores
	messages      int
	fewest        int // messages that a machine without delays sends
	disk          disk
}

// disk is what is on the disk when a year is over, in MB: the databases with their
// logs, and the outbox.
type disk struct{ ledger, temporal, outbox float64 }

func diskOf(dir string) (d disk, err error) {
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		size := float64(info.Size()) / (1 << 20)
		switch name := e.Name(); {
		case strings.HasPrefix(name, "ledger.db"):
			d.ledger += size
		case strings.HasPrefix(name, "temporal.db"):
			d.temporal += size
		case strings.HasSuffix(name, ".eml"):
			d.outbox += size
		}
		return nil
	})
	return d, err
}

// meter counts processor time above what the process uses when it has nothing to do.
type meter struct {
	idle  float64 // cores
	cpu   time.Duration
	began time.Time
}

// startMeter watches the idle process for a while first.
func (b *bench) startMeter(ctx context.Context) (meter, error) {
	if err := sleep(ctx, b.span(3*time.Second, 0)); err != nil { // its start is over
		return meter{}, err
	}
	cpu, began := processor(), time.Now()
	if err := sleep(ctx, b.span(8*time.Second, time.Second)); err != nil {
		return meter{}, err
	}
	return meter{float64(processor()-cpu) / float64(time.Since(began)), processor(), time.Now()}, nil
}

// each is the processor time of one of n, in ms.
func (m meter) each(n int) float64 {
	used := float64(processor()-m.cpu) - m.idle*float64(time.Since(m.began))
	return used / float64(time.Millisecond) / float64(n)
}

// yearPlan is n tasks due on the working days of ten weeks, so many a unit
// that about as many stages share a digest as in the 2021 plan: 800 in 476.
func yearPlan(n int, cal *calendar.Calendar) *plan.Plan {
	var days []calendar.Day
	for d := calendar.NewDay(2021, time.April, 1); len(days) < 48; d = cal.AddWorkdays(d, 1) {
		days = append(days, d)
	}
	p := folder("year", n, max(1, n/yearShare), nineStages(), days...)
	p.Issued = calendar.NewDay(2021, time.February, 28)
	return p
}

const (
	// yearShare is the tasks of one unit.
	yearShare = 24
	// yearWindow spreads the stages over the day before they speak: a fast day is
	// short, and late decisions would not share a digest as they do in a real one.
	yearWindow = 22 * time.Hour
)

// calmPlan is one task whose nine stages fall on nine days: alone, so that none
// is decided late and every stage has its timer. Its people are its own: one who sits
// in two plans is to get one message a morning, and its clock is not the year's.
func calmPlan() *plan.Plan {
	p := folder("calm", 1, 1, nineStages(), calendar.NewDay(2021, time.April, 16))
	p.Issued = calendar.NewDay(2021, time.March, 15)
	own := func(unit *string) { *unit = "calm-" + *unit }
	for i := range p.Directory.Units {
		u := &p.Directory.Units[i]
		own(&u.ID)
		for k := range u.Contacts {
			own(&u.Contacts[k].Email)
		}
	}
	own(&p.Directory.Office)
	own(&p.Directory.Leadership)
	for i := range p.Tasks {
		own(&p.Tasks[i].Lead)
	}
	return p
}

func (b *bench) calmClock(p *plan.Plan) calendar.Clock {
	return calendar.Clock{Epoch: time.Now().Add(3 * time.Second), Start: p.Issued.At(0, 0, calendar.Beijing), Rate: float64(24*time.Hour) / float64(300*time.Millisecond)}
}

// yearClock runs from the plan's issue, a day in so much real time, once all is armed.
func (b *bench) yearClock(p *plan.Plan) calendar.Clock {
	day := b.span(1500*time.Millisecond, 100*time.Millisecond)
	lead := 2*time.Second + time.Duration(len(p.Tasks))*20*time.Millisecond
	return calendar.Clock{Epoch: time.Now().Add(lead), Start: p.Issued.At(0, 0, calendar.Beijing), Rate: float64(24*time.Hour) / float64(day)}
}

func (b *bench) ourYear(ctx context.Context, n int) (cost, error) {
	h, err := b.open(ctx, "ours", 2*time.Hour)
	if err != nil {
		return cost{}, err
	}
	defer h.Close()
	h.Engine = engine.New(h.Client, h.Ledger, yearWindow, time.Now, b.log)
	p := yearPlan(n, h.cal)
	calm := calmPlan()
	if _, err := h.launch(ctx, calm, b.calmClock(calm)); err != nil {
		return cost{}, err
	}
	if err := h.await(ctx, calm); err != nil {
		return cost{}, err
	}
	m, err := b.startMeter(ctx)
	if err != nil {
		return cost{}, err
	}
	if _, err := h.launch(ctx, p, b.yearClock(p)); err != nil {
		return cost{}, err
	}
	if err := h.await(ctx, p); err != nil {
		return cost{}, err
	}
	c := cost{cpu: m.each(n), idle: m.idle}
	l, err := h.Ledger.Plan(ctx, p.ID)
	if err != nil {
		return c, err
	}
	sent, err := h.Ledger.Notices(ctx, ledger.NoticeFilter{Plan: p.ID, States: []ledger.NoticeState{ledger.Sent}})
	if err != nil {
		return c, err
	}
	seen := map[string]bool{}
	for _, s := range sent {
		seen[s.Message] = true
	}
	c.messages = len(seen)
	mornings := map[string]bool{}
	for _, f := range act.Preview(p, h.cal, p.Issued.At(0, 0, calendar.Beijing), calendar.Day{}) {
		for _, r := range f.To {
			mornings[r.String()+f.At.String()] = true
		}
	}
	c.fewest = len(mornings)
	if c.disk, err = diskOf(h.cfg.Dir); err != nil {
		return c, err
	}
	b.note("ours: %d tasks, %d notices in %d messages", n, len(sent), len(seen))
	broken, err := audit.Breaches(ctx, h.Ledger, p.ID, func() time.Time { return l.Clock.Plan(time.Now()) }, nil)
	for _, k := range broken {
		b.note("ours: law %d, %s %s at %s: %s", k.Law, k.Thing, k.Of, k.At.In(calendar.Beijing).Format("2006-01-02 15:04"), k.Text)
	}
	if err != nil {
		return c, err
	}
	return h.history(ctx, c, workflows.TaskWorkflowID(calm.ID, calm.Tasks[0].ID))
}

func (b *bench) usualYear(ctx context.Context, n int) (cost, error) {
	h, err := b.open(ctx, "usual", 2*time.Hour)
	if err != nil {
		return cost{}, err
	}
	defer h.Close()
	channels, err := host.Channels(h.cfg, io.Discard)
	if err != nil {
		return cost{}, err
	}
	p := yearPlan(n, h.cal)
	u := &usual{ledger: h.Ledger, cal: h.cal, channels: channels, words: words.New(h.cfg.Lang)}
	w := worker.New(h.Client, usualQueue, worker.Options{})
	u.register(w)
	if err := w.Start(); err != nil {
		return cost{}, err
	}
	defer w.Stop()
	calm := calmPlan()
	if err := u.live(ctx, h, calm, b.calmClock(calm)); err != nil {
		return cost{}, err
	}
	calmly := int(u.sent.Load())
	m, err := b.startMeter(ctx)
	if err != nil {
		return cost{}, err
	}
	if err := u.live(ctx, h, p, b.yearClock(p)); err != nil {
		return cost{}, err
	}
	c := cost{cpu: m.each(n), idle: m.idle, messages: int(u.sent.Load()) - calmly}
	b.note("usual: %d tasks, %d messages", n, c.messages)
	return h.history(ctx, c, usualID(calm.ID, calm.Tasks[0].ID))
}

// await waits until every stage of a plan is decided and every notice sent. It
// asks every second, once the plan's year is over.
func (h *product) await(ctx context.Context, p *plan.Plan) error {
	l, err := h.Ledger.Plan(ctx, p.ID)
	if err != nil {
		return err
	}
	foretold := act.Preview(p, h.cal, l.At, calendar.Day{})
	end := l.Clock.Real(foretold[len(foretold)-1].At)
	for time.Since(end) < 10*time.Minute {
		if err := sleep(ctx, max(time.Second, time.Until(end))); err != nil {
			return err
		}
		if ended, err := h.ended(ctx, p.ID); ended || err != nil {
			return err
		}
	}
	return fmt.Errorf("plan %s did not end", p.ID)
}

func (h *product) ended(ctx context.Context, planID string) (bool, error) {
	stages, err := h.Ledger.Stages(ctx, planID, "")
	if err != nil {
		return false, err
	}
	for _, s := range stages {
		if s.State != ledger.Decided {
			return false, nil
		}
	}
	waiting, err := h.Ledger.Notices(ctx, ledger.NoticeFilter{Plan: planID, States: []ledger.NoticeState{ledger.Pending, ledger.Sending}})
	return len(waiting) == 0, err
}

// history adds how long one workflow's history is.
func (h *product) history(ctx context.Context, c cost, id string) (cost, error) {
	d, err := h.Client.DescribeWorkflowExecution(ctx, id, "")
	if err != nil {
		return c, err
	}
	info := d.GetWorkflowExecutionInfo()
	c.events, c.bytes = float64(info.GetHistoryLength()), float64(info.GetHistorySizeBytes())
	return c, nil
}
