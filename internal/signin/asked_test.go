package signin_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/signin"
)

func TestASecondFactorOfTheRolesThatTheOfficeSays(t *testing.T) {
	t.Parallel()
	for name, address := range addresses {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, err := ledger.Open(t.Context(), address(t))
			require.NoError(t, err)
			defer store.Close()
			now := ledger.When{Real: time.Now(), Plan: time.Now()}
			for _, p := range []plan.Plan{
				{ID: "water", Hash: "w", Zone: "Asia/Shanghai", Directory: people.Directory{Office: "shuizhiban", Leadership: "lingdao", Units: []people.Unit{{ID: "shuizhiban"}, {ID: "lingdao"}, {ID: "shuiwu"}, {ID: "daqi"}}}},
				{ID: "air", Hash: "a", Zone: "Asia/Shanghai", Directory: people.Directory{Office: "daqi", Leadership: "lingdao", Units: []people.Unit{{ID: "daqi"}, {ID: "lingdao"}}}},
			} {
				_, err := store.AddPlan(t.Context(), ledger.Launched{Plan: p, At: now.Plan}, nil, now)
				require.NoError(t, err)
			}
			unit := map[string]string{"zhao": "shuizhiban", "liu": "lingdao", "wang": "shuiwu", "qian": "daqi"}
			asked := signin.AskedOf(store, func(account string) (string, bool) { u, ok := unit[account]; return u, ok })
			of := func() (who string) {
				for _, account := range []string{"zhao", "liu", "wang", "qian", "gone"} {
					is, err := asked(t.Context(), account)
					require.NoError(t, err)
					if is {
						who += account + " "
					}
				}
				return who
			}
			require.Empty(t, of(), "the office has decided nothing")
			for value, want := range map[string]string{"office": "zhao qian gone ", "leadership": "liu gone ", "office,leadership": "zhao liu qian gone ", "unit": "wang gone ",
				"leadership,office,unit": "zhao liu wang qian gone "} {
				_, err := store.SetOffice(t.Context(), ledger.OfficeSecondFactor, value, "zhao", now)
				require.NoError(t, err)
				require.Equal(t, want, of(), value)
			}
			_, err = store.SetOffice(t.Context(), ledger.OfficeSecondFactor, ledger.NoSecondFactor, "zhao", now)
			require.NoError(t, err)
			require.Empty(t, of())
		})
	}
}
