#!/bin/sh
# Whether the server accepts connections, as `pg_ctl --wait` tells it: by the eighth line of its own file.
{
  for _ in 1 2 3 4 5 6 7; do read -r line || exit 2; done
  read -r line || exit 2
} 2>/dev/null <"$PGDATA/postmaster.pid"
[ "${line%% *}" = ready ]
