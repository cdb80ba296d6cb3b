package ledger

import (
	"embed"
	"io/fs"
)

//go:embed migrations/*/*.sql
var embedded embed.FS

// migrations holds one folder a database; a number means the same in both. The first one is
// the schema of release 0.2.0. A test gives it one more.
var migrations fs.FS = embedded
