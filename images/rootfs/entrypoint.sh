#!/bin/sh
# Starts PostgreSQL as the image `postgres` does, as far as topple needs it: an empty cluster in $PGDATA if there is
# none, everyone on the network may log in when POSTGRES_HOST_AUTH_METHOD is `trust`, and `postgres` with what follows.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  initdb --pgdata="$PGDATA" --username=postgres --auth=trust --encoding=UTF8 --locale=C --no-instructions
  echo "host all all all ${POSTGRES_HOST_AUTH_METHOD:?say trust, for a database without passwords}" >>"$PGDATA/pg_hba.conf"
fi
[ "$1" = postgres ] && shift
exec postgres -D "$PGDATA" -c listen_addresses='*' -c unix_socket_directories=/var/run/postgresql "$@"
