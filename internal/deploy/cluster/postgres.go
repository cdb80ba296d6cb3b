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
	u, _ := url.Parse(d.url)
	ledger := strings.TrimPrefix(u.Path, "/")
	return map[string]string{"DBNAME": ledger + "_t", "VISIBILITY_DBNAME": ledger + "_v"}
}

// tool tells temporal-sql-tool where the database is.
func (d database) tool() map[string]string {
	env := map[string]string{"SQL_HOST": d.host, "SQL_PORT": d.port, "SQL_USER": d.user, "SQL_PASSWORD": d.password}
	if d.socket != "" {
		env["SQL_HOST"], env["SQL_CONNECT_ATTRIBUTES"] = "localhost", "host="+url.QueryEscape(d.socket)
	}
	return merge(env, d.temporalNames())
}

// server tells Temporal's server. Without a host its driver goes by PGHOST, as libpq does.
func (d database) server() map[string]string {
	env := map[string]string{"POSTGRES_SEEDS": d.host, "DB_PORT": d.port, "POSTGRES_USER": d.user, "POSTGRES_PWD": d.password}
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
	return err
}
