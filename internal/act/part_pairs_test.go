package act_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
)

// onParts are all acts on a task, and variants of them that have another meaning for one of its
// parts.
var onParts = append(slices.Clone(variants),
	variant{"give the other part", act.GivePart, helpOf, "ask for a part", ref("2")},
	variant{"reassign to whom it is asked of", act.Reassign, clerkOf, "", unit("shuiwu")},
	variant{"assist as before, and one more", act.Assist, clerkOf, "", assist("shuiwu", "zhujian")},
	variant{"correct to before the part's day", act.Correct, clerkOf, "", due("2021-05-18")},
)

// partMoments are around the day by which the part is to be given, 2021-05-20.
var partMoments = []struct{ name, at string }{
	{"well before", "2021-05-10 10:00"},
	{"last days", "2021-05-18 09:00"},
	{"on the day", "2021-05-20 10:00"},
	{"overdue", "2021-05-27 10:00"},
}

func TestEveryPairOnAPart(t *testing.T) {
	t.Parallel()
	b := newRules(t)
	everyPair(t, "testdata/partpairs.txt", "A part asked of shuiwu on 2021-05-06 by 05-20, of gaoping's task due on 06-30; the second act comes two working days after the first.\nAfter the colon: what is said of parts next, and to whom. Where the first act is refused there is no line.",
		partMoments, onParts, func(first, second variant, at time.Time) outcome {
			p := newPlayer(b, begin(b, "standard", calendar.NewDay(2021, 6, 30), moment(t, "2021-04-08 00:00")))
			for _, line := range []string{"2021-04-09 08:00 unit acknowledge", "2021-05-06 10:00 unit ask_part unit=shuiwu due=2021-05-20"} {
				require.Nil(t, p.on(written(t, line)))
			}
			prepare(p, first, second, at)
			idle := p.on(first.at(p, at)) != nil
			at = b.Calendar.AddWorkdays(dayOf(at), 2).At(15, 0, calendar.Beijing).UTC()
			line := first.name + ", then " + second.name + refusal(p.on(second.at(p, at)))
			said := len(p.said)
			for i := 1; i <= 8; i++ {
				p.to(at.AddDate(0, 0, 7*i))
			}
			parts := slices.DeleteFunc(slices.Clone(p.said[said:]), func(s plan.Stage) bool { return s.Topic != act.TopicPart })
			return outcome{line + ": " + next(parts), idle, judge(b, p.history), acted(p.acts)}
		})
}
