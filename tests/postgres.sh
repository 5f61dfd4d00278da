# Starts a PostgreSQL server for tests and measurements, which is removed when the script ends. This file is sourced.
# start_postgres [durable] sets postgres_url.

postgres_bin() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1; }

# Says where files can be kept in memory, if there are 4 GB of it.
roomy_memory() {
    local free
    free=$(df --output=avail /dev/shm 2>/dev/null | tail -1)
    [ "${free:-0}" -gt 4000000 ] && [ -w /dev/shm ] && echo /dev/shm
}

# PostgreSQL refuses to run as root.
as_postgres() {
    if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

start_postgres() {
    local bin port durability
    bin=$(postgres_bin)
    [ -x "$bin/initdb" ] || { echo "PostgreSQL is missing; run: apt-get install postgresql" >&2; return 1; }
    # A test's database is thrown away, so durability would only cost time; measurements need it. Half of the time of
    # making a database goes into its thousand small files, which memory takes up faster than a disk.
    if [ "${1:-}" = durable ]; then
        durability=
        postgres_folder=$(mktemp -d)
    else
        durability="-c fsync=off -c full_page_writes=off"
        postgres_folder=$(mktemp -d "$(roomy_memory || echo "${TMPDIR:-/tmp}")/madoguchi-XXXXXXXX")
    fi
    [ "$(id -u)" != 0 ] || chown postgres "$postgres_folder"
    trap stop_postgres EXIT
    port=$((20000 + RANDOM % 20000))
    (
        cd "$postgres_folder" &&
        as_postgres "$bin/initdb" -D data -A trust -U postgres --no-sync -E UTF8 --locale=C.UTF-8 >/dev/null &&
        as_postgres "$bin/pg_ctl" -D data -w -l "$postgres_folder/log" start \
            -o "-p $port -k $postgres_folder -c listen_addresses=127.0.0.1 -c max_connections=300 $durability" >/dev/null
    ) || { echo "PostgreSQL does not start:" >&2; cat "$postgres_folder/log" >&2; return 1; }
    postgres_url="postgres://postgres@127.0.0.1:$port/postgres"
}

stop_postgres() {
    as_postgres "$(postgres_bin)/pg_ctl" -D "$postgres_folder/data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$postgres_folder"
}
