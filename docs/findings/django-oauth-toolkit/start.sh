#!/bin/sh
# Installs django-oauth-toolkit 3.4.1 beside a copy of server.py in a temporary folder and runs it on 127.0.0.1:${PORT:-9104}. Ctrl-C stops it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=${TMPDIR:-/tmp}/grantspec-django-oauth-toolkit
mkdir -p "$work"
cp "$here/server.py" "$work/"
cd "$work"
[ -d venv ] || python3 -m venv venv
[ -f installed ] || { venv/bin/pip install --quiet 'django-oauth-toolkit==3.4.1' 'django==5.2.19' 'oauthlib==3.3.1' 'time-machine==3.6.0' && touch installed; }
[ -f oidc.key ] || openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out oidc.key 2>/dev/null
rm -f db.sqlite3*
exec venv/bin/python server.py
