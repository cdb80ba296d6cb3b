package intake

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestLabelsAreFoundByTheirEnds holds the search by ends of labels against the expression that it spares, over every
// passage as printed and over random lines of labels, names and marks.
func TestLabelsAreFoundByTheirEnds(t *testing.T) {
	t.Parallel()
	same := func(t interface{ Fatalf(string, ...any) }, f string) {
		var want []span
		for _, m := range labelRun.FindAllStringSubmatchIndex(f, -1) {
			want = append(want, span{m[2], m[3]})
		}
		if got := labelRuns(f); !slices.Equal(got, want) {
			t.Fatalf("labels of %q: %v, want %v", f, got, want)
		}
		for i := range f {
			if f[i] == ':' && endsInLabel(f[:i]) != labelAtEnd(f[:i+1]) {
				t.Fatalf("a label before byte %d of %q: %v", i, f, endsInLabel(f[:i]))
			}
		}
	}
	for _, u := range unseenPassages(t) {
		same(t, fold(u.Text))
	}
	labels := append(strings.Split(labelList, "|"), "责任单位及完成时限", "牵头部门和时间", "市水务局", "6月底前", "河道清理", "单位", "时间")
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		for range rapid.IntRange(1, 8).Draw(t, "parts") {
			b.WriteString(rapid.SampledFrom(labels).Draw(t, "word"))
			b.WriteString(rapid.SampledFrom([]string{":", " : ", ": ", "。", ";", ",", "\n", "(", ")", "[", "]", " ", ""}).Draw(t, "mark"))
		}
		same(t, b.String())
	})
}

// labelAtEnd tells by the expression that a text ends with a label and its colon.
func labelAtEnd(f string) bool {
	at := labelRe.FindAllStringIndex(f, -1)
	return len(at) > 0 && at[len(at)-1][1] == len(f)
}
