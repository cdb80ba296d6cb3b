package intake

import (
	"context"
	"fmt"
	"os"
	"testing"

	"duban/internal/calendar"
)

func TestDump(t *testing.T) {
	path := os.Getenv("DUMP")
	if path == "" {
		return
	}
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	var iss calendar.Day
	if v := os.Getenv("ISSUED"); v != "" {
		iss, _ = calendar.ParseDay(v)
	}
	d, err := Import(context.Background(), []Source{s}, Options{Issued: iss})
	if d == nil {
		t.Fatal(err)
	}
	fmt.Println(d.ID, d.Title, "|", d.Number, "|", d.Issuer, d.Issued, d.Year, err)
	for _, c := range d.clauses {
		fmt.Printf("## %s [%s] %s / %s / %s\n   %v inh=%v\n", c.id, c.place, c.chapter, c.heading, c.title, c.brackets, c.inherited)
		for _, e := range c.entries {
			fmt.Printf("   %s %s due=%s begin=%s lead=%s each=%v same=%s ms=%s soft=%v rec=%v b=%d rule=%s\n      T %s\n      S %s\n", e.ID, e.Kind, e.Due, e.Begin, e.Lead, e.Each, e.SameAs, e.Milestone, e.Soft, e.Recur, e.Bracket, e.rule, e.Title, e.Source)
		}
	}
	for _, p := range d.projects {
		for _, e := range p.entries {
			fmt.Printf("P %s %s %v +%v due=%s %s each=%v pri=%v | %s | %v\n", e.ID, e.Title, p.names, p.extra, e.Due, e.Milestone, e.Each, e.Priority, p.limit, e.Notes)
		}
	}
	for _, s := range d.sections {
		fmt.Println("S", s.no, s.county, s.name, s.target, s.level, s.annex)
	}
	for _, u := range d.Directory.Units {
		fmt.Println("U", u.ID, u.Name, u.Kind, u.Aliases)
	}
	for _, g := range d.Directory.Groups {
		fmt.Println("G", g.Name, g.Aliases, len(g.Members))
	}
	for _, q := range d.Questions {
		fmt.Println("Q", q.Weight, q.ID, q.Place, q.Ask)
	}
	for _, a := range d.Asides {
		fmt.Println("A", a.Place, a.Words, a.Why)
	}
	y, err := d.PlanYAML()
	if err != nil {
		t.Fatal(err)
	}
	os.WriteFile("/tmp/intake-plan/plan.yaml", y, 0o644)
	y, _ = d.UnitsYAML()
	os.WriteFile("/tmp/intake-plan/units.yaml", y, 0o644)
}
