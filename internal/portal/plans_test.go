package portal_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
)

// TestPicturesAreDrawnAnewAfterAnEvent: the board of a plan is in the reader's language, by month or
// by clause as asked, and as it is after the last act; so is the picture of its messages by week.
func TestPicturesAreDrawnAnewAfterAnEvent(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	clock := calendar.Clock{Epoch: time.Now(), Start: calendar.NewDay(2021, 6, 7).At(10, 0, calendar.Beijing), Rate: 1}
	require.NoError(t, w.launch("soots", "daqi", dustUnits, dust("{id: a1, title: 完成抑尘, due: 2021-09-30, source: 9月底前完成抑尘}", "{id: a2, title: 完成清扫, due: 2021-11-30, source: 11月底前完成清扫}"), clock))
	office := w.open(t).as("airclerk")
	for range 2 {
		require.Contains(t, office.get("/plans/soots").body, "共2项")
		require.Contains(t, office.get("/plans/soots").body, "2021年11月")
		require.NotContains(t, office.get("/plans/soots?down=clause").body, "2021年11月")
		asked := office.request(http.MethodGet, "/plans/soots", nil)
		asked.Header.Set("Accept-Language", "en")
		require.NotContains(t, office.send(asked).body, "共2项")
		require.Contains(t, office.get("/plans/soots/messages").body, "2021年12月")
		asked = office.request(http.MethodGet, "/plans/soots/messages", nil)
		asked.Header.Set("Accept-Language", "en")
		require.NotContains(t, office.send(asked).body, "2021年12月")
	}
	require.Contains(t, office.does("/plans/soots/tasks/a2/do/cancel", "reason", "并入其他任务", "paper", "晋大气办〔2021〕9号").to(), "did=cancel")
	require.NotContains(t, office.get("/plans/soots").body, "2021年11月")
	require.NotContains(t, office.get("/plans/soots/messages").body, "2021年12月")
}
