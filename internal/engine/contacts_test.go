package engine_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
)

// Who sits where is the office's to say whose plan names the unit; an office of two
// plans is named once to whoever may not, and a unit of no plan has no office.
func TestOnlyAnOfficeWhosePlanNamesTheUnitSeatsSomebody(t *testing.T) {
	t.Parallel()
	store, err := ledger.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "ledger.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	at := calendar.NewDay(2021, 4, 8).At(9, 0, calendar.Beijing).UTC()
	unit := func(id, name string) people.Unit { return people.Unit{ID: id, Name: name, Kind: people.CityDepartment} }
	for _, id := range []string{"water", "rivers"} {
		p := plan.Plan{ID: id, Title: id, Year: 2021, Zone: "Asia/Shanghai", Policy: "standard", Hash: id,
			Directory: people.Directory{Office: "ban", Leadership: "zu", Units: []people.Unit{unit("ban", "市治水办"), unit("zu", "领导小组"), unit("shuiwu", "市水务局")}},
			Policies:  map[string]plan.Policy{"standard": {Name: "standard", Version: 1}}}
		_, err = store.AddPlan(t.Context(), ledger.Launched{Plan: p, At: at, Version: 1, Clock: calendar.Clock{Epoch: at, Start: at, Rate: 1}}, nil, ledger.When{Real: at, Plan: at})
		require.NoError(t, err)
	}
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

	// Where the office has decided so, a unit says who sits in it: in its own seats alone,
	// and in neither the office's nor the leadership's.
	_, err = store.SetOffice(t.Context(), ledger.OfficeUnitContacts, ledger.ContactsByUnit, "ban", ledger.When{Real: at, Plan: at})
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
