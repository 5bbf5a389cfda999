#!/bin/sh
# The backup and restore drill: takes both kinds of backup of a running database, restores each, makes the old cursors
# void (`danvan epoch new`), and proves the journal's seals with the real secret, the sums and the row counts. Ends with 0
# only when all hold. Nothing is written into the source but a database of its own, which is dropped again.
#
#   deploy/drill.sh DANVAN FOLDER "CONNECTION AS THE OWNER" [SECRET FILE]
#   e.g. deploy/drill.sh danvan /var/backups/drill "host=/run/postgresql user=danvan_owner dbname=danvan" /etc/danvan/secret.key
#
# The connection is keywords (`host=... user=... dbname=...`); a password comes from PGPASSWORD or ~/.pgpass, as for psql.
# The role needs CREATEDB and REPLICATION. The secret file is DANVAN_SECRET_FILE unless told. pg_dump, pg_restore,
# pg_basebackup and a server are taken from PG_BIN or PATH. FOLDER is made, must not be there yet, and holds the backups
# afterwards: personal data, readable by nobody else.
set -eu
umask 077
[ $# -ge 3 ] || { sed -n '2,14s/^# \{0,1\}//p' "$0" >&2; exit 2; }
danvan=$1 folder=$2 source=$3 secret=${4:-${DANVAN_SECRET_FILE:-}}
# What the environment names is production: the drill works on what it restored, whatever stands there.
unset DATABASE_URL DANVAN_OWNER_URL DANVAN_OWNER_PASSWORD_FILE DANVAN_DATABASE_PASSWORD_FILE DANVAN_DATA_DIR DANVAN_SECRET_FILE PGHOST PGHOSTADDR PGPORT PGUSER PGDATABASE PGSERVICE PGOPTIONS
[ -n "${PG_BIN:-}" ] && PATH=$PG_BIN:$PATH
fail() { echo "drill: $*" >&2; exit 1; }
for tool in pg_dump pg_restore pg_basebackup postgres psql; do
    command -v $tool >/dev/null || fail "$tool is missing"
done
[ -f "$secret" ] || fail "name the service's secret file: the seals cannot be proved without it"
field() { printf '%s\n' "$source" | tr ' ' '\n' | sed -n "s/^$1=//p"; }
owner=$(field user) name=$(field dbname)
[ -n "$owner" ] && [ -n "$name" ] || fail "the connection has to name user= and dbname="
[ ! -e "$folder" ] || fail "$folder is there already"
ask() { psql -XAtqw -v ON_ERROR_STOP=1 "$1" -c "$2"; }
rights=$(ask "$source" "SELECT concat_ws(' ', CASE WHEN NOT (rolcreatedb OR rolsuper) THEN 'CREATEDB' END, CASE WHEN NOT (rolreplication OR rolsuper) THEN 'REPLICATION' END) FROM pg_roles WHERE rolname = current_user") ||
    fail "the source does not answer"
[ -z "$rights" ] || fail "the role $owner lacks: $rights"

copy=danvan_drill_$$ server= socket=
clean() {
    trap '' INT TERM HUP
    [ -z "$server" ] || { kill -INT "$server" 2>/dev/null && wait "$server" || :; }
    [ -z "$socket" ] || rm -rf "$socket"
    rm -f "$folder/password" "$folder/secret.key"
    ask "$source" "DROP DATABASE IF EXISTS $copy WITH (FORCE)" 2>/dev/null || :
}
trap clean EXIT
trap 'exit 130' INT TERM HUP
mkdir "$folder"
# A copy: a command that does not find the file would make a new one.
cp "$secret" "$folder/secret.key"
if [ -n "${PGPASSWORD:-}" ]; then printf %s "$PGPASSWORD" >"$folder/password"; fi

# Every table with its rows: what a restore must bring back. The epochs grow by one on purpose.
counts() {
    ask "$1" "SELECT format('SELECT %L, count(*) FROM %I', tablename, tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'epochs' ORDER BY 1" |
        while read -r query; do ask "$1" "$query"; done
}

prove() { # what, connection, whether it asks for a password
    if [ "$3" = yes ] && [ -f "$folder/password" ]; then
        set -- "$1" "$2" --database-password-file "$folder/password" --owner-password-file "$folder/password"
    else
        set -- "$1" "$2"
    fi
    what=$1 restored=$2
    shift 2
    for command in "epoch new" "journal verify" check; do
        # The owner's connection is named too: no other one is taken from anywhere.
        # shellcheck disable=SC2086
        "$danvan" --database-url "$restored" --owner-url "$restored" "$@" --secret-file "$folder/secret.key" $command
    done
    counts "$restored" >"$folder/restored.counts"
    # Not fewer: the source may go on while it is backed up. What is swept in the meantime does not count.
    awk -F'|' 'NR == FNR { had[$1] = $2; next } { has[$1] = $2 } END { for (t in had) if (has[t] + 0 < had[t] + 0 && t !~ /^(throttles|idempotency_keys|sessions|sign_in_codes|known_networks)$/) { print t ": " had[t] " rows, restored " has[t] + 0; bad = 1 } exit bad }' \
        "$folder/source.counts" "$folder/restored.counts" || fail "$what does not hold what was backed up"
    echo "drill: $what restored and proved"
}

counts "$source" >"$folder/source.counts"

echo "drill: pg_dump"
pg_dump -w -Fc -d "$source" -f "$folder/danvan.dump"
ask "$source" "CREATE DATABASE $copy TEMPLATE template0"
restored=$(printf '%s\n' "$source" | sed "s/dbname=[^ ]*/dbname=$copy/")
pg_restore -w --exit-on-error -d "$restored" "$folder/danvan.dump"
prove "the dump" "$restored" yes

echo "drill: base backup"
pg_basebackup -w -d "$source" -D "$folder/base" -X stream -c fast
socket=$(mktemp -d)
# Packages keep it elsewhere, and a base backup does not bring it along.
[ -f "$folder/base/postgresql.conf" ] || : >"$folder/base/postgresql.conf"
# Its own rules for who may come in: the socket's folder is nobody else's.
printf 'local all all trust\n' >"$folder/pg_hba.conf"
# The server refuses root: it runs as an account that owns the copy.
run=
if [ "$(id -u)" = 0 ]; then
    account=$(getent passwd postgres >/dev/null && echo postgres || echo nobody)
    chown -R "$account" "$folder/base" "$folder/pg_hba.conf" "$socket"
    chmod 711 "$folder"
    run="setpriv --reuid=$account --regid=$(id -g "$account") --clear-groups"
fi
# A crash recovery, as after a lost host. Settings of the source that name its place do not hold here.
$run env HOME=/ postgres -D "$folder/base" -k "$socket" -c hba_file="$folder/pg_hba.conf" -c listen_addresses= -c port=5432 -c ssl=off -c shared_preload_libraries= -c logging_collector=off >"$folder/server.log" 2>&1 &
server=$!
tries=0
until ask "host=$socket port=5432 user=$owner dbname=$name" 'SELECT 1' >/dev/null 2>"$folder/server.why"; do
    tries=$((tries + 1))
    if ! kill -0 $server 2>/dev/null || [ $tries -ge 3000 ]; then
        cat "$folder/server.why" "$folder/server.log" >&2
        fail "the base backup does not start"
    fi
    sleep 0.1
done
prove "the base backup" "host=$socket port=5432 user=$owner dbname=$name" no
echo "drill: all holds"
