#!/bin/sh
# Runs once, on an empty volume: one database and one role per service, closed to the other roles.
set -eu

for service in intake scoring funding_watch notifier; do
  psql --no-psqlrc --set ON_ERROR_STOP=1 --quiet --username "$POSTGRES_USER" --dbname postgres \
    --set service="$service" --set password="$POSTGRES_PASSWORD" <<'SQL'
CREATE ROLE :"service" LOGIN PASSWORD :'password' CONNECTION LIMIT 60;
CREATE DATABASE :"service" OWNER :"service";
REVOKE ALL ON DATABASE :"service" FROM PUBLIC;
SQL
done

# The superuser keeps no password: it enters by the container's own socket alone.
psql --no-psqlrc --set ON_ERROR_STOP=1 --quiet --username "$POSTGRES_USER" --dbname postgres \
  --set superuser="$POSTGRES_USER" <<'SQL'
REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC;
ALTER ROLE :"superuser" PASSWORD NULL;
SQL
