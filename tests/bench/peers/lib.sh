# SPDX-License-Identifier: Apache-2.0
# Sourced by run.sh: throw-away servers of PostgreSQL and slapd below $dir, on loopback and
# Unix sockets, with the same records and as durable as they are by default.  What is started
# is noted in $dir/pids.
pg_bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)

now_s() {
	cut -d' ' -f1 /proc/uptime
}

since() {
	awk -v a="$1" -v b="$(now_s)" 'BEGIN { printf "%.2f", b - a }'
}

# ---- PostgreSQL: a server does not run as root.

pg_run() {
	setpriv --reuid=postgres --regid=postgres --clear-groups "$@"
}

pg_sql() {
	port=$1
	shift
	pg_run "$pg_bin/psql" -qAtX -v ON_ERROR_STOP=1 -h "$dir/pg" -p "$port" -U postgres \
		-d postgres "$@"
}

# pg_start NAME PORT
pg_start() {
	pg_run "$pg_bin/initdb" -A trust -U postgres -D "$dir/pg/$1" >/dev/null
	cat >>"$dir/pg/$1/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$dir/pg'
port = $2
wal_level = logical
max_wal_size = 8GB
shared_buffers = 512MB
CONF
	pg_run "$pg_bin/pg_ctl" -w -D "$dir/pg/$1" -l "$dir/pg/$1.log" start >/dev/null
}

pg_stop() {
	pg_run "$pg_bin/pg_ctl" -w -D "$dir/pg/$1" -m fast stop >/dev/null 2>&1 || true
}

pg_table() {
	pg_sql "$1" -c "CREATE TABLE people (id text PRIMARY KEY, number text NOT NULL,
		name text NOT NULL, born date, content text NOT NULL)" \
		-c "CREATE INDEX ON people (number)" -c "CREATE INDEX ON people (name)"
}

# The new one's first copy of what the first has: pg_subscribe PORT OF_PORT
pg_subscribe() {
	pg_sql "$1" -c "CREATE SUBSCRIPTION s$1 CONNECTION
		'host=$dir/pg port=$2 user=postgres dbname=postgres' PUBLICATION people" 2>/dev/null
	until [ "$(pg_sql "$1" -c "SELECT srsubstate FROM pg_subscription_rel")" = r ]; do
		sleep 0.02
	done
}

# ---- slapd

# slapd_config NAME [PROVIDER_PORT [LINE]]: a provider, or a consumer of it.
slapd_config() {
	mkdir -p "$dir/ldap/$1/data"
	cat >"$dir/ldap/$1/slapd.conf" <<CONF
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload syncprov
pidfile $dir/ldap/$1/pid
sizelimit unlimited
database mdb
suffix "dc=list"
rootdn "cn=admin,dc=list"
rootpw secret
directory $dir/ldap/$1/data
maxsize 17179869184
index objectClass eq
index entryUUID eq
index entryCSN eq
index uid eq
index serialNumber eq
index sn eq
CONF
	if [ -n "${2:-}" ]; then
		cat >>"$dir/ldap/$1/slapd.conf" <<CONF
${3:-}
syncrepl rid=001 provider=ldap://127.0.0.1:$2 type=refreshAndPersist retry="1 +"
	searchbase="dc=list" bindmethod=simple binddn="cn=admin,dc=list" credentials=secret
updateref ldap://127.0.0.1:$2
CONF
	else
		echo 'overlay syncprov' >>"$dir/ldap/$1/slapd.conf"
	fi
}

# slapd_start NAME PORT
slapd_start() {
	slapd -f "$dir/ldap/$1/slapd.conf" -h "ldap://127.0.0.1:$2" >/dev/null 2>&1
	until [ -s "$dir/ldap/$1/pid" ]; do sleep 0.05; done
}

slapd_stop() {
	pid=$(cat "$dir/ldap/$1/pid" 2>/dev/null) || return 0
	kill "$pid" 2>/dev/null || return 0
	while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
}

slapd_csn() {
	ldapsearch -LLL -x -H "ldap://127.0.0.1:$1" -s base -b dc=list contextCSN 2>/dev/null |
		grep '^contextCSN'
}

# Until the consumer has the provider's contextCSN, which it sets after the last entry.
slapd_await() {
	until csn=$(slapd_csn "$2") && [ -n "$csn" ] && [ "$(slapd_csn "$1")" = "$csn" ]; do
		sleep 0.1
	done
}

slapd_root() {
	printf '%s\n' 'dn: dc=list' 'objectClass: dcObject' 'objectClass: organization' \
		'dc: list' 'o: list' ''
}
