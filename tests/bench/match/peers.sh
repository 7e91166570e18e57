#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# sh tests/bench/match/peers.sh PAIRS [PERSONS [INNOCENT]]: persons with their birth dates,
# found by Cordon, by a scan with Jaro-Winkler over ICU's Latin letters, and by PostgreSQL
# with pg_trgm over the same letters: a GIN index of names, and a GiST index of birth date
# and name (within a year).  Each at the threshold that gives at most 5 false candidates in
# 1,000 innocent queries of the same birth date.  As root; about ten minutes for a million.
set -eu

root=$(cd "$(dirname "$0")/../../.." && pwd)
build=$root/build-bench
pairs=$1
persons=${2:-1000000}
innocent=${3:-2000}
pg_queries=${PG_QUERIES:-1000}
here=$root/tests/bench/match
. "$root/.ci/packages.sh"
. "$root/tests/lib/union.sh"
. "$root/tests/bench/peers/lib.sh"
install_packages $BUILD_PACKAGES libcmocka-dev postgresql
pg_bin=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)
[ -f "$build/build.ninja" ] || meson setup "$build" "$root" --buildtype=release >/dev/null
ninja --quiet -C "$build" tests/bench/match/bench_match_peers
dir=$(mktemp -d "${TMPDIR:-/tmp}/cordon-match-peers.XXXXXX")
port=$(union_free_port 3)

finish() {
	status=$?
	trap - EXIT INT TERM
	pg_stop match || true
	rm -rf "$dir"
	exit "$status"
}
trap finish EXIT INT TERM

chmod 755 "$dir"
mkdir -p "$dir/store" "$dir/pg"
chown postgres "$dir/pg"
"$build/tests/bench/match/bench_match_peers" --lists "$here/names.tsv" \
	--pairs "$pairs" --persons "$persons" --planted 3000 \
	--innocent "$innocent" --dir "$dir/store" --out "$dir"

# A sample of both kinds of queries: PostgreSQL takes tens of milliseconds for one.
awk -F'\t' -v most="$pg_queries" '
	{ of[$2 != 0]++; kind[NR] = $2 != 0; line[NR] = $0 }
	END {
		for (i = 1; i <= NR; i++) {
			k = kind[i]
			share = most / of[k]
			taken = int(at[k] * share)
			if (int(++at[k] * share) > taken || share >= 1) {
				print line[i]
			}
		}
	}' "$dir/queries.tsv" >"$dir/sample.tsv"

pg_start match $port
pg_sql $port -c "CREATE EXTENSION pg_trgm" -c "CREATE EXTENSION btree_gist" \
	-c "CREATE TABLE people (id bigint, name text, born date)" \
	-c "CREATE TABLE queries (id bigint, truth bigint, name text, born date)" \
	-c "CREATE TABLE found (id bigint, truth bigint, person bigint, likeness real)"
pg_sql $port -c "\\copy people FROM '$dir/people.tsv'" \
	-c "\\copy queries FROM '$dir/sample.tsv'" -c "VACUUM ANALYZE people"

# pg_ask NAME INDEX WHERE
pg_ask() {
	pg_sql $port -c "SET maintenance_work_mem = '1GB'" \
		-c "CREATE INDEX asked ON people USING $2"
	bytes=$(pg_sql $port -c "SELECT pg_relation_size('asked')")
	us=$(pg_sql $port -c "TRUNCATE found" -c "SET jit = off" -c "SELECT pg_backend_pid()" \
		-c "SET pg_trgm.similarity_threshold = 0.3" \
		-c "SELECT pg_read_file('/proc/self/stat')" \
		-c "SET enable_seqscan = off" \
		-c "INSERT INTO found SELECT q.id, q.truth, p.person, p.likeness FROM queries q,
			LATERAL (SELECT p.id AS person, similarity(p.name, q.name) AS likeness,
				p.born AS born FROM people p WHERE $3 OFFSET 0) p
			WHERE p.born = q.born" \
		-c "SELECT pg_read_file('/proc/self/stat')" \
		-c "SELECT 'queries ' || count(*) FROM queries" |
		awk -v hz="$(getconf CLK_TCK)" '
			/^queries/ { n = $2 }
			/^[0-9]+ \(/ { sub(/^.*\) /, ""); t[++k] = $12 + $13 }
			END { printf "%.1f", (t[2] - t[1]) / hz * 1e6 / n }')
	pg_sql $port -F ' ' -c "SELECT (truth <> 0)::int, likeness FROM found
		WHERE truth = 0 OR person = truth ORDER BY likeness DESC" >"$dir/found.txt"
	innocent_asked=$(awk -F'\t' '$2 == 0' "$dir/sample.tsv" | wc -l)
	planted_asked=$(awk -F'\t' '$2 != 0' "$dir/sample.tsv" | wc -l)
	awk -v name="$1" -v innocent="$innocent_asked" -v planted="$planted_asked" -v us="$us" \
		-v bytes="$bytes" -v persons="$persons" '
		$1 == 0 && falsely + 1 > innocent * 5 / 1000 { done = 1 }
		!done { least = $2; if ($1 == 1) truly++; else falsely++ }
		END {
			printf "%-36s found %6.2f%% from %.2f on, ", name,
				100 * truly / planted, least
			printf "%d false candidates of %d innocent; ", falsely, innocent
			printf "CPU %10.1f us a query; index %.0f bytes a person\n", us,
				bytes / persons
		}' "$dir/found.txt"
	pg_sql $port -c "DROP INDEX asked"
}

pg_ask "PostgreSQL, pg_trgm, GIN" "gin (name gin_trgm_ops)" "p.name % q.name"
pg_ask "PostgreSQL, pg_trgm, GiST with date" "gist (born, name gist_trgm_ops)" \
	"p.name % q.name AND p.born BETWEEN q.born - 365 AND q.born + 365"
