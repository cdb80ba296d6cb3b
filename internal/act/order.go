package act

import (
	"time"

	"duban/internal/people"
	"duban/internal/plan"
)

// TopicOrder is the topic of the word by which units are given a task or a duty 交办.
const TopicOrder = "order"

// OrderID is the stage ID of that word.
const OrderID = "act-0-" + TopicOrder

// Order is the word 交办 by which the units that lead and assist hear at once that a plan gives
// them a task or a duty. It says the limit before anybody is reminded or urged. It is nil for a
// standing task, which asks for nothing by a day, and for an occurrence, of which the order of
// its duty has told.
func (r Rules) Order(c Case) *plan.Stage { return r.OrderAt(c, c.Assigned) }

// OrderAt is Order of what is given at another instant than the lead's assignment: a
// task that goes on in the next plan.
func (r Rules) OrderAt(c Case, at time.Time) *plan.Stage {
	if c.Kind == plan.Standing || c.Occurs {
		return nil
	}
	to := c.to(people.Liaison, people.Deputy)
	for _, u := range c.Assist {
		to = append(to, people.Recipient{Unit: u, Role: people.Liaison})
	}
	return &plan.Stage{ID: OrderID, Kind: plan.Told, At: at.UTC(), To: r.People.Once(to), Matter: plan.Matter{Topic: TopicOrder}}
}
