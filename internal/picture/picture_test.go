package picture_test

import (
	"encoding/xml"
	"errors"
	"html/template"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/picture"
)

// element is one element of a picture or a table, with the text in it.
type element struct {
	name  string
	attrs map[string]string
	text  string
}

// elements reads what was drawn as XML, whose every element must be closed.
func elements(t *testing.T, drawn template.HTML) (all []element) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader("<p>" + string(drawn) + "</p>"))
	var open []int
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			require.Empty(t, open)
			return all
		}
		require.NoError(t, err, string(drawn))
		switch token := token.(type) {
		case xml.StartElement:
			e := element{name: token.Name.Local, attrs: map[string]string{}}
			for _, a := range token.Attr {
				e.attrs[a.Name.Local] = a.Value
			}
			open, all = append(open, len(all)), append(all, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			for _, i := range open {
				all[i].text += string(token)
			}
		}
	}
}

func named(all []element, name, class string) (some []element) {
	for _, e := range all {
		if e.name == name && (class == "" || slices.Contains(strings.Fields(e.attrs["class"]), class)) {
			some = append(some, e)
		}
	}
	return some
}

func day(month time.Month, date int) calendar.Day { return calendar.NewDay(2021, month, date) }

const nasty = `<script>alert("1")</script>&'`

func board() picture.Board {
	red := picture.Count{Light: picture.Red, Word: "红灯", N: 2, Label: "高平 6月 红灯 2项", Href: "/tasks?unit=gaoping&month=2021-06&light=red"}
	green := picture.Count{Light: picture.Green, Word: "绿灯", N: 11, Label: "高平 6月 绿灯 11项", Href: "/tasks?unit=gaoping&month=2021-06&light=green"}
	return picture.Board{
		Words: picture.Words{ID: "board", Title: "亮灯板", Desc: "各单位各月的任务亮灯情况"}, Corner: "月份",
		Across: []picture.Head{{Name: "高平市人民政府", Href: "/tasks?unit=gaoping"}, {Name: nasty}},
		Down:   []picture.Head{{Name: "6月"}, {Name: "7月"}},
		Fields: [][]picture.Field{{{red, green}, {}}, {{}, {{Light: picture.Done, Word: "办结", N: 1, Label: nasty, Href: "/x?" + nasty}}}},
	}
}

func year() picture.Year {
	rests := []calendar.Day{day(6, 12), day(6, 13), day(6, 14), day(6, 19), day(6, 30)}
	months := []string{"1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月"}
	return picture.Year{
		Words: picture.Words{ID: "year", Title: "全年时限图", Desc: "每项任务一条线"}, From: day(6, 1), Until: day(6, 30), Today: day(6, 10), TodayWord: "今天",
		Rests: func(d calendar.Day) bool { return slices.Contains(rests, d) }, Months: months,
		Columns: [4]string{"任务", "交办", "时限", "督办"},
		Ladders: []picture.Ladder{
			{Name: "建成污水处理厂" + nasty, Href: "/task/p14", Light: picture.Yellow, Given: day(1, 5), Due: day(6, 15), GivenWord: "1月5日", DueWord: "6月15日", Description: "到6月15日",
				Marks: []picture.Mark{{Day: day(5, 14), Kind: "remind", Said: true, Label: "5月14日 提醒"}, {Day: day(6, 1), Kind: "urge", Said: true, Label: "6月1日 催办"}, {Day: day(6, 18), Kind: "warn", Label: "6月18日 预警"}}},
			{Name: "长期坚持", Description: "无时限"},
		},
	}
}

func bars() picture.Bars {
	return picture.Bars{
		Words: picture.Words{ID: "bars", Title: "每周收件", Desc: "各席位每周收到的信件"}, Corner: "席位", Total: "合计",
		Spans: []picture.Span{{"6月7日起", "2021年6月", "6月"}, {"6月14日起", "2021年6月", "6月"}, {"7月5日起", "2021年7月", "7月"}},
		Rows:  []picture.Row{{Name: "市水务局联络员", Values: []int{1, 0, 400}, Unit: "封"}, {Name: nasty, Values: []int{0, 0, 0}, Unit: "封"}},
	}
}

// TestPicturesAreSafeAndSaid: every picture has a name and a description, keeps what
// people wrote as text, and has neither styles nor scripts, which the policy of the
// pages forbids.
func TestPicturesAreSafeAndSaid(t *testing.T) {
	t.Parallel()
	drawn := map[string][2]template.HTML{"board": {board().SVG(), board().Table()}, "year": {year().SVG(), year().Table()}, "bars": {bars().SVG(), bars().Table()}}
	for id, of := range drawn {
		svg := elements(t, of[0])
		require.Equal(t, "svg", svg[1].name)
		labelled := strings.Fields(svg[1].attrs["aria-labelledby"])
		require.Equal(t, []string{id + "-t", id + "-d"}, labelled)
		require.NotEmpty(t, named(svg, "title", "")[0].text)
		require.NotEmpty(t, named(svg, "desc", "")[0].text)
		for _, e := range append(svg, elements(t, of[1])...) {
			require.NotContains(t, e.attrs, "style")
			require.NotEqual(t, "script", e.name)
			require.NotEqual(t, "style", e.name)
			for a := range e.attrs {
				require.False(t, strings.HasPrefix(a, "on"), a)
			}
		}
		require.Contains(t, string(of[0])+string(of[1]), "&lt;script&gt;")
	}
}

// links are the addresses of what leads somewhere, with the numbers they show.
func links(all []element) (out []string) {
	number := regexp.MustCompile(`\d+\s*$`)
	for _, e := range named(all, "a", "") {
		out = append(out, e.attrs["href"]+" "+strings.TrimSpace(number.FindString(e.text)))
	}
	slices.Sort(out)
	return out
}

// TestEveryNumberOfTheBoardLeadsToItsRows: in the picture and in its table alike.
func TestEveryNumberOfTheBoardLeadsToItsRows(t *testing.T) {
	t.Parallel()
	b := board()
	svg, table := links(elements(t, b.SVG())), links(elements(t, b.Table()))
	require.Equal(t, table, svg)
	require.Contains(t, svg, "/tasks?unit=gaoping&month=2021-06&light=red 2")
	require.Contains(t, svg, "/tasks?unit=gaoping&month=2021-06&light=green 11")
	require.Len(t, svg, 4)
}

// TestLightsDifferWithoutColour: each light has a shape of its own beside its word.
func TestLightsDifferWithoutColour(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, light := range []string{picture.Red, picture.Yellow, picture.Blue, picture.Green, picture.DoneLate, picture.Done} {
		shape := named(elements(t, picture.Shape(light)), "path", "")[0].attrs["d"]
		require.Empty(t, seen[shape], "%s looks like %s", light, seen[shape])
		seen[shape] = light
	}
	require.Empty(t, picture.Shape("pink"))
}

// TestTheYearShadesRestDays: exactly the rest days, today where it is, and no mark of
// another year.
func TestTheYearShadesRestDays(t *testing.T) {
	t.Parallel()
	y := year()
	all := elements(t, y.SVG())
	shaded, first := 0, 0
	for i, r := range named(all, "rect", "rest") {
		w, err := strconv.Atoi(r.attrs["width"])
		require.NoError(t, err)
		shaded += w
		if i == 0 {
			first, err = strconv.Atoi(r.attrs["x"])
			require.NoError(t, err)
		}
	}
	require.Len(t, named(all, "rect", "rest"), 3, "stretches")
	require.Equal(t, 5*3, shaded, "three units a day")
	require.Len(t, named(all, "g", "today"), 1)
	today := regexp.MustCompile(`M(\d+)`).FindStringSubmatch(named(all, "g", "today")[0].text + named(all, "path", "")[len(named(all, "path", ""))-1].attrs["d"])
	at, err := strconv.Atoi(today[1])
	require.NoError(t, err)
	require.Equal(t, (12-10)*3, first-at, "today is two days before the first rest day")
	require.Len(t, named(all, "g", "said-mark"), 2, "the one of May is outside")
	require.Len(t, named(all, "g", "said"), 1, "the other is still to come")

	y.Today = day(7, 1)
	require.Empty(t, named(elements(t, y.SVG()), "g", "today"))

	table := string(y.Table())
	for _, m := range y.Ladders[0].Marks {
		require.Contains(t, table, m.Label, "the table leaves nothing out")
	}
}

// TestASmallBarIsSeen: one message beside four hundred is no empty week, and the sums
// are those of the table.
func TestASmallBarIsSeen(t *testing.T) {
	t.Parallel()
	all := elements(t, bars().SVG())
	high := named(all, "rect", "bar")
	require.Len(t, high, 2)
	require.Equal(t, "2", high[0].attrs["height"])
	table := elements(t, bars().Table())
	var cells []string
	for _, c := range named(table, "td", "") {
		cells = append(cells, c.text)
	}
	require.Equal(t, []string{"401", "16月7日起 1封", "4007月5日起 400封", "0", "", ""}, cells)
}

// TestNothingIsDrawnOfNothing: an empty plan has empty pictures, not broken ones.
func TestNothingIsDrawnOfNothing(t *testing.T) {
	t.Parallel()
	for _, svg := range []template.HTML{picture.Board{}.SVG(), picture.Bars{}.SVG(), picture.Board{}.Table(), picture.Bars{}.Table()} {
		require.NotEmpty(t, elements(t, svg))
	}
}
