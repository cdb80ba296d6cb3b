package portal

import (
	"net/http"
	"net/url"
	"strings"

	"duban/internal/ledger"
)

// savedFilter is a filter of the list of tasks that an account has saved under a name.
type savedFilter struct {
	Name, Path string
	Here       bool
}

// filterFields are what a filter of the list of tasks may say.
var filterFields = []string{"plan", "unit", "lead", "light", "state", "month", "clause"}

// mostFilterName is how long the name of a filter may be, in characters.
const mostFilterName = 40

// filterOf is the part of a query that narrows the list of tasks, with its fields in one
// order, so that equal filters are equal texts.
func filterOf(q url.Values) string {
	kept := url.Values{}
	for _, name := range filterFields {
		for _, value := range q[name] {
			if value != "" {
				kept.Add(name, value)
			}
		}
	}
	return kept.Encode()
}

// savedFilters puts the viewer's filters on the page of tasks.
func (v *visit) savedFilters(out *tasksPage) error {
	if !v.past.IsZero() {
		return nil
	}
	out.Now = filterOf(v.r.URL.Query())
	all, err := v.SignIn.Filters(v.ctx(), v.who.ID)
	for _, f := range all {
		out.Saved = append(out.Saved, savedFilter{f.Name, "/tasks?" + f.Query, f.Query == out.Now})
	}
	return err
}

// keepFilter saves the filter that the viewer looks at under a name, or deletes one.
func (v *visit) keepFilter() error {
	if name := v.form.Get("drop"); name != "" {
		if err := v.SignIn.DropFilter(v.ctx(), v.who.ID, name); err != nil {
			return err
		}
		return v.to("/tasks")
	}
	name := strings.TrimSpace(v.form.Get("name"))
	asked, err := url.ParseQuery(v.form.Get("query"))
	query := filterOf(asked)
	if err != nil || name == "" || len([]rune(name)) > mostFilterName || query == "" || len(query) > 2000 {
		v.refuse(http.StatusUnprocessableEntity, "portal.filter_named")
		return nil
	}
	kept, err := v.SignIn.KeepFilter(v.ctx(), v.who.ID, ledger.Filter{Name: name, Query: query})
	switch {
	case err != nil:
		return err
	case !kept:
		v.refuse(http.StatusUnprocessableEntity, "portal.filter_many")
		return nil
	}
	return v.to("/tasks?" + query)
}
