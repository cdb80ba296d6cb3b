package people_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/people"
)

func TestWhatPapersSayAsBeforeChangesNobody(t *testing.T) {
	who := func(role people.Role, name string) people.Contact {
		return people.Contact{Role: role, Name: name, Email: name + "@x.example"}
	}
	of := func(name string, all ...people.Contact) people.Unit {
		return people.Unit{ID: "shuiwu", Name: name, Contacts: all}
	}
	wang, li, zhao := who(people.Liaison, "wang"), who(people.Liaison, "li"), who(people.Liaison, "zhao")
	head := who(people.Head, "sun")
	for _, c := range []struct {
		name                         string
		inForce, stated, now, expect people.Unit
	}{
		{"said as before, changed since", of("市水务局", li), of("市水务局", wang), of("市水务局", wang), of("市水务局", li)},
		{"said otherwise", of("市水务局", li), of("市水务局", wang), of("市水务局", zhao), of("市水务局", zhao)},
		{"said for the first time", of("市水务局", li, head), people.Unit{}, of("市水务局", zhao), of("市水务局", zhao, head)},
		{"a seat that is no more", of("市水务局", li, head), of("市水务局", wang, head), of("市水务局", wang), of("市水务局", li)},
		{"a seat that is new", of("市水务局", li), of("市水务局", wang), of("市水务局", wang, head), of("市水务局", li, head)},
		{"renamed", of("市水务局", li), of("市水务局", wang), of("市水利局", wang), of("市水利局", li)},
		{"renamed since", of("市水利局", li), of("市水务局", wang), of("市水务局", wang), of("市水利局", li)},
	} {
		require.Equal(t, c.expect, people.Revise(c.inForce, c.stated, c.now), c.name)
	}
}

func TestPapersThatGiveASeatToAnotherKeepWhoSitsBeside(t *testing.T) {
	of := func(name, beside string) people.Unit {
		return people.Unit{ID: "shuiwu", Name: "市水务局", Contacts: []people.Contact{{Role: people.Liaison, Name: name, Email: name + "@x.example", Beside: beside}}}
	}
	require.Equal(t, of("zhao", "b b@x.example"), people.Revise(of("wang", "b b@x.example"), of("wang", ""), of("zhao", "")))
}

func TestAllSeatsOfAPerson(t *testing.T) {
	units := []people.Unit{
		{ID: "a", Contacts: []people.Contact{{Role: people.Liaison, Email: "Wang@x.example"}, {Role: people.Head, Email: "li@x.example"}}},
		{ID: "b", Contacts: []people.Contact{{Role: people.Deputy, Email: " wang@X.example "}, {Role: people.Head}}},
		{ID: "c", Contacts: []people.Contact{{Role: people.Head}}},
	}
	r := func(unit string, role people.Role) people.Recipient { return people.Recipient{Unit: unit, Role: role} }
	p := people.PersonsOf(units)
	require.Equal(t, []people.Recipient{r("a", people.Liaison), r("b", people.Deputy)}, p.Seats(r("b", people.Deputy)))
	require.Equal(t, []people.Recipient{r("b", people.Head)}, p.Seats(r("b", people.Head)), "nobody's address is nobody else's")
	require.Equal(t, []people.Recipient{r("z", people.Head)}, p.Seats(r("z", people.Head)))
}
