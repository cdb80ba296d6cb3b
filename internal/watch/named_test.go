package watch_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"duban/internal/watch"
)

// metric is a name in an expression: its functions and labels have no such beginning.
var metric = regexp.MustCompile(`\b(?:duban|temporal)_[a-z_]+`)

// TestWhatIsWatchedExists: every metric that the dashboard and the alarms name is one
// that a worker serves, and every one that it serves of the ledger is shown.
func TestWhatIsWatchedExists(t *testing.T) {
	t.Parallel()
	var exprs []string
	raw, err := os.ReadFile("../deploy/watch/dashboard.json")
	require.NoError(t, err)
	var board struct {
		Panels []struct {
			Title   string
			GridPos struct{ X, Y int }
			Targets []struct{ Expr string }
		}
	}
	require.NoError(t, json.Unmarshal(raw, &board))
	places := map[[2]int]bool{}
	for _, p := range board.Panels {
		require.NotEmpty(t, p.Targets, p.Title)
		at := [2]int{p.GridPos.X, p.GridPos.Y}
		require.False(t, places[at], "two panels at one place")
		places[at] = true
		for _, target := range p.Targets {
			exprs = append(exprs, target.Expr)
		}
	}
	raw, err = os.ReadFile("../deploy/watch/alerts.yaml")
	require.NoError(t, err)
	var alarms struct {
		Groups []struct {
			Name  string
			Rules []struct {
				Alert, Expr, For    string
				Labels, Annotations map[string]string
			}
		}
	}
	decoder := yaml.NewDecoder(strings.NewReader(string(raw)))
	decoder.KnownFields(true)
	require.NoError(t, decoder.Decode(&alarms))
	for _, g := range alarms.Groups {
		for _, r := range g.Rules {
			require.NotEmpty(t, r.Annotations["summary"], r.Alert)
			require.NotEmpty(t, r.Annotations["description"], r.Alert)
			require.Contains(t, []string{"critical", "warning"}, r.Labels["severity"], r.Alert)
			exprs = append(exprs, r.Expr)
		}
	}
	ours, theirs := watch.Names(), sdkMetrics(t)
	require.NotEmpty(t, theirs)
	shown := map[string]bool{}
	for _, expr := range exprs {
		names := metric.FindAllString(expr, -1)
		require.NotEmpty(t, names, expr)
		for _, name := range names {
			shown[name] = true
			known := slices.Contains(ours, name)
			for _, end := range []string{"_total", "_seconds", "_seconds_bucket", "_seconds_sum", "_seconds_count", ""} {
				base, ok := strings.CutSuffix(name, end)
				known = known || ok && slices.Contains(theirs, base)
			}
			require.True(t, known, "nobody serves %s: %s", name, expr)
		}
		require.Equal(t, strings.Count(expr, "("), strings.Count(expr, ")"), expr)
	}
	for _, name := range ours {
		require.True(t, shown[name], "%s is shown nowhere", name)
	}
}

// sdkMetrics are the names that the SDK has for what it measures.
func sdkMetrics(t *testing.T) (names []string) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "go.temporal.io/sdk").Output()
	require.NoError(t, err)
	source, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(out)), "internal", "common", "metrics", "constants.go"))
	require.NoError(t, err)
	for _, m := range regexp.MustCompile(`TemporalMetricsPrefix \+ "([a-z_]+)"`).FindAllStringSubmatch(string(source), -1) {
		names = append(names, "temporal_"+m[1])
	}
	return names
}
