package query

import (
	"duban/internal/act"
	"duban/internal/words"
)

// Said puts into words what is owed: 签收, 约谈：送达通知书.
func (o Obligation) Said(w *words.Words) string {
	key := "todo.for_" + o.For
	data := words.Data{"Ref": o.Ref, "New": o.New.String(), "Step": ""}
	if o.Talk != "" && o.For != act.StepAnswer && w.T("report.step_"+o.For) != "report.step_"+o.For {
		key, data["Step"] = "todo.for_step", w.T("report.step_"+o.For)
	}
	what := w.T(key, data)
	if o.Held {
		return w.T("todo.held", words.Data{"What": what})
	}
	return what
}

// About is the ID, which people use now, of the task or talk that the obligation is about.
func (o Obligation) About() string {
	if o.Talk != "" {
		return o.Talk
	}
	return o.Task
}
