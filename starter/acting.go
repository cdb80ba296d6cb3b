package main

import (
	"fmt"

	"duban/internal/calendar"
	"duban/internal/plan"
	"duban/internal/script"
	"duban/internal/words"
)

// script reads the file of --script; without one there is none.
func (a *app) script(file string, p *plan.Plan, cal *calendar.Calendar) (*script.Script, error) {
	if file == "" {
		return nil, nil
	}
	s, problems := script.Load(file, p, cal)
	if a.tell(problems) > 0 {
		return nil, errSaid
	}
	return s, nil
}

// astray tells of the acts that will be answered otherwise than the script expects.
func (a *app) astray(f script.Foresight, s *script.Script) {
	if s == nil {
		return
	}
	for _, e := range f.Astray(s) {
		why := a.w.T("script.accepted")
		if key := f.Refused[e.Key()]; key != "" {
			why = key
		}
		fmt.Fprintln(a.err, a.w.T("script.astray", words.Data{"File": s.File, "Line": e.Line, "Kind": a.w.T("act.kind_" + string(e.Act.Kind)), "Thing": e.Thing, "Why": why}))
	}
}
