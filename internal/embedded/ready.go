//go:build !noembed

package embedded

import (
	"context"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	"duban/internal/door"
)

// waitReady returns when the frontend serves and knows the namespace. It says whether search attributes had to be
// added: a running server takes seconds to hear of them, a fresh one knows them at once.
func waitReady(ctx context.Context, address string, o Options, keys *door.Keys, failed <-chan error, at *stage) (added bool, err error) {
	secure, err := keys.Client()
	if err != nil {
		return false, err
	}
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(credentials.NewTLS(secure)))
	if err != nil {
		return false, err
	}
	defer conn.Close()
	if err := poll(ctx, failed, at, func() error { return ready(ctx, conn, o.Namespace) }); err != nil {
		return false, fmt.Errorf("the embedded engine is not ready: %w", err)
	}
	return addSearchAttributes(ctx, conn, o)
}

func ready(ctx context.Context, conn *grpc.ClientConn, namespace string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	reply, err := healthpb.NewHealthClient(conn).Check(ctx, &healthpb.HealthCheckRequest{
		Service: "temporal.api.workflowservice.v1.WorkflowService",
	})
	if err != nil {
		return err
	}
	if reply.Status != healthpb.HealthCheckResponse_SERVING {
		return fmt.Errorf("frontend is %s", reply.Status)
	}
	_, err = workflowservice.NewWorkflowServiceClient(conn).DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: namespace})
	return err
}

// addSearchAttributes registers those the namespace lacks: a file made by an older program may know fewer.
func addSearchAttributes(ctx context.Context, conn *grpc.ClientConn, o Options) (added bool, err error) {
	operator := operatorservice.NewOperatorServiceClient(conn)
	known, err := operator.ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: o.Namespace})
	if err != nil {
		return false, fmt.Errorf("list search attributes: %w", err)
	}
	missing := lacking(known.GetCustomAttributes(), o.SearchAttributes)
	if len(missing) == 0 {
		return false, nil
	}
	_, err = operator.AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{Namespace: o.Namespace, SearchAttributes: missing})
	if err != nil {
		return false, fmt.Errorf("add search attributes: %w", err)
	}
	return true, nil
}

func lacking(known, wanted map[string]enumspb.IndexedValueType) map[string]enumspb.IndexedValueType {
	out := map[string]enumspb.IndexedValueType{}
	for name, kind := range wanted {
		if _, ok := known[name]; !ok {
			out[name] = kind
		}
	}
	return out
}

// poll tries every 20 ms until it works, the server fails or ctx ends, and then says why it last failed.
func poll(ctx context.Context, failed <-chan error, at *stage, try func() error) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := try()
		if err == nil {
			return nil
		}
		at.set(err.Error())
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", context.Cause(ctx), err)
		case reason := <-failed:
			return reason
		case <-tick.C:
		}
	}
}
