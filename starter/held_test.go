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
	"duban/internal/planfile"
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
		p, _ := planfile.Load(file, cal)
		require.NotNil(t, p)
		_, err = d.store.AddPlan(t.Context(), ledger.Launched{Plan: *p, At: now}, nil, ledger.When{Real: now, Plan: now})
		require.NoError(t, err)
		_, err = said(t, d, file)
		require.NoError(t, err)
	})
}

// A plan is launched by its own office, or whoever can open the ledger, and that office
// seats nobody with it in units of which it keeps no plan.
func TestWhoLaunchesAPlan(t *testing.T) {
	t.Parallel()
	d, _, _ := seededDesk(t)
	seed := filepath.Join("..", "seeds", "jincheng-2021-water")
	accounts, err := os.ReadFile(filepath.Join(seed, "accounts.yaml"))
	require.NoError(t, err)
	d.hands(string(accounts))
	units, err := os.ReadFile(filepath.Join(seed, "units.yaml"))
	require.NoError(t, err)
	dir := t.TempDir()
	launches := func(as, units string) (string, error) {
		file := filepath.Join(dir, "plan.yaml")
		for name, text := range map[string]string{"units.yaml": units, "plan.yaml": `id: air
title: 治气计划
issuer: 市政府
issued: 2021-12-01
year: 2022
policy: standard
office: shengtai
leadership: lingdao
units: units.yaml
policies: ` + abs(t, "../seeds/policies.yaml") + `
clauses:
  - {id: "1", chapter: 一、任务, heading: （一）, title: 1.任务, place: 一（一）1, brackets: [[市水务局]], text: 9月底前完成。, tasks: [{id: a, title: 关停燃煤锅炉, due: 2022-09-30, source: 9月底前完成}]}
`} {
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
		}
		var out bytes.Buffer
		d.err, d.as = &out, as
		p, _, err := d.load(t.Context(), file)
		require.NoError(t, err, out.String())
		err = d.checkNew(t.Context(), d.store, p, file, terminal.Consent{})
		return out.String(), err
	}
	for _, as := range []string{"", "shengtai"} {
		said, err := launches(as, string(units))
		require.NoError(t, err, "%q: %s", as, said)
	}
	for _, as := range []string{"shuiwu", "shuizhiban", "shizhang"} {
		_, err := launches(as, string(units))
		require.EqualError(t, err, "只有协调办（市生态环境局）的账号可以这样做。", as)
	}
	require.Contains(t, string(units), "name: 市水务局联络员")
	other := strings.Replace(string(units), "name: 市水务局联络员", "name: 另一人", 1)
	said, err := launches("shengtai", other)
	require.ErrorIs(t, err, errSaid)
	require.Contains(t, said, "你单位不能改：市水务局。请在 units.yaml 里改回现有的联系人")
	_, err = launches("", other)
	require.NoError(t, err)
}
