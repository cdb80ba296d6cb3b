package recount

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func rests(d *days, year string) (all []string) {
	for day := year + "-01-01"; day[:4] == year; day = plus(day, 1) {
		if w := parse(day).Weekday(); w != time.Saturday && w != time.Sunday && !d.works(day) {
			all = append(all, day[5:])
		}
	}
	return all
}

// A notice says the whole year anew, and
// one that is taken back leaves it to the law again.
func TestAYearWithoutANoticeRestsByTheLaw(t *testing.T) {
	d := &days{}
	law := []string{"01-01", "02-05", "02-08", "04-05", "06-09", "09-15", "10-01"}
	require.Equal(t, law, rests(d, "2027"))
	require.Equal(t, []string{"01-01", "01-27", "05-01", "06-25", "10-01", "10-02"}, rests(d, "2020"), "before the revision of 2024")
	d.notice(json.RawMessage(`{"year":2027,"days":[{"date":"2027-01-04","isOffDay":true}]}`))
	require.Equal(t, []string{"01-04"}, rests(d, "2027"))
	d.notice(json.RawMessage(`{"year":2027,"days":[]}`))
	require.Equal(t, law, rests(d, "2027"))
}
