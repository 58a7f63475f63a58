#!/bin/sh
# Installs oidc-provider 9.13.3 beside a copy of server.mjs in a temporary folder and runs it on 127.0.0.1:${PORT:-9101}. Ctrl-C stops it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=${TMPDIR:-/tmp}/grantspec-oidc-provider
mkdir -p "$work"
cp "$here/server.mjs" "$work/"
cd "$work"
[ -f package.json ] || npm init -y >/dev/null
[ -d node_modules/oidc-provider ] || npm install --no-audit --no-fund --ignore-scripts --save-exact oidc-provider@9.13.3
exec node server.mjs
