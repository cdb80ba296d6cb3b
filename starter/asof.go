package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/words"
)

// past is the moment that --as-of asks for; its zero is now.
type past struct {
	given string
	day   calendar.Day
	clock time.Duration // time of day; the whole day when it is negative
	live  *ledger.Store // the ledger as it is
}

// until is the last instant that counts, in a plan's zone.
func (p past) until(zone *time.Location) time.Time {
	if p.clock < 0 {
		return p.day.AddDays(1).At(0, 0, zone).Add(-time.Nanosecond)
	}
	at := p.day.At(int(p.clock.Hours()), int(p.clock.Minutes())%60, zone)
	return at.Add(p.clock % time.Minute)
}

// looksBack adds --as-of to a command that reads the ledger.
func (a *app) looksBack(c *cobra.Command) *cobra.Command {
	c.Flags().StringVar(&a.past.given, "as-of", "", a.w.T("proof.flag_as_of"))
	return c
}

// pastLedger opens the ledger as it is, or as it was at the moment of --as-of. Who
// looks back sees what the same account would have seen then. says: the moment stands above
// the table.
func (a *app) pastLedger(ctx context.Context, says bool, do func(*ledger.Store) error) error {
	if a.past.given == "" {
		return a.withLedger(ctx, do)
	}
	var err error
	if a.past.day, a.past.clock, err = calendar.ReadMoment(a.past.given); err != nil {
		return a.w.Err("proof.bad_as_of", words.Data{"Given": a.past.given})
	}
	return a.withLedger(ctx, func(live *ledger.Store) error {
		was, err := live.AsOf(ctx, a.past.until)
		if err != nil {
			return err
		}
		a.past.live = live
		if says && a.format == "table" {
			seq, _, err := was.Head(ctx)
			if err != nil {
				return errors.Join(err, was.Close())
			}
			a.say("proof.as_of", words.Data{"At": a.past.given, "Seq": seq})
		}
		return errors.Join(do(was), was.Close())
	})
}
