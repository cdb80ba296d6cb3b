package plan

import (
	"strconv"
	"strings"

	"duban/internal/complaint"
)

// complaintsText is how complaints are handled as text, to be shown beside another one; "" for
// rules that are nil.
func complaintsText(r *complaint.Rules) string {
	if r == nil {
		return ""
	}
	parts := []string{r.Title, r.Source, "sort " + strconv.Itoa(r.Sort), "call " + strconv.Itoa(r.Call), "window " + strconv.Itoa(r.Window), strings.Join(r.Matters, "、")}
	if r.Example {
		parts = append(parts, "example")
	}
	if r.Contact {
		parts = append(parts, "contact")
	}
	for _, l := range r.Limits {
		text := l.ID + " " + l.Title + " "
		if l.Hours > 0 {
			text += strconv.Itoa(l.Hours) + "h"
		} else {
			text += strconv.Itoa(l.Workdays) + "d"
		}
		parts = append(parts, text+" "+l.Policy)
	}
	return strings.Join(parts, "；")
}
