package plan_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
)

// speaks is nine in the morning of a day of 2021.
func speaks(day string) time.Time {
	d, err := calendar.ParseDay("2021-" + day)
	if err != nil {
		panic(err)
	}
	return d.At(9, 0, calendar.Beijing)
}

func TestTheRhythmPutsWordsIntoMessages(t *testing.T) {
	t.Parallel()
	l := plan.Ladderer{Calendar: seededCalendar(t), Zone: calendar.Beijing}
	p := plan.Policy{Rhythm: plan.DefaultRhythm()}
	word := func(role people.Role, kind plan.StageKind, day string) plan.Word {
		return plan.Word{Role: role, Of: "t/finish", Kind: kind, Light: plan.Red, At: speaks(day)}
	}
	asked := func(w plan.Word) plan.Word { w.Asks = true; return w }
	until := func(w plan.Word, day string) plan.Word { w.Until = calendar.DayOf(speaks(day)); return w }
	heard := func(w plan.Word) plan.Heard { return plan.Heard{Word: w, In: w.At} }
	light := func(w plan.Word, light plan.Light) plan.Word { w.Light = light; return w }
	afternoon := func(w plan.Word) plan.Word { w.At = w.At.Add(6 * time.Hour); return w }
	for name, c := range map[string]struct {
		word  plan.Word
		heard []plan.Heard
		in    string
	}{
		// 2021-06-02 is a Wednesday, 2021-06-07 the Monday after it
		"a liaison hears every day":                                       {word(people.Liaison, plan.Remind, "06-02"), nil, "06-02"},
		"the same on a Monday, heard on Friday, waits for the next page":  {word(people.Liaison, plan.Remind, "06-07"), []plan.Heard{heard(word(people.Liaison, plan.Remind, "06-04"))}, "06-15"},
		"the same within a week waits for the page":                       {word(people.Liaison, plan.Remind, "06-02"), []plan.Heard{heard(word(people.Liaison, plan.Remind, "05-31"))}, "06-07"},
		"the same after a week does not":                                  {word(people.Liaison, plan.Remind, "06-08"), []plan.Heard{heard(word(people.Liaison, plan.Remind, "05-31"))}, "06-08"},
		"a graver light is not the same":                                  {word(people.Liaison, plan.Remind, "06-02"), []plan.Heard{heard(light(word(people.Liaison, plan.Remind, "05-31"), plan.Yellow))}, "06-02"},
		"another matter is not the same":                                  {word(people.Liaison, plan.Remind, "06-02"), []plan.Heard{heard(plan.Word{Of: "t/part-1", Kind: plan.Remind, Light: plan.Red, At: speaks("05-31")})}, "06-02"},
		"a deputy's first urging":                                         {word(people.Deputy, plan.Urge, "06-02"), nil, "06-02"},
		"a deputy's second":                                               {word(people.Deputy, plan.Urge, "06-23"), []plan.Heard{heard(word(people.Deputy, plan.Urge, "06-02"))}, "06-28"},
		"a head's new rung":                                               {word(people.Head, plan.Talk, "06-23"), []plan.Heard{heard(word(people.Head, plan.Warn, "06-02"))}, "06-23"},
		"a reminder copied to the deputy":                                 {word(people.Deputy, plan.Remind, "06-02"), nil, "06-07"},
		"what a deputy is asked":                                          {asked(word(people.Deputy, plan.Urge, "06-02")), nil, "06-02"},
		"a leader is warned weekly":                                       {word(people.Leader, plan.Warn, "06-02"), nil, "06-07"},
		"what reaches a leader for the first time":                        {word(people.Leader, plan.Talk, "06-02"), nil, "06-02"},
		"and what does not":                                               {word(people.Leader, plan.Escalate, "06-09"), []plan.Heard{heard(word(people.Leader, plan.Talk, "06-02"))}, "06-15"},
		"a request of the afternoon comes in the morning":                 {asked(afternoon(word(people.Leader, plan.Told, "06-02"))), nil, "06-03"},
		"and of a rest day on the next working day":                       {asked(word(people.Leader, plan.Told, "06-05")), nil, "06-07"},
		"a request that a leader has got is not said again within a week": {asked(word(people.Leader, plan.Remind, "06-04")), []plan.Heard{heard(asked(word(people.Leader, plan.Told, "06-02")))}, "06-15"},
		"but when its limit has passed":                                   {asked(word(people.Leader, plan.Escalate, "06-04")), []plan.Heard{heard(asked(word(people.Leader, plan.Told, "06-02")))}, "06-04"},
		// 2021-06-14, Monday, was 端午
		"a page comes on the week's first working day":        {word(people.Leader, plan.Warn, "06-11"), nil, "06-15"},
		"whoever must act is told before the limit":           {until(word(people.Deputy, plan.Remind, "06-02"), "06-04"), nil, "06-02"},
		"and waits when the page comes before it":             {until(word(people.Deputy, plan.Remind, "06-02"), "06-07"), nil, "06-07"},
		"but not twice within a week":                         {until(word(people.Liaison, plan.Remind, "06-02"), "06-04"), []plan.Heard{heard(word(people.Liaison, plan.Remind, "05-31"))}, "06-07"},
		"without a rhythm of its own a seat hears all":        {word("clerk", plan.Remind, "06-05"), nil, "06-05"},
		"what an act tells is not held against what was said": {asked(word(people.Office, plan.Told, "06-02")), []plan.Heard{heard(word(people.Office, plan.Told, "06-02"))}, "06-02"},
	} {
		require.Equal(t, plan.Placed{In: speaks(c.in)}, local(l.Place(p, c.word, c.heard)), name)
	}
	require.Equal(t, speaks("06-05"), l.Place(plan.Policy{}, word(people.Leader, plan.Remind, "06-05"), nil).In, "a policy without a rhythm says all at once")

	told := func(day, clock string) string {
		at, err := time.ParseInLocation("2006-01-02 15:04", "2021-"+day+" "+clock, calendar.Beijing)
		require.NoError(t, err)
		return l.Place(p, plan.Word{Role: people.Liaison, Kind: plan.Told, At: at}, nil).In.In(calendar.Beijing).Format("01-02 15:04")
	}
	require.Equal(t, []string{"06-02 14:33", "06-03 08:00", "06-02 08:00", "06-02 08:03", "06-03 08:00"},
		[]string{told("06-02", "14:30"), told("06-02", "19:58"), told("06-02", "03:00"), told("06-02", "08:00"), told("06-02", "23:59")}, "acts wait for each other, and for the end of the quiet hours")

	own := func(w plan.Word) plan.Word { w.Own = plan.Weekly; return w }
	for name, c := range map[string]struct {
		word plan.Word
		in   string
	}{
		"a reader's own choice holds of what is mild":  {own(word(people.Liaison, plan.Remind, "06-02")), "06-07"},
		"never of what is grave":                       {own(word(people.Liaison, plan.Urge, "06-02")), "06-02"},
		"nor of what they must be told before a limit": {own(until(word(people.Liaison, plan.Remind, "06-02"), "06-04")), "06-02"},
		"nor of what asks for an answer":               {own(asked(word(people.Liaison, plan.Remind, "06-02"))), "06-02"},
	} {
		require.Equal(t, plan.Placed{In: speaks(c.in)}, local(l.Place(p, c.word, nil)), name)
	}

	p.Rhythm.Seats[people.Deputy].Paces["remind"] = plan.Monthly
	p.Rhythm.Seats[people.Head].Paces["remind"] = plan.Never
	require.Equal(t, plan.Placed{In: speaks("07-01")}, local(l.Place(p, word(people.Deputy, plan.Remind, "06-02"), nil)))
	require.Equal(t, plan.Placed{In: speaks("10-08")}, local(l.Place(p, word(people.Deputy, plan.Remind, "09-02"), nil)), "1 to 7 October are holidays")
	require.Equal(t, plan.Placed{In: speaks("06-07"), Rides: true}, local(l.Place(p, word(people.Head, plan.Remind, "06-02"), nil)))
	require.Equal(t, plan.Placed{In: speaks("06-02")}, local(l.Place(p, until(word(people.Head, plan.Remind, "06-02"), "06-30"), nil)), "who must act is told, whatever the pace")
}

func local(p plan.Placed) plan.Placed {
	p.In = p.In.In(calendar.Beijing)
	return p
}
