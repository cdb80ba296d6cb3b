package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/query"
	"duban/seeds"
)

// wholly are the pages for which every task of a plan is looked at, each with why. Lights
// and what comes are worked out in the background, for all who ask.
var wholly = map[string]string{
	"/lead":                          "which lights have changed",
	"/plans/{plan}/since":            "which lights have changed",
	"/plans/{plan}/ahead":            "what comes of each task",
	"/plans/{plan}/messages":         "what comes of each task",
	"/plans/{plan}/report":           "every clause with its tasks",
	"/plans/{plan}/report/do/{deed}": "the report that is written about",
	"/score":                         "the tallies of all units, one of which is shown",
}

// TestNoPageReadsMoreOfABiggerPlan: with five times as many tasks and events every page of
// every role reads about as many statements and at most twice the rows, some hundreds more
// for a unit's own tasks, and none is heavy; a page of the table of routes that is not
// measured fails.
func TestNoPageReadsMoreOfABiggerPlan(t *testing.T) {
	t.Parallel()
	type read struct{ statements, rows, bytes int64 }
	reads := func(tasks int) map[string]read {
		ctx, counted := ledger.WithReads(t.Context())
		b := &bench{quick: true, plan: "../../seeds/jincheng-2021-water/plan.yaml", dir: t.TempDir(), note: t.Logf}
		store, err := ledger.Open(ctx, "sqlite:"+filepath.Join(b.dir, "ledger.db"))
		require.NoError(t, err)
		defer store.Close()
		cal, err := calendar.Load(seeds.Calendar())
		require.NoError(t, err)
		p := folder("wide", tasks, 10, nineStages(), monthEnds()...)
		require.NoError(t, b.monitor(p, cal))
		require.NoError(t, fillLedger(ctx, store, p, cal, 2*tasks))
		require.NoError(t, b.speakOf(ctx, store, p, cal))
		require.NoError(t, bringWater(ctx, store, p))
		now := calendar.NewDay(2021, time.July, 1).At(10, 0, calendar.Beijing)
		reader := query.New(store, query.Options{Now: func() time.Time { return now },
			Calendar: func(imported ...calendar.Year) (*calendar.Calendar, error) { return cal.With(imported...), nil }})
		require.NoError(t, b.live(ctx, store, p, cal, reader))
		_, err = store.Refresh(ctx, p.ID, cal)
		require.NoError(t, err)
		s, err := b.serve(ctx, store, p, reader)
		require.NoError(t, err)
		defer s.Close()
		all, events := map[string]read{}, 0
		for _, role := range roles {
			client, err := s.accept(role.account)
			require.NoError(t, err)
			for _, path := range addresses(role.is) {
				_, _, _, err := b.page(ctx, s, client, path)
				if errors.Is(err, errNotTheirs) {
					continue
				}
				require.NoError(t, err, path)
				at, err := s.fill(path)
				require.NoError(t, err)
				least, same := read{math.MaxInt64, math.MaxInt64, 0}, 0
				for try := 0; try < 10 && same < 2; try++ { // what is worked out behind a page may read while another is measured
					events++ // so that nothing is as it was remembered
					_, err = store.Record(context.WithoutCancel(t.Context()), ledger.Event{Key: fmt.Sprint("new", events), Plan: p.ID, Kind: "bench.event", Actor: "engine", Real: now, PlanAt: now})
					require.NoError(t, err)
					counted.Statements.Store(0)
					counted.Rows.Store(0)
					status, size, err := get(ctx, client, s.URL+at)
					require.NoError(t, err)
					require.Equal(t, http.StatusOK, status, at)
					switch n := counted.Statements.Load(); {
					case n < least.statements:
						least.statements, same = n, 1
					case n == least.statements:
						same++
					}
					least.rows, least.bytes = min(least.rows, counted.Rows.Load()), max(least.bytes, int64(size))
				}
				all[role.account+" "+path] = least
				assert.Less(t, least.bytes, int64(heaviest), at)
				if wholly[path] == "" {
					assert.LessOrEqual(t, least.statements, int64(250), "statements of %s as %s", path, role.account)
				}
			}
		}
		return all
	}
	few, many := reads(200), reads(1000)
	require.Greater(t, len(few), 80)
	for page, was := range few {
		is, ok := many[page]
		require.True(t, ok, page)
		t.Logf("%-60s %4d statements %5d rows; %4d, %5d", page, was.statements, was.rows, is.statements, is.rows)
		if _, path, _ := strings.Cut(page, " "); wholly[path] != "" || strings.HasPrefix(path, "/assessment") {
			continue // scores rest on every task; they are worked out now and then and remembered, so that one of two readings may find them and the other not
		}
		// Ten more: a list that is empty in the small plan asks nothing about its lines there.
		assert.LessOrEqual(t, is.statements, was.statements+was.statements/4+10, "statements of %s", page)
		assert.LessOrEqual(t, is.rows, 2*was.rows+100+1000/10, "rows of %s", page)
	}
}
