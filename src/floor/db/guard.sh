# Guards a PostgreSQL server: starts it again when it ended by itself (killed for want of memory) once it had been ready, and
# stops it when standard input ends, which also happens when whoever started the guard was killed.
#
#   sh guard.sh SOCKET_FOLDER TRASH COMMAND [ARGUMENT ...]
#
# A line on standard input says that the server is ready. SOCKET_FOLDER and TRASH (may be empty) are removed at the end.
# What the guard knows is in its processes alone: no cleaner of temporary files makes it forget.
socket=$1 trash=$2
shift 2

serve() {
    server= ready= stopping=
    trap 'ready=1' USR1
    # SIGINT is the server's fast shutdown.
    trap 'stopping=1; kill -INT "$server" 2>/dev/null' TERM
    while [ -z "$stopping" ]; do
        "$@" &
        server=$!
        # A signal ends the waiting, not the server.
        while kill -0 "$server" 2>/dev/null; do wait "$server"; done
        [ -n "$ready$stopping" ] || { rm -rf "$socket"; kill $$; exit; }
        [ -n "$stopping" ] || sleep 1
    done
}

serve "$@" &
loop=$!
while read -r _; do kill -USR1 "$loop"; done
while kill -TERM "$loop" 2>/dev/null; do sleep 0.05; done
rm -rf "$socket"
[ -z "$trash" ] || rm -rf "$trash"
