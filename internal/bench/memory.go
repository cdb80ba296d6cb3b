package main

import (
	"context"
	"fmt"
	"time"
)

// memory measures what a worker with many open tasks holds, the embedded
// server in the same process, beside what it holds without them.
func memory(ctx context.Context, b *bench) error {
	h, err := b.open(ctx, "memory", 2*time.Hour)
	if err != nil {
		return err
	}
	defer h.Close()
	before, err := resident()
	if err != nil {
		return err
	}
	n := b.size(10_000, 40)
	p := folder("memory", n, 100, nineStages(), monthEnds()...)
	if _, err := h.launch(ctx, p, h.farClock()); err != nil {
		return err
	}
	after, err := resident()
	if err != nil {
		return err
	}
	b.emit(figure{Name: "resident, embedded server and worker, no task", Value: before, Unit: "MB"})
	b.emit(figure{Name: fmt.Sprintf("resident with %d open tasks", n), Value: after, Unit: "MB"})
	b.emit(figure{Name: "each open task", Value: (after - before) * 1024 / float64(n), Unit: "kB"})
	return nil
}
