package host

import (
	"duban/internal/door"
	"duban/internal/embedded"
)

// Errors that Open may fail with, beside ErrOtherLedger and ErrCopied, for errors.Is.
var (
	ErrNoEngine  = door.ErrNoEngine      // the settings name no cluster, and no engine runs on the folder
	ErrStarting  = door.ErrStarting      // the folder's engine is not ready yet, or is stopping
	ErrFrozen    = door.ErrFrozen        // the folder's engine does not answer
	ErrStranger  = door.ErrStranger      // the engine at the port is of another folder
	ErrDirInUse  = embedded.ErrDirInUse  // another engine runs on the folder
	ErrPortInUse = embedded.ErrPortInUse // the engine's or the web UI's port is taken
)
