package host

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/durationpb"

	"duban/internal/ledger"
	"duban/internal/settings"
)

// patient calls do again while the server refuses with ResourceExhausted, because it takes
// only a few changes of namespaces a second.
func patient(do func() error) (err error) {
	for busy := new(serviceerror.ResourceExhausted); ; time.Sleep(100 * time.Millisecond) {
		if err = do(); !errors.As(err, &busy) {
			return err
		}
	}
}

// Workers with two different ledgers, two of each, come to a new namespace at the same
// time, many times over: never do both ledgers get it, and if neither does, the next try
// gets it. Workers with the same ledger do not bar each other.
func TestTwoFirstWorkersMeet(t *testing.T) {
	t.Parallel()
	cfg, err := settings.Load(map[string]string{"DUBAN_DIR": t.TempDir(), "DUBAN_UI": "false"})
	require.NoError(t, err)
	h, err := Open(t.Context(), cfg, Options{Embedded: true, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Rehearsal: true, Patience: 10 * time.Minute})
	require.NoError(t, err)
	defer h.Close()
	var ledgers []*ledger.Store
	for _, name := range []string{"a", "b"} {
		s, err := ledger.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), name+".db"))
		require.NoError(t, err)
		defer s.Close()
		ledgers = append(ledgers, s)
	}
	for i := range 15 {
		space := fmt.Sprintf("meeting-%d", i)
		require.NoError(t, patient(func() error {
			_, err := h.Client.WorkflowService().RegisterNamespace(t.Context(), &workflowservice.RegisterNamespaceRequest{
				Namespace: space, WorkflowExecutionRetentionPeriod: durationpb.New(24 * time.Hour),
			})
			return err
		}))
		var workers []*Host
		for j := range 4 { // two workers with each ledger
			workers = append(workers, &Host{Client: h.Client, Ledger: ledgers[j%2], namespace: space})
		}
		results := make([]error, len(workers))
		var all sync.WaitGroup
		for j, w := range workers {
			all.Go(func() { results[j] = patient(func() error { return w.sameLedger(t.Context()) }) })
		}
		all.Wait()
		a, b := results[0] == nil || results[2] == nil, results[1] == nil || results[3] == nil
		require.False(t, a && b, "both ledgers went on with %s", space)
		for _, err := range results {
			if err != nil {
				require.ErrorIs(t, err, ErrOtherLedger)
			}
		}
		if !a && !b { // both ledgers gave way: the next try gets the namespace
			require.NoError(t, patient(func() error { return workers[0].sameLedger(t.Context()) }))
			require.ErrorIs(t, patient(func() error { return workers[1].sameLedger(t.Context()) }), ErrOtherLedger)
		}
	}
}
