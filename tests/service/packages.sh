#!/usr/bin/env bash
# The Debian packages of a folder: what lintian says of them, and that they hold what `cmake --install` installs.
set -euo pipefail
packages=$1 build=$2

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

daemon=("$packages"/triggerd_*.deb) library=("$packages"/libtriggerd-dev_*.deb)
[[ ${#daemon[@]} == 1 && -f ${daemon[0]} && ${#library[@]} == 1 && -f ${library[0]} ]] ||
  fail "$packages should hold triggerd and libtriggerd-dev, once each"

# lintian spends minutes on static libraries, so it sees the library's package without them.
dpkg-deb --raw-extract "${library[0]}" "$stage/library"
find "$stage/library" -name '*.a' -delete
sed -i '/[.]a$/d' "$stage/library/DEBIAN/md5sums"
dpkg-deb --build --root-owner-group "$stage/library" "$stage/library.deb" >/dev/null
said=$(lintian --allow-root --fail-on=error --show-overrides "${daemon[0]}" "$stage/library.deb") || fail "lintian: $said"
overridden=$(sed -n 's/^O: [a-z-]*: \([a-z-]*\).*/\1/p' <<<"$said" | sort -u)
[[ $overridden == copyright-without-copyright-notice ]] || fail "lintian is told to overlook: $overridden"

files() { dpkg-deb --fsys-tarfile "$1" | tar --list | sed -n 's#^\./\(.*[^/]\)$#\1#p'; }
packed() { { files "${daemon[0]}" && files "${library[0]}"; } | sed '/^usr.share.man/s/[.]gz$//'; }
only_packed() {
  echo etc/triggerd/triggerd.toml
  local name
  for name in triggerd libtriggerd-dev; do
    printf '%s\n' "usr/share/lintian/overrides/$name" "usr/share/doc/$name/"{copyright,changelog.gz}
  done
}
DESTDIR=$stage/root cmake --install "$build" --prefix /usr >/dev/null
diff <({ only_packed && cd "$stage/root" && find . ! -type d -printf '%P\n'; } | sort) <(packed | sort) >"$stage/difference" ||
  fail "'<' is installed and not packed, '>' the other way round: $(cat "$stage/difference")"

[[ $(dpkg-deb --info "${daemon[0]}" conffiles) == /etc/triggerd/triggerd.toml ]] || fail "the configuration is no conffile"
