//go:build !noembed

package embedded

import (
	"fmt"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"time"

	sdkworker "go.temporal.io/sdk/worker"
	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	dc "go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/metrics"
	sqliteplugin "go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite"
	"go.temporal.io/server/common/primitives"

	"duban/internal/sqlitefile"
)

// clusterName is written into the file on the first start and never changes after.
const clusterName = "active"

// services in the order their ports are given out; the frontend's comes first.
var services = []primitives.ServiceName{
	primitives.FrontendService, primitives.HistoryService, primitives.MatchingService, primitives.WorkerService,
}

// busy is how long one statement waits for another program that has the file locked. Tests wait less.
var busy = 10 * time.Second

// starts tells the stores of one process apart, see storeConfig.
var starts atomic.Int64

// storeConfig describes the one SQLite connection everything shares: with more, writers refuse each other.
func storeConfig(o Options) *config.SQL {
	// Temporal's plugin keeps its connection for the life of the process under the words it was opened with, even
	// when the file behind it was deleted. A value of "setup" that means nothing gives every start its own.
	run := strconv.FormatInt(starts.Add(1), 10)
	if o.InMemory {
		return &config.SQL{
			PluginName: sqliteplugin.PluginName, DatabaseName: "duban-" + run, MaxConns: 1, MaxIdleConns: 1,
			ConnectAttributes: map[string]string{"mode": "memory", "cache": "shared"},
		}
	}
	synchronous := "full"
	if o.Relaxed {
		synchronous = "normal"
	}
	return &config.SQL{
		PluginName: sqliteplugin.PluginName, DatabaseName: sqlitefile.Escaped(file(o)), MaxConns: 1, MaxIdleConns: 1,
		ConnectAttributes: map[string]string{
			"mode": "rwc", "setup": "start-" + run,
			"journal_mode": "wal", "synchronous": synchronous, "busy_timeout": strconv.FormatInt(busy.Milliseconds(), 10),
			"cache_size": "-32768", "wal_autocheckpoint": "4000", "journal_size_limit": "67108864",
		},
	}
}

func file(o Options) string { return filepath.Join(o.Dir, "temporal.db") }

// serverConfig is one configuration with all four services on the given loopback ports, in the order of services.
func serverConfig(store *config.SQL, ports []int) *config.Config {
	frontend := fmt.Sprintf("%s:%d", host, ports[0])
	cfg := &config.Config{
		Global: config.Global{
			// The server gives its services twice this time to start, and fails in disorder when a slow disk needs more.
			Membership: config.Membership{MaxJoinDuration: 24 * time.Hour, BroadcastAddress: host},
			Metrics:    &metrics.Config{},
		},
		Persistence: config.Persistence{
			DefaultStore: sqliteplugin.PluginName, VisibilityStore: sqliteplugin.PluginName, NumHistoryShards: 1,
			DataStores: map[string]config.DataStore{sqliteplugin.PluginName: {SQL: store}},
		},
		ClusterMetadata: &cluster.Config{
			FailoverVersionIncrement: 10, MasterClusterName: clusterName, CurrentClusterName: clusterName,
			ClusterInformation: map[string]cluster.ClusterInformation{
				clusterName: {Enabled: true, InitialFailoverVersion: 1, RPCAddress: frontend},
			},
		},
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		Archival: config.Archival{
			History:    config.HistoryArchival{State: "disabled"},
			Visibility: config.VisibilityArchival{State: "disabled"},
		},
		NamespaceDefaults: config.NamespaceDefaults{Archival: config.ArchivalNamespaceDefaults{
			History:    config.HistoryArchivalNamespaceDefaults{State: "disabled"},
			Visibility: config.VisibilityArchivalNamespaceDefaults{State: "disabled"},
		}},
		PublicClient: config.PublicClient{HostPort: frontend},
		Services:     map[string]config.Service{},
	}
	for i, name := range services {
		cfg.Services[string(name)] = config.Service{RPC: config.RPC{GRPCPort: ports[i], BindOnIP: host}}
	}
	return cfg
}

// hosts tells every service where the others are, so that no gossip is needed.
func hosts(ports []int) map[primitives.ServiceName]static.Hosts {
	out := map[primitives.ServiceName]static.Hosts{}
	for i, name := range services {
		out[name] = static.SingleLocalHost(fmt.Sprintf("%s:%d", host, ports[i]))
	}
	return out
}

// tuning sets what differs from Temporal's defaults, which are meant for clusters; limits stay as they are.
func tuning() dc.StaticClient {
	return dc.StaticClient{
		// One machine, one disk: more partitions only add hops.
		dc.MatchingNumTaskqueueReadPartitions.Key():  1,
		dc.MatchingNumTaskqueueWritePartitions.Key(): 1,
		// 20 reads a second and queue (the default) make timers and tasks wait up to 50 ms for each other.
		dc.TimerProcessorMaxPollRPS.Key():    1000,
		dc.TransferProcessorMaxPollRPS.Key(): 1000,
		// Nobody waits for the list of workflows, and each read sorts anew what is not written yet.
		dc.VisibilityProcessorMaxPollRPS.Key(): 20,
		// There is no second host whose clock could be ahead; the default, a second, is how late every timer would fire.
		dc.TimerProcessorMaxTimeShift.Key(): time.Millisecond,
		// One SQLite connection feeds them all; 512 goroutines a queue would only wait for it.
		dc.TimerProcessorSchedulerWorkerCount.Key():       32,
		dc.TransferProcessorSchedulerWorkerCount.Key():    32,
		dc.VisibilityProcessorSchedulerWorkerCount.Key():  8,
		dc.MemoryTimerProcessorSchedulerWorkerCount.Key(): 8,
		dc.ArchivalProcessorSchedulerWorkerCount.Key():    1,
		// The server's own housekeeping workflows: rare, so few pollers.
		dc.EnableParentClosePolicyWorker.Key():                       false,
		dc.WorkerScannerMaxConcurrentActivityTaskPollers.Key():       1,
		dc.WorkerScannerMaxConcurrentWorkflowTaskPollers.Key():       2,
		dc.WorkerScannerMaxConcurrentActivityExecutionSize.Key():     2,
		dc.WorkerScannerMaxConcurrentWorkflowTaskExecutionSize.Key(): 2,
		dc.WorkerPerNamespaceWorkerOptions.Key(): sdkworker.Options{
			MaxConcurrentActivityTaskPollers: 1, MaxConcurrentWorkflowTaskPollers: 2,
		},
	}
}
