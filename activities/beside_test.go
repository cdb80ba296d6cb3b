package activities_test

import (
	"context"
	"strings"
	"testing"

	gosmtp "github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/channel"
	"duban/internal/channel/smtp"
	"duban/internal/channel/smtp/smtptest"
	"duban/internal/ledger"
	"duban/internal/letter"
	"duban/internal/people"
)

// TestWhoSitsBesideReadsWhatTheContactReads: a person who is added to a seat gets the seat's
// messages from the next one on, and no other seat's; who is responsible for a task changes
// nothing about who gets its messages.
func TestWhoSitsBesideReadsWhatTheContactReads(t *testing.T) {
	t.Parallel()
	y := newYear(t, "zh")
	liaison := people.Recipient{Unit: "gaoping", Role: people.Liaison}
	day := calendar.NewDay(2021, 5, 10).At(12, 0, calendar.Beijing)
	y.until(day, nil)
	l, err := y.store.Plan(t.Context(), y.plan.ID)
	require.NoError(t, err)
	c, seated := l.Plan.Directory.Contact(liaison)
	require.True(t, seated)
	c.Beside = "李强 li@gaoping.example 0356-1\n赵六 zhao@gaoping.example"
	when := ledger.When{Real: y.now, Plan: y.now}
	_, err = y.store.SetContact(t.Context(), liaison, c, "shuizhiban", when)
	require.NoError(t, err)
	of := people.Charge{Plan: y.plan.ID, Task: "2.4-survey.gaoping", Person: "钱科长"}
	require.NoError(t, y.store.SetCharge(t.Context(), "gaoping", people.Charge{Plan: of.Plan, Task: of.Task}, of, "shuizhiban", when))
	y.until(calendar.NewDay(2021, 6, 30).At(12, 0, calendar.Beijing), nil)
	before, after := 0, 0
	for _, m := range y.letters {
		switch {
		case m.Recipient != liaison:
			require.Empty(t, m.Copies, m.Recipient)
		case m.at.Before(day):
			before++
			require.Empty(t, m.Copies)
		default:
			after++
			require.Equal(t, []letter.Address{{Name: "李强", Email: "li@gaoping.example"}, {Name: "赵六", Email: "zhao@gaoping.example"}}, m.Copies)
		}
	}
	require.Greater(t, before, 2)
	require.Greater(t, after, 2)
	_, err = y.store.Verify(t.Context())
	require.NoError(t, err)
}

// mailed is a mail server under the name of the channel that the year's messages are for. It
// counts as quick, as the year has no workflow that delivers what is slow.
type mailed struct {
	*smtp.Server
	name string
}

func (m mailed) Name() string       { return m.name }
func (mailed) Twice() channel.Twice { return channel.TwiceIsOne }

// TestACopyThatIsRefusedRepeatsNothing: where the server knows nobody of a copy's address, the
// message goes to its reader once and counts as sent, and the ledger has who was missed, by its
// events too.
func TestACopyThatIsRefusedRepeatsNothing(t *testing.T) {
	t.Parallel()
	y := newYear(t, "zh")
	server := smtptest.Serve(t, smtp.NoTLS, func(s *smtptest.Server) {
		s.OnCopy = func(*gosmtp.Conn) error {
			return &gosmtp.SMTPError{Code: 550, EnhancedCode: gosmtp.EnhancedCode{5, 1, 1}, Message: "no such user li@gaoping.example"}
		}
	})
	mail, err := smtp.New(server.Config(smtp.NoTLS))
	require.NoError(t, err)
	y.acts.Channels = channel.Set{mailed{mail, y.Name()}}
	liaison := people.Recipient{Unit: "gaoping", Role: people.Liaison}
	l, err := y.store.Plan(t.Context(), y.plan.ID)
	require.NoError(t, err)
	c, seated := l.Plan.Directory.Contact(liaison)
	require.True(t, seated)
	c.Beside = "李强 li@gaoping.example 0356-1"
	_, err = y.store.SetContact(t.Context(), liaison, c, "shuizhiban", ledger.When{Real: y.now, Plan: y.now})
	require.NoError(t, err)
	y.until(calendar.NewDay(2021, 5, 10).At(12, 0, calendar.Beijing), nil)

	all, err := y.store.Messages(context.Background(), ledger.MessageFilter{Plan: y.plan.ID})
	require.NoError(t, err)
	missed := 0
	for _, m := range all {
		require.Equal(t, ledger.Sent, m.State, "%+v", m)
		require.Equal(t, 1, m.Attempt)
		if m.Recipient != liaison {
			require.Empty(t, m.Missed)
			continue
		}
		missed++
		require.Len(t, m.Missed, 1)
		require.Equal(t, "李强", m.Missed[0].Name)
		require.Equal(t, "li@gaoping.example", m.Missed[0].Email)
		require.Contains(t, m.Missed[0].Error, "550 ")
		require.NotContains(t, m.Missed[0].Error, "@")
	}
	require.Positive(t, missed)
	to := map[string]int{}
	for _, r := range server.Letters() {
		require.Empty(t, r.Copies)
		to[strings.ToLower(r.To)]++
	}
	require.Len(t, all, len(server.Letters()), "each once")
	require.Equal(t, missed, to[strings.ToLower(c.Email)])
	some, err := y.store.Messages(t.Context(), ledger.MessageFilter{Plan: y.plan.ID, Missed: true})
	require.NoError(t, err)
	require.Len(t, some, missed)
	_, err = y.store.Verify(t.Context())
	require.NoError(t, err)
}
