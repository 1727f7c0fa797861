# shellcheck shell=bash
# What the parts of dev/servers share.

cache=${XDG_CACHE_HOME:-$HOME/.cache}/cpc-dev

fail() {
    echo "dev/servers: $*" >&2
    exit 1
}

say() {
    echo "dev/servers: $*" >&2
}

# Whether every engine has to be there.
required() {
    [ "${CI:-}" = true ] || [ "${CPC_TEST_REQUIRE:-}" = all ]
}

# Runs an installation while no other runs, in a shell of its own. When another was waited for, it finds its work done.
once() {
    mkdir -p "$cache"
    (
        flock 9
        ! "find_${1#install_}" >/dev/null || exit 0
        "$1"
    ) 9>"$cache/lock" </dev/null >&2
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo -n "$@"
    fi
}

# Whether packages can be installed.
can_apt() {
    command -v apt-get >/dev/null && as_root true 2>/dev/null
}

# Installs packages; further options of apt-get may come first.
apt_install() {
    can_apt || return 1
    say "apt-get install $*"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@" >/dev/null
}

apt_update() {
    can_apt && as_root apt-get -qq update
}

has_curl() {
    command -v curl >/dev/null
}

install_curl() {
    apt_update && apt_install curl ca-certificates
}

# Runs `try_NAME PORT` with ports until one is not taken: there is no way to ask these servers for any free one. The ports
# lie below those that the system gives to clients. It says 1 for "taken" and 2 for "it is no use".
on_a_free_port() {
    local port code
    for _ in {1..20}; do
        port=$((20000 + RANDOM % 12000))
        code=0
        "try_$1" "$port" || code=$?
        [ "$code" != 1 ] || continue
        return "$code"
    done
    return 1
}

# Waits until a command succeeds, up to 90 s; fails at once when the process ends.
answers() {
    local pid=$1
    shift
    for _ in {1..900}; do
        "$@" >/dev/null 2>&1 && return 0
        kill -0 "$pid" 2>/dev/null || return 1
        sleep 0.1
    done
    return 1
}
