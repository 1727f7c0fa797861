# shellcheck shell=bash
# PostgreSQL, from Debian's package.

# The folder of the newest server's programs; the one that pg_config names comes first.
find_postgres() {
    local bin
    for bin in "$(pg_config --bindir 2>/dev/null)" $(printf '%s\n' /usr/lib/postgresql/*/bin | sort --version-sort --reverse); do
        if [ -x "$bin/initdb" ] && [ -x "$bin/postgres" ]; then
            echo "$bin"
            return 0
        fi
    done
    return 1
}

install_postgres() {
    apt_update || return 1
    # Releases of Debian after 12 carry another version.
    apt_install postgresql-15 || apt_install postgresql
}

start_postgres() {
    postgres_bin=$(find_postgres)
    postgres_as=()
    # initdb and postgres refuse to run as root.
    if [ "$(id -u)" = 0 ]; then
        local account=nobody
        if getent passwd postgres >/dev/null; then
            account=postgres
        fi
        chown "$account" .
        postgres_as=(setpriv "--reuid=$account" "--regid=$(id -g "$account")" --init-groups)
        "${postgres_as[@]}" test -w "$PWD" || fail "$account cannot enter $PWD; choose another TMPDIR"
    fi
    "${postgres_as[@]}" "$postgres_bin/initdb" --pgdata="$PWD/data" --username=postgres --auth=trust --encoding=UTF8 \
        --locale=C.UTF-8 --no-sync --no-instructions >initdb.log 2>&1
    on_a_free_port postgres
}

try_postgres() {
    # Tests need no durability against power loss. Each daemon has a pool of its own, so the connections are many.
    "${postgres_as[@]}" "$postgres_bin/postgres" -D "$PWD/data" -p "$1" -c listen_addresses=127.0.0.1 \
        -c "unix_socket_directories=$PWD" -c max_connections=500 -c shared_buffers=64MB \
        -c fsync=off -c full_page_writes=off >postgres.log 2>&1 &
    if answers $! "$postgres_bin/pg_isready" --host="$PWD" --port="$1" --username=postgres; then
        echo "postgres://postgres@127.0.0.1:$1/postgres" >url
        return 0
    fi
    grep -q 'could not bind' postgres.log && return 1
    return 2
}
