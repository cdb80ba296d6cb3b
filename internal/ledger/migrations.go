package ledger

import (
	"embed"
	"io/fs"
)

//go:embed migrations/*/*.sql
var embedded embed.FS

// migrations holds a folder for SQLite and one for PostgreSQL; a number means the same change
// in both. The first number is the schema of release 0.2.0. A test adds one more number.
var migrations fs.FS = embedded
