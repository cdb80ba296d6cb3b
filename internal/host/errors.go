package host

import (
	"duban/internal/door"
	"duban/internal/embedded"
)

// What Open may fail with besides ErrOtherLedger and ErrCopied, for errors.Is.
var (
	ErrNoEngine  = door.ErrNoEngine      // no cluster is named and no engine runs on the folder
	ErrStarting  = door.ErrStarting      // an engine has the folder and is not ready, or is stopping
	ErrFrozen    = door.ErrFrozen        // an engine has the folder and says nothing
	ErrStranger  = door.ErrStranger      // the port is another engine's
	ErrDirInUse  = embedded.ErrDirInUse  // another engine runs on the folder
	ErrPortInUse = embedded.ErrPortInUse // the engine's or the web UI's port is taken
)
