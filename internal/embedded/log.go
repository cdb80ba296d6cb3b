//go:build !noembed

package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync/atomic"

	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/log/tag"
)

// nexusHint is what the server says at every start about a port that nobody here uses.
const nexusHint = "HTTP API port has not been set"

// serverLog hands the server's log to slog. Temporal's info lines are of no use to an office and come as debug; while
// stopping, so do its warnings about connections it is itself closing.
type serverLog struct {
	to       *slog.Logger
	stopping *atomic.Bool
	failed   chan error // holds one
}

func (l serverLog) Debug(string, ...tag.Tag)           {}
func (l serverLog) Info(msg string, tags ...tag.Tag)   { l.write(slog.LevelDebug, msg, tags) }
func (l serverLog) Warn(msg string, tags ...tag.Tag)   { l.write(slog.LevelWarn, msg, tags) }
func (l serverLog) Error(msg string, tags ...tag.Tag)  { l.write(slog.LevelError, msg, tags) }
func (l serverLog) DPanic(msg string, tags ...tag.Tag) { l.write(slog.LevelError, msg, tags) }
func (l serverLog) Panic(msg string, tags ...tag.Tag)  { panic(sentence(msg, tags)) }
func (l serverLog) With(tags ...tag.Tag) log.Logger {
	return serverLog{l.to.With(attrs(tags)...), l.stopping, l.failed}
}
func (l serverLog) SLog() *slog.Logger { return l.to }

// noClient is what the server says when it could not reach itself for a minute (GetSystemClient in common/sdk).
const noClient = "error creating sdk client"

// Fatal says that the server, or a part of it, cannot go on. It must not return, and it must not end the process, which
// may only be stopping: it ends the goroutine, and whoever runs the server hears why.
//
// The goroutine that could not make the server's own client waits instead, for as long as the process runs: it is within
// a sync.Once, and others that wait for the same client would take it for made, find none and end the process by a panic.
// The server gives up waiting for it when it is stopped.
func (l serverLog) Fatal(msg string, tags ...tag.Tag) {
	l.write(slog.LevelError, msg, tags)
	if !l.stopping.Load() {
		select {
		case l.failed <- errors.New(sentence(msg, tags)):
		default:
		}
	}
	if msg == noClient {
		select {}
	}
	runtime.Goexit()
}

func sentence(msg string, tags []tag.Tag) string {
	for _, t := range tags {
		msg += fmt.Sprintf(" %s=%v", t.Key(), t.Value())
	}
	return msg
}

func (l serverLog) write(level slog.Level, msg string, tags []tag.Tag) {
	if l.stopping.Load() || strings.HasPrefix(msg, nexusHint) || cancelled(tags) {
		level = slog.LevelDebug
	}
	if l.to.Enabled(context.Background(), level) {
		l.to.Log(context.Background(), level, msg, attrs(tags)...)
	}
}

// cancelled tells that a caller went away in the middle, as a person does who presses Ctrl-C: no fault of the server's.
func cancelled(tags []tag.Tag) bool {
	for _, t := range tags {
		if err, ok := t.Value().(error); ok && strings.HasSuffix(err.Error(), context.Canceled.Error()) {
			return true
		}
		if text, ok := t.Value().(string); ok && t.Key() == "error" && strings.HasSuffix(text, context.Canceled.Error()) {
			return true
		}
	}
	return false
}

func attrs(tags []tag.Tag) []any {
	out := make([]any, 0, len(tags))
	for _, t := range tags {
		out = append(out, slog.Any(t.Key(), t.Value()))
	}
	return out
}
