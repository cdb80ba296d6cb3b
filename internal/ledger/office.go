package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// What the office decides for every worker: see Office.
const (
	OfficeChannels = "channels" // names of channels, with commas: smtp
	OfficeSender   = "sender"   // 督办室 <duban@example.com>
	OfficeLanguage = "language" // of what is sent: zh or en

	// OfficeRankFloor is how many tasks of a unit must have fallen due before it is ranked: a
	// number from 1.
	OfficeRankFloor = "rank_floor"

	// OfficeSecondFactor is of whom a second factor is asked when they sign in: some of
	// SecondFactorRoles, with commas, or NoSecondFactor.
	OfficeSecondFactor = "second_factor"

	// OfficeUnitContacts is who says who sits in a unit: ContactsByOffice, or ContactsByUnit
	// where the unit itself may say it too. While nothing is decided, the office.
	OfficeUnitContacts = "unit_contacts"

	// OfficePublicPage is whether approved public texts have a page that anybody may read:
	// PublicPageOn or PublicPageOff. While nothing is decided, they have none.
	OfficePublicPage = "public_page"
)

// Values of OfficePublicPage.
const (
	PublicPageOn  = "on"
	PublicPageOff = "off"
)

// Values of OfficeUnitContacts.
const (
	ContactsByOffice = "office"
	ContactsByUnit   = "unit"
)

// OfficeSettings are the names of all that the office can decide.
var OfficeSettings = []string{OfficeChannels, OfficeLanguage, OfficePublicPage, OfficeRankFloor, OfficeSecondFactor, OfficeSender, OfficeUnitContacts}

// SecondFactorRoles are those of whom a second factor can be asked: the accounts of a
// plan's office, of its leadership, and of all other units.
var SecondFactorRoles = []string{"leadership", "office", "unit"}

// NoSecondFactor asks nobody for a second factor.
const NoSecondFactor = "none"

// OfficeSet is the kind of the event by which the office decides one of OfficeSettings.
const OfficeSet = "office.set"

// Office is what the office has decided, by name. What it has not decided is not
// there: then each worker does as it is set.
func (s *Store) Office(ctx context.Context) (map[string]string, error) {
	var rows []struct {
		Name  string `db:"name"`
		Value string `db:"value"`
	}
	if err := s.all(ctx, &rows, `SELECT name, value FROM office`); err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, r := range rows {
		out[r.Name] = r.Value
	}
	return out, nil
}

// Channels are the names in a value of OfficeChannels, the preferred first.
func Channels(value string) (names []string) {
	for name := range strings.SplitSeq(value, ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// channels are those that the office has decided on; none before the first worker has come.
func (t *tx) channels() ([]string, error) {
	var value string
	if err := t.one(&value, `SELECT value FROM office WHERE name = ?`, OfficeChannels); err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	return Channels(value), nil
}

// carrier is the channel that carries what was decided for channel: channel itself, or the
// office's first channel where channel is no longer among the office's.
func carrier(office []string, channel string) string {
	if len(office) == 0 || slices.Contains(office, channel) {
		return channel
	}
	return office[0]
}

// SetOffice decides one of OfficeSettings, as event office.set by actor, and gives
// what was decided before. The same again changes nothing.
func (s *Store) SetOffice(ctx context.Context, name, value, actor string, when When) (before string, err error) {
	return s.office(ctx, name, value, actor, when, func(string) bool { return true })
}

// ProposeOffice decides one of OfficeSettings when nobody has before. It is what the
// first worker is set to and no person's word: event office.set by the engine.
func (s *Store) ProposeOffice(ctx context.Context, name, value string, when When) error {
	_, err := s.office(ctx, name, value, Engine, when, func(before string) bool { return before == "" })
	return err
}

// office writes what the office decides of one setting, where may allows it, given what was
// decided before.
func (s *Store) office(ctx context.Context, name, value, actor string, when When, may func(before string) bool) (string, error) {
	if !slices.Contains(OfficeSettings, name) || value == "" {
		return "", fmt.Errorf("ledger: the office decides no %s %q", name, value)
	}
	value = storable(value)
	return write(ctx, s, func(t *tx) (before string, err error) {
		if err := t.one(&before, `SELECT value FROM office WHERE name = ?`, name); err != nil && !errors.Is(err, ErrNotFound) {
			return "", err
		}
		if before == value || !may(before) {
			return before, nil
		}
		err = t.make("office", `INSERT INTO office (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
		if err != nil {
			return before, err
		}
		e := Event{Key: fmt.Sprintf("office/%s/%d", name, t.head.Seq+1), Kind: OfficeSet, Actor: actor}
		return before, t.append(e, when, map[string]any{"name": name, "value": value, "before": before})
	})
}
