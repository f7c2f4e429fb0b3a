-- User and database of the Prefect server, on a Postgres of your own (15 was measured). As its administrator:
--   psql --set=ON_ERROR_STOP=1 --set=password="$POSTGRES_PASSWORD" --file infra/deployment/prefect.sql postgres
-- Prefect makes its tables itself, and one extension (pg_trgm), which the owner of a database may create.
CREATE ROLE prefect LOGIN PASSWORD :'password';
CREATE DATABASE prefect OWNER prefect;
-- Nobody else may look into it.
REVOKE ALL ON DATABASE prefect FROM PUBLIC;
