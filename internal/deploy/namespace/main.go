// Command namespace makes the Temporal namespace of TEMPORAL_NAMESPACE, its retention and the search attributes that
// duban's workflows carry. Running it again changes nothing.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
	"google.golang.org/protobuf/types/known/durationpb"

	"duban/workflows"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "namespace:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("namespace", flag.ContinueOnError)
	retention := flags.Duration("retention", 90*24*time.Hour, "how long closed workflows are kept; starting an ID twice is refused for as long")
	wait := flags.Duration("wait", time.Minute, "how long to wait for the server")
	if err := flags.Parse(args); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, *wait)
	defer cancel()

	opts, err := envconfig.LoadClientOptions(envconfig.LoadClientOptionsRequest{})
	if err != nil {
		return fmt.Errorf("TEMPORAL_*: %w", err)
	}
	c, err := client.NewLazyClient(opts)
	if err != nil {
		return err
	}
	defer c.Close()
	name := opts.Namespace
	if name == "" {
		name = client.DefaultNamespace
	}
	if err := again(ctx, func() error { return register(ctx, c, name, *retention) }); err != nil {
		return fmt.Errorf("make %s: %w", name, err)
	}
	if err := again(ctx, func() error { return addSearchAttributes(ctx, c, name) }); err != nil {
		return fmt.Errorf("search attributes of %s: %w", name, err)
	}
	if err := again(ctx, func() error { return usable(ctx, c, name) }); err != nil {
		return fmt.Errorf("use %s: %w", name, err)
	}
	fmt.Printf("namespace %s is ready, retention %s, search attributes %v\n", name, *retention, workflows.SearchAttributes)
	return nil
}

// register makes the namespace, or gives the existing one the same retention.
func register(ctx context.Context, c client.Client, name string, retention time.Duration) error {
	_, err := c.WorkflowService().RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace: name, WorkflowExecutionRetentionPeriod: durationpb.New(retention),
	})
	var exists *serviceerror.NamespaceAlreadyExists
	if !errors.As(err, &exists) {
		return err
	}
	d, err := c.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: name})
	if err != nil || d.Config.WorkflowExecutionRetentionTtl.AsDuration() == retention {
		return err
	}
	d.Config.WorkflowExecutionRetentionTtl = durationpb.New(retention)
	_, err = c.WorkflowService().UpdateNamespace(ctx, &workflowservice.UpdateNamespaceRequest{Namespace: name, Config: d.Config})
	return err
}

// addSearchAttributes adds those that are missing, and fails until the server lists them all.
func addSearchAttributes(ctx context.Context, c client.Client, name string) error {
	known, err := c.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: name})
	if err != nil {
		return err
	}
	missing := map[string]enums.IndexedValueType{}
	for _, attribute := range workflows.SearchAttributes {
		if _, ok := known.CustomAttributes[attribute]; !ok {
			missing[attribute] = enums.INDEXED_VALUE_TYPE_KEYWORD
		}
	}
	if len(missing) == 0 {
		return nil
	}
	_, err = c.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{Namespace: name, SearchAttributes: missing})
	if err != nil {
		return err
	}
	return fmt.Errorf("added %d, not listed yet", len(missing))
}

// usable fails while the frontend's cache, seconds behind, does not know the search attributes yet.
func usable(ctx context.Context, c client.Client, name string) error {
	for _, attribute := range workflows.SearchAttributes {
		_, err := c.WorkflowService().CountWorkflowExecutions(ctx, &workflowservice.CountWorkflowExecutionsRequest{
			Namespace: name, Query: attribute + " = 'none'",
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// again tries until it works or ctx ends; a server that only just started refuses for a while.
func again(ctx context.Context, try func() error) error {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-tick.C:
		}
	}
}
