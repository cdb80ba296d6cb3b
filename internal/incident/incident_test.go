package incident_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"duban/internal/incident"
	"duban/internal/water"
)

// at is an hour after the order.
func at(hours float64) time.Time {
	return time.Date(2021, 6, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(hours * float64(time.Hour)))
}

func flow(hours float64, rate string) incident.Flow {
	return incident.Flow{At: at(hours), Rate: decimal.RequireFromString(rate)}
}

func supply(flows ...incident.Flow) incident.Supply {
	return incident.Supply{Given: at(0), From: at(2), Until: at(50), Rate: decimal.NewFromInt(3), Flows: flows}
}

func TestWhatHasFlowed(t *testing.T) {
	t.Parallel()
	s := supply(flow(4, "2"), flow(10, "3.5"))
	require.Equal(t, "518400", s.Planned().String(), "3 m³/s for 48 hours")
	for hours, want := range map[float64]string{3: "0", 4: "0", 5: "7200", 10: "43200", 11: "55800"} {
		require.Equal(t, want, s.Volume(at(hours)).String(), "%v hours after the order", hours)
	}
	s.Ended = at(12)
	require.Equal(t, "68400", s.Volume(at(100)).String())
	require.Equal(t, "55800", s.Volume(at(11)).String(), "read for an earlier instant")
	require.Equal(t, "0", supply().Volume(at(100)).String())
}

// The volume is the sum over any cut of the time, never falls, and does not depend on the order
// in which reports came in.
func TestPropertiesOfTheVolume(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		var s incident.Supply
		for range r.IntN(6) {
			s.Flows = append(s.Flows, incident.Flow{At: at(float64(r.IntN(100))), Rate: decimal.New(r.Int64N(9000), -3)})
		}
		shuffled := s
		shuffled.Flows = append([]incident.Flow(nil), s.Flows...)
		s.InOrder()
		shuffled.InOrder()
		last := decimal.Zero
		hourly := decimal.Zero
		for h := range 120 {
			now := s.Volume(at(float64(h)))
			require.False(t, now.LessThan(last))
			require.True(t, now.Equal(shuffled.Volume(at(float64(h)))))
			if h > 0 {
				rate := decimal.Zero
				for _, f := range s.Flows {
					if !f.At.After(at(float64(h - 1))) {
						rate = f.Rate
					}
				}
				hourly = hourly.Add(rate.Mul(decimal.NewFromInt(3600)))
			}
			require.True(t, now.Equal(hourly), "%s, hour by hour %s", now, hourly)
			last = now
		}
		if len(s.Flows) > 0 {
			s.Ended = s.Flows[len(s.Flows)-1].At.Add(time.Hour)
			require.True(t, s.Volume(at(10000)).Equal(s.Volume(s.Ended)), "nothing flows after the end")
		}
	}
}

func TestWhatIsOwedByTheHour(t *testing.T) {
	t.Parallel()
	rules := incident.Replenish{Begin: 4, Report: 12, End: 2}
	owed := func(s incident.Supply) string {
		l, any := s.Owed(rules)
		if !any {
			return ""
		}
		return string(l.Step) + " " + l.By.Sub(at(0)).String()
	}
	s := supply()
	require.Equal(t, "begin 6h0m0s", owed(s), "four hours after the instant that the order names")
	late := s
	late.Given = at(3)
	require.Equal(t, "begin 7h0m0s", owed(late), "the order came after that instant")
	require.Equal(t, 30*time.Minute, s.Limits(rules)[0].Late(at(6.5)))
	require.Zero(t, s.Limits(rules)[0].Late(at(6)))

	s = supply(flow(8, "3"))
	require.Equal(t, []incident.Limit{{Step: incident.Begins, By: at(6), Done: at(8)}, {Step: incident.Reports, By: at(20)}, {Step: incident.Ends, By: at(52)}}, s.Limits(rules))
	require.Equal(t, 2*time.Hour, s.Limits(rules)[0].Late(at(100)), "it stays two hours late")
	require.Equal(t, "report 20h0m0s", owed(s))
	s = supply(flow(8, "3"), flow(19, "3"), flow(33, "2.8"))
	require.Equal(t, []incident.Limit{{Step: incident.Begins, By: at(6), Done: at(8)}, {Step: incident.Reports, By: at(31), Done: at(33)}, {Step: incident.Reports, By: at(45)}, {Step: incident.Ends, By: at(52)}}, s.Limits(rules), "reports in time are no limit any more")
	s = supply(flow(8, "3"), flow(40, "3"))
	require.Equal(t, "end 52h0m0s", owed(s), "the next report would come after the end")
	s.Ended = at(49)
	require.Empty(t, owed(s))
	require.Empty(t, supply(flow(8, "3")).Limits(incident.Replenish{}), "no limits, nothing is owed")
}

func TestWhatIsAboveASection(t *testing.T) {
	t.Parallel()
	reg := &water.Register{Sections: []water.Section{{ID: "low", Upstream: []string{"left", "right"}}, {ID: "left", Upstream: []string{"top"}}, {ID: "right", Upstream: []string{"top", "left"}}, {ID: "top"}, {ID: "elsewhere"}}}
	outlets := &incident.Registry{Outlets: []incident.Outlet{{ID: "o1", Section: "top"}, {ID: "o2", Section: "low"}, {ID: "o3", Section: "elsewhere"}, {ID: "o4", Section: "right"}, {ID: "o5", Section: "low"}, {ID: "o6", Section: "gone"}}}
	ids := func(section string) (all []string) {
		for _, a := range outlets.Upstream(reg, section) {
			all = append(all, a.ID+string(rune('0'+a.Past)))
		}
		return all
	}
	require.Equal(t, []string{"o20", "o50", "o41", "o12"}, ids("low"), "the nearest first")
	require.Equal(t, []string{"o40", "o11"}, ids("right"))
	require.Equal(t, []string{"o30"}, ids("elsewhere"))
	require.Empty(t, ids("left")[1:], "o1 alone")
	require.Empty(t, (*incident.Registry)(nil).Upstream(reg, "low"))
	_, ok := outlets.Outlet("o9")
	require.False(t, ok)
}

func TestReadingAFlow(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"3": "3", "0.85": "0.85", "0": "0", "1200.125": "1200.125"} {
		n, err := incident.ReadRate(text)
		require.NoError(t, err)
		require.Equal(t, want, n.String())
	}
	for _, text := range []string{"", "-1", "3 m³/s", "1.0005", "12345", "三"} {
		_, err := incident.ReadRate(text)
		require.Error(t, err, text)
	}
}
