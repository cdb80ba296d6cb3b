package engine_test

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
)

// officed is a ledger with plans of one office ban, each of which names the unit shuiwu;
// at is the instant at which they were launched.
func officed(t *testing.T, plans ...string) (*ledger.Store, time.Time) {
	t.Helper()
	store, err := ledger.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "ledger.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	at := calendar.NewDay(2021, 4, 8).At(9, 0, calendar.Beijing).UTC()
	unit := func(id, name string) people.Unit { return people.Unit{ID: id, Name: name, Kind: people.CityDepartment} }
	for _, id := range plans {
		p := plan.Plan{ID: id, Title: id, Year: 2021, Zone: "Asia/Shanghai", Policy: "standard", Hash: id,
			Directory: people.Directory{Office: "ban", Leadership: "zu", Units: []people.Unit{unit("ban", "市治水办"), unit("zu", "领导小组"), unit("shuiwu", "市水务局")}},
			Policies:  map[string]plan.Policy{"standard": {Name: "standard", Version: 1}}}
		_, err = store.AddPlan(t.Context(), ledger.Launched{Plan: p, At: at, Version: 1, Clock: calendar.Clock{Epoch: at, Start: at, Rate: 1}}, nil, ledger.When{Real: at, Plan: at})
		require.NoError(t, err)
	}
	return store, at
}

// Only the office of a plan that names a unit may say who sits in it. The error for
// anybody else names an office of two plans once, and no office for a unit of no plan.
func TestOnlyAnOfficeWhosePlanNamesTheUnitSeatsSomebody(t *testing.T) {
	t.Parallel()
	store, at := officed(t, "water", "rivers")
	seats := func(by, unit string) error {
		_, err := engine.SetContact(t.Context(), store, at.Add(time.Hour), people.Recipient{Unit: unit, Role: people.Liaison}, people.Contact{Name: "王敏", Email: "wang@x.example"}, act.Actor{Account: by, Unit: by})
		return err
	}
	var only *engine.OfficeError
	require.ErrorAs(t, seats("shuiwu", "shuiwu"), &only)
	require.Equal(t, []string{"市治水办"}, only.Offices)
	require.ErrorAs(t, seats("ban", "linye"), &only)
	require.Empty(t, only.Offices)
	require.NoError(t, seats("ban", "shuiwu"))
	require.NoError(t, seats("ban", "shuiwu"))

	// With the office's setting ContactsByUnit a unit may say who sits in its own seats, and
	// in no seat of another unit, of the office or of the leadership.
	_, err := store.SetOffice(t.Context(), ledger.OfficeUnitContacts, ledger.ContactsByUnit, "ban", ledger.When{Real: at, Plan: at})
	require.NoError(t, err)
	require.NoError(t, seats("shuiwu", "shuiwu"))
	for _, other := range [][2]string{{"shuiwu", "ban"}, {"shuiwu", "zu"}, {"zu", "zu"}, {"zu", "shuiwu"}, {"linye", "shuiwu"}, {"linye", "linye"}} {
		require.ErrorAs(t, seats(other[0], other[1]), &only, other)
	}
	_, err = engine.SetContact(t.Context(), store, at.Add(time.Hour), people.Recipient{Unit: "shuiwu", Role: people.Office}, people.Contact{Name: "王敏", Email: "wang@x.example"}, act.Actor{Account: "shuiwu", Unit: "shuiwu"})
	require.ErrorAs(t, err, &only, "no seat of an office")
	n, err := store.Verify(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 4, n, "two plans, one contact, and what the office decided")
}

// Nobody is seated without a name and one plain email address, or with a pace that people
// cannot choose for themselves; a seat can be emptied.
func TestWhoCanBeSeated(t *testing.T) {
	t.Parallel()
	store, at := officed(t, "water")
	seat := func(c people.Contact) error {
		_, err := engine.SetContact(t.Context(), store, at.Add(time.Hour), people.Recipient{Unit: "shuiwu", Role: people.Liaison}, c, act.Actor{Account: "ban", Unit: "ban"})
		return err
	}
	for _, c := range []people.Contact{
		{Name: "王敏"}, {Email: "wang@x.example"}, {Phone: "0356-0000000"}, {Name: "王敏", Post: "科长"}, {Name: "王敏", Email: "wang"},
		{Name: "王敏", Email: "王敏 <wang@x.example>"}, {Name: "王敏", Email: "wang@x.example, li@x.example"}, {Name: "王敏", Email: "wang@x.example", Pace: "daily"},
	} {
		var none *engine.ContactError
		require.ErrorAs(t, seat(c), &none, "%+v", c)
		require.Equal(t, c.Pace, none.Pace)
	}
	n, err := store.Verify(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 1, n, "nobody was seated")
	for _, c := range []people.Contact{{Name: "王敏", Email: "wang@x.example"}, {Name: "王敏", Email: "wang@x.example", Pace: "weekly"}, {}} {
		require.NoError(t, seat(c), "%+v", c)
	}
}

// Only the plan's office may send a message again or drop it: not the unit that it was
// for, not the leadership, though they may read about it, and not another plan's office.
func TestOnlyThePlansOfficeSettlesAMessage(t *testing.T) {
	t.Parallel()
	store, at := officed(t, "water")
	c, err := client.NewLazyClient(client.Options{Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler))}) // a lazy client: this test asks Temporal nothing
	require.NoError(t, err)
	t.Cleanup(c.Close)
	e := engine.New(c, store, 0, func() time.Time { return at.Add(time.Hour) }, slog.New(slog.DiscardHandler))
	m := ledger.MessageInfo{Plan: "water", ID: "none"} // no such message: the office, which may settle it, gets ErrNotFound
	for name, settle := range map[string]func(act.Actor) (bool, error){
		"resend": func(by act.Actor) (bool, error) { return e.Resend(t.Context(), m, by) },
		"drop":   func(by act.Actor) (bool, error) { return e.DropMessage(t.Context(), m, by, "查无此人") },
	} {
		for _, unit := range []string{"shuiwu", "zu", "other", ""} {
			_, err := settle(act.Actor{Account: "x", Unit: unit})
			var only *engine.OfficeError
			require.ErrorAs(t, err, &only, "%s by %q", name, unit)
			require.Equal(t, []string{"市治水办"}, only.Offices)
		}
		_, err := settle(act.Actor{Account: "x", Unit: "ban"})
		require.ErrorIs(t, err, ledger.ErrNotFound, name)
	}
}
