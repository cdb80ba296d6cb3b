package planfile

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"duban/internal/strictyaml"
)

// The register's short cuts say what people.Directory says.
func TestTheRegisterResolvesLikeTheDirectory(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(seedDir + "/jincheng-2021-water/units.yaml")
	require.NoError(t, err)
	r, s := newRegister(), newSource(&strictyaml.Notes{}, nil, "units.yaml")
	for _, g := range s.units(raw, r) {
		g.group(r)
	}
	require.Empty(t, s.Problems)
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
