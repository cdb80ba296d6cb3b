package notice_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/letter"
	"duban/internal/notice"
	"duban/internal/people"
	"duban/internal/words"
)

// A unit is told of its assessment's sheet with the last day to object, and of the result with the
// paper that issues it.
func TestAUnitIsToldOfItsAssessment(t *testing.T) {
	t.Parallel()
	tell := notice.Assessed{
		ID: "a-1", Domain: "duban.example", Plan: notice.PlanRef{ID: "p", Title: "水计划<b>", Number: "1号"}, Recipient: people.Recipient{Unit: "shuiwu", Role: people.Liaison},
		Contact: letter.Address{Name: "市水务局联络员", Email: "a@example.com"}, Office: letter.Address{Name: "协调办", Email: "o@example.com"},
		At: time.Date(2022, 1, 12, 1, 0, 0, 0, time.UTC), Date: time.Date(2022, 1, 12, 1, 0, 0, 0, time.UTC), Zone: calendar.Beijing,
		Period: "2021", Called: "2021年度", On: calendar.NewDay(2022, 1, 11), Until: calendar.NewDay(2022, 1, 18), Hash: "abcd",
	}
	for _, lang := range []string{"zh", "en"} {
		sent, err := notice.ComposeAssessed(words.New(lang), tell)
		require.NoError(t, err)
		shown, _ := delivered(t, sent)
		golden(t, "assessed-sent."+lang+".txt", shown)
		require.NotContains(t, sent.HTML, "<b>")
		remind := tell
		remind.Remind = true
		again, err := notice.ComposeAssessed(words.New(lang), remind)
		require.NoError(t, err)
		shown, _ = delivered(t, again)
		golden(t, "assessed-remind."+lang+".txt", shown)
		issued := tell
		issued.Paper, issued.Link = "晋市考〔2022〕1号", "https://duban.example/todo"
		result, err := notice.ComposeAssessed(words.New(lang), issued)
		require.NoError(t, err)
		shown, _ = delivered(t, result)
		golden(t, "assessed-issued."+lang+".txt", shown)
	}
}
