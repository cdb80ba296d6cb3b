package ledger

import (
	"duban/internal/people"
	"duban/internal/plan"
)

// TaskOrdered is the kind of the event by which the units of a new task or duty hear
// that it is theirs.
const TaskOrdered = "task.ordered"

// Order is the word by which the units of a new task or duty hear at once that a plan
// gives it to them 交办.
type Order struct {
	Stage    plan.Stage
	Channels []string   // over which each of its recipients hears
	Place    Placing    // see Decision
	From     *plan.Plan // plan that Stage was worked out by: Scene takes names and rungs from it
}

// give writes the words by which the units of new tasks hear of them, each as an event
// task.ordered. Words of one instant are one message to each recipient.
func (t *tx) give(planID string, tasks []Task, when When) error {
	for _, k := range tasks {
		if k.Order == nil {
			continue
		}
		d := Decision{Plan: planID, Task: k.ID, Revision: k.Revision, Stage: k.Order.Stage, Place: k.Order.Place, Channels: map[people.Recipient][]string{}}
		for _, r := range d.Stage.To {
			d.Channels[r] = k.Order.Channels
		}
		_, notices, err := t.tell(d, sceneOf(k.Order.From, k.Facts, k.Lead, d.Stage), when)
		if err != nil {
			return err
		}
		e := Event{Key: d.Key(), Plan: planID, Task: k.ID, Kind: TaskOrdered}
		if err := t.append(e, when, map[string]any{"revision": d.Revision, "stage": d.Stage, "notices": notices}); err != nil {
			return err
		}
	}
	return nil
}
