package water_test

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"duban/internal/water"
)

func values(t *testing.T, pairs ...string) water.Values {
	t.Helper()
	all := water.Values{}
	for _, p := range pairs {
		name, number, ok := strings.Cut(p, "=")
		require.True(t, ok, p)
		i, err := water.ReadItem(name)
		require.NoError(t, err)
		v, err := water.ReadValue(number)
		require.NoError(t, err)
		all[i] = v
	}
	return all
}

// overs are items with their multiples as bulletins print them.
func overs(all []water.Over) (texts []string) {
	for _, o := range all {
		text := o.Item.Name()
		if o.Times != nil {
			text += "(" + o.Times.Round(3).String() + ")"
		}
		texts = append(texts, text)
	}
	return texts
}

// 上海市静安区地表水考核断面，2024年2月: concentrations and the classes that were published.
func TestABulletinWithConcentrations(t *testing.T) {
	t.Parallel()
	judged := append(water.Five(), water.COD, water.BOD5, water.Phenol, water.Oil)
	for _, s := range []struct {
		name, target, class string
		values              []string
	}{
		{"汶水路桥", "Ⅴ", "Ⅲ", []string{"pH=8", "DO=9.5", "CODMn=3.2", "COD=12", "BOD5=2.8", "氨氮=0.59", "总磷=0.11", "总氮=2.56", "挥发性酚=0.0004", "石油类=0.005"}},
		{"共和新路桥", "Ⅴ", "Ⅲ", []string{"pH=9", "DO=10.8", "CODMn=3.4", "COD=13", "BOD5=2.9", "氨氮=0.48", "总磷=0.12", "总氮=2.07", "挥发性酚=0.0002", "石油类=0.005"}},
		{"物华苑桥", "Ⅴ", "Ⅱ", []string{"pH=8", "DO=11.8", "CODMn=2.8", "COD=10", "BOD5=2.1", "氨氮=0.06", "总磷=0.02", "总氮=0.35", "挥发性酚=0.0002", "石油类=0.005"}},
		{"徐家宅河桥", "Ⅴ", "Ⅱ", []string{"pH=8", "DO=10.1", "CODMn=2.9", "COD=12", "BOD5=2.4", "氨氮=0.07", "总磷=0.04", "总氮=0.81", "挥发性酚=0.0002", "石油类=0.005"}},
		{"江场西路1550号", "Ⅲ", "Ⅲ", []string{"pH=8", "DO=11.5", "CODMn=3.8", "COD=16", "BOD5=3.0", "氨氮=0.07", "总磷=0.04", "总氮=0.35", "挥发性酚=0.0004", "石油类=0.005"}},
		{"中扬湖桥", "Ⅲ", "Ⅱ", []string{"pH=8", "DO=8.9", "CODMn=3.2", "COD=13", "BOD5=2.0", "氨氮=0.11", "总磷=0.03", "总氮=0.58", "挥发性酚=0.0002", "石油类=0.005"}},
	} {
		class, err := water.ReadClass(s.target)
		require.NoError(t, err)
		of := values(t, s.values...)
		j := water.Judge(water.River, judged, of)
		require.Equal(t, s.class, j.Class.String(), s.name)
		require.Empty(t, water.Exceeds(water.River, judged, of, water.Target{Class: class}), s.name)
		require.Empty(t, j.Missing, s.name)
		require.Empty(t, j.Main(water.River), s.name)
	}
}

// 全国主要流域重点断面水质状况，2007年第2周: four items and the published class.
func TestTheNationalWeeklyTable(t *testing.T) {
	t.Parallel()
	judged := []water.Item{water.PH, water.DO, water.CODMn, water.NH3N}
	for _, s := range []struct {
		name, ph, do, cod, nh3, class string
		main                          []string
	}{
		{"黑龙江肇源", "6.97", "5.85", "6.3", "0.32", "Ⅳ", []string{"高锰酸盐指数(0.05)"}},
		{"黑龙江同江", "7.66", "6.03", "13.3", "1.77", "Ⅴ", []string{"高锰酸盐指数(1.217)", "氨氮(0.77)"}},
		{"吉林长春松花江村", "6.59", "7.1", "3.9", "0.57", "Ⅲ", nil},
		{"吉林白城白沙滩", "7.6", "9.03", "5.7", "0.75", "Ⅲ", nil},
		{"黑龙江黑河", "6.53", "9.65", "3.9", "0.26", "Ⅱ", nil},
		{"内蒙古呼伦贝尔黑山头", "7.25", ".03", "4.5", "0.63", "劣Ⅴ", []string{"溶解氧"}},
	} {
		j := water.Judge(water.River, judged, values(t, "pH="+s.ph, "DO="+s.do, "CODMn="+s.cod, "NH3-N="+s.nh3))
		require.Equal(t, s.class, j.Class.String(), s.name)
		require.Equal(t, s.main, overs(j.Main(water.River)), s.name)
	}
}

// 晋城市2022年11月: what two sections were over, against the target of each.
func TestJinchengNotice(t *testing.T) {
	t.Parallel()
	over := func(nh3 string, target water.Class) []string {
		return overs(water.Exceeds(water.River, water.Five(), values(t, "氨氮="+nh3), water.Target{Class: target}))
	}
	require.Equal(t, []string{"氨氮(1.12)"}, over("2.12", water.III), "郑庄")
	require.Equal(t, []string{"氨氮(0.585)"}, over("3.17", water.V), "寺底南桥")
	require.Empty(t, over("2", water.V))
}

// 广东省2016年4月，跨市河流交接断面: the target is a class but for two items, whose limits are
// in the remarks; the multiples printed are against those.
func TestATargetWithLimitsOfItsOwn(t *testing.T) {
	t.Parallel()
	limit := decimal.RequireFromString
	target := water.Target{Class: water.IV, Limits: map[water.Item]decimal.Decimal{water.NH3N: limit("3"), water.TP: limit("0.35")}}
	judged := append(water.Five(), water.COD)
	of := values(t, "氨氮=6.9", "总磷=0.56", "化学需氧量=36", "pH=7")
	require.Equal(t, []string{"氨氮(1.3)", "总磷(0.6)", "化学需氧量(0.2)"}, overs(water.Exceeds(water.River, judged, of, target)), "西湖村")
	require.Equal(t, water.Worse, water.Judge(water.River, judged, of).Class)
	of = values(t, "氨氮=2.9", "总磷=0.35", "化学需氧量=30")
	require.Empty(t, water.Exceeds(water.River, judged, of, target), "worse than Ⅴ, and on target")
}

// Published shares of classes and the grade that was published of them.
func TestGradesOfPublishedRivers(t *testing.T) {
	t.Parallel()
	for _, r := range []struct {
		name        string
		good, worse int // sections Ⅰ to Ⅲ, 劣Ⅴ
		of          int
		grade       water.Grade
	}{
		{"萩芦溪2018年5月", 5, 0, 5, water.Excellent},
		{"木兰溪2018年5月", 5, 0, 6, water.Good}, // 83.3 %
		{"新疆国考2024年11月", 67, 1, 68, water.Excellent},
		{"新疆区考湖库2024年11月", 7, 2, 9, water.Good}, // 77.8 %, although 22.2 % are 劣Ⅴ
		{"十堰2018年", 33, 2, 35, water.Excellent},
		{"丹江口库区2018年12月", 15, 0, 18, water.Good},
		{"忻州2023年3月", 13, 0, 14, water.Excellent},
		{"长江干流", 31, 0, 32, water.Excellent}, // 96.9 %
		{"长江支流", 45, 5, 62, water.Light},     // 72.6 %, 8.1 %
		{"省界河段", 15, 1, 19, water.Good},      // 78.9 %
		{"at 90 %", 9, 1, 10, water.Excellent},
		{"at 75 %", 15, 5, 20, water.Good},
		{"below 75 %, 劣Ⅴ 20 %", 7, 2, 10, water.Moderate},
		{"劣Ⅴ 40 %", 6, 4, 10, water.Heavy},
		{"劣Ⅴ 19.9 %", 0, 199, 1000, water.Light},
	} {
		var all []water.Sample
		for i := range r.of {
			c := water.IV
			if i < r.good {
				c = water.II
			} else if i >= r.of-r.worse {
				c = water.Worse
			}
			all = append(all, water.Sample{Class: c})
		}
		all = append(all, water.Sample{}) // one that was dry does not count
		j := water.JudgeRiver(water.River, water.Five(), all)
		require.Equal(t, r.grade, j.Grade, r.name)
		require.Equal(t, r.of, j.Of, r.name)
		require.False(t, j.Few)
	}
	require.Equal(t, "83.3", water.RiverJudgement{Of: 6, Count: [7]int{water.II: 5, water.IV: 1}}.Share(water.I, water.III).String())
}
