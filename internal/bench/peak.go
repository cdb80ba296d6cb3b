package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// dueMorning is a working day on which everything falls due.
var dueMorning = calendar.NewDay(2021, time.April, 30)

const peakUnits = 100

// dueOnly speaks to the liaison on the due day, and again after it.
func dueOnly() plan.Policy {
	p := nineStages()
	p.Stages = p.Stages[5:]
	return p
}

func smallPeaks(ctx context.Context, b *bench) error {
	n := b.size(1000, 40)
	if err := b.peak(ctx, n, peakUnits, 0); err != nil {
		return err
	}
	return b.peak(ctx, n, peakUnits, b.span(3*time.Minute, 5*time.Second))
}

func bigPeak(ctx context.Context, b *bench) error {
	return b.peak(ctx, b.size(10_000, 40), peakUnits, b.span(3*time.Minute, 5*time.Second))
}

// widePeak is the peak morning with ten thousand tasks of a thousand recipients.
func widePeak(ctx context.Context, b *bench) error {
	return b.peak(ctx, b.size(10_000, 40), b.size(1000, 20), b.span(3*time.Minute, 5*time.Second))
}

// peak lets n tasks of so many recipients fall due on one morning, on a clock
// as fast as real time that reaches the opening of the wake window once all are armed.
func (b *bench) peak(ctx context.Context, n, units int, window time.Duration) error {
	h, err := b.open(ctx, fmt.Sprint("peak", n, units, window), window)
	if err != nil {
		return err
	}
	defer h.Close()
	speak := dueMorning.At(9, 0, calendar.Beijing)
	allowance, err := b.allowance(ctx, h, n)
	if err != nil {
		return err
	}
	clock := calendar.Clock{Epoch: time.Now().Add(allowance), Start: speak.Add(-window - time.Second), Rate: 1}
	p := folder("peak", n, units, dueOnly(), dueMorning)
	began := time.Now()
	if _, err := h.launch(ctx, p, clock); err != nil {
		return err
	}
	b.note("%d tasks armed in %.1f s, %.1f s before the window opens", n, time.Since(began).Seconds(), time.Until(clock.Epoch).Seconds())
	late := time.Now().After(clock.Epoch)
	if err := sleep(ctx, time.Until(clock.Epoch)); err != nil {
		return err
	}
	cpu, opened := processor(), time.Now()
	if err := h.awaitSpoken(ctx, n, clock.Real(speak), window); err != nil {
		return err
	}
	busy := float64(processor()-cpu) / float64(time.Since(opened))
	return b.reportPeak(ctx, h, n, units, window, clock, busy, late)
}

// allowance is how long arming n tasks will take here and now, with some to
// spare: a clock's start is fixed before the first task is armed.
func (b *bench) allowance(ctx context.Context, h *product, n int) (time.Duration, error) {
	few := max(20, n/40)
	began := time.Now()
	if _, err := h.launch(ctx, folder("warm", few, peakUnits, dueOnly(), dueMorning), h.farClock()); err != nil {
		return 0, err
	}
	each := max(time.Since(began)/time.Duration(few)*3/2, b.span(20*time.Millisecond, 0))
	return 3*time.Second + each*time.Duration(n), nil
}

// awaitSpoken waits until n notices are sent. It begins to ask well after the
// speaking time, so that asking does not slow down what is measured.
func (h *product) awaitSpoken(ctx context.Context, n int, speak time.Time, window time.Duration) error {
	first := 4 * time.Second
	if window == 0 {
		first = 15 * time.Second
	}
	if err := sleep(ctx, time.Until(speak.Add(first))); err != nil {
		return err
	}
	for time.Since(speak) < 10*time.Minute {
		sent, err := h.reminded(ctx)
		if err != nil || len(sent) == n {
			return err
		}
		if err := sleep(ctx, 2*time.Second); err != nil {
			return err
		}
	}
	return fmt.Errorf("after ten minutes not all of %d notices were sent", n)
}

// reminded are the notices of the peak that went out, without those that gave each unit its
// tasks at the launch.
func (h *product) reminded(ctx context.Context) ([]ledger.Notice, error) {
	sent, err := h.Ledger.Notices(ctx, ledger.NoticeFilter{Plan: "peak", States: []ledger.NoticeState{ledger.Sent}})
	return slices.DeleteFunc(sent, func(n ledger.Notice) bool { return n.Kind == plan.Told }), err
}

func (b *bench) reportPeak(ctx context.Context, h *product, n, units int, window time.Duration, clock calendar.Clock, busy float64, late bool) error {
	stages, err := h.Ledger.Stages(ctx, "peak", "")
	if err != nil {
		return err
	}
	speak := dueMorning.At(9, 0, calendar.Beijing)
	var decided []time.Time
	var lags []time.Duration
	for _, s := range stages {
		if s.State == ledger.Decided && s.Kind != plan.Told {
			decided = append(decided, s.DecidedAt)
			lags = append(lags, s.DecidedAt.Sub(plan.Wake(s.Task, s.At, window)))
		}
	}
	sent, err := h.reminded(ctx)
	if err != nil {
		return err
	}
	if len(decided) != n || len(sent) != n {
		return fmt.Errorf("of %d stages %d are decided and %d notices sent", n, len(decided), len(sent))
	}
	slices.SortFunc(decided, time.Time.Compare)
	slices.Sort(lags)
	last, messages := time.Time{}, map[string]bool{}
	for _, s := range sent {
		messages[s.Message] = true
		if s.SentAt.After(last) {
			last = s.SentAt
		}
	}
	name := fmt.Sprintf("%d tasks over %v: ", n, window)
	if units > peakUnits {
		name = fmt.Sprintf("%d tasks of %d recipients over %v: ", n, units, window)
	}
	if window == 0 {
		name = fmt.Sprintf("%d tasks at one instant: ", n)
	}
	rate := perSecond(name+"decisions", n, decided[n-1].Sub(decided[0]))
	rate.Note = fmt.Sprintf("%.2f cores busy", busy)
	b.emit(rate)
	lag := figure{Name: name + "a decision behind its wake, p99", Value: ranked(lags).Seconds(), Unit: "s"}
	lag.Note = fmt.Sprintf("median %.3f s, last %.3f s", lags[n/2].Seconds(), lags[n-1].Seconds())
	b.emit(lag)
	behind := seconds(name+"last message after 09:00", last.Sub(clock.Real(speak)))
	behind.Note = fmt.Sprintf("%d messages of %d notices", len(messages), n)
	if late {
		behind.Note += "; the window had opened before all were armed"
	}
	switch {
	case units > peakUnits:
		behind = behind.atMost(10)
	case window > 0:
		behind = behind.atMost(2)
	}
	b.emit(behind)
	return nil
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(max(0, d)):
		return nil
	}
}
