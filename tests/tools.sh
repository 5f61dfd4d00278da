#!/usr/bin/env bash
# Installs the programs that the tests compare us with or that check the libraries: the packages of
# tests/requirements.txt in tests/.tools/venv, and ical.js in tests/.tools/node. Does nothing if they are installed
# already; several processes may call it at once.
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p .tools
exec 9>.tools/lock
flock 9
fail() { echo "tests/tools.sh: $*" >&2; exit 1; }

wanted=$(cat requirements.txt peers/package.json | cksum)
[ "$(cat .tools/there 2>/dev/null || true)" != "$wanted" ] || exit 0

command -v python3 >/dev/null || fail "python3 is missing; run: apt-get install python3 python3-venv"
command -v npm >/dev/null || fail "npm is missing; install Node.js 20 or newer"
rm -rf .tools/venv .tools/node .tools/there
python3 -m venv .tools/venv || fail "no virtual environment can be made; run: apt-get install python3-venv"
.tools/venv/bin/pip install --quiet --disable-pip-version-check -r requirements.txt \
    || fail "what requirements.txt lists cannot be installed from PyPI"
mkdir .tools/node
cp peers/package.json peers/package-lock.json .tools/node/
(cd .tools/node && npm ci --no-audit --no-fund --silent) || fail "ical.js cannot be installed from npm"
echo "$wanted" > .tools/there
