// Package deploy_test holds docker-compose.yml and the Dockerfile against the program, as far as that goes without Docker.
package deploy_test

import (
	"cmp"
	"database/sql"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/settings"
)

const root = "../.."

type composeFile struct {
	Services map[string]service
	Volumes  map[string]any
}

type service struct {
	Image, Build    string
	Restart         string
	StopGracePeriod string                                `yaml:"stop_grace_period"`
	DependsOn       map[string]struct{ Condition string } `yaml:"depends_on"`
	Environment     map[string]string
	Volumes, Ports  []string
	Entrypoint      []string
	Profiles        []string
	Healthcheck     *struct {
		Test              []string
		Interval, Timeout string
		Retries           int
	}
}

// load refuses fields this test does not know, so that a slip of the pen is an error.
func load(t *testing.T) composeFile {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "docker-compose.yml"))
	require.NoError(t, err)
	decoder := yaml.NewDecoder(strings.NewReader(string(text)))
	decoder.KnownFields(true)
	var file struct {
		Name        string
		Office      map[string]string `yaml:"x-office"`
		composeFile `yaml:",inline"`
	}
	require.NoError(t, decoder.Decode(&file))
	require.Equal(t, "duban", file.Name)
	return file.composeFile
}

func TestServices(t *testing.T) {
	t.Parallel()
	require.ElementsMatch(t, []string{"postgres", "schema", "temporal", "namespace", "ui", "roles", "office", "worker", "starter"}, keys(load(t).Services))
}

func TestImagesArePinned(t *testing.T) {
	t.Parallel()
	version := regexp.MustCompile(`^[a-z0-9./-]+:\d+\.\d+(\.\d+)?$`)
	for name, module := range map[string]string{"temporal": "go.temporal.io/server", "schema": "go.temporal.io/server", "ui": "github.com/temporalio/ui-server/v2"} {
		mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
		require.NoError(t, err)
		tested := regexp.MustCompile(`\t` + regexp.QuoteMeta(module) + ` v(\S+)\n`).FindSubmatch(mod)
		require.NotNil(t, tested, module)
		require.True(t, strings.HasSuffix(load(t).Services[name].Image, ":"+string(tested[1])), "%s runs another version than the tests", name)
	}
	for name, s := range load(t).Services {
		if s.Build != "" {
			require.Equal(t, "duban:local", s.Image, name)
			require.Equal(t, ".", s.Build, name)
			continue
		}
		require.Regexp(t, version, s.Image, name)
	}
}

// TestHistoryShards: the number is the one that the decision gives reasons for. It can
// never be changed where it is in use.
func TestHistoryShards(t *testing.T) {
	t.Parallel()
	decision, err := os.ReadFile(filepath.Join(root, "docs", "decisions", "15-history-shards.md"))
	require.NoError(t, err)
	require.Contains(t, string(decision), "Temporal runs with "+load(t).Services["temporal"].Environment["NUM_HISTORY_SHARDS"]+" history shards")
}

// TestOrder: who waits for whom, and for what.
func TestOrder(t *testing.T) {
	t.Parallel()
	file := load(t)
	got := map[string]map[string]string{}
	for name, s := range file.Services {
		for on, how := range s.DependsOn {
			if got[name] == nil {
				got[name] = map[string]string{}
			}
			got[name][on] = how.Condition
			if how.Condition == "service_healthy" {
				require.NotNil(t, file.Services[on].Healthcheck, "%s waits for the health of %s, which has no check", name, on)
				require.NotEmpty(t, file.Services[on].Healthcheck.Test)
				require.Positive(t, file.Services[on].Healthcheck.Retries)
			}
			if how.Condition == "service_completed_successfully" {
				require.Regexp(t, `^on-failure(:\d+)?$`, file.Services[on].Restart, "%s runs once", on)
			}
		}
	}
	require.Equal(t, map[string]map[string]string{
		"schema":    {"roles": "service_completed_successfully"},
		"temporal":  {"schema": "service_completed_successfully"},
		"namespace": {"temporal": "service_healthy"},
		"ui":        {"temporal": "service_healthy"},
		"roles":     {"postgres": "service_healthy"},
		"office":    {"roles": "service_completed_successfully"},
		"worker":    {"postgres": "service_healthy", "namespace": "service_completed_successfully", "office": "service_completed_successfully"},
		"starter":   {"postgres": "service_healthy", "namespace": "service_completed_successfully", "office": "service_completed_successfully"},
	}, got)
}

// TestEnvironment: what our containers set is what our programs read, and they would accept it.
func TestEnvironment(t *testing.T) {
	t.Parallel()
	file := load(t)
	for _, name := range []string{"namespace", "office", "worker", "starter"} {
		for variable := range file.Services[name].Environment {
			require.Contains(t, settings.Names(), variable, "%s sets what nothing reads", name)
		}
	}
	set := map[string]string{}
	for variable, value := range file.Services["worker"].Environment {
		set[variable] = substitute(value)
	}
	cfg, err := settings.Load(set)
	require.NoError(t, err)
	require.Equal(t, "temporal:7233", cfg.TemporalAddress)
	role := file.Services["roles"].Environment["PROGRAM_ROLE"]
	require.Equal(t, "postgres://"+role+":secret@postgres:5432/duban?sslmode=disable", cfg.DatabaseURL, "what works owns no table")
	require.Equal(t, "postgres://duban:secret@postgres:5432/duban?sslmode=disable", substitute(file.Services["office"].Environment["DATABASE_URL"]), "the owner makes them")
	require.Equal(t, []string{"init", "--admit", role}, file.Services["office"].Entrypoint[1:])
	require.Equal(t, "duban", set["TEMPORAL_NAMESPACE"])
	require.Equal(t, set["TEMPORAL_NAMESPACE"], file.Services["namespace"].Environment["TEMPORAL_NAMESPACE"])
	require.Equal(t, file.Services["worker"].Environment, file.Services["starter"].Environment)
	require.Empty(t, file.Services["worker"].Environment["DUBAN_UI"], "there is no embedded server in the container")
}

// substitute does what compose does with ${NAME:-default} and ${NAME:?message}, the password being "secret".
func substitute(value string) string {
	return regexp.MustCompile(`\$\{(\w+):([-?])([^}]*)\}`).ReplaceAllStringFunc(value, func(m string) string {
		part := regexp.MustCompile(`\$\{(\w+):([-?])([^}]*)\}`).FindStringSubmatch(m)
		if part[2] == "-" {
			return part[3]
		}
		return "secret"
	})
}

// TestStopping: containers and systemd give the worker longer than it takes itself.
func TestStopping(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(root, "internal/host/stop.go"))
	require.NoError(t, err)
	found := regexp.MustCompile(`StopWithin = (\d+) \* time\.Second`).FindSubmatch(text)
	require.NotNil(t, found, "how long a stop takes is no longer where this test looks")
	within, err := time.ParseDuration(string(found[1]) + "s")
	require.NoError(t, err)
	grace, err := time.ParseDuration(load(t).Services["worker"].StopGracePeriod)
	require.NoError(t, err)
	require.Greater(t, grace, within)
	unit := readUnit(t)
	seconds, err := strconv.Atoi(unit["TimeoutStopSec"])
	require.NoError(t, err)
	require.Greater(t, time.Duration(seconds)*time.Second, within)
}

// readUnit is the unit file's settings, each once.
func readUnit(t *testing.T) map[string]string {
	t.Helper()
	raw, err := os.ReadFile("duban.service")
	require.NoError(t, err)
	unit := map[string]string{}
	for line := range strings.Lines(string(raw)) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && !strings.HasPrefix(line, "#") {
			require.NotContains(t, unit, key)
			unit[key] = value
		}
	}
	return unit
}

// TestUnit: systemd never gives the worker up, waits as long as it waits, and starts it on a whole path.
func TestUnit(t *testing.T) {
	t.Parallel()
	unit := readUnit(t)
	require.Equal(t, []string{"notify", "always", "0", "infinity", "duban"},
		[]string{unit["Type"], unit["Restart"], unit["StartLimitIntervalSec"], unit["TimeoutStartSec"], unit["StateDirectory"]})
	name, dir, _ := strings.Cut(unit["Environment"], "=")
	require.Equal(t, "DUBAN_DIR", name)
	require.True(t, filepath.IsAbs(dir))
	require.Equal(t, dir, unit["WorkingDirectory"])
	watch, err := strconv.Atoi(unit["WatchdogSec"])
	require.NoError(t, err)
	require.GreaterOrEqual(t, time.Duration(watch)*time.Second, 4*time.Minute, "longer than a statement's deadline and the time a poll takes to end")

	_, err = exec.LookPath("systemd-analyze")
	require.NoError(t, err, "install the Debian package systemd")
	raw, err := os.ReadFile("duban.service")
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "duban.service") // verify looks for the program
	require.NoError(t, os.WriteFile(file, []byte(strings.ReplaceAll(string(raw), "/usr/local/bin/worker", "/bin/true")), 0o644))
	out, err := exec.Command("systemd-analyze", "verify", "--man=no", file).CombinedOutput()
	require.NoError(t, err, "%s", out)
	for line := range strings.Lines(string(out)) {
		require.NotContains(t, line, "duban.service", "systemd complains")
	}
}

func TestPortsAreOpenedOnThisMachineOnly(t *testing.T) {
	t.Parallel()
	for name, s := range load(t).Services {
		for _, port := range s.Ports {
			require.True(t, strings.HasPrefix(port, "127.0.0.1:"), "%s: %s", name, port)
		}
	}
}

// TestVolumes: what is mounted from here exists, and what is named is declared.
func TestVolumes(t *testing.T) {
	t.Parallel()
	file := load(t)
	used := map[string]bool{}
	for name, s := range file.Services {
		for _, volume := range s.Volumes {
			source, _, _ := strings.Cut(volume, ":")
			if strings.HasPrefix(source, "./") {
				require.FileExists(t, existing(filepath.Join(root, source)), name)
				continue
			}
			used[source] = true
		}
	}
	require.ElementsMatch(t, keys(file.Volumes), keys(used))
	require.True(t, used["postgres"], "PostgreSQL without a volume forgets the year")
}

// existing is the path, or for a folder a file in it: FileExists wants files.
func existing(path string) string {
	if entries, err := os.ReadDir(path); err == nil && len(entries) > 0 {
		for _, e := range entries {
			if !e.IsDir() {
				return filepath.Join(path, e.Name())
			}
		}
	}
	return path
}

func TestScripts(t *testing.T) {
	t.Parallel()
	scripts, err := filepath.Glob("*.sh")
	require.NoError(t, err)
	require.NotEmpty(t, scripts)
	for _, script := range scripts {
		out, err := exec.Command("sh", "-n", script).CombinedOutput()
		require.NoError(t, err, string(out))
	}
}

// TestBuilding: a build that fails is a command that fails, and says what the compiler says.
func TestBuilding(t *testing.T) {
	t.Parallel()
	script, err := filepath.Abs("build.sh")
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example\n\ngo 1.26\n"), 0o600))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "program"), 0o700))
	build := func(body string) (string, error) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "program", "main.go"), []byte("package main\n\nfunc main() { "+body+" }\n"), 0o600))
		cmd := exec.Command("sh", script, "program")
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	out, err := build("")
	require.NoError(t, err, out)
	require.FileExists(t, filepath.Join(dir, "bin", "program"))
	out, err = build("missing()")
	require.Error(t, err)
	require.Contains(t, out, "undefined: missing")
}

// TestRoles: the script makes the roles of programs and of Temporal, as often as it is
// run, with the passwords last given. Admitted, the first works in the ledger and owns
// nothing; the second owns its databases; neither gets in where the other is.
func TestRoles(t *testing.T) {
	t.Parallel()
	owner, err := url.Parse(ledgertest.Postgres(t))
	require.NoError(t, err)
	office := strings.TrimPrefix(owner.Path, "/")
	role, engine := office+" 'role'", office+` "engine"`
	stores := []string{office + "_store", office + "_visibility"}
	db, err := sql.Open("postgres", owner.String())
	require.NoError(t, err)
	t.Cleanup(func() {
		for _, store := range stores {
			_, err := db.Exec(`DROP DATABASE IF EXISTS ` + store)
			require.NoError(t, err)
		}
		for _, role := range []string{role, engine} {
			role = pq.QuoteIdentifier(role)
			_, err := db.Exec(`DROP OWNED BY ` + role + `; DROP ROLE ` + role)
			require.NoError(t, err)
		}
		require.NoError(t, db.Close())
	})
	host := owner.Query().Get("host")
	if host == "" {
		host = owner.Hostname()
	}
	password, _ := owner.User.Password()
	for _, secret := range []string{"first", "it's the \\ second"} {
		cmd := exec.Command("sh", "roles.sh")
		cmd.Env = append(os.Environ(), "PGHOST="+host, "PGPORT="+cmp.Or(owner.Port(), "5432"), "PGUSER="+owner.User.Username(), "PGPASSWORD="+password,
			"PGDATABASE="+office, "PROGRAM_ROLE="+role, "PROGRAM_PASSWORD="+secret, "TEMPORAL_ROLE="+engine, "TEMPORAL_PASSWORD="+secret,
			"DBNAME="+stores[0], "VISIBILITY_DBNAME="+stores[1])
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	for _, role := range []string{role, engine} {
		var can bool
		require.NoError(t, db.QueryRow(`SELECT rolcanlogin AND NOT rolsuper AND NOT rolcreaterole AND NOT rolcreatedb AND rolpassword IS NOT NULL FROM pg_authid WHERE rolname = $1`, role).Scan(&can))
		require.True(t, can, role)
	}
	enters := func(role, database string) bool {
		var may bool
		require.NoError(t, db.QueryRow(`SELECT has_database_privilege($1, $2, 'CONNECT')`, role, database).Scan(&may))
		return may
	}
	require.Equal(t, []bool{true, false, false}, []bool{enters(role, office), enters(role, stores[0]), enters(role, stores[1])})
	require.Equal(t, []bool{false, true, true}, []bool{enters(engine, office), enters(engine, stores[0]), enters(engine, stores[1])})
	store, err := ledger.Open(t.Context(), owner.String())
	require.NoError(t, err)
	require.NoError(t, store.Close())
	require.NoError(t, ledger.Admit(t.Context(), owner.String(), role))
	owner.User = url.UserPassword(role, "it's the \\ second")
	store, err = ledger.Open(t.Context(), owner.String())
	require.NoError(t, err)
	defer store.Close()
	_, err = store.Record(t.Context(), ledger.Event{Key: "audit/1", Kind: "audit.done"})
	require.NoError(t, err)
}

// TestDockerfile: what compose starts in our image is what the Dockerfile builds and copies there.
func TestDockerfile(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(root, "Dockerfile"))
	require.NoError(t, err)
	build := regexp.MustCompile(`go build -tags noembed .* -o /out/ (.*) &&`).FindSubmatch(text)
	require.NotNil(t, build)
	var programs []string
	for _, pkg := range strings.Fields(string(build[1])) {
		require.FileExists(t, filepath.Join(root, pkg, "main.go"))
		programs = append(programs, "/usr/local/bin/"+filepath.Base(pkg))
	}
	for name, s := range load(t).Services {
		if s.Build != "" && len(s.Entrypoint) > 0 {
			require.Contains(t, programs, s.Entrypoint[0], name)
		}
	}
	require.Contains(t, string(text), "COPY --from=build /out/ /usr/local/bin/\n")
	require.Contains(t, string(text), "CGO_ENABLED=0")
	require.Contains(t, string(text), "\nUSER nonroot\n")
	require.Contains(t, string(text), `ENTRYPOINT ["/usr/local/bin/worker"]`)

	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	require.NoError(t, err)
	version := regexp.MustCompile(`\ngo (\S+)\n`).FindSubmatch(mod)
	require.Contains(t, string(text), "FROM golang:"+string(version[1])+"-", "the image's Go is the module's")
}

func keys[V any](m map[string]V) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// TestSecretsStayOutside: the passwords' file and the office's own papers are neither committed
// nor sent to whoever builds the image.
func TestSecretsStayOutside(t *testing.T) {
	t.Parallel()
	for file, lines := range map[string][]string{".gitignore": {".env", "/office/*", "!/office/README.md"}, ".dockerignore": {".env", "office", ".git"}} {
		text, err := os.ReadFile(filepath.Join(root, file))
		require.NoError(t, err)
		require.Subset(t, strings.Split(string(text), "\n"), lines, file)
	}
}

// TestHealth: whatever works on has a check.
func TestHealth(t *testing.T) {
	t.Parallel()
	for name, s := range load(t).Services {
		if s.Restart == "unless-stopped" {
			require.NotNil(t, s.Healthcheck, "%s", name)
		}
	}
}

// TestPagesOfARelease: what the pages for operators lead to is there, and in the archive.
func TestPagesOfARelease(t *testing.T) {
	t.Parallel()
	script, err := os.ReadFile("release.sh")
	require.NoError(t, err)
	whole := regexp.MustCompile(`cp -R (.*) "dist/`).FindSubmatch(script)
	require.NotNil(t, whole)
	packed := strings.Fields(string(whole[1]))
	for _, more := range regexp.MustCompile(`\tcp (?:-R )?(internal/.*) "dist/`).FindAllSubmatch(script, -1) {
		packed = append(packed, strings.Fields(string(more[1]))...)
	}
	for _, page := range []string{"install.md", "install.zh-CN.md", "operations.md", "operations.zh-CN.md"} {
		text, err := os.ReadFile(filepath.Join(root, "docs", page))
		require.NoError(t, err)
		links := regexp.MustCompile(`\]\(([^)#:]+)\)`).FindAllSubmatch(text, -1)
		require.NotEmpty(t, links, page)
		named := regexp.MustCompile(`internal/[a-z]+/[a-z.]+\.[a-z]+`).FindAll(text, -1)
		for _, link := range links {
			named = append(named, []byte(filepath.Join("docs", string(link[1]))))
		}
		for _, file := range named {
			name := filepath.Clean(string(file))
			if strings.HasSuffix(name, ".go") {
				continue // where a figure comes from
			}
			require.FileExists(t, existing(filepath.Join(root, name)), page)
			require.True(t, slices.ContainsFunc(packed, func(p string) bool { return name == p || strings.HasPrefix(name, p+"/") }), "%s: %s is not in the archive", page, name)
		}
	}
}
