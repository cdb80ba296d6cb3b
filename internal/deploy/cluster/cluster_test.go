package cluster_test

import (
	"database/sql"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"duban/internal/deploy/cluster"
	"duban/workflows"
)

// TestCluster: what the containers are made of works together, from the schema to a workflow with search attributes.
func TestCluster(t *testing.T) {
	t.Parallel()
	at := cluster.Start(t)
	c, err := client.Dial(client.Options{
		HostPort: at.Address, Namespace: at.Namespace,
		Logger: log.NewStructuredLogger(slog.New(slog.NewTextHandler(io.Discard, nil))),
	})
	require.NoError(t, err)
	defer c.Close()

	space, err := c.WorkflowService().DescribeNamespace(t.Context(), &workflowservice.DescribeNamespaceRequest{Namespace: at.Namespace})
	require.NoError(t, err)
	require.Equal(t, 90*24*time.Hour, space.Config.WorkflowExecutionRetentionTtl.AsDuration())

	w := worker.New(c, "q", worker.Options{})
	w.RegisterWorkflowWithOptions(func(ctx workflow.Context) (string, error) {
		return "done", workflow.Sleep(ctx, 100*time.Millisecond)
	}, workflow.RegisterOptions{Name: "nap"})
	require.NoError(t, w.Start())
	defer w.Stop()
	var attributes []temporal.SearchAttributeUpdate
	for _, name := range workflows.SearchAttributes {
		attributes = append(attributes, temporal.NewSearchAttributeKeyKeyword(name).ValueSet("x"))
	}
	run, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{
		TaskQueue: "q", TypedSearchAttributes: temporal.NewSearchAttributes(attributes...),
	}, "nap")
	require.NoError(t, err)
	var got string
	require.NoError(t, run.Get(t.Context(), &got))
	require.Equal(t, "done", got)

	require.NoError(t, at.Crash())
	require.Eventually(t, func() bool { _, err := c.CheckHealth(t.Context(), nil); return err != nil }, time.Minute, 10*time.Millisecond)
	require.Eventually(t, func() bool { _, err := c.CheckHealth(t.Context(), nil); return err == nil }, 10*time.Minute, time.Second, "it is started again")

	db, err := sql.Open("postgres", at.DatabaseURL)
	require.NoError(t, err)
	defer db.Close()
	var tables int
	require.NoError(t, db.QueryRow(`SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'`).Scan(&tables))
	require.Zero(t, tables, "the ledger's database must be empty")
}
