//go:build !noembed

package main

// embeds tells that the program under test has the Temporal server in it.
const embeds = true
