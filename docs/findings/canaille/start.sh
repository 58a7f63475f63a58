#!/bin/sh
# Installs Canaille 0.3.6 in a temporary folder and runs it on 127.0.0.1:${PORT:-9103}, by server.py. Ctrl-C stops it.
set -eu
PORT=${PORT:-9103}
export PORT
here=$(cd "$(dirname "$0")" && pwd)
work=${TMPDIR:-/tmp}/grantspec-canaille
mkdir -p "$work"
cp "$here/server.py" "$work/"
cd "$work"
[ -d venv ] || python3 -m venv venv
[ -f installed ] || { venv/bin/pip install --quiet 'canaille[front,oidc,server,sqlite]==0.3.6' 'time-machine==3.6.0' && touch installed; }
[ -f server.pem ] || cp "$here/server.pem" .
rm -f canaille.sqlite*
exec venv/bin/python server.py
