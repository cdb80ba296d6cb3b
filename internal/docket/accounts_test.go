package docket

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
)

func TestAnActorIsWhoTheAccountsSay(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "accounts.yaml")
	write := func(text string) { require.NoError(t, os.WriteFile(file, []byte(text), 0o600)) }
	a := &Accounts{File: file}
	mayor := act.Actor{Account: "mayor", Name: "市长", Unit: "lingdao"}
	require.Nil(t, a.check(mayor, time.Time{}), "no file yet")
	known, unread := a.Known()
	require.False(t, known || unread)
	write("accounts:\n  - {id: mayor, name: 市长, unit: lingdao}\n")
	require.Nil(t, a.check(mayor, time.Time{}))
	for _, by := range []act.Actor{
		{Account: "nobody", Name: "市长", Unit: "lingdao"}, {Account: "mayor", Name: "别人", Unit: "lingdao"}, {Account: "mayor", Name: "市长", Unit: "duban"}, {},
	} {
		require.Equal(t, "act.refused_account", a.check(by, time.Time{}).Key)
	}
	write("accounts: [") // the file is being edited, and cannot be read
	require.Nil(t, a.check(mayor, time.Time{}), "as it was before")
	require.NoError(t, os.Remove(file))
	require.NotNil(t, a.check(act.Actor{Account: "nobody"}, time.Time{}), "as it was before")
	require.Nil(t, (*Accounts)(nil).check(act.Actor{}, time.Time{}))
}

// An act of a stand-in is checked against both accounts and against who was named for which
// time: the unit must be that of the person away, and the name must say both people.
func TestAStandInIsWhoWasNamedForTheTime(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "accounts.yaml")
	require.NoError(t, os.WriteFile(file, []byte("accounts:\n  - {id: mayor, name: 市长, unit: lingdao}\n  - {id: vice, name: 副市长, unit: fulingdao}\n"), 0o600))
	heard := time.Date(2026, 5, 6, 2, 0, 0, 0, time.UTC)
	a := &Accounts{File: file, StoodIn: func(_ context.Context, away, other string, at time.Time) (bool, error) {
		return away == "mayor" && other == "vice" && at.Equal(heard), nil
	}}
	good := act.Actor{Account: "vice", Name: "副市长（代市长）", Unit: "lingdao", StandsFor: "mayor"}
	judged := func(by act.Actor, heard time.Time) *act.Refusal {
		return a.Credible(ledger.Launched{}, act.Act{Kind: act.Instruct, By: by, At: heard}, heard)
	}
	require.Nil(t, judged(good, heard))
	english := good
	english.Name = "副市长 (for 市长)"
	require.Nil(t, judged(english, heard), "of an office that works in English")
	for name, change := range map[string]func(*act.Actor){
		"another's unit": func(by *act.Actor) { by.Unit = "duban" },
		"one's own unit": func(by *act.Actor) { by.Unit = "fulingdao" },
		"without saying": func(by *act.Actor) { by.Name = "市长" },
		"as oneself":     func(by *act.Actor) { by.Name = "副市长" },
		"for a stranger": func(by *act.Actor) { by.StandsFor = "nobody" },
		"for oneself":    func(by *act.Actor) { by.StandsFor = "vice" },
		"by a stranger":  func(by *act.Actor) { by.Account = "nobody" },
		"the other way": func(by *act.Actor) {
			*by = act.Actor{Account: "mayor", Name: "市长（代副市长）", Unit: "fulingdao", StandsFor: "vice"}
		},
		"in the other way": func(by *act.Actor) { by.Account = "mayor" },
	} {
		by := good
		change(&by)
		require.Equal(t, "act.refused_stand_in", judged(by, heard).Key, name)
	}
	require.Equal(t, "act.refused_stand_in", judged(good, heard.Add(time.Hour)).Key, "at another time")
	a.StoodIn = func(context.Context, string, string, time.Time) (bool, error) { return true, errors.New("away") }
	require.Equal(t, "act.refused_stand_in", judged(good, heard).Key, "where the ledger cannot say")
	a.StoodIn = nil
	require.Equal(t, "act.refused_stand_in", judged(good, heard).Key)
}

// An act that the office entered for a unit is checked against the account of whoever entered
// it.
func TestWhoEnteredIsWhoTheAccountsSay(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "accounts.yaml")
	require.NoError(t, os.WriteFile(file, []byte("accounts:\n  - {id: clerk, name: 经办, unit: duban}\n"), 0o600))
	a := &Accounts{File: file}
	heard := time.Date(2026, 5, 4, 2, 0, 0, 0, time.UTC)
	clerk := act.Actor{Account: "clerk", Name: "经办", Unit: "duban"}
	entered := func(k act.Kind, by, who act.Actor) *act.Refusal {
		return a.Credible(ledger.Launched{}, act.Act{Kind: k, By: by, Entered: &who, At: heard}, heard)
	}
	require.Nil(t, entered(act.Progress, clerk.For("shuiwu", "市水务局"), clerk))
	require.Equal(t, "act.refused_account", entered(act.Progress, clerk.For("shuiwu", "市水务局"), act.Actor{Account: "clerk", Name: "经办", Unit: "lingdao"}).Key)
	require.Equal(t, "act.refused_account", entered(act.Progress, clerk, act.Actor{Account: "nobody"}).Key)
	require.Equal(t, "act.refused_entered_for", entered(act.Propose, clerk.For("lingdao", "领导小组"), clerk).Key)
}

// While an accounts file that should be there cannot be read, nobody may act.
func TestAccountsThatCannotBeReadLetNobodyAct(t *testing.T) {
	t.Parallel()
	mayor := act.Actor{Account: "mayor", Name: "市长", Unit: "lingdao"}
	good := []byte("accounts:\n  - {id: mayor, name: 市长, unit: lingdao}\n")
	for name, spoil := range map[string]func(file string) (named bool, err error){
		"named by a setting and not there": func(string) (bool, error) { return true, nil },
		"a folder":                         func(file string) (bool, error) { return true, os.Mkdir(file, 0o700) },
		"spoilt":                           func(file string) (bool, error) { return false, os.WriteFile(file, []byte("accounts: ["), 0o600) },
		"empty":                            func(file string) (bool, error) { return false, os.WriteFile(file, nil, 0o600) },
	} {
		file := filepath.Join(t.TempDir(), "accounts.yaml")
		named, err := spoil(file)
		require.NoError(t, err)
		a := &Accounts{File: file, Named: named}
		known, unread := a.Known()
		require.Equal(t, []bool{false, true}, []bool{known, unread}, name)
		require.Equal(t, "act.refused_no_accounts", a.check(mayor, time.Time{}).Key, name)
		require.NoError(t, os.RemoveAll(file))
		require.NoError(t, os.WriteFile(file, good, 0o600))
		require.Nil(t, a.check(mayor, time.Time{}), name)
		require.Equal(t, "act.refused_account", a.check(act.Actor{Account: "mayor", Name: "别人", Unit: "lingdao"}, time.Time{}).Key, name)
	}
}

func TestAnActsInstantIsAboutNow(t *testing.T) {
	t.Parallel()
	a := &Accounts{}
	heard := time.Date(2026, 5, 4, 2, 0, 0, 0, time.UTC)
	fast := calendar.Clock{Epoch: heard.Add(-time.Minute), Start: time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC), Rate: 86400}
	stopped := fast
	stopped.End = fast.Start.Add(time.Hour)
	for _, c := range []struct {
		name  string
		clock calendar.Clock
		at    time.Time
		fine  bool
	}{
		{"now", calendar.Clock{}, heard, true},
		{"a slow message", calendar.Clock{}, heard.Add(-9 * time.Minute), true},
		{"a clock that is a little ahead", calendar.Clock{}, heard.Add(time.Minute), true},
		{"the future", calendar.Clock{}, heard.Add(3 * time.Minute), false},
		{"the past", calendar.Clock{}, heard.Add(-11 * time.Minute), false},
		{"2020", calendar.Clock{}, heard.AddDate(-6, 0, 0), false},
		{"minutes of a fast clock", fast, fast.Plan(heard.Add(-9 * time.Minute)), true},
		{"the past of a fast clock", fast, fast.Plan(heard).AddDate(-2, 0, 0), false},
		{"a clock that has stopped", stopped, stopped.Plan(heard), true},
	} {
		r := a.Credible(ledger.Launched{Clock: c.clock}, act.Act{At: c.at}, heard)
		require.Equal(t, c.fine, r == nil, c.name)
	}
	require.Nil(t, a.Credible(ledger.Launched{}, act.Act{By: act.EngineActor}, time.Time{}), "nobody sent it")
	require.NotNil(t, a.Credible(ledger.Launched{}, act.Act{By: act.EngineActor, At: heard}, heard), "nobody acts in the engine's name")
	require.NotNil(t, (*Accounts)(nil).Credible(ledger.Launched{}, act.Act{By: act.EngineActor, At: heard}, heard), "without a file neither")
}
