package plan

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
)

func TestCronNamesDaysThatFiveFieldsCannot(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ expr, from, want string }{
		{"0 9 L * *", "2021-01-15", "2021-01-31 2021-02-28 2021-03-31 2021-04-30"},
		{"0 9 L 2 *", "2023-01-15", "2023-02-28 2024-02-29 2025-02-28"},
		{"0 9 10,20,L * *", "2022-03-01", "2022-03-10 2022-03-20 2022-03-31 2022-04-10"},
		{"0 9 30L * *", "2021-01-01", "2021-01-30 2021-02-28 2021-03-30"},
		{"0 9 29L 2 *", "2023-01-01", "2023-02-28 2024-02-29"},
		{"0 9 * * 1#1", "2022-03-01", "2022-03-07 2022-04-04 2022-05-02"},
		{"0 9 * 3,6,9,12 5L", "2022-03-01", "2022-03-25 2022-06-24"},
		{"0 9 * * 5#5", "2022-03-01", "2022-04-29 2022-07-29"},
		{"0 9 * * 0L", "2022-03-01", "2022-03-27 2022-04-24"},
	} {
		d, err := calendar.ParseDay(c.from)
		require.NoError(t, err)
		var got []string
		r := Recurrence{Cron: c.expr}
		for range strings.Fields(c.want) {
			next, _, ok := r.Next(d)
			require.True(t, ok, c.expr)
			got, d = append(got, next.String()), next
		}
		require.Equal(t, c.want, strings.Join(got, " "), c.expr)
	}
	for _, bad := range []string{"0 9 L * 1", "0 9 1L * *", "0 9 L,x * *", "0 9 * * 1#6", "0 9 * * 1#", "0 9 * * L", "0 9 1#1 * *", "0 9 30 2 *", "0 9 31 2 L", "0 9 L", "0 9 0 * 1#1"} {
		_, err := ParseCron(bad)
		require.Error(t, err, bad)
	}
}

func TestMisleadingCronIsToldWithItsDates(t *testing.T) {
	t.Parallel()
	from := calendar.Day{Year: 2022, Month: 3, Date: 1}
	for expr, want := range map[string]struct {
		why   string
		count int
	}{
		"0 9 1-7 * 1": {"either", 130}, "0 9 */14 * *": {"restart", 36}, "0 9 31 * *": {"short", 7}, "0 9 30 * *": {"short", 11},
		"0 9 29 2 *": {"short", 0}, "0 9 5 * *": {"", 12}, "0 9 * * 1": {"", 52}, "0 9 L * *": {"", 12}, "0 9 * * 1#1": {"", 12}, "0 9 * */2 5": {"", 0},
	} {
		require.Equal(t, want.why, Misleading(expr), expr)
		if want.count > 0 && want.why != "either" {
			require.InDelta(t, want.count, len(Recurrence{Cron: expr, From: from}.YearOf()), 1, expr)
		}
	}
}
