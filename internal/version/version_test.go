package version

import (
	"os"
	"regexp"
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheReleaseIsTheNewestOfTheChangelog(t *testing.T) {
	raw, err := os.ReadFile("../../CHANGELOG.md")
	require.NoError(t, err)
	newest := regexp.MustCompile(`(?m)^## \[(.+?)\]`).FindSubmatch(raw)
	require.NotNil(t, newest, "CHANGELOG.md names no release")
	if string(newest[1]) == "Unreleased" {
		require.Regexp(t, `^\d+\.\d+\.\d+-dev$`, Release)
		return
	}
	require.Equal(t, string(newest[1]), Release)
}

func TestText(t *testing.T) {
	setting := func(k, v string) debug.BuildSetting { return debug.BuildSetting{Key: k, Value: v} }
	info := &debug.BuildInfo{GoVersion: "go1.26.8"}
	require.Equal(t, Release+" (go1.26.8)", text(info))
	info.Settings = []debug.BuildSetting{
		setting("vcs.revision", "0123456789abcdef0123"), setting("vcs.time", "2027-01-08T03:04:05+08:00"), setting("vcs.modified", "false"),
	}
	require.Equal(t, Release+" (0123456789ab, 2027-01-07, go1.26.8)", text(info))
	info.Settings[2].Value = "true"
	require.Equal(t, Release+" (0123456789ab modified, 2027-01-07, go1.26.8)", text(info))
}
