package notice_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/notice"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/words"
)

// A message lists some things and counts the rest; but a unit is told of all that a
// plan gives it.
func TestAllThatAUnitIsGivenIsListed(t *testing.T) {
	t.Parallel()
	for topic, listed := range map[act.Kind]int{act.TopicOrder: 40, act.Grant: 15} {
		var items []notice.Item
		for i := range 40 {
			it := works[0]
			it.Task, it.Title = fmt.Sprintf("t%02d", i), fmt.Sprintf("第%02d号任务", i)
			it.Kind, it.Stage, it.Matter = plan.Told, "act-0-"+string(topic), plan.Matter{Topic: string(topic)}
			items = append(items, it)
		}
		d := digest("gaoping", "高平市政府", people.Liaison, "联络员", may, items...)
		d.Most = 15
		mail, err := notice.Compose(words.New("zh"), d)
		require.NoError(t, err)
		require.Equal(t, listed, strings.Count(mail.Text, "号任务"), string(topic))
	}
}

// A unit is asked to return what is not its own by the day that is listed, and not asked
// so when that day has gone by.
func TestAReturnIsAskedForWhileThereIsADayForIt(t *testing.T) {
	t.Parallel()
	for _, topic := range []string{act.TopicOrder, string(act.Reassign), plan.TopicAcknowledge} {
		for days, want := range map[int]int{1: 2, 0: 2, -1: 0} { // asked, and listed
			it := works[0]
			it.Kind, it.Stage, it.Matter, it.ReturnUntil = plan.Told, "act-0-"+topic, plan.Matter{Topic: topic}, may.AddDays(days)
			if topic == plan.TopicAcknowledge {
				it.Kind, it.Stage = plan.Remind, "study-1"
			}
			mail, err := notice.Compose(words.New("zh"), digest("gaoping", "高平市政府", people.Liaison, "联络员", may, it))
			require.NoError(t, err)
			require.Equal(t, want, strings.Count(strings.Join(strings.Fields(mail.Text), ""), "退回期限"), "%s, %d", topic, days)
		}
	}
}
