package activities

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"duban/internal/ledger"
	"duban/internal/letter"
	"duban/internal/notice"
)

// announce lets the audit's findings go out like every other word: in a digest of
// their own, with intent and receipt, tried until the office has them. Again, it
// changes nothing.
func (a *Activities) announce(ctx context.Context, l ledger.Launched, alarm notice.Alarm) error {
	o, err := a.office(ctx)
	if err != nil {
		return err
	}
	alarm.Zone = nil // the plan's, when it is said
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

// worded is a message as it is sent over a channel.
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
	var alarm notice.Alarm
	if err := json.Unmarshal(m.Words, &alarm); err != nil {
		return letter.Letter{}, wording(err)
	}
	alarm.ID, alarm.Date, alarm.Zone, alarm.Sender = m.ID, a.Now(), lad.Zone, o.sender
	mail, err = notice.ComposeAlarm(o.words, alarm)
	return mail, wording(err)
}

// errWording means that a message cannot be worded: trying again mends nothing.
var errWording = errors.New("cannot be worded")

func wording(err error) error {
	if err != nil {
		return fmt.Errorf("%w: %w", errWording, err)
	}
	return nil
}
