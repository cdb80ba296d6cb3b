package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHealthy(t *testing.T) {
	t.Parallel()
	works := true
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if !works {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	_, port, _ := strings.Cut(strings.TrimPrefix(s.URL, "http://"), ":")
	require.NoError(t, healthy("0.0.0.0:"+port))
	require.NoError(t, healthy(":"+port))
	works = false
	require.ErrorContains(t, healthy("127.0.0.1:"+port), "503")
	s.Close()
	require.Error(t, healthy("127.0.0.1:"+port))
	require.ErrorContains(t, healthy(""), "DUBAN_METRICS")
}
