//go:build noembed

package main

const embeds = false
