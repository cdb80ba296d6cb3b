#!/bin/sh
# Brings Temporal's two databases on PostgreSQL, which roles.sh has made, to the newest schema, as their owner. Running it
# again changes nothing.
# Reads SQL_PLUGIN, SQL_HOST, SQL_PORT, SQL_USER, SQL_PASSWORD (temporal-sql-tool's own), SCHEMA_DIR,
# and DBNAME and VISIBILITY_DBNAME as the server does.
set -eu
: "${SQL_HOST:?}" "${SQL_USER:?}" "${SCHEMA_DIR:?}"

prepare() { # database, folder of its versions
	echo "schema: $1"
	temporal-sql-tool --db "$1" setup-schema -v 0.0
	temporal-sql-tool --db "$1" update-schema -d "$SCHEMA_DIR/$2/versioned"
}

prepare "${DBNAME:-temporal}" temporal
prepare "${VISIBILITY_DBNAME:-temporal_visibility}" visibility
