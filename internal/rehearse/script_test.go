package rehearse_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/rehearse"
	"duban/internal/script"
	"duban/internal/words"
)

// acted rehearses the shipped script until a day.
func acted(t *testing.T, day time.Duration, to calendar.Day, kill bool) rehearse.Result {
	t.Helper()
	o := options(t)
	s, problems := script.Load(filepath.Join("..", "..", "seeds", "jincheng-2021-water", "script-2021.yaml"), o.Plan, o.Calendar)
	for _, p := range problems {
		t.Error(p.Text(words.New("en")))
	}
	require.NotNil(t, s)
	o.Script, o.Day, o.To, o.Kill, o.Seed = s, day, to, kill, 3
	if os.Getenv("REH") != "" {
		o.Day, _ = time.ParseDuration(os.Getenv("REH"))
		o.To, _ = calendar.ParseDay(os.Getenv("REHTO"))
		o.Kill = os.Getenv("REHKILL") != ""
		o.Dir = "/tmp/reh"
	}
	r, err := rehearse.Run(t.Context(), o)
	t.Logf("%d acts, %d foretold, %d stages, %d messages, %d kills, %d by rules, %s", r.Acts, r.Foretold, r.Stages, r.Messages, r.Kills, r.Ruled, r.Took)
	for _, d := range r.Differences {
		t.Logf("%+v", d)
	}
	require.NoError(t, err)
	require.Empty(t, r.Differences)
	return r
}

func TestPeopleActInTheSpringOf2021(t *testing.T) {
	r := acted(t, 250*time.Millisecond, calendar.NewDay(2021, 6, 10), false)
	require.Greater(t, r.Acts, 70)
}
