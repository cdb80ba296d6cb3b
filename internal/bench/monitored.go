package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/shopspring/decimal"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/water"
)

// monitor gives a plan the sections, the tables of compensation, the rules of assessment and all
// else of the 2021 plan's files, with units of its own in place of counties, as if they were in
// force.
func (b *bench) monitor(p *plan.Plan, cal *calendar.Calendar) error {
	files := map[string][]byte{}
	for name, path := range map[string]string{"plan.yaml": "plan.yaml", "units.yaml": "units.yaml", "policies.yaml": "../policies.yaml", "sections.yaml": "sections.yaml", "assessment.yaml": "assessment-example.yaml",
		"complaints.yaml": "complaints-example.yaml", "incidents.yaml": "incidents-example.yaml", "zones.yaml": "zones-example.yaml", "publicity.yaml": "publicity-example.yaml"} {
		body, err := os.ReadFile(filepath.Join(filepath.Dir(b.plan), path))
		if err != nil {
			return err
		}
		files[name] = body
	}
	files["plan.yaml"] = bytes.Replace(files["plan.yaml"], []byte("water: sections.yaml\n"), []byte("water: sections.yaml\nassessment: assessment.yaml\ncomplaints: complaints.yaml\nincidents: incidents.yaml\nzones: zones.yaml\npublicity: publicity.yaml\n"), 1)
	for _, name := range []string{"assessment.yaml", "complaints.yaml", "incidents.yaml", "zones.yaml", "publicity.yaml"} {
		files[name] = bytes.Replace(files[name], []byte("example: true\n"), nil, 1)
	}
	from, problems := planfile.LoadFiles(files, cal)
	if from == nil || from.Water == nil || from.Assessment == nil || from.Complaints == nil || from.Incidents == nil || from.Publicity == nil || len(from.Water.Zones) == 0 {
		return fmt.Errorf("bench: the files beside the plan cannot be read: %v", problems)
	}
	p.Water, p.Compensation, p.Assessment = &water.Register{Sections: from.Water.Sections}, from.Compensation, from.Assessment
	p.Assessment.Groups = nil
	for i := range p.Water.Sections {
		p.Water.Sections[i].County = p.Directory.Units[1+i%7].ID
		p.Water.Sections[i].Data = ""
	}
	b.equip(p, from)
	return nil
}

// bringWater records two years of all sections of a plan up to June 2021.
func bringWater(ctx context.Context, store *ledger.Store, p *plan.Plan) error {
	var all []water.Reading
	for i, s := range p.Water.Sections {
		for m := range 24 {
			values := water.Values{water.NH3N: water.Number(decimal.New(int64(20+(i*7+m*13)%230), -2).String()), water.TP: water.Number(decimal.New(int64(2+(i+m*5)%50), -2).String())}
			all = append(all, water.Reading{Section: s.ID, Month: water.Month{Year: 2021, Month: 6}.Add(-m), Span: water.OfMonth, Values: values, Sources: map[string]string{"NH3-N": "月报.xlsx F7", "TP": "月报.xlsx G7"}})
		}
	}
	when := calendar.NewDay(2021, 7, 1).At(8, 0, calendar.Beijing)
	changes, err := store.PutReadings(ctx, ledger.ReadingsBy{Plan: p.ID, Office: p.Directory.Office, Actor: "office"}, all, ledger.When{Real: when, Plan: when})
	if err == nil && len(changes) == 0 {
		err = errors.New("bench: no data of sections were recorded")
	}
	return err
}
