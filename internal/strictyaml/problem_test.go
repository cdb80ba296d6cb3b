package strictyaml_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/strictyaml"
	"duban/internal/words"
)

// A list of days in a problem names the year where it is new, and is never cut off.
func TestDaysInAProblem(t *testing.T) {
	t.Parallel()
	days := []calendar.Day{{Year: 2022, Month: 3, Date: 5}, {Year: 2022, Month: 4, Date: 5}, {Year: 2023, Month: 1, Date: 5}}
	p := strictyaml.Problem{Key: "plan.cron_short", Data: words.Data{"Value": "0 9 5 * *", "Count": 3, "Dates": days}}
	require.Contains(t, p.Message(words.New("zh")), "2022-03-05、04-05、2023-01-05")
}
