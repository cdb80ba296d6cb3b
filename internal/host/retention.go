package host

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/durationpb"

	"duban/internal/settings"
)

// forEver is how long the embedded server keeps the histories of ended workflows when the
// setting KeepTemporal is 0: ten years.
const forEver = 3650 * 24 * time.Hour

// keeps tells the embedded server for how many days (cfg.KeepTemporal) to keep the
// histories of ended workflows. They may be deleted: a task that has ended in the ledger
// too is never started again from its history.
func (h *Host) keeps(ctx context.Context, cfg settings.Config) error {
	if h.server == nil {
		return nil // the operator of a cluster sets the retention of its namespace: internal/deploy/namespace
	}
	want := time.Duration(cfg.KeepTemporal) * 24 * time.Hour
	if want == 0 {
		want = forEver
	}
	service := h.Client.WorkflowService()
	d, err := service.DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: h.namespace})
	if err != nil {
		return fmt.Errorf("host: retention of namespace %s: %w", h.namespace, err)
	}
	if d.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration() == want {
		return nil
	}
	d.Config.WorkflowExecutionRetentionTtl = durationpb.New(want)
	if _, err = service.UpdateNamespace(ctx, &workflowservice.UpdateNamespaceRequest{Namespace: h.namespace, Config: d.Config}); err != nil {
		return fmt.Errorf("host: retention of namespace %s: %w", h.namespace, err)
	}
	return nil
}

// clears removes the .eml files in the folder dir that are older than days, and gives how
// many; with days 0 none.
func clears(dir string, days int, now time.Time) (gone int, err error) {
	if days == 0 {
		return 0, nil
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.eml"))
	if err != nil {
		return 0, err
	}
	oldest := now.AddDate(0, 0, -days)
	for _, file := range files {
		info, err := os.Lstat(file)
		if err != nil || info.Mode()&fs.ModeType != 0 || !info.ModTime().Before(oldest) {
			continue // the file is gone meanwhile, is no plain file, or is younger
		}
		if err := os.Remove(file); err != nil {
			return gone, fmt.Errorf("host: outbox: %w", err)
		}
		gone++
	}
	return gone, nil
}

// clearing is the time between two clearings of the outbox.
const clearing = 24 * time.Hour

// clearOutbox clears the outbox once a day until ctx ends, unless cfg.KeepOutbox is 0.
func (h *Host) clearOutbox(ctx context.Context, cfg settings.Config) {
	for cfg.KeepOutbox > 0 {
		gone, err := clears(cfg.Outbox, cfg.KeepOutbox, time.Now())
		if err != nil {
			h.log.Warn("Old files of the outbox could not be removed; it is tried again", "in", clearing, "error", err)
		}
		if gone > 0 {
			h.log.Info("Old files of the outbox were removed", "files", gone, "older_than_days", cfg.KeepOutbox)
		}
		select {
		case <-time.After(clearing):
		case <-ctx.Done():
			return
		}
	}
}
