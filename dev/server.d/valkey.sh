# shellcheck shell=bash
# Valkey, from Debian's package; Debian 12 has it among its backports.

find_valkey() {
    command -v valkey-server
}

install_valkey() {
    apt_update || return 1
    apt_install valkey-server && return 0
    add_backports && apt_update && apt_install -t bookworm-backports valkey-server
}

# Adds Debian 12's backports, from where the release itself comes from, and with the same key.
add_backports() {
    local codename list=/etc/apt/sources.list.d/bookworm-backports.sources
    # shellcheck source=/dev/null
    codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    [ "$codename" = bookworm ] || return 1
    local uri key
    uri=$(awk '/^URIs:/ { uri = $2 } /^Suites:/ && / bookworm( |$)/ { print uri; exit }' \
        /etc/apt/sources.list.d/*.sources 2>/dev/null)
    key=$(awk '/^Suites:/ { ours = / bookworm( |$)/ } /^Signed-By:/ && ours { print $2; exit }' \
        /etc/apt/sources.list.d/*.sources 2>/dev/null)
    if [ -z "$uri" ]; then
        uri=$(sed -nE 's/^deb( \[[^]]*\])? ([^ ]+) bookworm .*/\2/p' /etc/apt/sources.list 2>/dev/null | head -n 1)
    fi
    printf 'Types: deb\nURIs: %s\nSuites: bookworm-backports\nComponents: main\nSigned-By: %s\n' \
        "${uri:-http://deb.debian.org/debian}" "${key:-/usr/share/keyrings/debian-archive-keyring.gpg}" |
        as_root tee "$list" >/dev/null
}

start_valkey() {
    on_a_free_port valkey
}

try_valkey() {
    valkey-server --bind 127.0.0.1 --port "$1" --save '' --appendonly no --dir "$PWD" >valkey.log 2>&1 &
    if answers $! grep -q 'Ready to accept connections' valkey.log; then
        echo "valkey://127.0.0.1:$1" >url
        return 0
    fi
    grep -q 'Address already in use' valkey.log && return 1
    return 2
}
