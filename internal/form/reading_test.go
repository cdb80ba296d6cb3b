package form_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/form"
	"duban/internal/water"
	"duban/internal/words"
)

func TestAReadingIsTyped(t *testing.T) {
	t.Parallel()
	reg := &water.Register{Sections: []water.Section{{ID: "s06", Name: "润城", Aliases: []string{"润城桥"}}}}
	r, err := form.TypedReading{Section: "润城桥断面", Month: "2021年5月", Class: "4类", Over: "氨氮/0.25", Values: map[string]string{"氨氮": "1.25", "TP": " "}}.Reading(reg, "张三 填报")
	require.NoError(t, err)
	require.Equal(t, map[string]string{"class": "Ⅳ", "NH3-N": "1.25", "over": "NH3-N/0.25"}, r.Fields())
	require.Equal(t, []any{"s06", "2021-05", water.OfMonth}, []any{r.Section, r.Month.String(), r.Span})
	require.Equal(t, map[string]string{"class": "张三 填报", "NH3-N": "张三 填报", "over": "张三 填报"}, r.Sources)
	for _, state := range []string{"断流", "dry"} {
		r, err = form.TypedReading{Section: "s06", Month: "2021-05", Span: "year", State: state}.Reading(reg, "x")
		require.NoError(t, err)
		require.Equal(t, water.Dry, r.State)
	}
	month := form.TypedReading{Section: "s06", Month: "2021-05", Class: "Ⅳ"}
	for field, spoil := range map[string]func(*form.TypedReading){
		"section": func(r *form.TypedReading) { r.Section = "牛村" },
		"month":   func(r *form.TypedReading) { r.Month = "五月" },
		"span":    func(r *form.TypedReading) { r.Span = "week" },
		"state":   func(r *form.TypedReading) { r.State = "有雾" },
		"class":   func(r *form.TypedReading) { r.Class = "优" },
		"over":    func(r *form.TypedReading) { r.Over = "浊度/3" },
		"浊度":      func(r *form.TypedReading) { r.Values = map[string]string{"浊度": "3"} },
		"氨氮":      func(r *form.TypedReading) { r.Values = map[string]string{"氨氮": "三"} },
	} {
		typed := month
		spoil(&typed)
		_, err := typed.Reading(reg, "x")
		var fault *form.Fault
		require.True(t, errors.As(err, &fault), field)
		require.Equal(t, field, fault.Field)
		require.NotContains(t, fault.Text(words.New("zh"), ""), "water.")
	}
	month.State = "dry"
	_, err = month.Reading(reg, "x")
	require.ErrorContains(t, err, "state_and_more", "what is dry has no class")
	_, err = form.TypedReading{Section: "s06", Month: "2021-05"}.Reading(reg, "x")
	require.ErrorContains(t, err, "says_nothing")
}
