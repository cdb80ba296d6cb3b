package host

import (
	"context"
	"errors"
	"log/slog"

	"duban/internal/ledger"
	"duban/internal/settings"
)

// ErrRoot: the data folder is a relative path and the program was started in the folder /,
// where no office is made.
var ErrRoot = errors.New("host: the folder is relative and the program was started in /")

// Init makes a new office: its folder and an empty ledger. made is false where there is a
// ledger already, even of an older version, which is left as it is. ErrRoot: see there.
func Init(ctx context.Context, cfg settings.Config, log *slog.Logger) (made bool, err error) {
	store, err := OpenLedger(ctx, cfg, true, log)
	switch {
	case err == nil:
		return false, store.Close()
	case errors.Is(err, ledger.ErrSchemaOlder):
		return false, nil
	case !errors.Is(err, ledger.ErrNoLedger):
		return false, err
	case cfg.FromRoot:
		return false, ErrRoot
	}
	return true, ledger.Make(ctx, LedgerURL(cfg))
}
