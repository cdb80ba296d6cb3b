// Package carriers is the registry of all carriers there are.
package carriers

import (
	"slices"

	"duban/internal/channel"
	"duban/internal/channel/outbox"
	"duban/internal/channel/smtp"
)

// All are the carriers, a row each.
var All = []channel.Carrier{smtp.Carrier, outbox.Carrier}

// Of finds a carrier by its name.
func Of(name string) (channel.Carrier, bool) {
	i := slices.IndexFunc(All, func(c channel.Carrier) bool { return c.Name == name })
	if i < 0 {
		return channel.Carrier{}, false
	}
	return All[i], true
}
