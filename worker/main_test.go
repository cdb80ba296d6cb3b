package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/version"
	"duban/internal/words"
)

var w = words.New("en")

func TestArgumentsNeverStartAnEngine(t *testing.T) {
	usage := w.T("help.worker")
	for _, c := range []struct {
		args   []string
		status int
		out    string
	}{
		{[]string{"--version"}, 0, "worker " + version.String() + "\n"},
		{[]string{"--help"}, 0, usage + "\n"},
		{[]string{"-h"}, 0, usage + "\n"},
		{[]string{"--hlep"}, 2, ""},
		{[]string{"start"}, 2, ""},
		{[]string{"--version", "x"}, 2, ""},
	} {
		var out, errOut bytes.Buffer
		require.Equal(t, c.status, answer(c.args, w, &out, &errOut), c.args)
		require.Equal(t, c.out, out.String(), c.args)
		require.Equal(t, c.status != 0, bytes.Contains(errOut.Bytes(), []byte("no arguments")), c.args)
	}
}
