package act

import (
	"fmt"
	"strconv"
	"strings"

	"duban/internal/plan"
)

// longestShift is how many days after its period's end an occurrence may fall due at most.
const longestShift = 366

// RuleOf reads a duty's rule: month, quarter, halfyear or year, with the days
// after the period's end if there are any (quarter+20), or five cron fields.
func RuleOf(text string) (plan.Recurrence, error) {
	every, shift, late := strings.Cut(text, "+")
	switch every {
	case "month", "quarter", "halfyear", "year":
		r := plan.Recurrence{Every: every}
		if !late {
			return r, nil
		}
		days, err := strconv.Atoi(shift)
		if err == nil && (days < 0 || days > longestShift || shift[0] == '+') {
			err = fmt.Errorf("%s days after the period: want 0 to %d", shift, longestShift)
		}
		r.Shift = days
		return r, err
	}
	_, err := plan.ParseCron(text)
	return plan.Recurrence{Cron: text}, err
}

// HasRule tells that a SetRule would change nothing: the duty has that rule already, and the act
// names no later day from which the rule is to apply.
func (c Case) HasRule(a Act) bool {
	return c.Rule != nil && RuleText(*c.Rule) == a.Rule && !a.Due.After(a.On)
}

// RuleText is a rule as text that RuleOf reads.
func RuleText(r plan.Recurrence) string {
	switch {
	case r.Cron != "":
		return r.Cron
	case r.Shift != 0:
		return r.Every + "+" + strconv.Itoa(r.Shift)
	}
	return r.Every
}
