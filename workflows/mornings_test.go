package workflows_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"

	"duban/activities"
	"duban/internal/calendar"
	"duban/internal/channel"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/letter"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/wire"
	"duban/internal/words"
)

// tray has the messages that a mail server has taken.
type tray struct {
	mu      sync.Mutex
	arrived map[string]int // by Mail.ID
	tried   int
	full    chan struct{} // closed when waits messages have arrived
	waits   int
}

func newTray(waits int) *tray {
	return &tray{arrived: map[string]int{}, full: make(chan struct{}), waits: waits}
}

// line is the channel by which one worker reaches the mail server of a tray. before is
// called when all but a message's last byte has arrived, after when all of it has; an error
// of theirs is the channel's.
type line struct {
	*tray
	before, after func(context.Context, letter.Letter) error
	shut          func() bool   // the worker does not reach the server at the moment
	stop          chan struct{} // closed when the worker is told to stop
}

func (*line) Name() string         { return "post" }
func (*line) Twice() channel.Twice { return channel.TwiceIsBearable }
func (l *line) Ready() bool        { return l.shut == nil || !l.shut() }

func (l *line) Send(ctx context.Context, m letter.Letter, leaving channel.Leaving) error {
	l.mu.Lock()
	l.tried++
	l.mu.Unlock()
	if l.before != nil {
		if err := l.before(ctx, m); err != nil {
			return err
		}
	}
	if err := leaving(ctx, nil); err != nil {
		return err
	}
	l.mu.Lock()
	l.arrived[m.ID]++
	if len(l.arrived) == l.waits && l.arrived[m.ID] == 1 {
		close(l.full)
	}
	l.mu.Unlock()
	if l.after != nil {
		return l.after(ctx, m)
	}
	return nil
}

// sendersAtOnce is how many messages a worker of these tests has under way at once.
const sendersAtOnce = 8

// fifty is a bench at 09:00 with a reminder for fifty seats waiting in one morning.
func fifty(t *testing.T) (*bench, wire.MorningInput) {
	start := day(2021, 5, 24).Add(7 * time.Hour)
	survey := task("survey", calendar.NewDay(2021, 5, 31))
	var seats []people.Recipient
	b := newBenchBy(t, start, func(p *plan.Plan) {
		for i := range 10 {
			u := unit(fmt.Sprintf("unit%d", i), fmt.Sprintf("单位%d", i))
			p.Directory.Units = append(p.Directory.Units, u)
			for _, r := range people.Roles {
				seats = append(seats, people.Recipient{Unit: u.ID, Role: r})
			}
		}
	}, survey)
	require.Len(t, seats, 50)
	stage := b.ladder(survey, start)[0]
	stage.To = seats
	digests, _ := b.decide("survey", stage, ledger.When{Real: start, Plan: start}, "post")
	require.Len(t, digests, 50)
	for _, d := range digests {
		require.Equal(t, digests[0].Morning, d.Morning)
	}
	b.SetStartTime(stage.At)
	return b, wire.MorningInput{Morning: digests[0].Morning, At: stage.At}
}

// once runs one activity once, on a worker that sends over c.
func (b *bench) once(c *line, activity string, in any) (wire.SpeakResult, error) {
	return b.does(activity, in, c.stop, activities.Activities{Channels: channel.Set{c}, Within: time.Minute})
}

// does is once with the channels and limits of own. The test environment gives an activity
// ten minutes.
func (b *bench) does(activity string, in any, stop chan struct{}, own activities.Activities) (wire.SpeakResult, error) {
	suite := testsuite.WorkflowTestSuite{}
	suite.SetLogger(quiet{})
	env := suite.NewTestActivityEnvironment()
	own.Ledger, own.Starter, own.Words = b.store, b.starts, words.New("zh")
	if own.Now == nil {
		own.Now = b.Now
	}
	own.Log, own.Sending = slog.New(slog.NewTextHandler(io.Discard, nil)), make(chan struct{}, sendersAtOnce)
	own.Register(env)
	env.SetWorkerStopChannel(stop)
	var result wire.SpeakResult
	value, err := env.ExecuteActivity(activity, in)
	if err == nil {
		err = value.Get(&result)
	}
	return result, err
}

// handedOver delivers the digests that a morning handed over, by a line that works.
func (b *bench) handedOver(to *tray) {
	b.t.Helper()
	for _, d := range b.starts.apart {
		result, err := b.once(&line{tray: to}, wire.DeliverName, wire.SpeakInput{Digest: d.Key})
		require.NoError(b.t, err)
		require.Zero(b.t, result.Left)
	}
}

// fates counts messages by state, and the doubts of all of them. It requires that each sent
// message has arrived, and none more often than the ledger says it may have.
func (b *bench) fates(to *tray) (states map[ledger.NoticeState]int, doubts int) {
	b.t.Helper()
	all, err := b.store.Messages(b.t.Context(), ledger.MessageFilter{Plan: "p"})
	require.NoError(b.t, err)
	require.Len(b.t, all, 50)
	states = map[ledger.NoticeState]int{}
	to.mu.Lock()
	defer to.mu.Unlock()
	for _, m := range all {
		states[m.State]++
		doubts += m.Doubts
		require.LessOrEqual(b.t, to.arrived[m.ID], 1+m.Doubts, m.ID)
		if m.State == ledger.Sent {
			require.Positive(b.t, to.arrived[m.ID], m.ID)
		}
	}
	ledgertest.Proven(b.t, b.store)
	return states, doubts
}

// When one of fifty messages of a morning fails, in any way, the other forty-nine arrive
// meanwhile, and the one is sent by a digest of its own, or is recorded as refused.
func TestOneOfFiftyMessagesOfAMorningFails(t *testing.T) {
	t.Parallel()
	hung := errors.New("dial tcp: i/o timeout")
	for name, c := range map[string]struct {
		before, after func(*tray) error
		apart, doubts int
		ends          map[ledger.NoticeState]int
	}{
		"the server hangs until all others have arrived": {
			before: func(to *tray) error { <-to.full; return errors.Join(hung, channel.ErrMachine) },
			apart:  1, ends: map[ledger.NoticeState]int{ledger.Sent: 50},
		},
		"the server refuses the reader": {
			before: func(*tray) error { return channel.ErrRejected },
			ends:   map[ledger.NoticeState]int{ledger.Sent: 49, ledger.Failed: 1},
		},
		"the server dies before the last byte": {
			before: func(*tray) error { return io.ErrUnexpectedEOF },
			apart:  1, ends: map[ledger.NoticeState]int{ledger.Sent: 50},
		},
		"the server dies after the last byte": {
			after: func(*tray) error { return channel.ErrUnknown },
			apart: 1, doubts: 1, ends: map[ledger.NoticeState]int{ledger.Sent: 50},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, in := fifty(t)
			to := newTray(49)
			only := func(fault func(*tray) error) func(context.Context, letter.Letter) error {
				return func(_ context.Context, m letter.Letter) error {
					if fault == nil || m.To.Email != "deputy@unit3.example" {
						return nil
					}
					return fault(to)
				}
			}
			result, err := b.once(&line{tray: to, before: only(c.before), after: only(c.after)}, wire.DeliverMorningName, in)
			require.NoError(t, err)
			require.Zero(t, result.Left, "what is left has been handed over")
			require.Len(t, b.starts.apart, c.apart)
			require.GreaterOrEqual(t, len(to.arrived), 49)
			b.handedOver(to)
			states, doubts := b.fates(to)
			require.Equal(t, c.ends, states)
			require.Equal(t, c.doubts, doubts)
		})
	}
}

// In the middle of a morning the server takes a worker for dead, and another worker does the
// morning from the start. Then the first worker's connections work again.
func TestAMorningIsDoneTwiceBecauseItsWorkerSeemedDead(t *testing.T) {
	t.Parallel()
	b, in := fifty(t)
	to := newTray(47)
	back := make(chan struct{})
	stops := func(units ...string) func(context.Context, letter.Letter) error {
		return func(_ context.Context, m letter.Letter) error {
			for _, u := range units {
				if m.Recipient == (people.Recipient{Unit: u, Role: people.Head}) {
					<-back
				}
			}
			return nil
		}
	}
	type answer struct {
		result wire.SpeakResult
		err    error
	}
	first := make(chan answer, 1)
	go func() {
		result, err := b.once(&line{tray: to, before: stops("unit0", "unit1", "unit2"), after: stops("unit3", "unit4")}, wire.DeliverMorningName, in)
		first <- answer{result, err}
	}()
	<-to.full
	require.Eventually(t, func() bool {
		sent, err := b.store.Messages(t.Context(), ledger.MessageFilter{Plan: "p", States: []ledger.NoticeState{ledger.Sent}})
		return err == nil && len(sent) == 45
	}, 10*time.Minute, 10*time.Millisecond, "all but those that are stopped have their receipts")
	result, err := b.once(&line{tray: to}, wire.DeliverMorningName, in)
	require.NoError(t, err)
	require.Zero(t, result)
	require.Empty(t, b.starts.apart)
	states, doubts := b.fates(to)
	require.Equal(t, map[ledger.NoticeState]int{ledger.Sent: 50}, states)
	require.Equal(t, 2, doubts, "only what may have arrived is sent twice")

	close(back)
	late := <-first
	require.NoError(t, late.err)
	b.handedOver(to)
	result, err = b.once(&line{tray: to}, wire.DeliverMorningName, in) // nothing is left to deliver
	require.NoError(t, err)
	require.Zero(t, result)
	again, still := b.fates(to)
	require.Equal(t, states, again)
	require.Equal(t, doubts, still)
	require.Equal(t, 50+3+2, to.tried, "the second worker tries the three that had not left and the two that may have")
}

// When a worker is told to stop while the mail server hangs, messages that have not left are
// broken off, and the next worker delivers the rest of the morning.
func TestAWorkerStopsInTheMiddleOfAMorning(t *testing.T) {
	t.Parallel()
	b, in := fifty(t)
	to, stop := newTray(0), make(chan struct{})
	full := sync.OnceFunc(func() { close(stop) }) // the last two may both see that every place is taken
	hangs := func(ctx context.Context, _ letter.Letter) error {
		to.mu.Lock()
		if to.tried == sendersAtOnce {
			full()
		}
		to.mu.Unlock()
		<-ctx.Done()
		return context.Cause(ctx)
	}
	b.starts.refuses = func() error { return errors.New("the worker stops") }
	result, err := b.once(&line{tray: to, before: hangs, stop: stop}, wire.DeliverMorningName, in)
	require.NoError(t, err)
	require.Equal(t, 50, result.Left, "a stopping worker hands nothing over")
	require.Equal(t, sendersAtOnce, to.tried)
	result, err = b.once(&line{tray: to}, wire.DeliverMorningName, in)
	require.NoError(t, err)
	require.Zero(t, result)
	states, doubts := b.fates(to)
	require.Equal(t, map[ledger.NoticeState]int{ledger.Sent: 50}, states)
	require.Zero(t, doubts)
}

// When a mail server hangs on as many messages as may be under way, the worker begins no
// more: those that wait for a place are handed over when a place is free.
func TestAServerThatHangsGetsNoMoreOfItsMorning(t *testing.T) {
	t.Parallel()
	b, in := fifty(t)
	to, shut := newTray(0), make(chan struct{})
	full := sync.OnceFunc(func() { close(shut) })
	hangs := func(context.Context, letter.Letter) error {
		to.mu.Lock()
		if to.tried == sendersAtOnce {
			full()
		}
		to.mu.Unlock()
		<-shut
		return channel.ErrMachine
	}
	isShut := func() bool {
		select {
		case <-shut:
			return true
		default:
			return false
		}
	}
	result, err := b.once(&line{tray: to, before: hangs, shut: isShut}, wire.DeliverMorningName, in)
	require.NoError(t, err)
	require.Zero(t, result.Left)
	require.Equal(t, sendersAtOnce, to.tried)
	require.Len(t, b.starts.apart, 50)
	b.handedOver(to)
	states, doubts := b.fates(to)
	require.Equal(t, map[ledger.NoticeState]int{ledger.Sent: 50}, states)
	require.Zero(t, doubts)
}

// Two workers do one morning at the same time: all messages arrive, and none more often than the
// ledger says it may have.
func TestTwoWorkersDoOneMorningSideBySide(t *testing.T) {
	t.Parallel()
	b, in := fifty(t)
	to := newTray(0)
	var both sync.WaitGroup
	errs := make([]error, 2)
	for i := range errs {
		both.Go(func() { _, errs[i] = b.once(&line{tray: to}, wire.DeliverMorningName, in) })
	}
	both.Wait()
	require.NoError(t, errors.Join(errs...))
	b.handedOver(to)
	states, _ := b.fates(to)
	require.Equal(t, map[ledger.NoticeState]int{ledger.Sent: 50}, states)
}

// box is a folder in which mails lie that nobody reads any more.
type box struct{ line }

func (*box) Name() string         { return "box" }
func (*box) Twice() channel.Twice { return channel.TwiceIsOne }

// Who waits for a speaking time sends over the channels that the office has chosen by then:
// one that was left during the wait gets no message.
func TestTheOfficesChannelsAreThoseOfTheSpeakingTime(t *testing.T) {
	t.Parallel()
	for _, name := range []string{wire.SpeakName, wire.DeliverName, wire.SpeakMorningName, wire.DeliverMorningName} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, of := fifty(t)
			var in any = of
			if name == wire.SpeakName || name == wire.DeliverName {
				one, d := digestBench(t)
				b, in = one, wire.SpeakInput{Digest: d.Key}
			}
			chosen := func(channels string) {
				now := ledger.When{Real: b.Now(), Plan: b.Now()}
				_, err := b.store.SetOffice(t.Context(), ledger.OfficeChannels, channels, "office", now)
				require.NoError(t, err)
			}
			chosen("box")
			left, post := &box{line{tray: newTray(0)}}, newTray(0)
			var during sync.Once
			result, err := b.does(name, in, nil, activities.Activities{
				Channels: channel.Set{left, &line{tray: post}}, Within: time.Minute,
				Now: func() time.Time { during.Do(func() { chosen("post") }); return b.Now() }, // the wait asks first how long it is
			})
			require.NoError(t, err)
			require.Empty(t, left.arrived, "nobody reads it")
			if name == wire.SpeakName || name == wire.SpeakMorningName {
				require.Positive(t, result.Left, "a mail server is not quick: it is for Deliver")
				require.Empty(t, post.arrived)
				return
			}
			require.Zero(t, result.Left)
			require.NotEmpty(t, post.arrived)
		})
	}
}
