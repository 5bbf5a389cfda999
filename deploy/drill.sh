#!/bin/sh
# The backup and restore drill: takes both kinds of backup of a running database, restores each, makes the old cursors
# void (`danvan epoch new`), and proves the journal's seals, the sums and the row counts. Ends with 0 only when all hold.
#
#   deploy/drill.sh DANVAN FOLDER "CONNECTION AS THE OWNER"      e.g. "host=/run/postgresql user=danvan_owner dbname=danvan"
#
# Uses pg_dump, pg_restore, pg_basebackup and a server from PG_BIN or PATH. The base backup needs the REPLICATION right.
# FOLDER is made, must not be there yet, and holds the backups afterwards.
set -eu
danvan=$1 folder=$2 source=$3
[ -n "${PG_BIN:-}" ] && PATH=$PG_BIN:$PATH
for tool in pg_dump pg_restore pg_basebackup postgres psql; do
    command -v $tool >/dev/null || { echo "drill: $tool is missing" >&2; exit 1; }
done
mkdir "$folder"
chmod 755 "$folder"
field() { printf '%s\n' "$source" | tr ' ' '\n' | sed -n "s/^$1=//p"; }
owner=$(field user) name=$(field dbname)

# Every table with its rows: what a restore must bring back. The epochs grow by one on purpose.
counts() {
    psql -XAtq "$1" -c "SELECT format('SELECT %L, count(*) FROM %I', tablename, tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'epochs' ORDER BY 1" |
        while read -r query; do psql -XAtq "$1" -c "$query"; done
}

prove() { # what, connection
    "$danvan" --database-url "$2" --secret-file "$folder/secret.key" epoch new
    "$danvan" --database-url "$2" --secret-file "$folder/secret.key" journal verify
    "$danvan" --database-url "$2" --secret-file "$folder/secret.key" check
    counts "$2" >"$folder/restored.counts"
    # Not fewer: the source may go on while it is backed up. What is swept in the meantime does not count.
    awk -F'|' 'NR == FNR { had[$1] = $2; next } { has[$1] = $2 } END { for (t in had) if (has[t] + 0 < had[t] + 0 && t !~ /^(throttles|idempotency_keys|sessions)$/) { print t ": " had[t] " rows, restored " has[t] + 0; bad = 1 } exit bad }' \
        "$folder/source.counts" "$folder/restored.counts" || { echo "drill: $1 does not hold what was backed up" >&2; exit 1; }
    echo "drill: $1 restored and proved"
}

counts "$source" >"$folder/source.counts"

echo "drill: pg_dump"
pg_dump -Fc -d "$source" -f "$folder/danvan.dump"
copy=${name}_drill_$$
psql -XAtq "$source" -c "CREATE DATABASE $copy TEMPLATE template0"
restored=$(printf '%s\n' "$source" | sed "s/dbname=[^ ]*/dbname=$copy/")
trap 'psql -XAtq "$source" -c "DROP DATABASE IF EXISTS $copy WITH (FORCE)"' EXIT
pg_restore --exit-on-error -d "$restored" "$folder/danvan.dump"
prove "the dump" "$restored"

echo "drill: base backup"
pg_basebackup -d "$source" -D "$folder/base" -X stream -c fast
# The server refuses root: it runs as an account that owns the copy.
run=
if [ "$(id -u)" = 0 ]; then
    account=$(getent passwd postgres >/dev/null && echo postgres || echo nobody)
    chown -R "$account" "$folder/base"
    run="setpriv --reuid=$account --regid=$(id -g "$account") --clear-groups"
fi
socket=$(mktemp -d)
[ -z "$run" ] || chown "$account" "$socket"
# A crash recovery, as after a lost host. Settings of the source that name its place do not hold here.
$run env HOME=/ postgres -D "$folder/base" -k "$socket" -c listen_addresses= -c port=5432 -c shared_preload_libraries= -c logging_collector=off >"$folder/server.log" 2>&1 &
server=$!
trap 'kill -INT $server 2>/dev/null; wait $server; rm -rf "$socket"; psql -XAtq "$source" -c "DROP DATABASE IF EXISTS $copy WITH (FORCE)"' EXIT
tries=0
until psql -XAtq "host=$socket user=$owner dbname=$name" -c 'SELECT 1' >/dev/null 2>&1; do
    tries=$((tries + 1))
    kill -0 $server 2>/dev/null && [ $tries -lt 3000 ] || { cat "$folder/server.log" >&2; exit 1; }
    sleep 0.1
done
prove "the base backup" "host=$socket user=$owner dbname=$name"
echo "drill: all holds"
