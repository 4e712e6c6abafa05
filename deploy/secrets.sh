#!/bin/bash
# Makes the secrets of docker-compose.yml in ./secrets, once: passwords, the address with them, and the master key.
set -euo pipefail
cd "$(dirname "$0")/.."
umask 077
if [ -e secrets ]; then
  echo 'secrets/ is there already: nothing was changed.' >&2
  exit 1
fi
mkdir secrets
openssl rand -hex 24 >secrets/postgres_password
openssl rand -hex 24 >secrets/database_password
printf 'postgres://banjian:%s@postgres:5432/banjian\n' "$(cat secrets/database_password)" >secrets/database_url
openssl rand -hex 24 >secrets/metrics_token
printf '1:%s\n' "$(openssl rand -base64 32)" >secrets/master.key
# Group 10001 is the service in its container; the master key refuses to be readable by others.
chmod 0440 secrets/database_url secrets/metrics_token secrets/master.key
chmod 0444 secrets/postgres_password secrets/database_password
chgrp 10001 secrets/database_url secrets/metrics_token secrets/master.key 2>/dev/null ||
  echo 'Run as root: chgrp 10001 secrets/database_url secrets/metrics_token secrets/master.key' >&2
echo 'Keep a copy of secrets/master.key off this machine: without it, sealed personal data is lost.'
