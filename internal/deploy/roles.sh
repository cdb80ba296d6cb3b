#!/bin/sh
# Makes the two PostgreSQL roles of an office: the one that programs use, which owns nothing (`starter init --admit` gives
# it its rights in the ledger), and Temporal's, which owns Temporal's two databases. Neither reaches what is the other's.
# Running it again sets the passwords anew. Reads PGHOST, PGUSER, PGPASSWORD and PGDATABASE, the ledger's (psql's own),
# PROGRAM_ROLE, PROGRAM_PASSWORD, TEMPORAL_ROLE, TEMPORAL_PASSWORD, and DBNAME and VISIBILITY_DBNAME as Temporal does.
set -eu
: "${PROGRAM_ROLE:?}" "${PROGRAM_PASSWORD:?}" "${TEMPORAL_ROLE:?}" "${TEMPORAL_PASSWORD:?}"

psql -q -v ON_ERROR_STOP=1 -v program="$PROGRAM_ROLE" -v program_password="$PROGRAM_PASSWORD" \
	-v temporal="$TEMPORAL_ROLE" -v temporal_password="$TEMPORAL_PASSWORD" \
	-v store="${DBNAME:-temporal}" -v visibility="${VISIBILITY_DBNAME:-temporal_visibility}" <<'SQL'
SELECT format('CREATE ROLE %I', name) FROM unnest(ARRAY[:'program', :'temporal']) AS name WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
ALTER ROLE :"program" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'program_password';
ALTER ROLE :"temporal" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'temporal_password';
SELECT format('CREATE DATABASE %I OWNER %I', name, :'temporal') FROM unnest(ARRAY[:'store', :'visibility']) AS name WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = name) \gexec
REVOKE CONNECT ON DATABASE :"DBNAME", :"store", :"visibility" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"DBNAME" TO :"program";
SQL
