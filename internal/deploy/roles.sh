#!/bin/sh
# Makes the PostgreSQL role that programs use, which owns nothing; `starter init --admit` gives it its rights.
# Running it again sets the password anew. Reads PGHOST, PGUSER, PGPASSWORD, PGDATABASE (psql's own),
# PROGRAM_ROLE and PROGRAM_PASSWORD.
set -eu
: "${PROGRAM_ROLE:?}" "${PROGRAM_PASSWORD:?}"

psql -q -v ON_ERROR_STOP=1 -v role="$PROGRAM_ROLE" -v password="$PROGRAM_PASSWORD" <<'SQL'
SELECT format('CREATE ROLE %I', :'role') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
ALTER ROLE :"role" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'password';
SQL
