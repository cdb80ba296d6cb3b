package query_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/query"
	"duban/internal/report"
	quality "duban/internal/water"
	"duban/internal/words"
	"duban/seeds"
)

// The text that is drafted of the seed's two results that must be public has what the ledger has: of
// drinking water each zone's last class of the quarter, of outlets the month by their own limits. What is
// missing is named in it. Of another quarter, and of examples, it is a frame.
func TestTheDraftOfResultsHasTheReadings(t *testing.T) {
	t.Parallel()
	const folder = "../../seeds/jincheng-2021-water/"
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	files := map[string][]byte{}
	for name, path := range map[string]string{"plan.yaml": "plan.yaml", "units.yaml": "units.yaml", "policies.yaml": "../policies.yaml", "sections.yaml": "sections.yaml", "zones.yaml": "zones-example.yaml", "incidents.yaml": "incidents-example.yaml"} {
		files[name], err = os.ReadFile(folder + path)
		require.NoError(t, err)
	}
	files["plan.yaml"] = []byte(strings.Replace(string(files["plan.yaml"]), "water: sections.yaml\n", "water: sections.yaml\nzones: zones.yaml\nincidents: incidents.yaml\n", 1))
	files["zones.yaml"] = []byte(strings.Replace(string(files["zones.yaml"]), "name: 沁河阳城功能区, kind: 农业用水区", "name: 九女湖水源, kind: 饮用水源区", 1))
	drafts := func(adopted bool) map[string]string {
		t.Helper()
		with := map[string][]byte{}
		for name, raw := range files {
			if with[name] = raw; adopted {
				with[name] = []byte(strings.Replace(string(raw), "example: true\n", "", 1))
			}
		}
		p, problems := planfile.LoadFiles(with, cal)
		require.NotNil(t, p, "%v", problems)
		store, err := ledger.Open(t.Context(), databases["SQLite"](t))
		require.NoError(t, err)
		t.Cleanup(func() { store.Close() })
		at := p.Issued.At(9, 0, calendar.Beijing)
		by := ledger.When{Real: at, Plan: at}
		var tasks []ledger.Task
		for _, k := range p.Tasks {
			for _, period := range map[string][]string{"4.2-monitor": {"2021Q2", "2021Q3"}, "5.1-publish": {"2021-05"}}[k.ID] {
				one := k
				one.ID, one.Kind, one.Recur, one.Due = k.ID+"."+period, plan.Dated, nil, calendar.NewDay(2021, 7, 10)
				o := ledger.TaskOf(p, one, at)
				o.Duty, o.Period = k.ID, period
				tasks = append(tasks, o)
			}
		}
		require.Len(t, tasks, 3)
		_, err = store.AddPlan(t.Context(), ledger.Launched{Plan: *p, At: at}, tasks, by)
		require.NoError(t, err)
		month := func(n int) quality.Month { return quality.Month{Year: 2021, Month: n} }
		read := func(place string, n int, r quality.Reading) quality.Reading {
			r.Section, r.Month, r.Span = place, month(n), quality.OfMonth
			return r
		}
		n := quality.Number
		_, err = store.PutReadings(t.Context(), ledger.ReadingsBy{Plan: p.ID, Office: p.Directory.Office, Actor: "x"}, []quality.Reading{
			read("s05", 5, quality.Reading{Class: quality.II}), read("s05", 6, quality.Reading{State: quality.Unmonitored}),
			read("outlet/eg-01", 5, quality.Reading{Values: quality.Values{quality.COD: n("41"), quality.NH3N: n("6.3"), quality.TP: n("0.38"), quality.Solids: n("9")}}),
		}, by)
		require.NoError(t, err)
		reader := query.New(store, query.Options{Now: func() time.Time { return at.AddDate(0, 3, 0) }, Calendar: func(imported ...calendar.Year) (*calendar.Calendar, error) { return cal.With(imported...), nil }})
		all, err := reader.Publicity(t.Context(), person("o", p.Directory.Office), p.ID)
		require.NoError(t, err)
		texts := map[string]string{}
		for i, line := range all.Lines {
			page, total, err := reader.PublicityPage(t.Context(), person("o", p.Directory.Office), p.ID, i, 1)
			require.NoError(t, err)
			require.Equal(t, []query.PublicLine{line}, page.Lines)
			require.Equal(t, len(all.Lines), total)
			_, texts[line.Key] = report.Speak(words.New("zh")).PublicDraft(line.Facts)
			alone, err := reader.PublicityOf(t.Context(), person("o", p.Directory.Office), p.ID, line.Key)
			require.NoError(t, err)
			require.Equal(t, []query.PublicLine{line}, alone.Lines)
		}
		none, err := reader.PublicityOf(t.Context(), person("o", p.Directory.Office), p.ID, "")
		require.NoError(t, err)
		require.Empty(t, none.Lines)
		return texts
	}
	texts := drafts(true)
	require.Contains(t, texts["4.2-monitor.2021Q2"], "监测结果：\n沁河张峰水库功能区：Ⅱ（达标），2021年5月\n九女湖水源：没有数据\n评价：")
	require.Contains(t, texts["5.1-publish.2021-05"], "监测结果：\n示例一号入河排污口：化学需氧量 41、氨氮 6.3、总磷 0.38、悬浮物 9（超标：氨氮(0.26)）\n示例污水处理厂：未报\n单位：mg/L（pH 无量纲，色度为倍，粪大肠菌群为个/L）\n排污口 2 个，有监测数据 1 个；达标 0 个，超标 1 个；未报 1 个\n评价：")
	require.Contains(t, texts["4.2-monitor.2021Q3"], "监测结果：\n评价：")
	for name, text := range drafts(false) {
		require.Contains(t, text, "监测结果：\n评价：", name)
	}
}
