package activities_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
)

func TestTheSilentYearAsItIsSaid(t *testing.T) {
	t.Parallel()
	y := newYear(t, "zh")
	began := time.Now()
	y.until(calendar.NewDay(2022, 4, 8).At(0, 0, calendar.Beijing), nil)
	messages := map[string]int{}
	for _, m := range y.letters {
		messages[m.Recipient.String()]++
		require.LessOrEqual(t, strings.Count(m.HTML, `<tr class="row"`), 15)
	}
	fmt.Println(time.Since(began), len(y.letters), messages, people.Leader, ledger.Pending)
}
