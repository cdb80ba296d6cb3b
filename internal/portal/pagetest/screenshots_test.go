//go:build screenshots

package pagetest_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/portal/portaltest"
)

// screenshots is a folder into which TestScreenshots writes the pictures of the READMEs.
var screenshots = flag.String("screenshots", "", "folder to write pictures of the pages into")

// TestScreenshots takes the pictures that the READMEs show: make screenshots. It is built
// with the build tag alone, since it checks nothing.
func TestScreenshots(t *testing.T) {
	t.Parallel()
	require.NoError(t, os.MkdirAll(*screenshots, 0o755))
	for _, one := range []struct {
		name, lang, account, path string
		width                     int64
	}{
		{"lead", "", "fu-shizhang", "/lead", 400}, {"board", "", "shuizhiban", "/plans/" + planID, 1100}, {"year", "", "shuizhiban", "/plans/" + planID + "/year", 1100},
		{"todo", "", "gaoping", "/todo", 400},
		{"todo", "en", "gaoping", "/todo", 400},
		{"lead", "en", "fu-shizhang", "/lead", 400}, {"board", "en", "shuizhiban", "/plans/" + planID, 1100}, {"year", "en", "shuizhiban", "/plans/" + planID + "/year", 1100},
	} {
		p := as(t, one.account, portaltest.Look{Language: one.lang, Width: one.width})
		p.Go(one.path)
		p.Wide(one.width)
		name := one.name + ".png"
		if one.lang != "" {
			name = one.name + "." + one.lang + ".png"
		}
		require.NoError(t, os.WriteFile(filepath.Join(*screenshots, name), p.Window(), 0o644))
	}
}
