#!/bin/bash
# Makes the service's own role, which is no superuser, and its database; runs once, when the cluster is new.
set -euo pipefail
password=$(cat /run/secrets/database_password)
psql -v ON_ERROR_STOP=1 -v password="$password" --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
create role banjian login password :'password';
create database banjian owner banjian;
SQL
