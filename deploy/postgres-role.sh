#!/bin/sh
# Runs once, when the database is made: the role that the service connects as. Its rights come from `danvan migrate`.
set -eu
psql -v ON_ERROR_STOP=1 -v password="$(cat /run/secrets/service_password)" --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE danvan LOGIN PASSWORD :'password';
SQL
