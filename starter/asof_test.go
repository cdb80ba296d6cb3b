package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// What lists, case file and book said on a day they say again as of that day,
// whatever has happened since.
func TestAsOfSaysWhatWasSaidThen(t *testing.T) {
	t.Parallel()
	f := newFiled(t, at(6, 1, 0), time.Time{}, calendar.Clock{})
	commands := [][]string{{"task", "list"}, {"plan", "status"}, {"plan", "status", "water"}, {"task", "show", "over"}, {"ledger", "export", "-f", "-"}}
	said := map[string]string{}
	evening := func(month time.Month, date int) {
		f.now = func() time.Time { return at(month, date, 23) }
		for _, c := range commands {
			said[calendar.NewDay(2021, month, date).String()+strings.Join(c, " ")] = f.say(append(c, "-o", "json")...)
		}
	}
	tell := func(id string) {
		s := f.stage("over", id)
		for _, digest := range f.decide("over", "", s) {
			f.send(digest, s.At, ledger.Delivered, "")
		}
	}
	f.watches()
	evening(6, 1)
	tell("remind-7")
	evening(6, 8)
	tell("due")
	evening(6, 15)
	tell("urge")
	f.closed(t, "water", "late", "验收合格", f.when(at(6, 23, 10)))
	evening(6, 23)
	tell("talk")
	evening(7, 1)
	for _, day := range []string{"2021-06-01", "2021-06-08", "2021-06-15", "2021-06-23", "2021-07-01"} {
		for _, c := range commands {
			require.JSONEq(t, said[day+strings.Join(c, " ")], f.say(append(c, "-o", "json", "--as-of", day)...), "%v as of %s", c, day)
		}
	}
	of := func(moment string) string { return f.say("task", "show", "late", "--as-of", moment) }
	require.Contains(t, of("2021-06-23 09:59"), f.w.T("report.state_open"))
	require.Contains(t, of("2021-06-23 10:00"), f.w.T("report.state_closed"))
	require.Contains(t, of("2021-06-23T09:59:59"), "截至 2021-06-23T09:59:59 的台账")
	_, err := f.says("task", "show", "late", "--as-of", "2021-05-31")
	require.ErrorContains(t, err, "没有编号", "before the launch there was no such task")
}

func TestAsOfRefusesWhatIsNoMoment(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp) // so that what is left is known to be this test's
	f := newFiled(t, at(6, 1, 10), time.Time{}, calendar.Clock{})
	for given, want := range map[string]string{"yesterday": "不是日期", "2021-02-30": "不是日期", "2021-06-01 25:00": "不是日期", "2021-06-02": "还没有到"} {
		_, err := f.says("task", "list", "--as-of", given)
		require.ErrorContains(t, err, want, given)
	}
	out, err := f.says("task", "list", "--as-of", "2021-05-01")
	require.NoError(t, err)
	require.NotContains(t, out, "over")
	left, err := os.ReadDir(tmp)
	require.NoError(t, err)
	require.Empty(t, left)
}

// A rehearsal's clock has come to its end though the last thing that happened is days before it: those days can be asked for.
func TestAsOfTheLastDaysOfARehearsal(t *testing.T) {
	t.Parallel()
	clock := calendar.Clock{Epoch: at(6, 1, 10), Start: at(6, 1, 10), Rate: 1e6, End: at(12, 31, 23)}
	f := newFiled(t, at(6, 1, 10), time.Time{}, clock)
	f.now = func() time.Time { return at(6, 2, 10) }
	f.say("task", "list", "--as-of", "2021-12-31")
	_, err := f.says("task", "list", "--as-of", "2022-01-01")
	require.ErrorContains(t, err, "还没有到")
}

func TestVerifyNamesWhatWasChanged(t *testing.T) {
	t.Parallel()
	d := newDesk(t, at(7, 1, 10))
	_, err := d.says("ledger", "verify")
	require.ErrorContains(t, err, "一条事件也没有")
	d.launched("water", calendar.Clock{})
	out := d.say("ledger", "verify")
	seq, hash, err := d.store.Head(t.Context())
	require.NoError(t, err)
	head := fmt.Sprintf("%d:%s", seq, hash)
	require.Contains(t, out, "台账完整")
	require.Contains(t, out, head)
	full := d.say("ledger", "verify", "--full")
	require.Contains(t, full, "任务 4")
	require.NotContains(t, full, "proof.", "every table and column has a name that people read")
	require.Contains(t, d.say("ledger", "verify", "--since", head[:40]), "没有被改写")
	for _, since := range []string{"", "12", "12:xyz", head[:12]} {
		_, err := d.says("ledger", "verify", "--since="+since)
		require.Equal(t, since == "", err == nil, since)
	}
	_, err = d.says("ledger", "verify", "--since", fmt.Sprintf("%d:%064d", seq, 0))
	require.ErrorContains(t, err, "链上没有记下的链头")

	db, err := sqlx.Open("sqlite", filepath.Join(d.cfg.Dir, "ledger.db"))
	require.NoError(t, err)
	defer db.Close()
	_, err = db.Exec(`UPDATE tasks SET due = '2021-07-15', light = 'green' WHERE id = 'over'`)
	require.NoError(t, err)
	_, err = db.Exec(`DELETE FROM tasks WHERE id = 'always'`)
	require.NoError(t, err)
	require.Contains(t, d.say("ledger", "verify"), "台账完整", "the chain alone does not show it")
	out, err = d.says("ledger", "verify", "--full")
	require.ErrorContains(t, err, "3 处不符")
	for _, want := range []string{"due", "2021-07-15", "2021-06-15", "light", string(plan.Green), string(plan.Red), "water always", "没有这一行"} {
		require.Contains(t, out, want)
	}
	out, err = d.says("ledger", "verify", "--full", "-o", "json")
	require.ErrorIs(t, err, errSaid)
	require.Contains(t, out, `"found": 3`)
}

// A file that is no ledger is neither whole nor made one.
func TestVerifyOfAnEmptyFile(t *testing.T) {
	t.Parallel()
	d := newDesk(t, at(7, 1, 10))
	require.NoError(t, d.store.Close())
	file := filepath.Join(d.cfg.Dir, "ledger.db")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	for _, args := range [][]string{{"ledger", "verify"}, {"ledger", "verify", "--full"}} {
		_, err := d.says(args...)
		require.Error(t, err)
	}
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Zero(t, info.Size())
}
