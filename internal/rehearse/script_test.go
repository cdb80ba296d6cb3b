package rehearse_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/rehearse"
	"duban/internal/script"
	"duban/internal/words"
)

func scripted(t *testing.T, file string) rehearse.Options {
	t.Helper()
	o := options(t)
	s, problems := script.Load(file, o.Plan, o.Calendar)
	for _, p := range problems {
		t.Error(p.Text(words.New("en")))
	}
	require.NotNil(t, s)
	o.Script = s
	return o
}

func TestPeopleActInTheSpringOf2021(t *testing.T) {
	o := scripted(t, filepath.Join("..", "..", "seeds", "jincheng-2021-water", "script-2021.yaml"))
	o.Day, o.To = 150*time.Millisecond, calendar.NewDay(2021, 7, 31)
	r, err := rehearse.Run(t.Context(), o)
	t.Logf("%d acts, %d foretold, %d stages, %d messages, %s", r.Acts, r.Foretold, r.Stages, r.Messages, r.Took)
	for _, d := range r.Differences {
		t.Logf("%+v", d)
	}
	require.NoError(t, err)
	require.Empty(t, r.Differences)
}
