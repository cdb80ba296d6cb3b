package api_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// The office's programs sort a complaint, once for each id, with each wrong field named; a unit's
// programs do nothing on one and are not told of one that is not theirs. Words that name who
// complained are refused and not kept.
func TestProgramsActOnAComplaint(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	does := func(account, path string, status int, body map[string]any) map[string]any {
		t.Helper()
		res, raw := w.ask(w.tokens[account], http.MethodPost, "/api/v1/complaints"+path, body)
		require.Equal(t, status, res.StatusCode, "%s", raw)
		require.NotContains(t, string(raw), "钱二")
		var out map[string]any
		require.NoError(t, json.Unmarshal(raw, &out))
		return out
	}
	does("zhao", "", http.StatusOK, map[string]any{"complaints": []any{map[string]any{"hotline": "h1", "title": "夜间排污", "text": "河水发黑", "matter": "污水直排", "place": "桥下", "name": "钱二"}}})
	wrong := does("zhao", "/1/acts/sort", http.StatusUnprocessableEntity, map[string]any{"id": "s1", "outcome": "satisfied"})
	require.Len(t, wrong["errors"], 3, "a field that it has not, and two that it lacks")
	does("zhao", "/1/acts/take_in", http.StatusUnprocessableEntity, map[string]any{"id": "s1"})
	does("zhao", "/2/acts/sort", http.StatusNotFound, map[string]any{"id": "s1", "unit": "市水务局", "limit": "ordinary"})
	does("wang", "/1/acts/sort", http.StatusNotFound, map[string]any{"id": "s1", "unit": "市水务局", "limit": "ordinary"})
	refused := does("zhao", "/1/acts/close_complaint", http.StatusConflict, map[string]any{"id": "s0", "reason": "已答复钱二"})
	require.Equal(t, "urn:duban:act.refused_complaint_names", refused["type"])
	refused = does("zhao", "/1/acts/call_back", http.StatusConflict, map[string]any{"id": "s0", "outcome": "satisfied", "reason": "满意"})
	require.Equal(t, "urn:duban:act.refused_complaint_state", refused["type"])
	for n, again := range []bool{false, true} {
		got := does("zhao", "/1/acts/sort", http.StatusOK, map[string]any{"id": "s1", "unit": "市水务局", "limit": "ordinary"})
		require.Equal(t, []any{1.0, again}, []any{got["complaint"], got["again"]}, "try %d", n)
	}
	does("wang", "/1/acts/sort", http.StatusConflict, map[string]any{"id": "s2", "unit": "市水务局", "limit": "ordinary"})
	res, raw := w.ask(w.reads["wang"], http.MethodGet, "/api/v1/complaints", nil)
	require.Equal(t, http.StatusOK, res.StatusCode)
	require.Contains(t, string(raw), "夜间排污", "it is theirs now")
}
