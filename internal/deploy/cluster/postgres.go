package cluster

import (
	"database/sql"
	"errors"
	"net/url"
	"strings"

	_ "github.com/lib/pq" // driver "postgres"
)

// database is one PostgreSQL, told to programs in three ways.
type database struct {
	url, host, port, user, password string
	socket                          string // folder of the Unix socket, when there is no TCP
}

func newDatabase(address string) (database, error) {
	u, err := url.Parse(address)
	if err != nil {
		return database{}, err
	}
	pw, _ := u.User.Password()
	d := database{url: address, host: u.Hostname(), port: u.Port(), user: u.User.Username(), password: pw}
	if d.port == "" {
		d.port = "5432"
	}
	if h := u.Query().Get("host"); strings.HasPrefix(h, "/") {
		d.socket = h
	}
	return d, nil
}

// temporalNames are Temporal's two databases beside the ledger's; their names go with its unique one.
func (d database) temporalNames() map[string]string {
	return map[string]string{"DBNAME": d.name() + "_t", "VISIBILITY_DBNAME": d.name() + "_v"}
}

// name is the ledger's database.
func (d database) name() string {
	u, _ := url.Parse(d.url)
	return strings.TrimPrefix(u.Path, "/")
}

// owner is the role of Temporal's two databases; programs is the one that would use the ledger.
func (d database) owner() string    { return d.name() + "_temporal" }
func (d database) programs() string { return d.name() + "_office" }

// roles tells roles.sh, which runs as the server's owner.
func (d database) roles() map[string]string {
	env := map[string]string{
		"PGHOST": d.host, "PGPORT": d.port, "PGUSER": d.user, "PGPASSWORD": d.password, "PGDATABASE": d.name(),
		"PROGRAM_ROLE": d.programs(), "TEMPORAL_ROLE": d.owner(), "PROGRAM_PASSWORD": secret, "TEMPORAL_PASSWORD": secret,
	}
	if d.socket != "" {
		env["PGHOST"] = d.socket
	}
	return merge(env, d.temporalNames())
}

const secret = "secret"

// tool tells temporal-sql-tool where the database is.
func (d database) tool() map[string]string {
	env := map[string]string{"SQL_HOST": d.host, "SQL_PORT": d.port, "SQL_USER": d.owner(), "SQL_PASSWORD": secret}
	if d.socket != "" {
		env["SQL_HOST"], env["SQL_CONNECT_ATTRIBUTES"] = "localhost", "host="+url.QueryEscape(d.socket)
	}
	return merge(env, d.temporalNames())
}

// server tells Temporal's server. Without a host its driver goes by PGHOST, as libpq does.
func (d database) server() map[string]string {
	env := map[string]string{"POSTGRES_SEEDS": d.host, "DB_PORT": d.port, "POSTGRES_USER": d.owner(), "POSTGRES_PWD": secret}
	if d.socket != "" {
		env["POSTGRES_SEEDS"], env["PGHOST"] = "", d.socket
	}
	return merge(env, d.temporalNames())
}

func (d database) dropTemporal() error {
	db, err := sql.Open("postgres", d.url)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, name := range d.temporalNames() {
		_, dropErr := db.Exec(`DROP DATABASE IF EXISTS ` + name + ` WITH (FORCE)`)
		err = errors.Join(err, dropErr)
	}
	for _, role := range []string{d.owner(), d.programs()} {
		_, dropErr := db.Exec(`DROP OWNED BY ` + role + `; DROP ROLE ` + role)
		err = errors.Join(err, dropErr)
	}
	return err
}
