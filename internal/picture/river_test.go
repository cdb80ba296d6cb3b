package picture_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/picture"
)

// wellFormed walks a picture to its end.
func wellFormed(t *testing.T, text string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		require.NoError(t, err, text)
	}
}

func TestARiver(t *testing.T) {
	t.Parallel()
	r := picture.River{Words: picture.Words{ID: "r", Title: "<河>", Desc: "图"}, Rows: []picture.RiverRow{
		{Name: "沁河", Marks: []picture.RiverMark{
			{Name: "张峰水库出口", Word: "Ⅱ", Class: 2, Beside: "Ⅲ类", Label: "张峰水库出口：Ⅱ", Href: "/a?b=1&c=2"},
			{Name: "润城", Word: "劣Ⅴ", Class: 6, Missed: true, Flows: true, Label: `润城："劣Ⅴ"`},
		}},
		{Name: "丹河", Marks: []picture.RiverMark{{Name: "赵庄", Word: "断流"}}},
		{Name: "没有断面的河"},
	}}
	svg := string(r.SVG())
	wellFormed(t, svg)
	wellFormed(t, string(r.Table()))
	require.Equal(t, 1, strings.Count(svg, `class="flow tip"`), "what is connected lies below each other")
	require.Contains(t, svg, `class="water c6 missed"`)
	require.Contains(t, svg, `href="/a?b=1&amp;c=2"`)
	require.NotContains(t, svg, "<河>")
	many := picture.River{Words: picture.Words{ID: "m"}, Rows: []picture.RiverRow{{Name: "长河"}}}
	for range 20 {
		many.Rows[0].Marks = append(many.Rows[0].Marks, picture.RiverMark{Name: "断面", Word: "Ⅲ", Class: 3, Flows: true})
	}
	wellFormed(t, string(many.SVG()))
	require.Contains(t, string(many.SVG()), `height="276"`, "seven a line")
	wellFormed(t, string(picture.River{}.SVG()))
}

func TestACurve(t *testing.T) {
	t.Parallel()
	c := picture.Curve{Words: picture.Words{ID: "c", Title: "曲线"}, Classes: [6]string{"Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ"}, Month: "月份", Class: "类别", Target: "目标",
		Points: []picture.CurvePoint{{Month: "2021-04", Word: "Ⅲ", Class: 3, Target: 3}, {Month: "2021-05", Word: "劣Ⅴ", Class: 6, Target: 3, Missed: true}, {Month: "2021-06", Word: "断流", Target: 3}, {Month: "2021-07", Word: "Ⅱ", Class: 2, Target: 9}}}
	svg, table := string(c.SVG()), string(c.Table())
	wellFormed(t, svg)
	wellFormed(t, table)
	require.Equal(t, 3, strings.Count(svg, "<circle"))
	require.Equal(t, 1, strings.Count(svg, `class="line"`), "no line leads over a month without a class")
	require.Contains(t, table, "断流")
	wellFormed(t, string(picture.Curve{}.SVG()))
}
