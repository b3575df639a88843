#!/usr/bin/env bash
# The files of systemd/ as systemd itself judges them: no complaint, exposure at most 1.5, users and folders made.
set -euo pipefail
source=$1  # the clone

if ! command -v systemd-analyze >/dev/null; then
  echo "skipped: systemd-analyze is missing (package systemd)"
  exit 77
fi

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# systemd-analyze wants the programs to exist; everything else of the units stays what it is.
sed 's#^\(Exec[A-Za-z]*=\)/usr/bin/[a-z]*#\1/bin/true#' "$source/systemd/triggerd.service" >"$stage/triggerd.service"
sed -f "$source/systemd/template.sed" "$source/systemd/triggerd.service" >"$stage/template"
sed 's#^\(Exec[A-Za-z]*=\)/usr/bin/[a-z]*#\1/bin/true#' "$stage/template" >"$stage/triggerd@.service"

complaints() { systemd-analyze verify --man=no --recursive-errors=no "$1" 2>&1 | grep -F "$(basename "$1" .service)" || true; }

cd "$stage"
for unit in triggerd.service triggerd@.service; do
  said=$(complaints "./$unit")
  [[ -z $said ]] || fail "systemd-analyze verify: $said"
  systemd-analyze security --no-pager --offline=true --threshold=15 "./$unit" >exposure ||
    fail "exposure above 1.5: $(cat exposure)"
  tail -n 1 exposure
done
cd "$OLDPWD"

# The check can fail: an unknown directive is reported.
sed 's/^WatchdogSec=/WatchfulSec=/' "$stage/triggerd.service" >"$stage/broken.service"
[[ -n $(complaints "$stage/broken.service") ]] || fail "systemd-analyze verify overlooks an unknown directive"

# An instance differs from the one daemon in what is its own, and in nothing else.
own=$({ diff "$source/systemd/triggerd.service" "$stage/template" || true; } | sed -n 's/^> //p')
[[ $own == 'Description=Trigger.dev jobs over many targets (%i)
ExecStart=/usr/bin/triggerd --config /etc/triggerd/%i/triggerd.toml
ExecReload=/usr/bin/triggerctl --socket %t/triggerd-%i/control reload
# In a drop-in (`systemctl edit triggerd@NAME`), one line for each { systemd = "NAME" }:
RuntimeDirectory=triggerd-%i
StateDirectory=triggerd-%i' ]] || fail "the template differs in: $own"

for line in Type=notify NotifyAccess=main RestartPreventExitStatus=78 LimitCORE=0 "ExecReload=/usr/bin/triggerctl reload"; do
  grep -qxF "$line" "$source/systemd/triggerd.service" || fail "the unit has no line $line"
done
if grep -q '^PrivateUsers=' "$source/systemd/triggerd.service"; then
  fail "PrivateUsers= hides the ids of the socket's peers"
fi

# A stop must outlast the drain.
drain=$(sed -n 's/.*milliseconds drain_timeout{\([0-9'"'"']*\)}.*/\1/p' "$source/lib/spec/target_spec.hpp" | tr -d "'")
stop=$(sed -n 's/^TimeoutStopSec=\([0-9]*\)s$/\1/p' "$source/systemd/triggerd.service")
[[ -n $drain && -n $stop ]] || fail "drain_timeout or TimeoutStopSec not found"
((stop * 1000 > drain)) || fail "TimeoutStopSec=$stop s is not above drain_timeout=$drain ms"

if ((EUID != 0)); then
  echo "users and folders not tried: needs root"
  exit 0
fi
mkdir -p "$stage/root/etc"
systemd-sysusers --root="$stage/root" "$source/systemd/triggerd.sysusers" >/dev/null
grep -q '^triggerd:' "$stage/root/etc/passwd" || fail "no user triggerd"
grep -q '^triggerd-operators:' "$stage/root/etc/group" || fail "no group triggerd-operators"
systemd-tmpfiles --root="$stage/root" --create "$source/systemd/triggerd.tmpfiles"
user=$(sed -n 's/^triggerd:[^:]*:\([0-9]*\):.*/\1/p' "$stage/root/etc/passwd")
for folder in etc/triggerd/secrets var/lib/triggerd; do
  [[ $(stat -c '%a %u' "$stage/root/$folder") == "700 $user" ]] || fail "/$folder is $(stat -c '%a %u' "$stage/root/$folder")"
done
