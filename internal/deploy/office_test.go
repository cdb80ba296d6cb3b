package deploy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/deploy/cluster"
)

// office is the programs as containers run them: built without the embedded
// server, on a cluster, the ledger on PostgreSQL.
type office struct {
	t   *testing.T
	bin string
	dir string // DUBAN_DIR
	env []string
}

func newOffice(t *testing.T, c cluster.Cluster) *office {
	o := &office{t: t, bin: t.TempDir(), dir: t.TempDir()}
	for _, name := range []string{"worker", "starter"} {
		out, err := exec.Command("go", "build", "-tags", "noembed", "-o", filepath.Join(o.bin, name), "duban/"+name).CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	o.env = append(os.Environ(), "TEMPORAL_ADDRESS="+c.Address, "TEMPORAL_NAMESPACE="+c.Namespace, "DATABASE_URL="+c.DatabaseURL, "DUBAN_DIR="+o.dir, "LOG_LEVEL=warn")
	o.starter("init")
	return o
}

func (o *office) starter(args ...string) string {
	cmd := exec.Command(filepath.Join(o.bin, "starter"), args...)
	cmd.Env = o.env
	out, err := cmd.CombinedOutput()
	require.NoError(o.t, err, "%s", out)
	return string(out)
}
