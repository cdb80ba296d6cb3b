package pagetest_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"duban/internal/portal"
)

// noPage are rows of the table of routes that give no page of their own, each with what it
// gives.
var noPage = map[string]string{
	"/{$}":                                    "leads to the first page of whoever is signed in",
	"/live":                                   "news for a page, without an end",
	"/signin/oidc":                            "leads to another service",
	"/signin/oidc/back":                       "comes from another service",
	"/plans/{plan}/archive":                   "a file",
	"/plans/{plan}/book":                      "a file",
	"/plans/{plan}/report/sheet":              "a file",
	"/plans/{plan}/publicity/file":            "a file",
	"/water/sheet":                            "a file",
	"/water/outlets/sheet":                    "a file",
	"/water/zones/sheet":                      "a file",
	"/water/compensation/sheet":               "a file",
	"/incidents/sheet/{incident}":             "a file",
	"/assessment/sheet":                       "a file",
	"/assessment/files/{hash}":                "a file",
	"/incidents/{incident}/files/{hash}":      "a file",
	"/progress/sheet":                         "a file",
	"/directory/sheet":                        "a file",
	"/drafts/{draft}/files/{name}":            "a file",
	"/plans/{plan}/tasks/{task}/files/{hash}": "a file",
	"/plans/{plan}/talks/{talk}/files/{hash}": "a file",
}

// TestEveryPageIsLookedAt: every row of the table of routes that gives a page is in one of the
// lists by which tests look at pages, with axe and 360 pixels wide in both languages, by the
// keyboard alone and without JavaScript.
func TestEveryPageIsLookedAt(t *testing.T) {
	t.Parallel()
	table, rows := http.NewServeMux(), map[string]bool{}
	for _, rt := range portal.Routes() {
		if rt.Method == http.MethodGet {
			table.HandleFunc("GET "+rt.Path, func(http.ResponseWriter, *http.Request) {})
			rows[rt.Path] = true
		}
	}
	for path := range noPage {
		assert.True(t, rows[path], "%s is no row of the table", path)
	}
	looked := map[string]bool{}
	for _, list := range []map[string][]string{pages, own, atTheDoor, assessed, handled, drained, complained, schemed, zoned, tried} {
		for who, paths := range list {
			for _, path := range paths {
				address, err := url.Parse(strings.NewReplacer("{", "", "}", "").Replace(path))
				require.NoError(t, err)
				_, row := table.Handler(httptest.NewRequest(http.MethodGet, address.String(), nil))
				require.True(t, row != "" || path == "/nosuch", "%s: %s is not served", who, path)
				looked[strings.TrimPrefix(row, "GET ")] = true
			}
		}
	}
	for path := range rows {
		assert.True(t, looked[path] || noPage[path] != "", "no test looks at %s: it belongs in one of the lists", path)
		assert.False(t, looked[path] && noPage[path] != "", "%s is a page", path)
	}
}
