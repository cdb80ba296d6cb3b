package deadline

// printed is one reading as the command prints it.
type printed struct {
	Kind       string   `json:"kind"`
	Start      string   `json:"start"` // YYYY-MM-DD or ""
	Due        string   `json:"due"`
	Recurrence string   `json:"recurrence"` // daily, weekly, monthly, quarterly, halfyearly, yearly or ""
	Relative   bool     `json:"relative"`
	Soft       bool     `json:"soft"`
	Milestone  string   `json:"milestone"`
	Rule       string   `json:"rule"`
	Words      string   `json:"words"`
	Begin      int      `json:"begin"`
	End        int      `json:"end"`
	Sure       Sureness `json:"sure"`
	Ask        string   `json:"ask"` // key of the question, or ""
	Until      string   `json:"until,omitempty"`
	First      string   `json:"first,omitempty"`
	Other      string   `json:"other,omitempty"`
	Event      string   `json:"event,omitempty"`
	Offset     *Offset  `json:"offset,omitempty"`
	Recur      *Recur   `json:"recur,omitempty"`
	Superior   bool     `json:"superior,omitempty"`
	Effect     bool     `json:"effect,omitempty"`
}

// JSON is the shape of `starter date -o json`: an object with readings. What is
// no deadline (Target) is left out beside real readings; alone, it is printed as
// none, so that the phrase is seen to have been understood.
func JSON(readings []Reading) any {
	real := false
	for _, r := range readings {
		real = real || r.Kind != Target
	}
	out := struct {
		Readings []printed `json:"readings"`
	}{Readings: []printed{}}
	for _, r := range readings {
		if r.Kind == Target && real {
			continue
		}
		out.Readings = append(out.Readings, show(r))
	}
	return out
}

func show(r Reading) printed {
	p := printed{
		Kind: string(r.Kind), Start: r.Start.String(), Due: r.Due.String(),
		Recurrence: r.Recurrence, Relative: r.Relative, Soft: r.Soft, Milestone: r.Milestone,
		Rule: r.Rule, Words: r.Words, Begin: r.Begin, End: r.End, Sure: r.Sure, Ask: r.Ask,
		Until: r.Until.String(), First: r.First.String(), Other: r.Other.String(), Event: r.Event,
		Superior: r.Superior, Effect: r.Effect,
	}
	if r.Kind == Target {
		p.Kind = string(None)
	}
	if r.Offset != (Offset{}) {
		p.Offset = &r.Offset
	}
	if r.Kind == Recurring {
		p.Recur = &r.Recur
	}
	return p
}
