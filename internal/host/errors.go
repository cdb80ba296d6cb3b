package host

import "duban/internal/embedded"

// What Open may fail with besides ErrNoEngine, for errors.Is.
var (
	ErrDirInUse  = embedded.ErrDirInUse  // another engine runs on the folder
	ErrPortInUse = embedded.ErrPortInUse // the engine's or the web UI's port is taken
)
