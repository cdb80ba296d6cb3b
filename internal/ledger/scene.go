package ledger

import (
	"encoding/json"
	"fmt"
	"slices"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
)

// Scene is what was true of a stage's task, or talk, when the stage was decided:
// what the stage's row in a report says for ever, whatever becomes of the task or
// the talk later.
type Scene struct {
	Title string            `json:"title"`
	Unit  string            `json:"unit"`            // ID: of the unit that led the task; of a talk's stage, of the unit called
	Due   calendar.Day      `json:"due,omitzero"`    // the task's date
	Names map[string]string `json:"names,omitempty"` // of that unit and of all to whom the stage spoke, by ID
	Rules []plan.Rule       `json:"rules,omitempty"` // of the policy: the stage's own rung, then those it took in
	// Policy is the title of the task's policy, in a stage that tells of an act that set
	// it. Assist are the IDs of the assisting units, in a stage that tells of an act on
	// them and in an order.
	Policy string   `json:"policy,omitempty"`
	Assist []string `json:"assist,omitempty"`
}

// IsZero tells that nothing was kept.
func (s Scene) IsZero() bool { return s.Title == "" && s.Unit == "" }

// Rule is the rung of the policy with this ID as it was when the stage was decided; nil
// where none was kept.
func (s Scene) Rule(id string) *plan.Rule {
	if i := slices.IndexFunc(s.Rules, func(r plan.Rule) bool { return r.ID == id }); i >= 0 {
		return &s.Rules[i]
	}
	return nil
}

// sceneOf is the scene of a stage of a task with these facts, about this unit. from
// is the plan that the stage was worked out by; without it neither names nor rungs
// are kept.
func sceneOf(from *plan.Plan, c act.Case, unit string, s plan.Stage) Scene {
	scene := Scene{Title: c.Title, Unit: unit, Due: c.Due}
	if from == nil {
		return scene
	}
	scene.Names = map[string]string{unit: from.Directory.Name(unit)}
	for _, to := range s.To {
		scene.Names[to.Unit] = from.Directory.Name(to.Unit)
	}
	if s.Matter.Unit != "" {
		scene.Names[s.Matter.Unit] = from.Directory.Name(s.Matter.Unit)
	}
	switch {
	case s.Kind == plan.Told && (s.Topic == string(act.Assist) || s.Topic == act.TopicOrder):
		scene.Assist = c.Assist
		for _, id := range c.Assist {
			scene.Names[id] = from.Directory.Name(id)
		}
	case s.Kind == plan.Told && s.Topic == string(act.SetPolicy):
		scene.Policy = from.Policies[c.Policy].Title
	}
	for _, id := range append([]string{s.ID}, s.Merged...) {
		for _, r := range from.Policies[c.Policy].Stages {
			if r.ID == id {
				scene.Rules = append(scene.Rules, r)
			}
		}
	}
	return scene
}

func sceneIn(text string) (s Scene, err error) {
	if text == "" {
		return s, nil
	}
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return s, fmt.Errorf("ledger: scene of a stage: %w", err)
	}
	return s, nil
}
