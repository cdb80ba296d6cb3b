package notice_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/notice"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/words"
)

// An act on a duty changes what comes; what is open already goes on and is chased. No
// message about a duty may say otherwise, to whoever reads it.
func TestNewsOfADutySaysWhatBecomesOfItsOpenOccurrences(t *testing.T) {
	t.Parallel()
	for _, row := range act.On(act.OnDuty) {
		if row.Kind == act.TakeOver { // what is open is taken over with it, by acts of its own
			continue
		}
		for _, c := range []struct {
			reader string
			led    string // who leads after the act
			was    string // who led before it
			assist []string
		}{
			{"lead", "高平市政府", "", nil},
			{"former", "市生态环境局", "高平市政府", nil},
			{"no longer assists", "市生态环境局", "", []string{"市水务局"}},
		} {
			if c.reader == "former" && row.Kind != act.Reassign || c.reader == "no longer assists" && row.Kind != act.Assist {
				continue
			}
			it := told(1, row.Kind, plan.Matter{By: "办公室", Words: "汛期。", Limit: may})
			it.Due, it.Lead, it.Unit, it.Assist = calendar.Day{}, c.led, c.was, c.assist
			d := digest("gaoping", "高平市政府", people.Liaison, "联络员", may, it)
			for lang, says := range map[string][]string{"zh": {"期次", "以后各期", "下一期", "今后各期"}, "en": {"occurrence"}} {
				m, err := notice.Compose(words.New(lang), d)
				require.NoError(t, err)
				text, _ := delivered(t, m)
				found := false
				for _, s := range says {
					found = found || strings.Contains(text, s)
				}
				require.True(t, found, "%s to %s (%s):\n%s", row.Kind, c.reader, lang, text)
				for _, lie := range []string{"不再发出提醒", "nothing is chased meanwhile", "以下任务不再由你单位牵头", "no longer leads these tasks", "以后的提醒、催办按新规则", "随之终止", "不再要求"} {
					require.NotContains(t, text, lie, "%s to %s", row.Kind, c.reader)
				}
			}
		}
	}
}
