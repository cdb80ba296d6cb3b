package ledgertest

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"duban/internal/ledger"
	"duban/internal/water"
)

// someReadings are a month's and the year's so far of one section.
func someReadings(ammonia string, class water.Class) []water.Reading {
	source := "5月.xlsx 月报 F7 " + strings.Repeat("长", 400)
	month := water.Month{Year: 2021, Month: 5}
	return []water.Reading{
		{Section: "s04", Month: month, Span: water.OfMonth, Class: class, Values: water.Values{water.NH3N: water.Number(ammonia)}, Sources: map[string]string{"class": source, "NH3-N": source}},
		{Section: "s04", Month: month, Span: water.OfYear, Class: water.II, Sources: map[string]string{"class": source}},
	}
}

// measured: readings come in once, with where each is from; a correction must be meant,
// and what was there before stays.
func measured(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	by := ledger.ReadingsBy{Plan: "jincheng", Office: "shuizhiban", Actor: "wang"}
	holds := w.holds()
	put := func(all []water.Reading) []ledger.ReadingChange {
		t.Helper()
		would, err := w.WouldRead(w.ctx, by.Office, all)
		w.ok(err)
		changes, err := w.PutReadings(w.ctx, by, all, evening)
		w.ok(err)
		w.is("as foretold", changes, would)
		return changes
	}
	first := someReadings("0.59", water.III)
	w.is("came in", len(put(first)), 2)
	w.is("events", w.last(2), []string{ledger.WaterRead, ledger.WaterRead})
	w.is("again", len(put(first)), 0)
	w.is("nothing more", w.holds(), holds+2)
	all, err := w.Readings(w.ctx, "shuizhiban", ledger.ReadingFilter{})
	w.ok(err)
	w.is("kept", all, first)

	more := []water.Reading{{Section: "s04", Month: first[0].Month, Span: water.OfMonth, Values: water.Values{water.TP: water.Number("0.02")}, Sources: map[string]string{"TP": "站.csv B2"}}}
	w.is("what is new beside is no correction", put(more)[0].Corrected, []water.Corrected(nil))

	wrong := someReadings("0.95", water.III)[:1]
	_, err = w.PutReadings(w.ctx, by, wrong, evening)
	w.is("it must be meant", errors.Is(err, ledger.ErrCorrects), true)
	by.Correct, by.Reason = true, "抄错一位"
	changes := put(wrong)
	w.is("corrected", changes[0].Corrected, []water.Corrected{{Field: "NH3-N", Old: "0.59", New: "0.95"}})
	w.is("the rest stays", changes[0].Reading.Values[water.TP].String(), "0.02")

	frozen := []water.Reading{{Section: "s04", Month: first[0].Month, Span: water.OfMonth, State: water.Frozen, Sources: map[string]string{"state": "电话"}}}
	w.is("nothing was measured after all", len(put(frozen)[0].Corrected), 3)
	now, err := w.Readings(w.ctx, "shuizhiban", ledger.ReadingFilter{Section: "s04"})
	w.ok(err)
	w.is("what came in since it was read is read", slices.ContainsFunc(now, func(r water.Reading) bool { return r.State == water.Frozen }), true)
	versions, err := w.ReadingVersions(w.ctx, "shuizhiban", first[0].Section)
	w.ok(err)
	versions = slices.DeleteFunc(versions, func(v ledger.ReadingVersion) bool { return v.Reading.Span != water.OfMonth })
	w.is("all that came in", len(versions), 4)
	w.is("the old value is kept", versions[0].Reading.Values[water.NH3N].String(), "0.59")
	w.is("why", versions[2].Reason, "抄错一位")
	w.is("who", versions[3].Actor, "wang")

	came, err := w.ReadingsCame(w.ctx, "shuizhiban")
	w.ok(err)
	var months []ledger.ReadingVersion
	for _, one := range came {
		if one.Reading.Span == water.OfMonth {
			months = append(months, one)
		}
	}
	w.is("the same, of all sections at once", months, versions)
	w.is("with what is of the year", len(came), len(versions)+1)
	none, err := w.ReadingsCame(w.ctx, "another")
	w.ok(err)
	w.is("of another office nothing", len(none), 0)

	other, err := w.Readings(w.ctx, "another", ledger.ReadingFilter{Section: "s04"})
	w.ok(err)
	w.is("another office's register is another", len(other), 0)
	june := first[0].Month.Add(1)
	later, err := w.Readings(w.ctx, "shuizhiban", ledger.ReadingFilter{From: june})
	w.ok(err)
	w.is("by month", len(later), 0)
	outlet := []water.Reading{{Section: water.PlaceOfOutlet("P-01"), Month: first[0].Month, Span: water.OfMonth, Values: water.Values{water.Solids: water.Number("12")}, Sources: map[string]string{"SS": "5月.csv B2"}}}
	w.is("an outlet's month", len(put(outlet)), 1)
	outlet[0].Values = water.Values{water.Solids: water.Number("21")}
	w.is("corrected, too", put(outlet)[0].Corrected, []water.Corrected{{Field: "SS", Old: "12", New: "21"}})
	drained, err := w.Readings(w.ctx, "shuizhiban", ledger.ReadingFilter{Outlets: true, From: first[0].Month, To: june})
	w.ok(err)
	w.is("outlets alone", drained, outlet)
	drained, err = w.Readings(w.ctx, "shuizhiban", ledger.ReadingFilter{Section: water.PlaceOfOutlet("P-01")})
	w.ok(err)
	w.is("one outlet", drained, outlet)
	versions, err = w.ReadingVersions(w.ctx, "shuizhiban", water.PlaceOfOutlet("P-01"))
	w.ok(err)
	w.is("the outlet's old value is kept", []string{versions[0].Reading.Values[water.Solids].String(), versions[1].Corrected[0].Old, versions[1].Reason}, []string{"12", "12", "抄错一位"})
	sectionsCame, err := w.ReadingsCame(w.ctx, "shuizhiban")
	w.ok(err)
	w.is("no outlet among what came of sections", len(sectionsCame), len(came))
	sections, err := w.Readings(w.ctx, "shuizhiban", ledger.ReadingFilter{})
	w.ok(err)
	w.is("no outlet among sections", len(sections), 2)
	some, err := w.Readings(w.ctx, "shuizhiban", ledger.ReadingFilter{Section: "s04", To: june})
	w.ok(err)
	w.is("up to a month", len(some), 2)
}
