package watch

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"
)

// readyWithin is how long each part may take to answer /readyz.
const readyWithin = 2 * time.Second

// Part is something that a process needs to be ready.
type Part struct {
	Name string // as /readyz calls it: ledger, temporal
	Ask  func(context.Context) error
}

// Health answers /healthz (the process lives) and /readyz (the parts that it needs answer).
// Anybody may ask; the answer names the parts and whether they answer, nothing else. Until
// Needs is called /readyz says that the process is starting.
type Health struct {
	Log   *slog.Logger
	parts atomic.Pointer[[]Part]
}

// Needs says what the process needs: it has started.
func (h *Health) Needs(parts ...Part) { h.parts.Store(&parts) }

func (h *Health) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	state, status := map[string]string{"status": "ok"}, http.StatusOK
	if r.URL.Path == "/readyz" {
		state, status = h.ready(r.Context())
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(state)
}

// ready asks every part. Without Temporal everything can be read and nothing done: the
// status then tells a load balancer not to send requests here.
func (h *Health) ready(ctx context.Context) (state map[string]string, status int) {
	parts := h.parts.Load()
	if parts == nil {
		return map[string]string{"status": "starting"}, http.StatusServiceUnavailable
	}
	state, status = map[string]string{"status": "ready"}, http.StatusOK
	for _, p := range *parts {
		short, cancel := context.WithTimeout(ctx, readyWithin)
		state[p.Name] = "ok"
		if err := p.Ask(short); err != nil {
			h.Log.Warn("Not ready", "part", p.Name, "error", err)
			state[p.Name], state["status"], status = "away", "not ready", http.StatusServiceUnavailable
		}
		cancel()
	}
	return state, status
}
