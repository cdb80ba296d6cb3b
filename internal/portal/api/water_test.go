package api_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// Programs bring in readings of sections: all of a request or none, once, by the unit that
// owes them or the office, and a correction only where the request asks for one.
func TestProgramsBringInWhatWasMeasured(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one := func(section, class string) map[string]any {
		return map[string]any{"section": section, "month": "2021-05", "class": class}
	}
	bring := func(account string, status int, more map[string]any, readings ...any) map[string]any {
		t.Helper()
		body := map[string]any{"readings": readings}
		for k, v := range more {
			body[k] = v
		}
		res, raw := w.ask(w.tokens[account], http.MethodPost, "/api/v1/water/readings", body)
		require.Equal(t, status, res.StatusCode, "%s", raw)
		var out map[string]any
		require.NoError(t, json.Unmarshal(raw, &out))
		return out
	}
	stands := func() string {
		t.Helper()
		res, raw := w.ask(w.reads["li"], http.MethodGet, "/api/v1/water/readings?section=s1", nil)
		require.Equal(t, http.StatusOK, res.StatusCode)
		return string(raw)
	}
	require.JSONEq(t, "[]", stands())
	bring("wang", http.StatusForbidden, nil, one("s1", "Ⅲ"), one("s2", "Ⅲ"))
	require.JSONEq(t, "[]", stands(), "s2 is not its duty, and nothing of it is recorded")
	wrong := bring("zhao", http.StatusUnprocessableEntity, nil, one("s1", "Ⅲ"), one("牛家", "Ⅲ"), one("s2", "优"))
	require.Len(t, wrong["errors"], 2)
	require.JSONEq(t, "[]", stands())
	got := bring("wang", http.StatusOK, nil, one("s1", "Ⅲ"))
	require.Equal(t, []any{1.0, 0.0}, []any{got["new"], got["same"]})
	got = bring("wang", http.StatusOK, nil, one("润城断面", "3类"))
	require.Equal(t, []any{0.0, 1.0}, []any{got["new"], got["same"]}, "the same again")
	bring("zhao", http.StatusConflict, nil, one("s1", "Ⅳ"))
	bring("zhao", http.StatusUnprocessableEntity, map[string]any{"correct": true}, one("s1", "Ⅳ"))
	got = bring("zhao", http.StatusOK, map[string]any{"correct": true, "reason": "抄错"}, one("s1", "Ⅳ"))
	require.Equal(t, "Ⅲ", got["corrected"].([]any)[0].(map[string]any)["old"])
	require.JSONEq(t, `[{"section": "s1", "month": "2021-05", "span": "month", "class": "Ⅳ", "sources": {"class": "接口 督办岗"}}]`, stands())
	before := one("s1", "Ⅱ")
	before["month"] = "2021-04"
	bring("zhao", http.StatusOK, nil, before)
	res, raw := w.ask(w.reads["li"], http.MethodGet, "/api/v1/water/readings?section=s1&from=2021-05&to=2021-05", nil)
	require.Equal(t, http.StatusOK, res.StatusCode)
	require.Contains(t, string(raw), `"2021-05"`)
	require.NotContains(t, string(raw), `"2021-04"`, "one month alone")
	bring("zhou", http.StatusNotFound, nil, one("s1", "Ⅳ"))
	w.away = errors.New("down")
	bring("zhao", http.StatusServiceUnavailable, nil, one("s1", "Ⅳ"))
}

// Programs bring in what was measured of outlets as they do of sections: by the unit that owes it or the
// office, corrected with a reason; a class or a year says nothing of an outlet.
func TestProgramsBringInWhatOutletsDischarge(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	bring := func(account string, status int, reading map[string]any, more map[string]any) string {
		t.Helper()
		reading["section"], reading["month"] = "outlet/o1", "2021-05"
		body := map[string]any{"readings": []any{reading}}
		for k, v := range more {
			body[k] = v
		}
		res, raw := w.ask(w.tokens[account], http.MethodPost, "/api/v1/water/readings", body)
		require.Equal(t, status, res.StatusCode, "%s", raw)
		return string(raw)
	}
	values := func(cod, solids string) map[string]any {
		return map[string]any{"values": map[string]string{"化学需氧量": cod, "悬浮物": solids}}
	}
	bring("li", http.StatusForbidden, values("40", "9"), nil)
	require.Contains(t, bring("zhao", http.StatusUnprocessableEntity, map[string]any{"class": "Ⅲ"}, nil), "排污口只报当月各项浓度或状态")
	bring("wang", http.StatusOK, values("40", "9"), nil)
	bring("wang", http.StatusConflict, values("40", "25"), nil)
	require.Contains(t, bring("zhao", http.StatusOK, values("40", "25"), map[string]any{"correct": true, "reason": "抄错"}), `"old":"9"`)
	month := func(account string) string {
		t.Helper()
		res, raw := w.ask(w.reads[account], http.MethodGet, "/api/v1/water/outlets", nil)
		require.Equal(t, http.StatusOK, res.StatusCode, "%s", raw)
		return string(raw)
	}
	for _, account := range []string{"wang", "li"} { // the one measures it, the other looks at it
		require.Contains(t, month(account), `"over":[{"item":"SS","times":"1.5"}],"outcome":"missed"`)
	}
	res, raw := w.ask(w.reads["li"], http.MethodGet, "/api/v1/water/readings", nil)
	require.Equal(t, http.StatusOK, res.StatusCode)
	require.JSONEq(t, "[]", string(raw), "an outlet is no section")
}
