package channel_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/channel"
	"duban/internal/letter"
)

// robot is a chat robot: it takes one line, not twice the same, so many a minute.
type robot struct {
	took  []letter.Letter
	tries int
	says  func(try int) error
}

func (*robot) Name() string         { return "robot" }
func (*robot) Twice() channel.Twice { return channel.TwiceIsWorse }
func (r *robot) Send(ctx context.Context, l letter.Letter, leaving channel.Leaving) error {
	r.tries++
	if r.says != nil {
		if err := r.says(r.tries); err != nil {
			return err
		}
	}
	if err := leaving(ctx, nil); err != nil {
		return err
	}
	r.took = append(r.took, l)
	return nil
}

func at(context.Context, []channel.Missed) error { return nil }

func said(text string) letter.Letter {
	return letter.Letter{ID: "m", Line: text, Text: text + "\n", HTML: "<p>" + text, Files: []letter.File{{Name: "督办件.pdf", Data: make([]byte, 100)}}}
}

func TestAChannelIsGivenOnlyWhatItCarries(t *testing.T) {
	t.Parallel()
	r := &robot{}
	c := channel.Within(r, channel.Limits{Format: channel.Line, Bytes: 60})
	require.NoError(t, c.Send(t.Context(), said("三项任务今日到期"), at))
	require.Equal(t, []letter.Letter{{ID: "m", Line: "三项任务今日到期"}}, r.took)

	err := c.Send(t.Context(), said(strings.Repeat("很长", 20)), at)
	require.ErrorIs(t, err, channel.ErrRejected, "it will be as long tomorrow")
	require.Equal(t, 1, r.tries)

	require.NoError(t, channel.Within(r, channel.Limits{Format: channel.HTML, Files: true}).Send(t.Context(), said("一"), at))
	require.Equal(t, said("一"), r.took[1], "mail carries everything")
}

func TestLettersWaitForTheirTurn(t *testing.T) {
	t.Parallel()
	r := &robot{}
	c := channel.Within(r, channel.Limits{PerMinute: 600})
	began := time.Now()
	for range 4 {
		require.NoError(t, c.Send(t.Context(), said("一"), at))
	}
	require.GreaterOrEqual(t, time.Since(began), 300*time.Millisecond)
	slow := channel.Within(r, channel.Limits{PerMinute: 1})
	require.NoError(t, slow.Send(t.Context(), said("一"), at))
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	err := slow.Send(ctx, said("二"), at)
	require.Error(t, err, "it has not left")
	for _, other := range []error{channel.ErrRejected, channel.ErrMachine, channel.ErrUnknown} {
		require.NotErrorIs(t, err, other, "it is owed")
	}
	require.Equal(t, 5, r.tries)
}

// A channel that says when is left alone until then: what was asked of it meanwhile hears the same.
func TestAnAnswerThatSaysWhen(t *testing.T) {
	t.Parallel()
	busy := &channel.LaterError{After: 200 * time.Millisecond, Err: errors.New("robot: 130101 send too fast")}
	r := &robot{says: func(try int) error {
		if try == 1 {
			return busy
		}
		return nil
	}}
	c := channel.Within(r, channel.Limits{})
	require.ErrorIs(t, c.Send(t.Context(), said("一"), at), busy)
	require.ErrorIs(t, c.Send(t.Context(), said("二"), at), busy)
	require.Equal(t, 1, r.tries)
	require.Eventually(t, func() bool { return c.Send(t.Context(), said("二"), at) == nil }, time.Minute, 10*time.Millisecond)
	require.Equal(t, 2, r.tries)
}
