package pagetest_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/ledger"
	"duban/internal/portal/portaltest"
)

// TestTheOfficeDecidesInTheBrowser: each setting is changed by a form of its own, once, as an
// event; what cannot be is said and what was typed stays; what somebody else has decided since
// the form was drawn is shown before it is replaced.
func TestTheOfficeDecidesInTheBrowser(t *testing.T) {
	t.Parallel()
	site, store := entering(t)
	p := portaltest.Open(t, site+"/signin?key=k", portaltest.Look{Plain: true})
	p.Press(`button[value="shuizhiban"]`)
	decided := func(name string) string {
		t.Helper()
		all, err := store.Office(t.Context())
		require.NoError(t, err)
		return all[name]
	}
	unit := portaltest.Open(t, site+"/signin?key=k", portaltest.Look{Plain: true})
	unit.Press(`button[value="gaoping"]`)
	require.Equal(t, http.StatusForbidden, unit.Go("/settings"))
	require.False(t, unit.Has(`nav a[href="/settings"]`))

	p.Press(`nav a[href="/settings"]`)
	require.Equal(t, []string{"off"}, p.Values(`#public_page input:checked`), "what holds while nothing is decided")
	require.Equal(t, []string{"5"}, p.Values("#rank_floor-0"))
	p.Tick("#public_page-0")
	require.Equal(t, http.StatusOK, p.Press("#public_page button"))
	require.Equal(t, "/settings?done=public_page", p.Path())
	require.Contains(t, p.Text("[role=status]"), "公开网页：开通")
	require.Equal(t, ledger.PublicPageOn, decided(ledger.OfficePublicPage))

	p.Tick("#second_factor-0")
	p.Tick("#second_factor-1")
	p.Press("#second_factor button")
	require.Equal(t, "leadership,office", decided(ledger.OfficeSecondFactor))
	p.Tick("#second_factor-0")
	p.Tick("#second_factor-1")
	p.Press("#second_factor button")
	require.Equal(t, ledger.NoSecondFactor, decided(ledger.OfficeSecondFactor))

	for _, wrong := range []struct{ name, value, says string }{{"sender", "协调办", "督办 <duban@example.com>"}, {"rank_floor", "1001", "1 到 1000"}} {
		p.Go("/settings")
		p.Fill("#"+wrong.name+"-0", wrong.value)
		require.Equal(t, http.StatusUnprocessableEntity, p.PressAnyway("#"+wrong.name+" button"), wrong.name)
		require.Contains(t, p.Text("[role=status]"), wrong.says)
		require.Equal(t, []string{wrong.value}, p.Values("#"+wrong.name+"-0"), "what was typed stays")
		require.Empty(t, decided(wrong.name))
	}
	p.Fill("#rank_floor-0", "3")
	p.Press("#rank_floor button")
	require.Equal(t, "3", decided(ledger.OfficeRankFloor))
	p.Press("#rank_floor button") // the same once more

	_, err := store.SetOffice(t.Context(), ledger.OfficeRankFloor, "7", "mishu", when(now))
	require.NoError(t, err)
	p.Fill("#rank_floor-0", "4")
	require.Equal(t, http.StatusConflict, p.Press("#rank_floor button"))
	require.Contains(t, p.Text("[role=status]"), "改为“7”")
	require.Equal(t, "7", decided(ledger.OfficeRankFloor))
	p.Press("#rank_floor button")
	require.Equal(t, "4", decided(ledger.OfficeRankFloor))

	events, err := store.Events(t.Context(), ledger.EventFilter{})
	require.NoError(t, err)
	by := map[string]int{}
	for _, e := range events {
		if e.Kind == ledger.OfficeSet {
			by[e.Actor]++
		}
	}
	require.Equal(t, map[string]int{"shuizhiban": 5, "mishu": 1}, by)
	_, err = store.Verify(t.Context())
	require.NoError(t, err)
}
