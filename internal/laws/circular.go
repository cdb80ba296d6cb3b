package laws

import (
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
)

// Circular judges one circular by the laws. A circular names the day by which its unit answers.
// Until that day has passed nobody is told that the answer is missing; when it has passed
// without an answer the leadership is told. What becomes of the circular's task has no effect on
// it. h is the history of that task.
func Circular(r Rules, h History, t *TalkHistory) []Breach {
	x := &circular{world: &world{cal: r.Calendar, policies: r.Policies, units: r.Units, zone: r.Zone, policy: t.Policy, due: h.Due}, ends: h.Until, said: map[string]int{}}
	for _, a := range append(append([]Done(nil), h.Acts...), t.Acts...) {
		ends := a.Kind == act.AnswerCircular || a.Kind == act.TakeOver && a.Unit == "" || a.Kind == act.Carry
		if a.Refused == "" && ends && !a.At.Before(t.Opened) && a.At.Before(x.ends) {
			x.ends = a.At
		}
	}
	notices := h.Notices
	for _, s := range t.Said {
		for len(notices) > 0 && notices[0].At.Before(s.At) {
			x.cal, x.notice, notices = notices[0].Calendar, x.day(notices[0].At), notices[1:]
		}
		x.onWord(s)
	}
	x.silence = true
	// A word is not missed before two more working days have gone by.
	if end := x.day(x.ends); !x.limit.IsZero() && x.cal.AddWorkdays(x.limit, 3).Before(end) && x.said["talk-answer-missed"] == 0 {
		x.breaks(0, x.ends, "the answer to a circular was due on %s, and nobody hears that it did not come", x.limit)
	}
	if x.limit.IsZero() {
		x.breaks(8, t.Opened, "a circular names no day for its answer")
	}
	return x.found
}

type circular struct {
	*world
	ends  time.Time    // the instant of the answer, or the end of the history
	limit calendar.Day // as the circular names it
	said  map[string]int
}

func (x *circular) onWord(s plan.Stage) {
	x.of = s.ID
	defer func() { x.of = "" }()
	x.copies(s)
	if s.Kind == plan.Told {
		if s.Topic == plan.ProposeCircular {
			x.limit = s.Limit
		}
		return
	}
	if x.said[s.ID]++; x.said[s.ID] > 1 {
		x.breaks(2, s.At, "%s once more", s.ID)
	}
	on := x.day(s.At)
	if !x.cal.IsWorkday(on) && (x.notice.IsZero() || on.Sub(x.notice) > 1) {
		x.breaks(4, s.At, "%s on %s, a day of rest", s.ID, on)
	}
	switch {
	case !s.At.Before(x.ends):
		x.breaks(1, s.At, "%s after the answer", s.ID)
	case missed(s.ID) && !on.After(x.limit):
		x.breaks(4, s.At, "%s, and the answer is due on %s", s.ID, x.limit)
	}
}
