package front

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/portal"
	"duban/internal/rehearse"
	"duban/internal/settings"
	"duban/internal/strictyaml"
	"duban/seeds"
)

// TestRehearsalsAreHeldOneAtATime: how far one is, what it found also in another run of the
// program, one that is stopped, that breaks, and that is under way when the program ends.
func TestRehearsalsAreHeldOneAtATime(t *testing.T) {
	t.Parallel()
	cfg := settings.Config{Dir: t.TempDir(), Lang: "zh"}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	type answer struct {
		found rehearse.Result
		err   error
	}
	answers := make(chan answer)
	watching := make(chan func(rehearse.Progress))
	r := newRehearsals(ctx, cfg, nil, log)
	r.hold = func(ctx context.Context, o rehearse.Options) (rehearse.Result, error) {
		watching <- o.Watch
		select {
		case a := <-answers:
			return a.found, a.err
		case <-ctx.Done():
			return rehearse.Result{}, ctx.Err()
		}
	}
	p := &plan.Plan{ID: "water", Hash: "h1"}
	begin := func(name string) func(rehearse.Progress) {
		t.Helper()
		require.NoError(t, r.Begin(name, p, nil))
		return <-watching
	}
	found := func(name string) portal.Rehearsal {
		t.Helper()
		made, ok := r.Of(name)
		require.True(t, ok)
		return made
	}
	_, ok := r.Of("a")
	require.False(t, ok)

	watch := begin("a")
	require.ErrorIs(t, r.Begin("b", p, nil), portal.ErrRehearsing)
	watch(rehearse.Progress{Armed: 1, Total: 2})
	require.Equal(t, 5, found("a").Percent)
	at := calendar.NewDay(2021, 6, 7).At(9, 0, time.UTC)
	watch(rehearse.Progress{Now: at, Through: at.Add(time.Hour), Foretold: []plan.Foretold{{Stage: plan.Stage{At: at}}, {Stage: plan.Stage{At: at.AddDate(0, 1, 0)}}}})
	require.Equal(t, 54, found("a").Percent)
	require.True(t, found("a").Under)
	many := make([]rehearse.Difference, mostDiffering+5)
	for i := range many {
		many[i] = rehearse.Difference{What: rehearse.Moved, Task: "t"}
	}
	answers <- answer{rehearse.Result{Tasks: 3, Differences: many}, rehearse.ErrDiffers}
	r.under.Wait()
	made := found("a")
	require.False(t, made.Under)
	require.Equal(t, []any{3, mostDiffering + 5, mostDiffering, "cli.differs_moved", "", "h1"}, []any{made.Tasks, made.Differ, len(made.Differences), made.Differences[0].What, made.Failed, made.Hash})
	again, ok := newRehearsals(ctx, cfg, nil, log).Of("a")
	require.True(t, ok, "in another run of the program")
	require.Equal(t, made.Differ, again.Differ)

	begin("b")
	r.Stop("a") // not under way
	require.True(t, found("b").Under)
	r.Stop("b")
	r.under.Wait()
	require.Equal(t, "stopped", found("b").Failed)
	begin("b")
	answers <- answer{err: errors.New("disk")}
	r.under.Wait()
	require.Contains(t, found("b").Failed, "日志")
	begin("b")
	answers <- answer{err: rehearse.ErrNothing}
	r.under.Wait()
	require.NotContains(t, found("b").Failed, "日志")
	require.NotEmpty(t, found("b").Failed)

	begin("c")
	died, ok := newRehearsals(ctx, cfg, nil, log).Of("c")
	require.True(t, ok, "in another run of the program, where this one was killed")
	require.Equal(t, "stopped", died.Failed)
	require.False(t, died.Under)
	leave() // the program is told to stop: the rehearsal ends with it
	r.under.Wait()
	require.Equal(t, "stopped", found("c").Failed)
	require.ErrorIs(t, r.Begin("c", p, nil), portal.ErrRehearsing)
}

// TestAPlanIsRehearsedAgainAfterARehearsalThatCouldNotBeHeld: what is kept of the first, in
// which nothing was foretold, is not in the way of the second, whose engine dies at once.
func TestAPlanIsRehearsedAgainAfterARehearsalThatCouldNotBeHeld(t *testing.T) {
	t.Parallel()
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	whole, problems := planfile.Load("../../seeds/jincheng-2021-water/plan.yaml", cal)
	require.False(t, strictyaml.Failed(problems))
	spawn := func(rehearse.Engine) *exec.Cmd { return exec.Command("false") }
	r := newRehearsals(t.Context(), settings.Config{Dir: t.TempDir(), Lang: "zh"}, spawn, slog.New(slog.DiscardHandler))
	for _, c := range []struct {
		p    *plan.Plan
		want error
	}{{&plan.Plan{ID: "empty", Hash: "h0"}, rehearse.ErrNothing}, {whole, rehearse.ErrEngineDead}, {whole, rehearse.ErrEngineDead}} {
		var got error
		r.hold = func(ctx context.Context, o rehearse.Options) (found rehearse.Result, err error) {
			found, got = rehearse.Run(ctx, o)
			return found, got
		}
		require.NoError(t, r.Begin("d", c.p, cal))
		r.under.Wait()
		require.ErrorIs(t, got, c.want)
		made, ok := r.Of("d")
		require.True(t, ok)
		require.Equal(t, c.p.Hash, made.Hash)
		require.NotEmpty(t, made.Failed)
	}
}
