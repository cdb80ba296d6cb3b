package ledger

import "embed"

// migrations holds one folder a database; a number means the same in both.
//
//go:embed migrations/*/*.sql
var migrations embed.FS
