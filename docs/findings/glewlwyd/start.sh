#!/bin/sh
# Runs glewlwyd 2.7.5, of the Debian packages glewlwyd, libfaketime and sqlite3, with a new database in a temporary folder on 127.0.0.1:${PORT:-9105}. Ctrl-C stops it.
set -eu
PORT=${PORT:-9105}
export PORT
here=$(cd "$(dirname "$0")" && pwd)
work=${TMPDIR:-/tmp}/grantspec-glewlwyd
command -v glewlwyd >/dev/null || { echo "first: apt-get install --no-install-recommends glewlwyd libfaketime sqlite3" >&2; exit 1; }
mkdir -p "$work"
cd "$work"
[ -f oidc.key ] || openssl genrsa -out oidc.key 2048 2>/dev/null
rm -f glewlwyd.db*
gzip -dc /usr/share/doc/glewlwyd/database/init.sqlite3.sql.gz | sqlite3 glewlwyd.db
# It does not wait for a database that somebody else writes to: with a log of its own those who read are in nobody's way.
sqlite3 glewlwyd.db 'PRAGMA journal_mode=WAL' >/dev/null
sed "s#@PORT@#$PORT#g; s#@DIR@#$work#g" "$here/glewlwyd.conf.in" >glewlwyd.conf
# Its time can be advanced by what stands in the file, which setup.py writes for as long as the server runs.
echo +0 >clock
python3 "$here/setup.py" &
LD_PRELOAD=$(echo /usr/lib/*/faketime/libfaketimeMT.so.1)
export LD_PRELOAD FAKETIME_TIMESTAMP_FILE="$work/clock" FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1
exec glewlwyd --config-file=glewlwyd.conf
