package activities

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"duban/internal/docket"
	"duban/internal/ledger"
	"duban/internal/letter"
	"duban/internal/notice"
	"duban/internal/report"
)

// announce sends the audit's findings to the office in a digest of their own, which like
// any other has an intent and a receipt and is tried until it is delivered. A second call
// with the same alarm changes nothing.
func (a *Activities) announce(ctx context.Context, l ledger.Launched, alarm notice.Alarm) error {
	o, err := a.office(ctx)
	if err != nil {
		return err
	}
	alarm.Zone = nil // worded sets the plan's zone when the message is sent
	words, err := json.Marshal(alarm)
	if err != nil {
		return err
	}
	d, err := a.Ledger.Announce(ctx, ledger.Announcement{
		Name: "alarm", Plan: l.Plan.ID, Recipient: alarm.Recipient, SpeakAt: alarm.At, Channels: o.channels, Words: words,
	}, a.when(l.Clock))
	if err != nil {
		return err
	}
	return a.docket().StartDigests(ctx, l, []ledger.Digest{d})
}

// worded composes the letter of a message: from its notices, or from the words that were
// announced (an alarm, or the leadership's list). again: a copy may have arrived before. The
// error wraps errWording when the message cannot be composed.
func (a *Activities) worded(ctx context.Context, l ledger.Launched, o office, m ledger.Message, again bool) (mail letter.Letter, err error) {
	if m.Words == nil {
		facts, err := a.facts(ctx, l, m)
		if err != nil {
			return letter.Letter{}, err
		}
		for i := range facts {
			facts[i].Again, facts[i].Sender = again, o.sender
		}
		mail, err := notice.Compose(o.words, facts[0], facts[1:]...)
		return mail, wording(err)
	}
	if chases(m.Digest.Key) {
		return a.chased(ctx, l, o, m, again)
	}
	lad, err := a.ladderer(ctx, l)
	if err != nil {
		return letter.Letter{}, err
	}
	if strings.HasSuffix(m.Digest.Key, "|"+waitingName) {
		var list notice.Digest
		if err := json.Unmarshal(m.Words, &list); err != nil {
			return letter.Letter{}, wording(err)
		}
		list.ID, list.Date, list.Zone, list.Sender, list.Again = m.ID, a.Now(), lad.Zone, o.sender, again
		mail, err = notice.Compose(o.words, list)
		return mail, wording(err)
	}
	if docket.TellsOfAssessment(m.Digest.Key) {
		var tell notice.Assessed
		if err := json.Unmarshal(m.Words, &tell); err != nil {
			return letter.Letter{}, wording(err)
		}
		tell.ID, tell.Date, tell.Zone, tell.Sender, tell.Again, tell.Link = m.ID, a.Now(), lad.Zone, o.sender, again, a.link(tell.Recipient)
		tell.Called = report.Speak(o.words).Period(tell.Period)
		mail, err = notice.ComposeAssessed(o.words, tell)
		return mail, wording(err)
	}
	var alarm notice.Alarm
	if err := json.Unmarshal(m.Words, &alarm); err != nil {
		return letter.Letter{}, wording(err)
	}
	alarm.ID, alarm.Date, alarm.Zone, alarm.Sender = m.ID, a.Now(), lad.Zone, o.sender
	mail, err = notice.ComposeAlarm(o.words, alarm)
	return mail, wording(err)
}

// errWording: a message cannot be composed, and another try would fail in the same way.
var errWording = errors.New("cannot be worded")

func wording(err error) error {
	if err != nil {
		return fmt.Errorf("%w: %w", errWording, err)
	}
	return nil
}
