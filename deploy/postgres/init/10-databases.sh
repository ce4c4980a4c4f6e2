#!/bin/bash
# One database and one login a service; none of them can enter another's.
set -euo pipefail
for service in booking availability calendar_sync notifications crm_bridge gateway; do
  variable="${service^^}_DATABASE_PASSWORD"
  psql -q -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d postgres \
    -v name="$service" -v password="${!variable:?}" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name" TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
done
