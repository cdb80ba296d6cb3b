package act

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// OriginKind is the sort of thing that a task or a talk was opened for.
type OriginKind string

// What opens tasks and talks.
const (
	OriginPlan      OriginKind = "plan"      // the document that was launched
	OriginAmendment OriginKind = "amendment" // an amendment of it: its number
	OriginDuty      OriginKind = "duty"      // an occurrence of a duty: the duty's ID
	OriginCarried   OriginKind = "carried"   // a task of another plan: PLAN/TASK
	OriginStage     OriginKind = "stage"     // a rung of a task's ladder, which calls for a talk
	OriginRule      OriginKind = "rule"      // a rule that adds up: its ID
	OriginHand      OriginKind = "hand"      // a person
	OriginSection   OriginKind = "section"   // what was measured of a section in a month: SECTION/2027-03
	OriginComplaint OriginKind = "complaint" // a complaint of the hotline: its number in the plan
	OriginExposure  OriginKind = "exposure"  // a circular or a talk that is to be made public: its ID
	OriginIncident  OriginKind = "incident"  // a note of an incident: INCIDENT/NOTE, or INCIDENT/NOTE/OUTLET
)

// OriginKinds are all kinds of origin; the first three, nameless, have no Origin.Of.
var OriginKinds = []OriginKind{OriginPlan, OriginStage, OriginHand, OriginAmendment, OriginDuty, OriginCarried, OriginRule, OriginSection, OriginComplaint, OriginIncident, OriginExposure}

// nameless is how many of OriginKinds name nothing further.
const nameless = 3

// Origin is what a task or a talk was opened for 来由; it never changes. Of says which amendment,
// duty, rule or the like it was; it is "" for the kinds that name nothing further. As text:
// rule:second-talk.
type Origin struct {
	Kind OriginKind
	Of   string
}

// FromAmendment is the origin of what a plan's n-th amendment adds.
func FromAmendment(n int) Origin { return Origin{OriginAmendment, strconv.Itoa(n)} }

// FromSection is the origin of what is opened because of what was measured of a section
// in a month like 2027-03.
func FromSection(section, month string) Origin { return Origin{OriginSection, section + "/" + month} }

// FromIncident is the origin of what is opened for a note of an incident: an order to replenish,
// or, with the ID of an outlet, a look at that.
func FromIncident(id, note, outlet string) Origin {
	of := id + "/" + note
	if outlet != "" {
		of += "/" + outlet
	}
	return Origin{OriginIncident, of}
}

// IncidentOf is the incident, the note and the outlet of an origin that FromIncident has made;
// all are "" of any other.
func IncidentOf(o Origin) (id, note, outlet string) {
	if o.Kind != OriginIncident {
		return "", "", ""
	}
	id, rest, _ := strings.Cut(o.Of, "/")
	note, outlet, _ = strings.Cut(rest, "/")
	return id, note, outlet
}

func (o Origin) String() string {
	if o.Of == "" {
		return string(o.Kind)
	}
	return string(o.Kind) + ":" + o.Of
}

// MarshalText and UnmarshalText are the form in JSON and in tables.
func (o Origin) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

func (o *Origin) UnmarshalText(text []byte) (err error) {
	*o, err = ParseOrigin(string(text))
	return err
}

// ParseOrigin reads an origin from its text. An empty text is none.
func ParseOrigin(text string) (Origin, error) {
	if text == "" {
		return Origin{}, nil
	}
	kind, of, _ := strings.Cut(text, ":")
	o := Origin{OriginKind(kind), of}
	at := slices.Index(OriginKinds, o.Kind)
	if at < 0 || (at < nameless) != (of == "") {
		return Origin{}, fmt.Errorf("act: origin %q", text)
	}
	return o, nil
}
