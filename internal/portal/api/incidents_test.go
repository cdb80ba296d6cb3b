package api_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// Programs open incidents and report on them: once for each id, with each wrong field named, and
// only what is theirs.
func TestProgramsHandleIncidents(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	does := func(account, path string, status int, body map[string]any) map[string]any {
		t.Helper()
		res, raw := w.ask(w.tokens[account], http.MethodPost, "/api/v1/incidents"+path, body)
		require.Equal(t, status, res.StatusCode, "%s", raw)
		var out map[string]any
		require.NoError(t, json.Unmarshal(raw, &out))
		return out
	}
	opening := map[string]any{"id": "n1", "section": "润城", "item": "氨氮", "source": "station", "time": "2021-07-05 09:00", "title": "氨氮超标"}
	wrong := does("zhao", "", http.StatusUnprocessableEntity, map[string]any{"id": "n1", "section": "润城", "percent": 5})
	require.Len(t, wrong["errors"], 4, "a field that it has not, and three that it lacks")
	wrong = does("zhao", "", http.StatusUnprocessableEntity, map[string]any{"id": "n1", "section": "润城", "item": "氨", "source": "station", "time": "2021-07-05 09:00", "title": "氨氮超标"})
	require.Contains(t, wrong["errors"].([]any)[0].(map[string]any)["location"], "item")
	does("wang", "", http.StatusConflict, opening)
	for n, again := range []bool{false, true} {
		got := does("zhao", "", http.StatusOK, opening)
		require.Equal(t, []any{"1", again}, []any{got["incident"], got["again"]}, "try %d", n)
	}
	does("zhao", "/1/acts/open_incident", http.StatusNotFound, opening)
	does("zhao", "/2/acts/sample", http.StatusNotFound, map[string]any{"id": "n2", "item": "氨氮", "value": "2.1", "time": "2021-07-05 09:30"})
	does("wang", "/1/acts/sample", http.StatusOK, map[string]any{"id": "n2", "item": "氨氮", "value": "2.1", "time": "2021-07-05 09:30"})
	refused := does("zhao", "/1/acts/trace", http.StatusConflict, map[string]any{"id": "n3", "outlets": []string{"o9"}})
	require.Equal(t, "urn:duban:act.refused_not_upstream", refused["type"])
	does("zhao", "/1/acts/trace", http.StatusOK, map[string]any{"id": "n4", "outlets": []string{"o1"}})
	does("zhou", "/1/acts/trace", http.StatusNotFound, map[string]any{"id": "n5", "outlets": []string{"o1"}})
	res, raw := w.ask(w.reads["wang"], http.MethodGet, "/api/v1/incidents/1", nil)
	require.Equal(t, http.StatusOK, res.StatusCode)
	require.Contains(t, string(raw), `"value":"2.1"`)
	require.NotContains(t, string(raw), "一号排污口", "what others look at is not theirs")
	res, raw = w.ask(w.reads["zhao"], http.MethodGet, "/api/v1/incidents", nil)
	require.Equal(t, http.StatusOK, res.StatusCode)
	require.Contains(t, string(raw), "氨氮超标")
}
