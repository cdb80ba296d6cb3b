package activities

import (
	"context"
	"net/mail"

	"duban/internal/channel"
	"duban/internal/ledger"
	"duban/internal/letter"
	"duban/internal/words"
)

// office has the settings that the office has put in the ledger for all workers, and
// this worker's own where the ledger has none.
type office struct {
	set      channel.Set // the channels that this worker has
	channels []string    // in order of preference
	sender   letter.Address
	words    *words.Words
}

func (a *Activities) office(ctx context.Context) (office, error) {
	decided, err := a.Ledger.Office(ctx)
	if err != nil {
		return office{}, err
	}
	o := office{set: a.Channels, words: a.Words, channels: a.docket().ChannelsOf(decided)}
	if from, err := mail.ParseAddress(decided[ledger.OfficeSender]); err == nil {
		o.sender = letter.Address{Name: from.Name, Email: from.Address}
	}
	if lang := decided[ledger.OfficeLanguage]; lang != "" && lang != a.Words.Lang() {
		o.words = words.New(lang)
	}
	return o, nil
}

// carrier is the channel over which a message for the named channel is sent: the named
// one, or the office's first when the office does not use the named one any more. ok is
// false when this worker does not have that channel.
func (o office) carrier(name string) (c channel.Channel, ok bool) {
	for _, own := range o.channels {
		if own == name {
			return o.set.Get(name)
		}
	}
	if len(o.channels) == 0 {
		return nil, false
	}
	return o.set.Get(o.channels[0])
}

// unserved says why this worker cannot send over one of the office's channels; "": it can
// send over all.
func (o office) unserved() string {
	for _, name := range o.channels {
		c, ok := o.set.Get(name)
		if !ok {
			return "this worker has no channel " + name
		}
		if g, gated := c.(channel.Gated); gated && !g.Ready() {
			return unreached(name)
		}
	}
	return ""
}

func unreached(channel string) string {
	return "this worker does not reach " + channel + " at the moment"
}

// slow says that the office's messages are for Deliver, because one of its channels may not
// answer at once; "": all are quick.
func (o office) slow() string {
	if o.quick() {
		return ""
	}
	return "a channel may take its time"
}

// quick tells whether all of the office's channels answer at once and take a second copy
// of a message for the first (channel.TwiceIsOne).
func (o office) quick() bool {
	for _, name := range o.channels {
		if c, ok := o.set.Get(name); !ok || c.Twice() != channel.TwiceIsOne {
			return false
		}
	}
	return true
}
