package activities

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/docket"
	"duban/internal/ledger"
	"duban/internal/notice"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/words"
)

// A unit with open tasks and no account left is named by the audit, once.
func TestAUnitWithoutAnAccountIsNamedOnce(t *testing.T) {
	t.Parallel()
	store, err := ledger.OpenWith(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "ledger.db"), ledger.Options{Create: true, Migrate: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	now := time.Date(2021, 4, 8, 2, 0, 0, 0, time.UTC)
	p := plan.Plan{ID: "p", Title: "计划", Hash: "h", Directory: people.Directory{Units: []people.Unit{{ID: "shuiwu", Name: "市水务局"}, {ID: "zhujian", Name: "市住建局"}}}}
	var rows []ledger.Task
	for _, id := range []string{"a", "b", "c"} {
		unit := map[bool]string{true: "zhujian", false: "shuiwu"}[id == "c"]
		rows = append(rows, ledger.TaskOf(&p, plan.Task{ID: id, Kind: plan.Dated, Lead: unit, Due: calendar.NewDay(2021, 12, 31)}, now))
	}
	when := ledger.When{Real: now, Plan: now}
	l := ledger.Launched{Plan: p, At: now}
	_, err = store.AddPlan(t.Context(), l, rows, when)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "accounts.yaml")
	a := &Activities{Ledger: store, Accounts: &docket.Accounts{File: file}}
	named := func(units ...string) []notice.Unattended {
		if len(units) > 0 {
			text := "accounts:\n"
			for _, u := range units {
				text += "  - {id: " + u + ".one, name: 某人, unit: " + u + "}\n"
			}
			require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		}
		found, err := a.unattended(t.Context(), l, rows)
		require.NoError(t, err)
		return found
	}
	require.Empty(t, named(), "without a file nobody is held against an account")
	require.Empty(t, named("shuiwu", "zhujian"))
	found := named("zhujian")
	require.Equal(t, []notice.Unattended{{Unit: "shuiwu", Name: "市水务局", Tasks: []string{"a", "b"}}}, found)
	mail, err := notice.ComposeAlarm(words.New("zh"), notice.Alarm{ID: "x", Zone: calendar.Beijing, At: now, Unattended: found})
	require.NoError(t, err)
	require.Contains(t, strings.Join(strings.Fields(mail.Text), ""), "单位没有账号")
	require.Contains(t, mail.Text, "市水务局")
	require.NoError(t, a.toldOfUnattended(t.Context(), "p", found, when))
	require.Empty(t, named(), "it has been told")
	rows[2].State = ledger.TaskClosed
	require.Empty(t, named("duban"), "what is closed needs nobody")
}
