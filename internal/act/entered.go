package act

// For is whoever of an office enters something as a unit, under the office's own
// account 代录. name is the unit's.
func (by Actor) For(unit, name string) Actor {
	return Actor{Account: by.Account, Name: name, Unit: unit}
}

// enteredBy refuses an act that was entered for another by somebody who may not: only
// the office does so, under an account of its own, and only for a unit.
func (a Act) enteredBy(office, leadership string) *Refusal {
	switch e := a.Entered; {
	case e == nil:
		return nil
	case e.Unit != office || e.Account != a.By.Account || e.Account == EngineActor.Account:
		return refuse("entered")
	case a.By.Unit == office || a.By.Unit == leadership:
		return refuse("entered_for")
	}
	return nil
}
