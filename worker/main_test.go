package main

import (
	"bytes"
	"io"
	"os"
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
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	require.NoError(t, err)
	defer full.Close()
	for _, arg := range []string{"--version", "--help"} {
		require.Equal(t, 1, answer([]string{arg}, w, full, io.Discard), "what could not be written is an error")
	}
}
