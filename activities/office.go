package activities

import (
	"context"
	"net/mail"

	"duban/internal/channel"
	"duban/internal/ledger"
	"duban/internal/letter"
	"duban/internal/words"
)

// office is what the office has decided for all workers, with this worker's own
// settings where it has decided nothing.
type office struct {
	set      channel.Set // this worker's
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

// carrier is the channel that carries what was decided for the named one: itself,
// or the office's first when it has another by now. ok is false when this worker
// does not have it.
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

// unserved is why this worker cannot send what the office sends, or "".
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

// quick tells whether all of the office's channels answer at once and take a
// second copy for the first.
func (o office) quick() bool {
	for _, name := range o.channels {
		if c, ok := o.set.Get(name); !ok || c.Twice() != channel.TwiceIsOne {
			return false
		}
	}
	return true
}
