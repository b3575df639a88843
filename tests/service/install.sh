#!/usr/bin/env bash
# What `cmake --install` puts where: every file is expected, every expected file is there, and a program of somebody
# else's builds against it.
set -euo pipefail
source=$1 build=$2 cmake=$3 compiler=$4 sanitizers=$5

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
root=$stage/root

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

DESTDIR=$root "$cmake" --install "$build" --prefix /usr >/dev/null

headers() {  # every header of the client library
  local room
  for room in base spec transport api client; do
    (cd "$source/lib" && find "$room" -name '*.hpp' -printf 'usr/include/triggerd/%p\n')
  done
}

expected() {
  printf 'usr/bin/%s\n' triggerd triggerctl triggerd-sandbox
  printf 'usr/lib/%s\n' systemd/system/triggerd{,@}.service sysusers.d/triggerd.conf tmpfiles.d/triggerd.conf
  printf 'LIB/%s\n' libtriggerd_{base,spec,transport,api,client}.a
  printf 'LIB/cmake/triggerd/triggerd-%s.cmake\n' config config-version targets targets-CONFIG
  (cd "$source/config" && find . -type f ! -name '*.varlink' ! -name errors.md ! -path './man/*' ! -path './completions/*' -printf 'usr/share/doc/triggerd/examples/%P\n')
  (cd "$source/config/schema" && find . -type f -printf 'usr/share/triggerd/schema/%P\n')
  printf 'usr/share/doc/triggerd/examples/systemd/%s\n' exec-sources.conf
  printf 'usr/share/triggerd/%s\n' io.triggerd.Control.varlink
  printf 'usr/share/doc/triggerd/%s\n' README.md errors.md
  printf 'usr/share/man/%s\n' man1/triggerctl.1 man1/triggerd-sandbox.1 man5/triggerd{,-jobs}.toml.5 man8/triggerd.8
  printf 'usr/share/bash-completion/completions/%s\n' triggerd triggerctl triggerd-sandbox
  printf 'usr/share/zsh/vendor-completions/_%s\n' triggerd triggerctl triggerd-sandbox
  printf 'usr/share/fish/vendor_completions.d/%s.fish\n' triggerd triggerctl triggerd-sandbox
  headers
}

# The library folder's name and the name of the build's configuration differ between systems.
installed() {
  (cd "$root" && find . ! -type d -printf '%P\n') |
    sed -E 's#^usr/lib(64)?(/[a-z0-9_-]+-linux-gnu[a-z0-9_]*)?/(libtriggerd|cmake/)#LIB/\3#; s#(/triggerd-targets-)[a-z]+\.cmake#\1CONFIG.cmake#'
}

diff <(expected | sort) <(installed | sort) >"$stage/difference" ||
  fail "'<' is expected and missing, '>' is installed and unexpected: $(cat "$stage/difference")"

for unit in "$root"/usr/lib/systemd/system/triggerd{,@}.service; do
  for program in $(sed -n 's/^Exec[A-Za-z]*=\([^ ]*\).*/\1/p' "$unit"); do
    [[ -x $root$program ]] || fail "the unit starts $program, which is not installed"
  done
  [[ -f $root$(sed -n 's#^Documentation=file://##p' "$unit") ]] || fail "the unit names documentation that is not installed"
done

# Nothing that was installed as text may know where it was built.
if grep -rIlF -e "$source" -e "$build" "$root"; then
  fail "these files name the clone"
fi

# The units follow the prefix.
DESTDIR=$stage/local "$cmake" --install "$build" --prefix /opt/triggerd --component runtime >/dev/null
cat "$stage"/local/opt/triggerd/lib/systemd/system/triggerd{,@}.service >"$stage/units"
[[ $(grep -c '^Exec[A-Za-z]*=/opt/triggerd/bin/' "$stage/units") == 4 ]] ||
  fail "the units do not follow the prefix"
[[ ! -e $stage/local/opt/triggerd/include ]] || fail "the runtime component brings headers"

"$cmake" -S "$source/tests/service/consumer" -B "$stage/consumer" -G Ninja -DCMAKE_PREFIX_PATH="$root/usr" \
  -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_CXX_FLAGS="-O0 ${sanitizers:+-fsanitize=$sanitizers}" >"$stage/log" ||
  fail "$(cat "$stage/log")"
"$cmake" --build "$stage/consumer" >"$stage/log" || fail "$(cat "$stage/log")"

# The program is the README's example, word for word.
sed -n '/^#include/,$p' "$source/tests/service/consumer/main.cpp" >"$stage/example"
sed -n '/^```cpp$/,/^```$/{//!p}' "$source/README.md" | diff - "$stage/example" || fail "the README has another example"

# It triggers a task that the installed sandbox knows, and waits for its run.
"$root/usr/bin/triggerd-sandbox" --listen 127.0.0.1:0 >"$stage/sandbox" &
sandbox=$!
trap 'kill "$sandbox"; rm -rf "$stage"' EXIT
until url=$(grep -o 'http://[^ ]*' "$stage/sandbox"); do
  kill -0 "$sandbox" || fail "the installed sandbox does not start"
  sleep 0.1
done
key=$("$root/usr/bin/triggerd-sandbox" --print-env | sed -n '/=tr_prod_/{s/^[^=]*=//p;q}')
TRIGGER_SECRET_KEY=$key timeout 120 "$stage/consumer/consumer" "$url" >"$stage/said" 2>&1 || fail "$(cat "$stage/said")"
grep -q '^run_[^ ]*: [A-Z_]*$' "$stage/said" || fail "the example says: $(cat "$stage/said")"
if ldd "$stage/consumer/consumer" | grep -E 'spdlog|fmt|sqlite|toml|systemd'; then
  fail "the client library pulls in what only the daemon needs"
fi
