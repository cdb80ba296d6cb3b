package planfile

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The register's short cuts say what people.Directory says.
func TestTheRegisterResolvesLikeTheDirectory(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(seedDir + "/jincheng-2021-water/units.yaml")
	require.NoError(t, err)
	r, s := newRegister(), &source{&book{}, "units.yaml"}
	for _, g := range s.units(raw, r) {
		g.group(r)
	}
	require.Empty(t, s.problems)
	names := r.everyName()
	require.Greater(t, len(names), 50)
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(names).Draw(t, "name")
		switch rapid.IntRange(0, 3).Draw(t, "as") {
		case 1:
			name = " " + name + "　"
		case 2:
			name += "x"
		case 3:
			name = name[:len(name)/2]
		}
		for range 2 { // the second time from memory
			ids, collective, ok := r.Resolve(name)
			require.Equal(t, answer{ids: ids, collective: collective, ok: ok}, r.resolve(name))
		}
	})
}

func TestNearMisses(t *testing.T) {
	t.Parallel()
	b := &book{}
	units := []string{"市水务局", "市农业农村局", "高平市", "各县（市、区）人民政府", "泽州县"}
	for typed, want := range map[string]string{
		"水务局": "市水务局", "市水务据": "市水务局", "市农业局": "市农业农村局", "高平市人民政府": "高平市",
		"各县(市区)人民政府": "各县（市、区）人民政府", "Ｘ": "", "": "",
	} {
		got := b.near(typed, units)
		if want == "" {
			require.Empty(t, got, typed)
			continue
		}
		require.Equal(t, want, strings.Split(got, " / ")[0], typed)
	}
	b.hints = nearMisses
	require.Empty(t, b.near("水务局", units), "no more after so many")
}
