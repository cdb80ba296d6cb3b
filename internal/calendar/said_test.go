package calendar

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestReadDay(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"2027-02-15", "2027-2-15", "2027/2/15", "2027.2.15", "20270215", "2027年2月15日", "2027 年 2 月 15 日", "２０２７年２月１５日", "2027年02月15号", " 2027/02/15 "} {
		d, err := ReadDay(text)
		require.NoError(t, err, text)
		require.Equal(t, NewDay(2027, 2, 15), d, text)
	}
	for _, text := range []string{"", "2027-02-30", "2027年2月", "15/2/2027", "27-2-15", "明天", "2027年13月1日", "2027-02-15x"} {
		_, err := ReadDay(text)
		require.Error(t, err, text)
	}
}

func TestReadMoment(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"2027-02-15": -1, "2027年2月15日": -1, "2027-02-15 15:04": 15*time.Hour + 4*time.Minute, "2027-02-15T15:04:05": 15*time.Hour + 4*time.Minute + 5*time.Second,
		"2027/2/15 9:00": 9 * time.Hour, "2027年2月15日15时": 15 * time.Hour, "2027年2月15日 15点30分": 15*time.Hour + 30*time.Minute, "２０２７年２月１５日９：００": 9 * time.Hour, "2027-02-15 00:00": 0,
	} {
		d, clock, err := ReadMoment(text)
		require.NoError(t, err, text)
		require.Equal(t, NewDay(2027, 2, 15), d, text)
		require.Equal(t, want, clock, text)
	}
	for _, text := range []string{"", "15:04", "2027-02-15 25:00", "2027-02-15 9:60", "2027-02-15 上午"} {
		_, _, err := ReadMoment(text)
		require.Error(t, err, text)
	}
}
