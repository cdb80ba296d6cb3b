package seed_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"duban/internal/people"
)

// Every unit has its three seats, under a domain that reaches nobody.
func TestUnits(t *testing.T) {
	t.Parallel()
	p, _ := load(t)
	kinds := map[people.UnitKind]int{}
	for _, u := range p.Directory.Units {
		kinds[u.Kind]++
		roles := []people.Role{people.Liaison, people.Deputy, people.Head}
		switch u.ID {
		case p.Directory.Office:
			roles = append(roles, people.Office)
		case p.Directory.Leadership:
			roles = append(roles, people.Leader)
		}
		var got []people.Role
		for _, c := range u.Contacts {
			got = append(got, c.Role)
			if c.Email != fmt.Sprintf("%s@%s.jincheng.example", c.Role, u.ID) || !strings.HasPrefix(c.Name, u.Name) {
				t.Errorf("%s: %+v", u.ID, c)
			}
		}
		if diff := cmp.Diff(roles, got); diff != "" {
			t.Errorf("%s: %s", u.ID, diff)
		}
	}
	want := map[people.UnitKind]int{
		people.CityDepartment: 11, people.CountyGovernment: 6, people.ZoneCommittee: 1, people.Enterprise: 1,
		people.Institution: 1, people.OfficeUnit: 1, people.LeadershipUnit: 1,
	}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Error(diff)
	}
	for _, name := range []string{"各县（市、区）人民政府", "各县(市、区)人民政府"} {
		ids, collective, ok := p.Directory.Resolve(name)
		if !ok || !collective || !slices.Equal(ids, []string{"chengqu", "zezhou", "gaoping", "yangcheng", "lingchuan", "qinshui"}) {
			t.Errorf("%s means %v", name, ids)
		}
	}
}
