#!/usr/bin/env bash
# Runs scim2-tester in both realms of a new server, and exits with 1 if it finds an error.
#
#   test/interop/scim2-tester.sh FOLDER
#
# FOLDER has checkouts of three repositories of python-scim: scim2-tester, scim2-models and scim2-client. The Python
# packages that they need are taken from the system (Debian: python3-pydantic from 2.12 on, python3-httpx,
# python3-email-validator). If the system has none, apt-get downloads them from Debian testing into a temporary folder,
# with their own Python, and nothing is installed.
set -euo pipefail
checkouts=$(cd "${1:?usage: $0 FOLDER}" && pwd)
cd "$(dirname "$0")/../.."

for repository in scim2-tester scim2-models scim2-client; do
  [ -f "$checkouts/$repository/pyproject.toml" ] || {
    echo "$checkouts/$repository is no checkout of $repository" >&2
    exit 2
  }
done
export PYTHONPATH=$checkouts/scim2-tester:$checkouts/scim2-models:$checkouts/scim2-client

# Downloads Python and the packages from Debian testing. $1: the folder for them
from_debian() {
  mkdir -p "$1"/{lists/partial,cache/archives/partial,root}
  touch "$1/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian testing main" \
    >"$1/sources.list"
  local options=(
    -o "Dir::Etc::SourceList=$1/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o "Dir::State::Lists=$1/lists" -o "Dir::State::status=$1/status" -o "Dir::Cache=$1/cache"
  )
  apt-get "${options[@]}" -qq update
  apt-get "${options[@]}" -qq install --yes --download-only --no-install-recommends \
    python3-pydantic python3-httpx python3-email-validator >/dev/null
  local package
  for package in "$1"/cache/archives/*.deb; do dpkg-deb -x "$package" "$1/root"; done
  cat >"$1/python3" <<PYTHON
#!/bin/sh
root=$1/root
lib=\$root/usr/lib/$(uname -m)-linux-gnu
exec "\$(ls "\$root"/usr/lib64/ld-linux-*.so.2 "\$lib"/ld-linux-*.so.[0-9] 2>/dev/null | head -n 1)" \\
  --library-path "\$lib" "\$root/usr/bin/python3" "\$@"
PYTHON
  chmod +x "$1/python3"
}

export PYTHON=${PYTHON:-python3}
if ! "$PYTHON" -c 'import httpx, email_validator, scim2_models' 2>/dev/null; then
  temporary=$(mktemp -d)
  trap 'rm -rf "$temporary"' EXIT
  from_debian "$temporary"
  PYTHON=$temporary/python3
fi
node --import ./test/support/typescript.mjs test/interop/scim2-tester.ts
