package host

import (
	"io"
	"log/slog"
	"strings"

	"duban/internal/settings"
)

// Logger is the process's log. It writes to w, in the format and from the level of cfg, and
// replaces passwords.
func Logger(cfg settings.Config, w io.Writer) *slog.Logger {
	w = redacting{w, strings.NewReplacer(secrets(cfg)...)}
	opts := &slog.HandlerOptions{Level: cfg.LogLevel}
	if cfg.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, opts))
	}
	return slog.New(slog.NewTextHandler(w, opts))
}
