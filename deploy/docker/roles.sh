#!/bin/sh
# Run once by the postgres image, on an empty volume: the two roles, and the database of the one that owns the tables.
set -eu
psql -v ON_ERROR_STOP=1 -v owner="$DRAGOMAN_OWNER_PASSWORD" -v app="$DRAGOMAN_APP_PASSWORD" -U postgres <<'SQL'
CREATE ROLE dragoman_owner LOGIN PASSWORD :'owner';
CREATE ROLE dragoman_app LOGIN PASSWORD :'app';
CREATE DATABASE dragoman OWNER dragoman_owner;
SQL
