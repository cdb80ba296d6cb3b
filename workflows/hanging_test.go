package workflows_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"

	"duban/activities"
	"duban/internal/channel"
	"duban/internal/channel/smtp"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/letter"
	"duban/internal/wire"
	"duban/workflows"
)

// hanging starts a mail server that answers until a step of the SMTP dialogue. At this step
// it keeps the connection and says nothing more, or, with drips, sends its answer letter by
// letter without end. It gives the server's port.
func hanging(t *testing.T, step string, drips bool) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	over := t.Context().Done()
	converse := func(c net.Conn) {
		defer c.Close()
		r := bufio.NewReader(c)
		say := func(at, answer string) bool {
			for drips && at == step { // each letter comes before a read would time out
				if _, err := io.WriteString(c, "2"); err != nil {
					return false
				}
				time.Sleep(20 * time.Millisecond)
			}
			if at == step {
				<-over
				return false
			}
			_, err := io.WriteString(c, answer+"\r\n")
			return err == nil
		}
		for goes := say("greeting", "220 mx.example"); goes; {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			switch verb := strings.ToUpper(line[:min(4, len(line))]); verb { // a program that connects by mistake may send a shorter line
			case "DATA":
				if goes = say(verb, "354 go on"); !goes {
					return
				}
				for line = ""; line != ".\r\n"; {
					if line, err = r.ReadString('\n'); err != nil {
						return
					}
				}
				goes = say("dot", "250 taken")
			default:
				goes = say(verb, "250 mx.example")
			}
		}
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go converse(c)
		}
	}()
	t.Cleanup(func() { l.Close() })
	return l.Addr().(*net.TCPAddr).Port
}

// At whichever step a mail server hangs, silent or only slow, the message is broken off by
// its own limit or that of the step, well before the activity's limit. The ledger has what
// is known of the message: that it has not left, or that it may have. It arrives later.
func TestSendingEndsBeforeItsActivity(t *testing.T) {
	t.Parallel()
	soon := 300 * time.Millisecond
	for name, c := range map[string]struct {
		drips    bool
		patience smtp.Patience
		within   time.Duration
	}{
		"the step's limit":               {patience: smtp.Patience{Step: soon, Data: soon, End: soon}, within: time.Minute},
		"the message's limit":            {patience: smtp.Patience{Stop: soon}, within: soon},
		"the message's limit, of a drip": {patience: smtp.Patience{Stop: soon}, within: soon, drips: true},
	} {
		for _, step := range []string{"greeting", "EHLO", "MAIL", "RCPT", "DATA", "dot"} {
			t.Run(name+"/"+step, func(t *testing.T) {
				t.Parallel()
				b, d := digestBench(t)
				smtp, err := smtp.New(smtp.Config{
					Host: "127.0.0.1", Port: hanging(t, step, c.drips), Security: smtp.NoTLS,
					From: letter.Address{Email: "duban@city.example"}, Patience: c.patience,
				})
				require.NoError(t, err)
				in := wire.SpeakInput{Digest: d.Key}
				result, err := b.does(wire.DeliverName, in, nil, activities.Activities{Channels: channel.Set{smtp}, Within: c.within})
				require.NoError(t, err)
				require.Equal(t, 1, result.Left)
				require.NotEmpty(t, result.Why)
				require.Equal(t, []string{"remind-7 sending"}, b.states())
				want := map[string]int{ledger.MessageIntent: 1, ledger.MessageDeferred: 1}
				doubts := 0
				if step == "dot" {
					want = map[string]int{ledger.MessageIntent: 1, ledger.MessageLeaving: 1, ledger.MessageUnknown: 1}
					doubts = 1
				}
				require.Equal(t, want, b.messageEvents(), result.Why)

				to := newTray(0)
				result, err = b.once(&line{tray: to}, wire.DeliverName, in)
				require.NoError(t, err)
				require.Zero(t, result)
				all, err := b.store.Messages(t.Context(), ledger.MessageFilter{Plan: "p"})
				require.NoError(t, err)
				require.Len(t, all, 1)
				require.Equal(t, []any{ledger.Sent, doubts, 1}, []any{all[0].State, all[0].Doubts, to.arrived[all[0].ID]})
				ledgertest.Proven(t, b.store)
			})
		}
	}
}

// A morning begins no message that might last longer than its activity: all of them are
// handed over to digests, without a try and without an intent, and arrive.
func TestAMorningBeginsNoMessageThatItCannotEnd(t *testing.T) {
	t.Parallel()
	b, in := fifty(t)
	to := newTray(0)
	result, err := b.does(wire.DeliverMorningName, in, nil, activities.Activities{
		Channels: channel.Set{&line{tray: to}}, Within: time.Hour, // while the activity has ten minutes
	})
	require.NoError(t, err)
	require.Zero(t, result.Left)
	require.Zero(t, to.tried)
	require.Empty(t, b.messageEvents())
	require.Len(t, b.starts.apart, 50)
	b.handedOver(to)
	states, doubts := b.fates(to)
	require.Equal(t, map[ledger.NoticeState]int{ledger.Sent: 50}, states)
	require.Zero(t, doubts)
}

// With the limits of the program, the time of a message, with its receipt, is over before
// that of its activity.
func TestTheLimitOfAMessageFitsItsActivity(t *testing.T) {
	t.Parallel()
	b, d := digestBench(t)
	var message, whole time.Time
	b.post.seen = func(ctx context.Context) {
		message, _ = ctx.Deadline()
		whole = activity.GetInfo(ctx).Deadline
	}
	b.ExecuteWorkflow(workflows.DigestType, workflows.DigestInput{Key: d.Key})
	b.done()
	require.Equal(t, []string{"remind-7 sent"}, b.states())
	require.Greater(t, whole.Sub(message), 40*time.Second, "an answer to the last byte, and two writes of the ledger")
	require.Greater(t, time.Until(message), 10*time.Minute, "RFC 5321 gives a server as long for its last answer")
}
