package notice

import (
	"cmp"
	"strings"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/words"
)

// Refused is a refusal as a sentence for the person who acted. What the refusal
// carries as codes is said in words: Kind, State, Field, Step and Seats (several
// with commas between), and days written 2021-04-30. name gives a unit's name for
// its ID; nil leaves IDs as they are.
func Refused(w *words.Words, r act.Refusal, name func(unit string) string) string {
	talk := strings.HasPrefix(r.Key, "act.refused_talk_")
	data := words.Data{}
	for key, value := range r.Data {
		data[key] = refusedValue(w, key, value, talk, name)
	}
	if text := w.T(r.Key, data); text != r.Key {
		return clean(text)
	}
	return clean(w.T("act.refused_other", words.Data{"Why": r.Key}))
}

func refusedValue(w *words.Words, key, value string, talk bool, name func(string) string) string {
	switch key {
	case "Kind", "Field":
		return called(w, "act."+strings.ToLower(key)+"_", value)
	case "State":
		if talk {
			return called(w, "act.talk_", value)
		}
		return called(w, "act.state_", cmp.Or(value, "unborn"))
	case "Step":
		if step := called(w, "notice.step_", value); step != value {
			return step
		}
		return called(w, "act.kind_", value)
	case "What":
		return called(w, "matter.what_", value)
	case "Seats":
		var seats []string
		for _, seat := range strings.Split(value, ",") {
			seats = append(seats, called(w, "act.seat_", strings.TrimSpace(seat)))
		}
		return strings.Join(seats, w.T("act.say_or"))
	case "Unit":
		if name != nil {
			return name(value)
		}
		return value
	}
	if day, err := calendar.ParseDay(value); err == nil {
		return dayIn(w, day)
	}
	return value
}

// called is the word for a code, or the code when there is none.
func called(w *words.Words, prefix, code string) string {
	if word := w.T(prefix + code); word != prefix+code {
		return word
	}
	return code
}

// Grounds are the facts a proposal rests on, a line each, as Matter.Words carries
// them to whoever decides; before are those that a former proposal has named.
// A ground says what was true on the day on which it was counted.
func Grounds(w *words.Words, grounds, before []act.Ground) string {
	var lines []string
	add := func(g act.Ground, named bool) {
		key, data := g.Count, words.Data{"Title": within(clean(g.Title)), "Day": dayIn(w, g.Day), "On": dayIn(w, g.On), "Days": span(w, "days", g.Days), "Workdays": span(w, "workdays", g.Workdays), "Closed": "", "Talk": g.Talk}
		if !g.Closed.IsZero() {
			data["Closed"] = dayIn(w, g.Closed)
		}
		line := w.T("matter.ground_"+key, data)
		if named {
			line = w.T("matter.ground_before", words.Data{"Ground": line})
		}
		lines = append(lines, line)
	}
	for _, g := range grounds {
		add(g, false)
	}
	for _, g := range before {
		add(g, true)
	}
	return strings.Join(lines, "\n")
}

// span is a number of days or workdays in words.
func span(w *words.Words, unit string, n int) string {
	if n == 1 {
		return w.T("notice." + unit + "_one")
	}
	return w.T("notice."+unit+"_many", words.Data{"N": n})
}
