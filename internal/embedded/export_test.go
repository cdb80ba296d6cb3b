//go:build !noembed

package embedded

import "time"

// Hurry makes a start wait for a locked file, and between its words, for so long only, until undo.
func Hurry(d time.Duration) (undo func()) {
	b, s := busy, sayAfter
	busy, sayAfter = d, d
	return func() { busy, sayAfter = b, s }
}

// Ports are those of all four services.
func (s *Server) Ports() []int { return s.ports }
