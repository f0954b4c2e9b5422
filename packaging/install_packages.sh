#!/bin/sh
# Installs what packaging/debian-packages.txt lists for the given uses (build, run, test) and is not
# there yet. Says what it installs; needs root or sudo only when something is missing.
set -eu
list="$(dirname "$0")/debian-packages.txt"
missing=""
for use in "$@"; do
  for package in $(sed 's/#.*//' "$list" | awk -v use="$use" '$2 == use { print $1 }'); do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' || missing="$missing $package"
  done
done
[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null; then
  echo "These Debian packages are missing and apt-get is not here to install them:$missing" >&2
  exit 1
fi
as_root=""
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "These packages are missing:$missing" >&2
    echo "Run as root, or install sudo, or install them yourself: apt-get install$missing" >&2
    exit 1
  fi
  as_root="sudo"
fi
echo "Installing Debian packages:$missing"
$as_root apt-get update -qq
# No services are started: mariadb-server is only the yardstick of `make bench`, which runs its own.
policy=/usr/sbin/policy-rc.d
placed=""
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
  $as_root chmod 755 "$policy"
  placed=yes
fi
status=0
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null || status=$?
[ -z "$placed" ] || $as_root rm -f "$policy"
exit $status
