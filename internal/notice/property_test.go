package notice_test

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/width"
	"pgregory.net/rapid"

	"duban/internal/channel/outbox"
	"duban/internal/channel/smtp/smtptest"
	"duban/internal/letter"
	"duban/internal/notice"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/words"
)

// nasty draws what people and pasted documents contain.
var nasty = rapid.OneOf(rapid.String(), rapid.StringMatching(`[\r\n\t a-zA-Z:<>@中文（）“”，。]{0,60}`),
	rapid.SampledFrom([]string{"", "x\r\nBcc: all@example.com\r\n\r\nbody", "\x1b[2J", "\u202e反", "=?UTF-8?B?eA==?=", strings.Repeat("很长的任务名称", 40), strings.Repeat("x", 300)}))

// TestNoTextCanAddAHeader sends what people typed through the whole path and
// reads it back: the headers are always the same ones, and what was composed is
// what arrives.
func TestNoTextCanAddAHeader(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	box, err := outbox.New(dir, letter.Address{Email: "duban@jincheng.example"}, &bytes.Buffer{})
	require.NoError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		it := survey(rapid.SampledFrom(plan.StageKinds).Draw(t, "kind"), nasty.Draw(t, "stage"), plan.Red, -1, -1)
		it.Title, it.Lead, it.Clause = nasty.Draw(t, "title"), nasty.Draw(t, "lead"), nasty.Draw(t, "clause")
		d := digest("gaoping", nasty.Draw(t, "unit"), rapid.SampledFrom(people.Roles).Draw(t, "role"), nasty.Draw(t, "seat"), april, it)
		d.Plan.Title, d.Plan.Number, d.Office.Name = nasty.Draw(t, "plan"), nasty.Draw(t, "number"), nasty.Draw(t, "office")
		d.ID += nasty.Draw(t, "id")
		m, err := notice.Compose(words.New(rapid.SampledFrom([]string{"zh", "en"}).Draw(t, "lang")), d)
		require.NoError(t, err)
		require.NoError(t, box.Send(t.Context(), m, smtptest.Gone))
		raw, err := os.ReadFile(filepath.Join(dir, outbox.FileName(m)))
		require.NoError(t, err)
		o := smtptest.Open(t, raw)
		require.Equal(t, []string{"Auto-Submitted", "Content-Type", "Date", "From", "In-Reply-To", "Message-Id", "Mime-Version", "References", "Reply-To", "Subject", "To", "X-Duban-Id"},
			slices.Sorted(maps.Keys(o.Header)))
		for key, values := range o.Header {
			require.Len(t, values, 1, key)
		}
		require.Equal(t, []string{m.Subject, m.Text, m.HTML}, []string{o.Subject, o.Text, o.HTML})
		for _, s := range []string{m.Subject, m.Line, strings.ReplaceAll(m.Text, "\n", "")} {
			require.False(t, strings.ContainsFunc(s, unicode.IsControl), "%q", s)
		}
	})
}

// TestEveryTaskIsSaidOnceGravestFirst compares a digest of any mixture with a
// plain recount of its items.
func TestEveryTaskIsSaidOnceGravestFirst(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var items []notice.Item
		for range rapid.IntRange(1, 40).Draw(t, "n") {
			it := survey(rapid.SampledFrom(plan.StageKinds).Draw(t, "kind"), "s", plan.Red, rapid.IntRange(-9, 9).Draw(t, "left"), 0)
			it.Task = rapid.StringMatching(`T[0-9]{2}`).Draw(t, "task")
			it.Title = it.Task + "号任务"
			items = append(items, it)
		}
		gravest := map[string]plan.StageKind{}
		for _, it := range items {
			if k, seen := gravest[it.Task]; !seen || it.Kind.Gravity() > k.Gravity() {
				gravest[it.Task] = it.Kind
			}
		}
		m, err := notice.Compose(words.New("zh"), digest("gaoping", "x", people.Office, "", april, items...))
		require.NoError(t, err)
		talks := 0
		for task, kind := range gravest {
			require.Equal(t, 1, strings.Count(m.Text, task+"号任务"))
			require.Equal(t, 1, strings.Count(m.HTML, task+"号任务"))
			if kind == plan.Talk {
				talks++
				require.Less(t, strings.Index(m.Text, task+"号任务"), indexOr(m.Text, "、上报领导（", len(m.Text)))
			}
		}
		require.Equal(t, talks > 0, strings.HasPrefix(m.Subject, "【约谈】"))
		for _, line := range strings.Split(m.Text, "\n") {
			require.LessOrEqual(t, columns(line), 78, line)
		}
	})
}

func indexOr(s, sub string, or int) int {
	if i := strings.Index(s, sub); i >= 0 {
		return i
	}
	return or
}

// columns counts a terminal's columns.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n++
		if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
			n++
		}
	}
	return n
}
