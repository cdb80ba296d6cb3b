package act

import (
	"time"

	"duban/internal/people"
	"duban/internal/plan"
)

// TopicOrder is the topic of the word by which units are given a task or a duty 交办.
const TopicOrder = "order"

// OrderID is that word's stage ID.
const OrderID = "act-0-" + TopicOrder

// Order is what the units hear at once that a plan gives a task, or a duty, to lead
// or to assist in: it says the limit before anybody is reminded or urged. nil of
// what nobody is told of: a standing line asks for nothing by a day, and of an
// occurrence its duty's order has told.
func (b Book) Order(c Case) *plan.Stage { return b.OrderAt(c, c.Assigned) }

// OrderAt is Order of what is given at another instant than the lead's assignment: a
// task that goes on in the next plan.
func (b Book) OrderAt(c Case, at time.Time) *plan.Stage {
	if c.Kind == plan.Standing || c.Occurs {
		return nil
	}
	to := c.to(people.Liaison, people.Deputy)
	for _, u := range c.Assist {
		to = append(to, people.Recipient{Unit: u, Role: people.Liaison})
	}
	return &plan.Stage{ID: OrderID, Kind: plan.Told, At: at.UTC(), To: b.People.Once(to), Matter: plan.Matter{Topic: TopicOrder}}
}
