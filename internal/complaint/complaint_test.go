package complaint_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/complaint"
)

var beijing = calendar.Zone("Asia/Shanghai")

// may are the rest days about the first of May 2021.
func may() *calendar.Calendar {
	y := calendar.Year{Year: 2021, Papers: []string{"国办发明电〔2020〕27号"}}
	for _, d := range []int{1, 2, 3, 4, 5} {
		y.Days = append(y.Days, calendar.Holiday{Name: "劳动节", Date: calendar.NewDay(2021, 5, d), IsOffDay: true})
	}
	for _, d := range []calendar.Day{calendar.NewDay(2021, 4, 25), calendar.NewDay(2021, 5, 8)} {
		y.Days = append(y.Days, calendar.Holiday{Name: "劳动节", Date: d})
	}
	return calendar.New(y)
}

func TestALimitIsCountedFromTheDispatch(t *testing.T) {
	t.Parallel()
	for _, l := range []struct {
		limit complaint.Limit
		at    time.Time
		until string
		due   string
	}{
		{complaint.Limit{Hours: 24}, time.Date(2021, 4, 30, 16, 20, 0, 0, beijing), "2021-05-01 16:20", "2021-05-01"},
		{complaint.Limit{Hours: 2}, time.Date(2021, 4, 30, 23, 0, 0, 0, beijing), "2021-05-01 01:00", "2021-05-01"},
		{complaint.Limit{Workdays: 5}, time.Date(2021, 4, 30, 23, 59, 0, 0, beijing), "2021-05-12 00:00", "2021-05-11"},
		{complaint.Limit{Workdays: 1}, time.Date(2021, 5, 7, 0, 0, 0, 0, beijing), "2021-05-09 00:00", "2021-05-08"},
	} {
		until, due := l.limit.From(l.at.UTC(), may(), beijing)
		require.Equal(t, []string{l.until, l.due}, []string{until.In(beijing).Format("2006-01-02 15:04"), due.String()})
	}
}

// Whatever the limit and the instant of the dispatch: a later dispatch never has to be answered
// earlier, and a limit's instant is of its day or the midnight that ends it.
func TestALaterDispatchIsDueNoEarlier(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		l := complaint.Limit{Hours: r.IntN(72)}
		if l.Hours == 0 {
			l.Workdays = 1 + r.IntN(15)
		}
		a := time.Date(2021, 1, 1, 0, r.IntN(500_000), 0, 0, beijing)
		b := a.Add(time.Duration(r.IntN(5000)) * time.Minute)
		untilA, dueA := l.From(a, may(), beijing)
		untilB, dueB := l.From(b, may(), beijing)
		require.False(t, untilB.Before(untilA), "%v %v", l, a)
		require.False(t, dueB.Before(dueA))
		require.True(t, untilA.After(a) && !untilA.After(dueA.End(beijing)) && !untilA.Before(dueA.At(0, 0, beijing)))
	}
}

func TestWhoComplainedIsNeitherPrintedNorWritten(t *testing.T) {
	t.Parallel()
	c := complaint.Caller{Name: "赵铁柱", Phone: "13903561234", Address: "巴公镇西郜村12号", Words: "我是赵铁柱"}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("taken in", "caller", c, "caller2", &c)
	for _, said := range []string{log.String(), fmt.Sprint(c), fmt.Sprintf("%v %+v %#v %s", c, c, c, c), fmt.Sprintf("%+v", struct{ C complaint.Caller }{c}), fmt.Sprintf("%+v", &c)} {
		require.NotContains(t, said, "赵铁柱")
		require.NotContains(t, said, "1390356")
		require.NotContains(t, said, "西郜")
	}
	for _, within := range []any{c, &c, map[string]any{"c": c}, struct{ C *complaint.Caller }{&c}} {
		_, err := json.Marshal(within)
		require.Error(t, err)
	}
}

func TestATextIsRidOfWhoComplained(t *testing.T) {
	t.Parallel()
	c := complaint.Caller{Name: "赵铁柱", Phone: "0356-2061234", Address: "巴公镇西郜村12号"}
	for text, want := range map[string]string{
		"巴公河上游有人夜间排污水": "巴公河上游有人夜间排污水",
		"赵铁柱（１３９０３５６１２３４）反映，家住巴公镇西郜村１２号，河水发黑":           "〔略〕（〔略〕）反映，家住〔略〕，河水发黑",
		"请回电0356-2061234或139 0356 1234、+86-13903561234": "请回电〔略〕或〔略〕、〔略〕",
		"身份证14050219800101123X":            "身份证〔略〕",
		"见晋市环罚〔2021〕13903561234567890123号": "见晋市环罚〔2021〕13903561234567890123号",
		"西郜村桥下":                            "西郜村桥下",
		"２０２１年４月１日":                        "２０２１年４月１日",
	} {
		got, more := c.Redact(text)
		require.Equal(t, want, got)
		require.Equal(t, want != text, more)
		again, more := c.Redact(got)
		require.Equal(t, []any{got, false}, []any{again, more}, "what is clean stays as it is")
		require.False(t, c.In(got))
	}
	require.True(t, c.In("已向赵铁柱当面说明"))
	require.False(t, complaint.Caller{Name: "王"}.In("王庄断面"), "one letter is no name that can be looked for")
}

func TestComplaintsAboutOnePlaceAndMatter(t *testing.T) {
	t.Parallel()
	on := calendar.NewDay(2021, 4, 20)
	a := complaint.About{Number: 1, Matter: "污水直排", Place: "泽州县巴公镇西郜村桥下", On: on}
	for _, o := range []struct {
		why  string
		b    complaint.About
		like bool
	}{
		{"the same place, written otherwise", complaint.About{Number: 2, Matter: "污水直排", Place: "泽州县 巴公镇（西郜村）桥下", On: on.AddDays(30)}, true},
		{"a place within it", complaint.About{Number: 2, Matter: "污水直排", Place: "巴公镇西郜村", On: on.AddDays(-30)}, true},
		{"too long ago", complaint.About{Number: 2, Matter: "污水直排", Place: "巴公镇西郜村", On: on.AddDays(-31)}, false},
		{"another matter", complaint.About{Number: 2, Matter: "畜禽养殖", Place: "巴公镇西郜村", On: on}, false},
		{"a place that could be anywhere", complaint.About{Number: 2, Matter: "污水直排", Place: "桥下", On: on}, false},
		{"no place", complaint.About{Number: 2, Matter: "污水直排", On: on}, false},
		{"itself", a, false},
	} {
		require.Equal(t, o.like, a.Like(o.b, 30), o.why)
		require.Equal(t, o.like, o.b.Like(a, 30), o.why)
	}
	require.True(t, complaint.About{Number: 3, Matter: "水体黑臭", Section: "niucun", On: on}.Like(complaint.About{Number: 4, Matter: "水体黑臭", Section: "niucun", Place: "牛村", On: on}, 0))
}

func TestHowUnitsDid(t *testing.T) {
	t.Parallel()
	now := time.Date(2021, 6, 1, 0, 0, 0, 0, beijing)
	at := func(day int) time.Time { return now.AddDate(0, 0, day) }
	got := complaint.Measures([]complaint.Handled{
		{Unit: "a", Month: "2021-05", Until: at(-5), Answered: at(-5), Called: true, Satisfied: true},
		{Unit: "a", Month: "2021-05", Until: at(-5), Answered: at(-4), Called: true, Again: 2},
		{Unit: "a", Month: "2021-05", Until: at(-1), ReturnedBy: []string{"b"}},
		{Unit: "a", Month: "2021-05", Until: at(3)},
		{Unit: "a", Month: "2021-04", Until: at(-9), Answered: at(-10)},
	}, now)
	require.Equal(t, []complaint.Measure{
		{Unit: "a", Month: "2021-04", Got: 1, Answered: 1, OnTime: 1},
		{Unit: "a", Month: "2021-05", Got: 4, Answered: 2, OnTime: 1, Late: 2, Called: 2, Satisfied: 1, Again: 1},
		{Unit: "b", Month: "2021-05", Returned: 1},
	}, got)
	require.Equal(t, []int{33, 50, 50, 50}, []int{got[1].OnTimeRate(), got[1].AnsweredRate(), got[1].SatisfiedRate(), got[1].AgainRate()})
	require.Equal(t, -1, got[2].OnTimeRate())
	sum := complaint.Sum(got)
	require.Equal(t, []complaint.Measure{{Unit: "a", Got: 5, Answered: 3, OnTime: 2, Late: 2, Called: 2, Satisfied: 1, Again: 1}, {Unit: "b", Returned: 1}}, sum)
	require.Equal(t, 67, complaint.Rate(2, 3))
}
