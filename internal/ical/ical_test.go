package ical_test

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"duban/internal/calendar"
	"duban/internal/ical"
)

// read reads a file with another library.
func read(t require.TestingT, raw []byte) *ics.Calendar {
	cal, err := ics.ParseCalendar(bytes.NewReader(raw))
	require.NoError(t, err)
	return cal
}

var changed = time.Date(2021, 4, 8, 9, 30, 15, 0, calendar.Beijing)

func TestAnotherLibraryReadsTheSame(t *testing.T) {
	t.Parallel()
	at := calendar.NewDay(2021, 12, 31)
	raw := ical.Calendar{Name: "督办 · 高平市人民政府", Every: time.Hour, Events: []ical.Event{
		{UID: "finish.p14.jincheng-2021-water@duban", Sequence: 3, Day: at, Changed: changed, Summary: "办结：许河、丹河；治理, 一\\期", About: "第一行\n第二行\r\n第三行", URL: "https://duban.example/plans/a/tasks/p14?x=1,2"},
		{UID: "receive.p15.jincheng-2021-water@duban", Day: at.AddDays(1), Changed: changed, Summary: "签收"},
	}}.Bytes()
	cal := read(t, raw)
	require.Len(t, cal.Events(), 2)
	e := cal.Events()[0]
	require.Equal(t, "finish.p14.jincheng-2021-water@duban", e.Id())
	value := func(p ics.ComponentProperty) string { return e.GetProperty(p).Value }
	require.Equal(t, "3", value(ics.ComponentPropertySequence))
	require.Equal(t, "20211231", value(ics.ComponentPropertyDtStart))
	require.Equal(t, "20220101", value(ics.ComponentPropertyDtEnd), "the day after is not of it")
	require.Equal(t, []string{"DATE"}, e.GetProperty(ics.ComponentPropertyDtStart).ICalParameters["VALUE"])
	require.Equal(t, "20210408T013015Z", value(ics.ComponentPropertyDtstamp))
	require.Equal(t, "办结：许河、丹河；治理, 一\\期", ics.FromText(value(ics.ComponentPropertySummary)))
	require.Equal(t, "第一行\n第二行\n第三行", ics.FromText(value(ics.ComponentPropertyDescription)))
	require.Equal(t, "https://duban.example/plans/a/tasks/p14?x=1,2", value(ics.ComponentPropertyUrl))
	start, err := e.GetAllDayStartAt()
	require.NoError(t, err)
	require.Equal(t, "2021-12-31", start.Format(time.DateOnly))
}

// TestLinesAreWhole: whatever is written, lines end by CRLF alone, have 75 octets at
// most, hold whole characters, and read back as they were.
func TestLinesAreWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.StringOf(rapid.OneOf(rapid.Rune(), rapid.RuneFrom([]rune("督办、，;,:\\\n\r\"^ 𠀀\u202e\x00\x1b")))).Draw(t, "words")
		raw := ical.Calendar{Name: words, Events: []ical.Event{{UID: "u", Day: calendar.NewDay(2021, 4, 30), Changed: changed, Summary: words, About: words, URL: words}}}.Bytes()
		require.True(t, utf8.Valid(raw))
		for line := range strings.SplitSeq(strings.TrimSuffix(string(raw), "\r\n"), "\r\n") {
			require.LessOrEqual(t, len(line), 75)
			require.NotContains(t, line, "\n")
			require.NotContains(t, line, "\r")
			require.True(t, utf8.ValidString(line), "a character was cut")
		}
		require.True(t, strings.HasSuffix(string(raw), "END:VCALENDAR\r\n"))
		want := strings.Map(func(r rune) rune {
			if r < ' ' && r != '\n' || r == 0x7f {
				return -1
			}
			return r
		}, strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(words))
		e := read(t, raw).Events()[0]
		require.Equal(t, want, e.GetProperty(ics.ComponentPropertySummary).Value) // the library has read the marks
	})
}
