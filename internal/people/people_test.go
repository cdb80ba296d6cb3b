package people_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"duban/internal/people"
)

func directory() people.Directory {
	return people.Directory{
		Units: []people.Unit{
			{ID: "shuiwu", Name: "市水务局", Kind: people.CityDepartment, Aliases: []string{"晋城市水务局"}, Contacts: []people.Contact{
				{Role: people.Liaison, Name: "联络员", Email: "liaison@shuiwu.example"},
				{Role: people.Head, Name: "局长", Email: "head@shuiwu.example"},
			}},
			{ID: "gaoping", Name: "高平市", Kind: people.CountyGovernment, Aliases: []string{"高平市人民政府"}},
			{ID: "office", Name: "市水质办", Kind: people.OfficeUnit, Contacts: []people.Contact{{Role: people.Office, Name: "值班", Email: "o@x.example"}}},
			{ID: "group", Name: "领导小组", Kind: people.LeadershipUnit},
		},
		Groups: []people.Group{{Name: "各县（市、区）人民政府", Aliases: []string{"各县"}, Members: []string{"gaoping", "zezhou"}}},
		Office: "office", Leadership: "group",
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	type answer struct {
		ids            []string
		collective, ok bool
	}
	got := map[string]answer{}
	for _, name := range []string{"shuiwu", "市水务局", "晋城市水务局", " 市 水务局　", "各县（市、区）人民政府", "各县(市,区)人民政府", "各县 (市、区) 人民政府", "各县", "SHUIWU", "市水务", ""} {
		ids, collective, ok := directory().Resolve(name)
		got[name] = answer{ids, collective, ok}
	}
	unit, all, none := answer{[]string{"shuiwu"}, false, true}, answer{[]string{"gaoping", "zezhou"}, true, true}, answer{}
	require.Equal(t, map[string]answer{
		"shuiwu": unit, "市水务局": unit, "晋城市水务局": unit, " 市 水务局　": unit,
		"各县（市、区）人民政府": all, "各县(市,区)人民政府": all, "各县 (市、区) 人民政府": all, "各县": all,
		"SHUIWU": none, "市水务": none, "": none,
	}, got)
}

func TestResolveGivesAListOfItsOwn(t *testing.T) {
	t.Parallel()
	d := directory()
	ids, _, _ := d.Resolve("各县")
	ids[0] = "changed"
	require.Equal(t, []string{"gaoping", "zezhou"}, d.Groups[0].Members)
}

func TestSeatsAndContacts(t *testing.T) {
	t.Parallel()
	d := directory()
	var seats []string
	for _, role := range people.Roles {
		seats = append(seats, d.Seat(role, "shuiwu").String())
	}
	require.Equal(t, []string{"shuiwu/liaison", "shuiwu/deputy", "shuiwu/head", "office/office", "group/leader"}, seats)

	c, ok := d.Contact(d.Seat(people.Head, "shuiwu"))
	require.True(t, ok)
	require.Equal(t, people.Contact{Role: people.Head, Name: "局长", Email: "head@shuiwu.example"}, c)
	for _, empty := range []people.Recipient{{Unit: "shuiwu", Role: people.Deputy}, {Unit: "group", Role: people.Leader}, {Unit: "nobody", Role: people.Head}} {
		_, ok := d.Contact(empty)
		require.False(t, ok, empty)
	}
	require.Equal(t, []string{"市水务局", "nobody"}, []string{d.Name("shuiwu"), d.Name("nobody")})
}

func TestRecipientsAsText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := people.Recipient{Unit: rapid.StringMatching(`[a-z][a-z0-9-]{0,20}`).Draw(t, "unit"), Role: rapid.SampledFrom(people.Roles).Draw(t, "role")}
		raw, err := json.Marshal(map[people.Recipient]people.Recipient{r: r})
		require.NoError(t, err)
		var back map[people.Recipient]people.Recipient
		require.NoError(t, json.Unmarshal(raw, &back))
		require.Equal(t, map[people.Recipient]people.Recipient{r: r}, back)
	})
	for _, bad := range []string{"", "shuiwu", "/liaison", "shuiwu/", "shuiwu/boss", "a/b/liaison", "shuiwu/Liaison"} {
		_, ok := people.ParseRecipient(bad)
		require.False(t, ok, bad)
		var r people.Recipient
		err := r.UnmarshalText([]byte(bad))
		var wrong *people.BadRecipientError
		require.ErrorAs(t, err, &wrong)
		require.Equal(t, "not a recipient like shuiwu/liaison: "+bad, err.Error())
		require.Zero(t, r, "left as it was")
	}
}

func TestFoldIsStable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.SampledFrom([]rune("市县（）()、，, 　〔〕[]a"))).Draw(t, "s")
		require.Equal(t, people.Fold(s), people.Fold(people.Fold(s)))
		require.NotContains(t, people.Fold(s), " ")
	})
}

func TestEachPersonOnce(t *testing.T) {
	t.Parallel()
	seat := func(s string) people.Recipient {
		r, ok := people.ParseRecipient(s)
		require.True(t, ok)
		return r
	}
	d := people.Directory{Units: []people.Unit{
		{ID: "a", Contacts: []people.Contact{{Role: people.Liaison, Email: "wang@x.example"}, {Role: people.Deputy, Email: " Wang@X.example"}, {Role: people.Head}}},
		{ID: "b", Contacts: []people.Contact{{Role: people.Liaison, Email: "wang@x.example"}, {Role: people.Head}}},
	}}
	got := d.Once([]people.Recipient{seat("a/deputy"), seat("a/liaison"), seat("a/head"), seat("b/liaison"), seat("b/head"), seat("b/head"), seat("c/head")})
	require.Equal(t, []people.Recipient{seat("a/deputy"), seat("a/head"), seat("b/head"), seat("c/head")}, got, "who has no address is told apart by the seat")
}

func TestFamilyNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"王敏": "王", "王建国": "王", "欧阳敏": "欧阳", "诸葛建国": "诸葛", "欧阳": "欧", "李": "李", "市水务局联络员": "市水务局联络员", "Wang Min": "Wang Min", "": ""} {
		require.Equal(t, want, people.Family(name), name)
	}
}

// TestWhoSitsBeside: what is read is written the same, and read again it is the same; a line
// that is no person is named.
func TestWhoSitsBeside(t *testing.T) {
	t.Parallel()
	all, bad := people.ReadBeside("  李强  li@x.example 0356-1234 \r\n\n赵 六 zhao@x.example\n")
	require.Zero(t, bad)
	require.Equal(t, []people.Other{{Name: "李强", Email: "li@x.example", Phone: "0356-1234"}, {Name: "赵 六", Email: "zhao@x.example"}}, all)
	for text, line := range map[string]int{"李强": 1, "li@x.example": 1, "李强 li@x.example\n王五 w@": 2, "甲 <a@x.example>": 1, strings.Repeat("甲 a@x.example\n", 6): 6} {
		_, bad := people.ReadBeside(text)
		require.Equal(t, line, bad, text)
	}
	word := rapid.StringMatching(`[a-z甲乙丙]{1,8}`)
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) people.Other {
			return people.Other{Name: word.Draw(t, "name"), Email: rapid.StringMatching(`[a-z]{1,6}@[a-z]{1,6}\.example`).Draw(t, "email"), Phone: rapid.StringMatching(`([0-9]{3,11})?`).Draw(t, "phone")}
		}), 1, 5).Draw(t, "all")
		again, bad := people.ReadBeside(people.Besides(all))
		require.Zero(t, bad)
		require.Equal(t, all, again)
	})
}

// TestCopiesKeepMessagesApart: who sits on two seats gets one message of both only where its
// copies go to the same people: nobody reads beside one seat what is another's.
func TestCopiesKeepMessagesApart(t *testing.T) {
	t.Parallel()
	at := func(unit, beside string) people.Unit {
		return people.Unit{ID: unit, Contacts: []people.Contact{{Role: people.Liaison, Name: "王", Email: "w@x.example", Beside: beside}}}
	}
	seats := func(a, b string) int {
		return len(people.PersonsOf([]people.Unit{at("a", a), at("b", b)}).Seats(people.Recipient{Unit: "a", Role: people.Liaison}))
	}
	require.Equal(t, []int{2, 1, 1, 2}, []int{seats("", ""), seats("李 l@x.example", ""), seats("李 l@x.example", "赵 z@x.example"), seats("李 L@x.example 1", "李 l@x.example")})
}
