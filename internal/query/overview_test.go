package query_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/report"
	"duban/internal/words"
)

// TestEveryNumberOfTheBoardIsThatOfItsRows: the number in each field of the boards by month
// and by clause is the length of the list to which its link leads, and all numbers of a
// board add up to the plan's count.
func TestEveryNumberOfTheBoardIsThatOfItsRows(t *testing.T) {
	t.Parallel()
	for name, address := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, address(t))
			check := func(mode string) {
				r, v := w.reader(), query.Operator()
				o, err := r.Overview(t.Context(), v, "water")
				require.NoError(t, err)
				for _, b := range []report.Board{o.Months, o.Clauses} {
					sum := 0
					for i, g := range b.Groups {
						for j, u := range b.Units {
							for _, f := range b.Fields[i][j] {
								filter := query.TaskFilter{Plan: "water", Leads: []string{u.ID}, Lights: []plan.Light{f.Light}, Limit: 1}
								if month, err := calendar.ParseDay(g + "-01"); err == nil {
									filter.From, filter.Until = month, month.MonthEnd()
								} else {
									filter.Clause = g
								}
								page, err := r.Tasks(t.Context(), v, filter)
								require.NoError(t, err)
								assert.Equal(t, f.N, page.Total, "%s: %s %s %s", mode, g, u.Name, f.Light)
								sum += f.N
							}
						}
					}
					require.Equal(t, o.Counts.Total, sum, mode)
				}
				require.Equal(t, []string{"2021-06", "2021-07"}, o.Months.Groups)
				require.Equal(t, []string{"三（二）1", "三（二）2"}, o.Clauses.Groups)
			}
			whole, err := w.reader().Overview(t.Context(), query.Operator(), "water")
			require.NoError(t, err)
			check("read whole")
			w.refresh()
			check("chosen by the database")
			summed, err := w.reader().Overview(t.Context(), query.Operator(), "water")
			require.NoError(t, err)
			require.Equal(t, whole, summed, "what the database sums up is what is counted line by line")
			require.NoError(t, ledgertest.Verify(t.Context(), w.store, "water", "late", "liu", "已办结", "v1", when(w.now)))
			written, err := w.reader().Overview(t.Context(), query.Operator(), "water")
			require.NoError(t, err)
			require.Equal(t, whole.Counts.Done+1, written.Counts.Done)
			w.refresh()
			again, err := w.reader().Overview(t.Context(), query.Operator(), "water")
			require.NoError(t, err)
			require.Equal(t, written, again, "one task has been written since")
		})
	}
}

// TestTheOverviewLooksAhead: the stages of the next four weeks are in order of time, from
// today to the 28th day, and the messages counted for each seat are those that were sent and
// those that will be.
func TestTheOverviewLooksAhead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["SQLite"](t))
	o, err := w.reader().Coming(t.Context(), person("liu", "leaders"), "water")
	require.NoError(t, err)
	require.NotEmpty(t, o.Ahead)
	require.Equal(t, o.N, len(o.Ahead))
	var before time.Time
	for _, s := range o.Ahead {
		require.False(t, s.At.Before(before))
		before = s.At
		day := calendar.DayOf(s.At)
		require.False(t, day.Before(o.AsOf) || day.After(o.AsOf.AddDays(query.Ahead)), day)
	}
	require.Equal(t, time.Monday, o.Loads.From.Weekday())
	sent, err := w.store.Loads(t.Context(), "water")
	require.NoError(t, err)
	require.NotEmpty(t, sent)
	sum := 0
	for _, s := range o.Loads.Seats {
		require.Len(t, s.Weeks, o.Loads.Weeks)
		all := 0
		for _, n := range s.Weeks {
			all += n
		}
		require.Equal(t, s.Sum, all)
		sum += all
	}
	require.Greater(t, sum, len(sent))
}

// TestSinceSaysWhatHasChanged: since the day before the launch every line is new; since the
// day before a light changed, the change is that light.
func TestSinceSaysWhatHasChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["SQLite"](t))
	r, v := w.reader(), person("liu", "leaders")
	c, err := r.Since(t.Context(), v, "water", calendar.NewDay(2021, 5, 31))
	require.NoError(t, err)
	require.Zero(t, c.Before.Total)
	require.Len(t, c.Lines, 2)

	c, err = r.Since(t.Context(), v, "water", calendar.NewDay(2021, 6, 14))
	require.NoError(t, err)
	require.Equal(t, "over", c.Lines[0].Task)
	require.Equal(t, plan.Yellow, c.Lines[0].Was)
	require.Equal(t, plan.Red, c.Lines[0].Is)
	require.Equal(t, 1, c.Called)
	require.Equal(t, c.Before.Red+1, c.Now.Red)

	last, today, err := r.LastWorkday(t.Context(), v, "water")
	require.NoError(t, err)
	require.Equal(t, calendar.NewDay(2021, 7, 2), last, "the fifth is a Monday")
	require.Equal(t, calendar.NewDay(2021, 7, 5), today)
	c, err = r.Since(t.Context(), v, "water", last)
	require.NoError(t, err)
	require.Empty(t, c.Talks, "the talk was called before")

	_, err = r.Since(t.Context(), v, "water", today)
	require.ErrorIs(t, err, query.ErrAhead)
}

// TestSinceIsWhatTheTablesOfBothDaysSay: what has changed since a day is worked out from a part of
// the chain, and is what comparing the whole table of that day with that of today gives.
func TestSinceIsWhatTheTablesOfBothDaysSay(t *testing.T) {
	t.Parallel()
	for name, address := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, address(t))
			r, v := w.reader(), query.Operator()
			now, err := r.Status(t.Context(), v, "water")
			require.NoError(t, err)
			moved := 0
			for day := calendar.NewDay(2021, 6, 1); day.Before(now.AsOf); day = day.AddDays(3) {
				was, done, err := r.Past(t.Context(), v, day)
				require.NoError(t, err)
				then, err := was.Status(t.Context(), v, "water")
				done()
				require.NoError(t, err)
				want, err := report.ChangeOf(report.SnapshotOf(then.Table), report.SnapshotOf(now.Table))
				require.NoError(t, err)
				c, err := r.Since(t.Context(), v, "water", day)
				require.NoError(t, err)
				want.Head = c.Head
				require.Equal(t, want, c, day)
				moved += len(c.Lines)
			}
			require.NotZero(t, moved)
		})
	}
}

// TestFewRowsSayTheSame: case files, ladders and changes are the same whether they are read
// by the outlooks that the ledger keeps or from whole plans.
func TestFewRowsSayTheSame(t *testing.T) {
	t.Parallel()
	for name, address := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, address(t))
			v := query.Operator()
			_, refused, err := w.store.ProposeTalk(t.Context(), ledger.Proposed{Plan: "water", Task: "late",
				Act: act.Act{ID: "p1", At: w.now, By: act.Actor{Account: "liu"}, Reason: "多次催办无果"},
				Facts: func(number int) (act.TalkCase, *act.Refusal) {
					return act.TalkCase{Task: "late", What: plan.ProposeTalk, State: act.TalkProposed, Number: number, Lead: "gaoping", Office: "office", Leadership: "leaders",
						Policy: "standard", Since: calendar.DayOf(w.now), Asked: calendar.DayOf(w.now), Approver: "fu"}, nil
				}}, when(w.now))
			require.NoError(t, err)
			require.Nil(t, refused)
			read := func() (all []any) {
				r := w.reader()
				for _, id := range []string{"over", "late", "watch", "s01"} {
					c, err := r.Case(t.Context(), v, "water", id)
					require.NoError(t, err)
					all = append(all, c)
				}
				k, err := r.TalkCase(t.Context(), v, "water", "over#1")
				require.NoError(t, err)
				compareTalkFacts(t, r, v)
				l, err := r.Ladders(t.Context(), v, query.TaskFilter{Plan: "water"})
				require.NoError(t, err)
				c, err := r.Since(t.Context(), v, "water", calendar.NewDay(2021, 6, 14))
				require.NoError(t, err)
				return append(all, k, l.Stages, c)
			}
			whole := read()
			require.NotEmpty(t, whole[0].(report.Case).Facts.Source)
			require.NotNil(t, whole[3].(report.Case).Facts.Section)
			w.refresh()
			few := read()
			for i := range whole {
				require.Equal(t, whole[i], few[i], i)
			}
		})
	}
}

// TestPastDaysAreSharedAndClosed: when many readers read many past days at once, each reads
// its own day, and a ledger that is no longer kept stays open until its readers are done.
func TestPastDaysAreSharedAndClosed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["SQLite"](t))
	r, v := w.reader(), query.Operator()
	held, done, err := r.Past(t.Context(), v, calendar.NewDay(2021, 6, 10))
	require.NoError(t, err)
	var all sync.WaitGroup
	for i := range 24 {
		all.Go(func() {
			day := calendar.NewDay(2021, 6, 11+i%6)
			was, done, err := r.Past(t.Context(), v, day)
			if !assert.NoError(t, err) {
				return
			}
			defer done()
			page, err := was.Tasks(t.Context(), v, query.TaskFilter{Plan: "water"})
			assert.NoError(t, err)
			assert.Equal(t, 4, page.Total)
			o, err := was.Overview(t.Context(), v, "water")
			assert.NoError(t, err)
			assert.Equal(t, day, o.AsOf)
		})
	}
	all.Wait()
	_, err = held.Tasks(t.Context(), v, query.TaskFilter{Plan: "water"})
	require.NoError(t, err, "somebody still reads it")
	done()
	done()

	_, _, err = r.Past(t.Context(), v, calendar.NewDay(2021, 8, 1))
	require.ErrorIs(t, err, query.ErrAhead)
	now, done, err := r.Past(t.Context(), v, calendar.NewDay(2021, 7, 5))
	require.NoError(t, err)
	defer done()
	require.Same(t, r, now, "today is the ledger as it is")
}

// TestWhatIsRememberedIsTrue: a remembered overview is given again on the same day, and
// computed again when the plan's day is another.
func TestWhatIsRememberedIsTrue(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["SQLite"](t))
	r, v := w.reader(), query.Operator()
	before, err := r.Overview(t.Context(), v, "water")
	require.NoError(t, err)
	again, err := r.Overview(t.Context(), v, "water")
	require.NoError(t, err)
	require.Equal(t, before, again)
	w.now = at(7, 13, 10) // the day after the due date of "late"
	after, err := r.Overview(t.Context(), v, "water")
	require.NoError(t, err)
	require.Equal(t, before.Counts.Red+1, after.Counts.Red)
}

// compareTalkFacts compares what talks rest on, read one by one and all at once, with their case files.
func compareTalkFacts(t *testing.T, r *query.Reader, v query.Viewer) {
	t.Helper()
	page, err := r.Talks(t.Context(), v, query.TalkFilter{Plan: "water"})
	require.NoError(t, err)
	var ids []string
	for _, k := range page.Lines {
		ids = append(ids, k.ID)
	}
	require.Greater(t, len(ids), 1)
	all, err := r.TalkFacts(t.Context(), v, "water", ids...)
	require.NoError(t, err)
	speaker := report.Speak(words.New("zh"))
	for i, id := range ids {
		file, err := r.TalkCase(t.Context(), v, "water", id)
		require.NoError(t, err)
		alone, err := r.TalkFacts(t.Context(), v, "water", id)
		require.NoError(t, err)
		require.Equal(t, speaker.TalkFacts(file), speaker.TalkFacts(all[i]), id)
		require.Equal(t, alone[0], all[i], id)
	}
}

// TestSearchFindsByWords: a search finds by titles, clauses, units and numbers; each word must
// be there; the characters of an SQL pattern have no meaning of their own.
func TestSearchFindsByWords(t *testing.T) {
	t.Parallel()
	for name, address := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, address(t))
			r := w.reader()
			check := func(mode string) {
				for text, want := range map[string][]string{
					"污水":          {"over"},
					"高平":          {"gaoping", "late", "watch", "s01"},
					"高平市政府 管网":    {"late"},
					"三（二）2":       {"late"},
					"三(二) 2":      {"late"}, // half-width brackets mean the same
					"OVER":        {"over"},
					"市办〔2021〕1号":  {"water"},
					"%":           nil,
					"_":           nil,
					`\`:           nil,
					"' OR '1'='1": nil,
					"污水 管网":       nil,
					"   ":         nil,
					"赵庄　断面":       {"s01"}, // a full-width space
				} {
					found, err := r.Search(t.Context(), query.Operator(), text, 10)
					require.NoError(t, err)
					var ids []string
					for _, h := range found.Hits {
						ids = append(ids, h.ID)
					}
					assert.Equal(t, want, ids, "%s: %s", mode, text)
				}
				found, err := r.Search(t.Context(), query.Operator(), "完成", 0)
				require.NoError(t, err)
				require.True(t, found.More)
			}
			check("read whole")
			w.refresh()
			check("chosen by the database")
			require.NoError(t, ledgertest.Verify(t.Context(), w.store, "water", "late", "liu", "已办结", "v1", when(w.now)))
			check("one task has been written since")
		})
	}
}

// TestTheInboxIsTheUnitsOwn: a unit gets its own messages only, the latest first, each with
// the things that it is about.
func TestTheInboxIsTheUnitsOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["SQLite"](t))
	page, err := w.reader().Inbox(t.Context(), query.As(act.Actor{Account: "wang", Name: "wang", Unit: "shuiwu"}), query.InboxFilter{})
	require.NoError(t, err)
	require.NotEmpty(t, page.Lines)
	require.Equal(t, page.Total, len(page.Lines))
	for i, l := range page.Lines {
		require.Equal(t, "shuiwu", l.Recipient.Unit)
		require.NotEmpty(t, l.About)
		require.Equal(t, "建成污水处理厂", l.About[0].Title)
		require.False(t, i > 0 && l.SpeakAt.After(page.Lines[i-1].SpeakAt))
	}
	few, err := w.reader().Inbox(t.Context(), query.As(act.Actor{Account: "wang", Name: "wang", Unit: "shuiwu"}), query.InboxFilter{Skip: 1, Limit: 1})
	require.NoError(t, err)
	require.Equal(t, page.Lines[1:2], few.Lines)
}
