package engine

import (
	"context"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/internal/act"
	"duban/internal/channel/carriers"
	"duban/internal/ledger"
)

// SettingError is the error for a setting that is none of ledger.OfficeSettings, or for a
// value that the setting cannot have.
type SettingError struct {
	Name, Value string
	Known       bool // there is a setting of that name: the value is wrong
}

func (e *SettingError) Error() string {
	return "engine: the setting " + e.Name + " cannot be " + e.Value
}

// SetOffice is the function SetOffice with the engine's ledger and the time now.
func (e *Engine) SetOffice(ctx context.Context, name, value string, by act.Actor) (before string, err error) {
	return SetOffice(ctx, e.ledger, e.now(), name, value, by)
}

// SetOffice sets one of ledger.OfficeSettings for every worker and gives the value before,
// "" for none. Only a person of the unit that is the office of every plan may: *OfficeError
// otherwise. An unknown name or impossible value gives *SettingError. now is the wall
// clock. No engine has to run.
func SetOffice(ctx context.Context, store *ledger.Store, now time.Time, name, value string, by act.Actor) (before string, err error) {
	if !slices.Contains(ledger.OfficeSettings, name) {
		return "", &SettingError{Name: name, Value: value}
	}
	if !validOffice(name, value) {
		return "", &SettingError{Name: name, Value: value, Known: true}
	}
	plans, err := store.PlanIDs(ctx)
	if err != nil {
		return "", err
	}
	for _, id := range plans {
		l, err := store.Plan(ctx, id)
		if err != nil {
			return "", err
		}
		if dir := l.Plan.Directory; by.Unit != dir.Office {
			return "", &OfficeError{Offices: []string{dir.Name(dir.Office)}}
		}
	}
	return store.SetOffice(ctx, name, value, by.Account, ledger.When{Real: now, Plan: now})
}

// validOffice tells whether a setting can have a value.
func validOffice(name, value string) bool {
	switch name {
	case ledger.OfficeLanguage:
		return value == "zh" || value == "en"
	case ledger.OfficeRankFloor:
		n, err := strconv.Atoi(value)
		return err == nil && n >= 1 && n <= 1000
	case ledger.OfficeSecondFactor:
		for role := range strings.SplitSeq(value, ",") {
			if value != ledger.NoSecondFactor && !slices.Contains(ledger.SecondFactorRoles, role) {
				return false
			}
		}
		return true
	case ledger.OfficeUnitContacts:
		return value == ledger.ContactsByOffice || value == ledger.ContactsByUnit
	case ledger.OfficePublicPage:
		return value == ledger.PublicPageOn || value == ledger.PublicPageOff
	case ledger.OfficeSender:
		_, err := mail.ParseAddress(value)
		return err == nil
	}
	for c := range strings.SplitSeq(value, ",") {
		if _, ok := carriers.Of(c); !ok {
			return false
		}
	}
	return true
}
