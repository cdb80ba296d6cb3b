package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/terminal"
)

// What a new plan may hold when it is launched, by `plan launch` and by `up`: no
// placeholder, no limit that contradicts its due date, and no address of .example
// where a mail server sends. A plan that the ledger knows runs, whatever its file says.
func TestWhatKeepsANewPlanFromItsLaunch(t *testing.T) {
	t.Parallel()
	seed := filepath.Join("..", "seeds", "jincheng-2021-water")
	raw, err := os.ReadFile(filepath.Join(seed, "plan.yaml"))
	require.NoError(t, err)
	units, err := os.ReadFile(filepath.Join(seed, "units.yaml"))
	require.NoError(t, err)
	changed := func(t *testing.T, name, from, to string) string {
		dir := t.TempDir()
		for file, text := range map[string]string{"plan.yaml": string(raw), "units.yaml": string(units)} {
			if file == name {
				require.Contains(t, text, from)
				text = strings.Replace(text, from, to, 1)
			}
			policies, err := filepath.Abs(filepath.Join("..", "seeds", "policies.yaml"))
			require.NoError(t, err)
			sections, err := filepath.Abs(filepath.Join(seed, "sections.yaml"))
			require.NoError(t, err)
			text = strings.NewReplacer("../policies.yaml", policies, "water: sections.yaml", "water: "+sections).Replace(text)
			require.NoError(t, os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600))
		}
		return filepath.Join(dir, "plan.yaml")
	}
	said := func(t *testing.T, d *desk, file string) (string, error) {
		var out bytes.Buffer
		d.err = &out
		p, _, err := d.load(t.Context(), file)
		require.NoError(t, err)
		return out.String(), d.checkNew(t.Context(), d.store, p, file, terminal.Consent{})
	}
	now := calendar.NewDay(2021, time.April, 8).At(9, 0, calendar.Beijing)
	for name, c := range map[string]struct{ file, from, to string }{
		"a unit":    {"units.yaml", "name: 市水务局联络员", "name: 待定"},
		"an issuer": {"plan.yaml", "issuer: ", "issuer: 待补录 # "},
		"a contact": {"units.yaml", "name: 市水务局分管领导", "name: 待明确"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, now)
			file := changed(t, c.file, c.from, c.to)
			_, err := said(t, d, file)
			require.ErrorIs(t, err, errSaid)
			require.Contains(t, d.err.(*bytes.Buffer).String(), "可以演练，不能启动")
		})
	}
	t.Run("addresses", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t, now)
		file := changed(t, "", "", "")
		_, err := said(t, d, file)
		require.NoError(t, err, "an outbox takes any address")
		require.NoError(t, d.store.ProposeOffice(t.Context(), ledger.OfficeChannels, "smtp", ledger.When{Real: now, Plan: now}))
		_, err = said(t, d, file)
		require.ErrorIs(t, err, errSaid)
		require.Contains(t, d.err.(*bytes.Buffer).String(), ".example")
	})
	t.Run("a known plan", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t, now)
		file := changed(t, "units.yaml", "name: 市水务局联络员", "name: 待定")
		cal, err := d.calendar()
		require.NoError(t, err)
		p, _ := plan.Load(file, cal)
		require.NotNil(t, p)
		_, err = d.store.AddPlan(t.Context(), ledger.Launched{Plan: *p, At: now}, nil, ledger.When{Real: now, Plan: now})
		require.NoError(t, err)
		_, err = said(t, d, file)
		require.NoError(t, err)
	})
}
