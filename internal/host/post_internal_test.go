package host

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/channel"
	"duban/internal/ledger"
	"duban/internal/letter"
)

// moody is a channel that hangs or fails as the test sets it.
type moody struct {
	hang   chan struct{} // when not nil, a message waits until it is closed
	fails  atomic.Bool   // trying the channel and sending fail with channel.ErrMachine
	checks atomic.Int32
}

func (*moody) Name() string         { return "smtp" }
func (*moody) Twice() channel.Twice { return channel.TwiceIsBearable }

func (m *moody) Check(context.Context) error {
	m.checks.Add(1)
	if m.fails.Load() {
		return channel.ErrMachine
	}
	return nil
}

func (m *moody) Send(ctx context.Context, _ letter.Letter, leaving channel.Leaving) error {
	if m.hang != nil {
		<-m.hang
	}
	if m.fails.Load() {
		return channel.ErrMachine
	}
	return leaving(ctx, nil)
}

func tended(t *testing.T, c channel.Channel, wants string) *post {
	store, err := ledger.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "ledger.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	require.NoError(t, store.ProposeOffice(t.Context(), ledger.OfficeChannels, wants, ledger.When{Real: time.Now(), Plan: time.Now()}))
	p := newPost(channel.Set{c}, store, slog.New(slog.NewTextHandler(io.Discard, nil)))
	p.slow, p.rest = 50*time.Millisecond, 10*time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { p.watch(ctx); close(done) }()
	t.Cleanup(func() { cancel(); <-done })
	return p
}

func (p *post) becomes(t *testing.T, open bool, why string) {
	t.Helper()
	require.Eventually(t, func() bool { return p.gate.isOpen() == open }, 10*time.Minute, time.Millisecond, why)
}

func at(context.Context, []channel.Missed) error { return nil }

// A post takes no message while its channel does not answer, and tries the channel again
// after growing rests until it answers.
func TestAPostIsShutWhileItsChannelDoesNotAnswer(t *testing.T) {
	t.Parallel()
	c := &moody{}
	p := tended(t, c, "smtp")
	p.becomes(t, true, "it answers")
	c.fails.Store(true)
	require.ErrorIs(t, p.channels[0].Send(t.Context(), letter.Letter{}, at), channel.ErrMachine)
	require.False(t, p.channels[0].(channel.Gated).Ready())
	before := c.checks.Load()
	require.Eventually(t, func() bool { return c.checks.Load() > before+2 }, 10*time.Minute, time.Millisecond, "it is tried again")
	c.fails.Store(false)
	p.becomes(t, true, "it answers again")
	require.NoError(t, p.channels[0].Send(t.Context(), letter.Letter{}, at))
	p.mu.Lock()
	defer p.mu.Unlock()
	require.Zero(t, p.failures)
}

// While one message hangs, at a mail server that accepts the connection and never answers,
// the post takes no other message until the server answers again.
func TestAPostTakesNoMoreWhileAMessageHangs(t *testing.T) {
	t.Parallel()
	c := &moody{hang: make(chan struct{})}
	p := tended(t, c, "smtp")
	p.becomes(t, true, "it answers")
	c.fails.Store(true)
	sent := make(chan error, 1)
	go func() { sent <- p.channels[0].Send(t.Context(), letter.Letter{}, at) }()
	p.becomes(t, false, "the message hangs")
	c.fails.Store(false)
	p.becomes(t, true, "the server is found to answer")
	close(c.hang)
	require.NoError(t, <-sent)
}

// A worker without the channel that the office has decided on does not poll the send queue.
// It can when the office decides on a channel that the worker has.
func TestAPostIsShutForAnOfficeItCannotServe(t *testing.T) {
	t.Parallel()
	c := &moody{}
	p := tended(t, c, "outbox")
	why, machine := p.able(t.Context())
	require.ErrorContains(t, why, "outbox")
	require.False(t, machine)
	require.False(t, p.gate.isOpen())
	waited, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	require.True(t, errors.Is(p.gate.wait(waited), context.DeadlineExceeded))
	_, err := p.ledger.SetOffice(t.Context(), ledger.OfficeChannels, "smtp", "wang", ledger.When{Real: time.Now(), Plan: time.Now()})
	require.NoError(t, err)
	why, _ = p.able(t.Context())
	require.NoError(t, why)
}
