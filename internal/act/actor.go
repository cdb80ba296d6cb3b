package act

// For is the actor of an act that by, of the office, enters for a unit 代录: it has the unit and
// its name, and by's account.
func (by Actor) For(unit, name string) Actor {
	return Actor{Account: by.Account, Name: name, Unit: unit}
}

// enteredBy refuses an act that was entered for another (Act.Entered) unless somebody of the
// office entered it, under an account of their own, for a unit that is neither the office nor
// the leadership; nil is yes.
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
