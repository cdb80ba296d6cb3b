package pagetest_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"duban/internal/portal/portaltest"
)

// TestStylesAndScriptsAreOf2020: browsers of 2020, which offices have, know all of them.
func TestStylesAndScriptsAreOf2020(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../static/*")
	require.NoError(t, err)
	seen := 0
	for _, f := range files {
		body, err := os.ReadFile(f)
		require.NoError(t, err)
		switch filepath.Ext(f) {
		case ".css":
			require.Empty(t, portaltest.NewerStyle(string(body)), f)
			seen++
		case ".js":
			require.Empty(t, portaltest.NewerScript(string(body)), f)
			seen++
		}
	}
	require.GreaterOrEqual(t, seen, 2)
	pages, err := filepath.Glob("../templates/*.html")
	require.NoError(t, err)
	for _, f := range pages {
		body, err := os.ReadFile(f)
		require.NoError(t, err)
		require.NotRegexp(t, `(?i)\son[a-z]+=|style="|<script>|javascript:`, string(body), "%s: the pages' policy forbids it", f)
	}
}

// TestNoPageIsHeavy: no page is above 150 kB on the wire.
func TestNoPageIsHeavy(t *testing.T) {
	t.Parallel()
	site := open(t).site.URL
	leader := looking(t, site, "fu-shizhang")
	for _, path := range pages["fu-shizhang"] {
		r, err := leader.Get(site + path)
		require.NoError(t, err)
		page, err := io.ReadAll(r.Body)
		require.NoError(t, err)
		require.NoError(t, r.Body.Close())
		require.Contains(t, string(page), "<h1", path)
		var small bytes.Buffer
		z := gzip.NewWriter(&small)
		_, err = z.Write(page)
		require.NoError(t, err)
		require.NoError(t, z.Close())
		assert.Less(t, small.Len(), 150_000, path)
	}
	r, err := http.Get(site + "/static/portal.css")
	require.NoError(t, err)
	require.NoError(t, r.Body.Close())
	require.Equal(t, http.StatusOK, r.StatusCode)
}
