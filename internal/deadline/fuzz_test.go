package deadline_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"duban/internal/calendar"
	"duban/internal/deadline"
	"duban/internal/growth"
)

func jincheng(t testing.TB) deadline.Context {
	return deadline.Context{Issued: calendar.Day{Year: 2021, Month: time.April, Date: 8}, PlanYear: 2021, Calendar: holidays(t)}
}

// checkReadings are the laws that hold for any text at all.
func checkReadings(t require.TestingT, text string, readings []deadline.Reading) {
	end := 0
	for _, r := range readings {
		require.GreaterOrEqual(t, r.Begin, end, "readings overlap or are out of order: %q in %q", r.Words, text)
		require.Less(t, r.Begin, r.End)
		require.LessOrEqual(t, r.End, len(text))
		require.Equal(t, text[r.Begin:r.End], r.Words)
		end = r.End
		require.NotEmpty(t, r.Rule, r.Words)
		require.Equal(t, r.Sure == deadline.Ask, r.Ask != "", r.Words)
		require.Contains(t, []deadline.Sureness{deadline.Sure, deadline.Likely, deadline.Ask}, r.Sure)
		if r.Kind == deadline.Target || r.Kind == deadline.None || r.Kind == deadline.Standing {
			require.True(t, r.Due.IsZero() && r.Start.IsZero(), "%s has a date: %q", r.Kind, r.Words)
		}
		if r.Kind == deadline.Window && r.Ask == "" {
			require.False(t, r.Due.Before(r.Start), r.Words)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, file := range []string{"testdata/phrases.yaml", "testdata/more.yaml"} {
		for _, r := range corpus(f, file) {
			f.Add(r.Text)
		}
	}
	f.Add("\xff2021\xfe年6月底前")
	f.Add("《《《2021年》")
	f.Add(strings.Repeat("每年之日起内后第", 20))
	ctx := jincheng(f)
	f.Fuzz(func(t *testing.T, text string) {
		checkReadings(t, text, deadline.Read(text, ctx))
		checkReadings(t, text, deadline.Read(text, deadline.Context{}))
		deadline.Milestone(text)
	})
}

// pieces from which texts are drawn that look like plans.
var pieces = []string{"2021年", "二〇二一年", "今年", "次年", "6月", "十二月", "底", "前", "30日", "上旬", "起", "至", "—", "、", "每", "每月", "季度", "首月", "第",
	"之日起", "印发", "后", "7个", "工作日", "内", "以内", "，", "。", "\n", " ", "（一）", "1.", "力争", "完成", "汛期", "春节", "“十四五”", "期间", "末", "年", "半", "到", "《", "》",
	"〔2018〕42号", "压缩至", "持续", "定期", "按时", "届满", "90", "%", "17:00", "周五", "逢", "一", "两", "次月", "5日前", "2021.6.30", "-"}

func TestAnyTextKeepsTheLaws(t *testing.T) {
	t.Parallel()
	ctx := jincheng(t)
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 30).Draw(t, "pieces"), "")
		checkReadings(t, text, deadline.Read(text, ctx))
	})
}

var fullWidth = strings.NewReplacer("0", "０", "1", "１", "2", "２", "3", "３", "4", "４", "5", "５", "6", "６", "7", "７", "8", "８", "9", "９",
	"(", "（", ")", "）", ",", "，", ":", "：", "-", "－", "~", "～", "%", "％", ".", "．")

// spaced puts blanks between Chinese characters and digits at random places.
func spaced(t *rapid.T, text string) string {
	var b strings.Builder
	var last rune
	for _, r := range text {
		if last != 0 && (last >= 0x80 || r >= 0x80) && rapid.IntRange(0, 3).Draw(t, "gap") == 0 {
			b.WriteString(rapid.SampledFrom([]string{" ", "　", "\u00a0", "  "}).Draw(t, "blank"))
		}
		b.WriteRune(r)
		last = r
	}
	return b.String()
}

// meaning is a reading without its place and words.
func meaning(readings []deadline.Reading) []deadline.Reading {
	var out []deadline.Reading
	for _, r := range readings {
		r.Words, r.Begin, r.End, r.Event, r.Clock = "", 0, 0, "", ""
		out = append(out, r)
	}
	return out
}

// Widths and blanks change nothing of what a phrase means, and the words found
// are the original's.
func TestWidthAndBlanksDoNotMatter(t *testing.T) {
	t.Parallel()
	rows := append(corpus(t, "testdata/phrases.yaml"), corpus(t, "testdata/more.yaml")...)
	rapid.Check(t, func(rt *rapid.T) {
		r := rapid.SampledFrom(rows).Draw(rt, "row")
		ctx := r.context(t)
		want := meaning(deadline.Read(r.Text, ctx))
		variant := spaced(rt, r.Text)
		if rapid.Bool().Draw(rt, "wide") {
			variant = fullWidth.Replace(variant)
		}
		got := deadline.Read(variant, ctx)
		checkReadings(rt, variant, got)
		require.Equal(rt, want, meaning(got), variant)
	})
}

var han = []string{"〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"}

func hanDigits(n int) string {
	s := ""
	for ; n > 0; n /= 10 {
		s = han[n%10] + s
	}
	return s
}

func hanTens(n int) string {
	switch {
	case n < 10:
		return han[n]
	case n < 20:
		return strings.TrimSuffix("十"+han[n-10], "〇")
	}
	return strings.TrimSuffix(han[n/10]+"十"+han[n%10], "〇")
}

// Every day of a year reads the same in every way of writing it, and is that day.
func TestEveryDayInEveryWriting(t *testing.T) {
	t.Parallel()
	ctx := jincheng(t)
	rapid.Check(t, func(rt *rapid.T) {
		d := calendar.NewDay(rapid.IntRange(2021, 2029).Draw(rt, "year"), 4, 9+rapid.IntRange(0, 260).Draw(rt, "day"))
		y, m, n := d.Year, int(d.Month), d.Date
		for _, text := range []string{
			sprint("%d年%d月%d日前", y, m, n), sprint("%04d年%02d月%02d日前", y, m, n), sprint("%s年%s月%s日前", hanDigits(y), hanTens(m), hanTens(n)),
			sprint("%d.%d.%d前", y, m, n), sprint("%d-%02d-%02d前", y, m, n), sprint("%d/%d/%d前", y, m, n), sprint("不迟于%d年%d月%d日", y, m, n), sprint("%d 年 %d 月 %d 日之前", y, m, n),
		} {
			got := deadline.Read(text, ctx)
			require.Len(rt, got, 1, text)
			require.Equal(rt, deadline.Due, got[0].Kind, text)
			require.Equal(rt, d, got[0].Due, text)
			require.Equal(rt, deadline.Sure, got[0].Sure, text)
			require.Equal(rt, text, got[0].Words)
		}
	})
}

// TestWorkGrowsWithPages: four times the pages may be no more than eight times the work,
// which by the square of the length would be sixteen times.
func TestWorkGrowsWithPages(t *testing.T) {
	text, ctx := fortyPages(t), jincheng(t)
	long := strings.Repeat(text, 4)
	require.LessOrEqual(t, growth.Times(8, func() { deadline.Read(text, ctx) }, func() { deadline.Read(long, ctx) }), 8.0)
}

// TestHostileTextsStayLinear: texts without a full stop must not cost more than linear
// work either. By the square of the length eight times the text would be 64 times the work.
func TestHostileTextsStayLinear(t *testing.T) {
	ctx := jincheng(t)
	for _, piece := range []string{"6月底前", "每年", "完成", "之日起", "自", "2021年", "一", "1", "力争", "《", "(", "十", "在会后7日内", "、6月", "1、", "每月次月", "汛期", " ", "1 ", "上述工作6月底前", "持续", "从2021年起每年"} {
		small, large := strings.Repeat(piece, 1000), strings.Repeat(piece, 8000)
		checkReadings(t, large, deadline.Read(large, ctx))
		times := growth.Times(24, func() { deadline.Read(small, ctx) }, func() { deadline.Read(large, ctx) })
		require.LessOrEqual(t, times, 24.0, "%q", piece)
	}
}

// fortyPages is the corpus written out until it fills forty pages of 22 lines by
// 28 characters.
func fortyPages(t testing.TB) string {
	var b strings.Builder
	for b.Len() < 40*22*28*3 {
		for _, r := range append(corpus(t, "testdata/phrases.yaml"), corpus(t, "testdata/more.yaml")...) {
			b.WriteString("1. 加强统筹协调，明确责任分工，")
			b.WriteString(r.Text)
			b.WriteString("，确保各项措施落到实处。〔责任单位：市有关部门，各县（市、区）人民政府〕\n")
		}
	}
	require.True(t, utf8.ValidString(b.String()))
	return b.String()
}

func BenchmarkFortyPages(b *testing.B) {
	text := fortyPages(b)
	ctx := jincheng(b)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		deadline.Read(text, ctx)
	}
}

func sprint(format string, args ...any) string { return fmt.Sprintf(format, args...) }
