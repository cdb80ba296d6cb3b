package cluster

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
)

// tools are the programs the containers' images hold.
type tools struct{ dir, serverModule string }

var build struct {
	once sync.Once
	tools
	err error
}

// binaries builds Temporal's server and schema tool, and our namespace step, once a process. They stay in the user's
// cache folder, where go build finds them up to date the next time and does not link again.
func binaries(root string) (tools, error) {
	build.once.Do(func() { build.tools, build.err = makeBinaries(root) })
	return build.tools, build.err
}

func makeBinaries(root string) (tools, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	bin := tools{dir: filepath.Join(cache, "duban-cluster")}
	if err := os.MkdirAll(bin.dir, 0o755); err != nil {
		return bin, err
	}
	for name, pkg := range map[string]string{
		"temporal-server": "go.temporal.io/server/cmd/server", "temporal-sql-tool": "go.temporal.io/server/cmd/tools/sql",
		"namespace": "duban/internal/deploy/namespace",
	} {
		if err := goTool(root, nil, "build", "-o", filepath.Join(bin.dir, name), pkg); err != nil {
			return bin, err
		}
	}
	var out strings.Builder
	err = goTool(root, &out, "list", "-m", "-f", "{{.Dir}}", "go.temporal.io/server")
	bin.serverModule = strings.TrimSpace(out.String())
	return bin, err
}

func goTool(root string, out io.Writer, args ...string) error {
	cmd := exec.Command("go", args...)
	var complaints strings.Builder
	cmd.Dir, cmd.Stdout, cmd.Stderr = root, out, &complaints
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, complaints.String())
	}
	return nil
}

func moduleRoot() (string, error) {
	var out strings.Builder
	err := goTool("", &out, "list", "-m", "-f", "{{.Dir}}", "duban")
	return strings.TrimSpace(out.String()), err
}
