# shellcheck shell=bash
# toxiproxy, built by Go.

toxiproxy_version=v2.5.0
toxiproxy=${cache:?}/toxiproxy-$toxiproxy_version/server

find_toxiproxy() {
    has_curl || return 1
    if [ -x "$toxiproxy" ]; then
        echo "$toxiproxy"
    else
        command -v toxiproxy-server
    fi
}

install_toxiproxy() {
    has_curl || install_curl || return 1
    [ ! -x "$toxiproxy" ] || return 0
    command -v go >/dev/null || { apt_update && apt_install golang-go; } || return 1
    say "building toxiproxy $toxiproxy_version into $cache"
    GOBIN=$(dirname "$toxiproxy") go install "github.com/Shopify/toxiproxy/v2/cmd/server@$toxiproxy_version"
}

start_toxiproxy() {
    on_a_free_port toxiproxy
}

try_toxiproxy() {
    "$(find_toxiproxy)" -host 127.0.0.1 -port "$1" >toxiproxy.log 2>&1 &
    if answers $! is_toxiproxy "$1"; then
        echo "http://127.0.0.1:$1" >url
        return 0
    fi
    grep -q 'address already in use' toxiproxy.log && return 1
    return 2
}

# The process must live when it has answered: otherwise another one did, whose port this is.
is_toxiproxy() {
    curl --fail --silent --max-time 5 "http://127.0.0.1:$1/proxies" | grep -q '^{' && ! grep -q 'already in use' toxiproxy.log
}
