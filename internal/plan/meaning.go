package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"duban/internal/people"
)

// Meaning is the hash of what a plan says, however its files say it: comments,
// line ends, the order of keys, the order of units and policies that no task
// follows do not count. A field that is empty counts as absent, so that a field
// added to the program later does not make another plan of an old file.
func (p Plan) Meaning() string {
	p.Hash = ""
	followed := map[string]Policy{}
	follow := func(name string) {
		if policy, ok := p.Policies[name]; ok {
			followed[name] = policy
		}
	}
	follow(p.Policy)
	p.Tasks = slices.Clone(p.Tasks)
	for i, t := range p.Tasks {
		follow(t.Policy)
		p.Tasks[i].Assist = slices.Sorted(slices.Values(t.Assist))
	}
	if p.Water != nil {
		for _, r := range p.Water.Rules {
			follow(r.Policy)
		}
	}
	if p.Complaints != nil {
		for _, l := range p.Complaints.Limits {
			follow(l.Policy)
		}
	}
	if p.Publicity != nil {
		for _, e := range p.Publicity.Exposure {
			follow(e.Policy)
		}
	}
	p.Policies = followed
	p.Directory.Units = slices.SortedFunc(slices.Values(p.Directory.Units), func(a, b people.Unit) int { return strings.Compare(a.ID, b.ID) })
	var tree any
	if err := json.Unmarshal(written(p), &tree); err != nil {
		panic("plan: " + err.Error()) // unreachable: Unmarshal reads into any whatever Marshal has written
	}
	said, _ := said(tree)
	sum := sha256.Sum256(written(said)) // maps are written in the order of their keys
	return hex.EncodeToString(sum[:])
}

// written is a plan, or the values read from its JSON, as JSON. json.Marshal fails on
// channels, functions, cycles, NaN and infinite numbers, and on types whose own method
// fails: a plan has none of the first four, and its days and offsets are written by methods
// that never fail, so that the panic is unreachable. TestAPlanCanBeWritten walks the types.
func written(v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		panic("plan: " + err.Error())
	}
	return raw
}

// said is a value without what is empty in it; ok is false when nothing is left.
// Items of lists stay: their number and places mean something.
func said(v any) (kept any, ok bool) {
	switch v := v.(type) {
	case map[string]any:
		kept := map[string]any{}
		for key, item := range v {
			if item, ok := said(item); ok {
				kept[key] = item
			}
		}
		return kept, len(kept) > 0
	case []any:
		for i := range v {
			v[i], _ = said(v[i])
		}
		return v, len(v) > 0
	case string:
		return v, v != ""
	case float64:
		return v, v != 0
	case bool:
		return v, v
	}
	return nil, false
}
