// Package publicity says what of a plan must be made public 信息公开、曝光. The package is pure: no
// clock, no database, no Temporal.
package publicity

// Rules are the list of what of a plan must be made public 信息公开清单. What tasks themselves are to
// publish (plan.Task.Publish) is in the plan; the list adds what circulars and talks call for.
type Rules struct {
	Title    string     `json:"title"`
	Example  bool       `json:"example,omitempty"` // nobody has adopted it: nothing is opened by it
	Exposure []Exposure `json:"exposure,omitempty"`
}

// What is exposed 曝光.
const (
	OfCircular = "circular" // a circular that is out
	OfTalk     = "talk"     // a talk that was held and whose notice or record says that it is made public
)

// Exposed are all that may be exposed.
var Exposed = []string{OfCircular, OfTalk}

// Exposure says that circulars, or talks, are to be made public: each opens a task to do it.
type Exposure struct {
	ID     string `json:"id"`
	Of     string `json:"of"`    // one of Exposed
	Title  string `json:"title"` // with which the task's title begins
	Basis  string `json:"basis,omitempty"`
	Lead   string `json:"lead"`           // unit ID of who publishes
	Policy string `json:"policy"`         // of the task, by name
	Within string `json:"within"`         // its date, as plan.Offset is written, from the day on which the circular came out or the talk was held
	From   string `json:"from,omitempty"` // 2021-05-01: in force for what came out on that day or later; "": an example, which opens nothing
}

// InForce tells that the exposure is more than an example.
func (e Exposure) InForce() bool { return e.From != "" }
