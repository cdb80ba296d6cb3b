package intake

import (
	"slices"
	"strings"
	"testing"

	"duban/internal/plan"
)

// TestStandingOverALabel holds that an item whose only words are its heading, over a
// line that names who is responsible, is a standing task of theirs.
func TestStandingOverALabel(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"1.长期坚持开展巡河\n责任单位：市河长办\n2.清理河道垃圾，6月底前完成。\n责任单位：市城管局\n": "市河长办 长期坚持开展巡河",
		"（一）加强宣传教育\n长期坚持。\n责任单位：市教育局\n":                        "市教育局 加强宣传教育",
		"（一）河道日常清淤\n完成时限：持续推进\n责任单位：市水务局\n":                    "市水务局 河道日常清淤",
		"（一）健全巡查制度，长期坚持\n牵头单位：市水务局\n配合单位：市财政局\n":               "市水务局 健全巡查制度",
	} {
		d := everyTimeAccounted(t, Source{Name: "x.txt", Data: []byte(usualHead + "一、重点任务\n" + text)}, "2022-03-01")
		p := loadDraft(t, d)
		if !slices.ContainsFunc(p.Tasks, func(k plan.Task) bool {
			return k.Kind == plan.Standing && strings.HasPrefix(p.Directory.Name(k.Lead)+" "+k.Title, want)
		}) {
			t.Errorf("%s: no standing task %s", text, want)
		}
	}
}
