package query_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/query"
	quality "duban/internal/water"
)

func TestAMonthOfSections(t *testing.T) {
	t.Parallel()
	for name, address := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, address(t))
			r := w.reader()
			unit := person("li", "gaoping")
			m, err := r.WaterMonth(t.Context(), unit, "", quality.Month{})
			require.NoError(t, err)
			require.Equal(t, "2021-05", m.Month.String(), "the last of which anything is known")
			require.Equal(t, quality.Missed, m.Rows[0].Month.Outcome)
			require.Equal(t, 1, m.Sum.Missed)
			m, err = r.WaterMonth(t.Context(), unit, "water", quality.Month{Year: 2021, Month: 6})
			require.NoError(t, err)
			require.Equal(t, 1, m.Sum.None)
			s, err := r.WaterSection(t.Context(), unit, "", "s01")
			require.NoError(t, err)
			require.Len(t, s.Months, 1)
			require.Equal(t, "5月.xlsx B2", s.Months[0].Versions[0].Reading.Sources["class"])
			_, err = r.WaterSection(t.Context(), unit, "", "牛村")
			require.ErrorIs(t, err, query.ErrNoSuchSection)
			_, err = r.WaterMonth(t.Context(), unit, "air", quality.Month{})
			require.ErrorIs(t, err, query.ErrNoSections)
		})
	}
}
