#!/bin/sh
# Secrets from files: NAME_FILE=/run/secrets/name gives the program NAME, for each of these names. Then runs the command.
set -eu
for name in PREFECT_API_AUTH_STRING PREFECT_API_KEY PREFECT_SERVER_API_AUTH_STRING PREFECT_SERVER_DATABASE_PASSWORD \
    AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN NEWSLAKE_ALERTS; do
    file=$(printenv "${name}_FILE") || continue
    value=$(cat "$file") # without the line break at its end; `set -e` stops at a file that cannot be read
    # Prefect would take an empty password for none, and let everybody in.
    [ -n "$value" ] || { echo "error: ${name}_FILE names $file, which is empty" >&2 && exit 1; }
    export "$name=$value"
    unset "${name}_FILE"
done
exec "$@"
