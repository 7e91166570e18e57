#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# First load: how long an empty node takes until it holds COUNT records of another member,
# verified against the owner's signature, indexed and on disk; and how long the owner took
# to import them.
#
#   sh tests/bench/firstload.sh [COUNT] [FOLLOWER_RUNS]      (1000000, 1)
#
# CORDON_BENCH_DIR: where the stores are put (default: TMPDIR or /tmp); choose the disk.
# CORDON_BENCH_BUILD: a release build (default: build-bench, built here).
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${CORDON_BENCH_BUILD:-$root/build-bench}
count=${1:-1000000}
runs=${2:-1}
. "$root/.ci/packages.sh"
. "$root/tests/lib/union.sh"

cleanup() {
	status=$?
	trap - EXIT INT TERM
	union_stop "$dir" BLR || true
	union_stop "$dir" KAZ || true
	[ "$status" -eq 0 ] || tail -n 5 "$dir"/*/log >&2
	[ -n "${CORDON_BENCH_KEEP:-}" ] || rm -rf "$dir"
	exit "$status"
}

# User and system seconds that process $1 has used.
cpu_s() {
	awk -v hz="$(getconf CLK_TCK)" \
		'{ sub(/.*\) /, ""); printf "%.2f", ($12 + $13) / hz }' "/proc/$1/stat"
}

now_s() {
	cut -d' ' -f1 /proc/uptime
}

if [ -z "${CORDON_BENCH_BUILD:-}" ]; then
	install_packages $BUILD_PACKAGES libcmocka-dev
	[ -f "$build/build.ninja" ] ||
		meson setup "$build" "$root" --buildtype=release >/dev/null
	ninja --quiet -C "$build" daemon/cordond client/ctl/cordonctl tests/bench/bench_people \
		tests/bench/bench_firstload
fi
dir=$(mktemp -d "${CORDON_BENCH_DIR:-${TMPDIR:-/tmp}}/cordon-bench.XXXXXX")
trap cleanup EXIT
trap 'exit 130' INT TERM
union_make "$dir" "$build" KAZ BLR
sed -i 's/^map_size = .*/map_size = 64GiB/' "$dir"/*/cordond.conf

echo "records: $count on $(nproc) cores, stores in ${dir%/*}"
"$build/tests/bench/bench_people" "$count" jsonl >"$dir/people.jsonl"
union_start "$dir" KAZ
kaz=$(cat "$dir/KAZ/pid")
tries=0
# the lists open when the peers have been waited for
until "$dir/bin/cordonctl" --config "$dir/KAZ/admin.conf" status | grep -q ' own'; do
	tries=$((tries + 1))
	[ $tries -lt 100 ]
	sleep 0.2
done
before=$(cpu_s "$kaz")
from=$(now_s)
"$dir/bin/cordonctl" --config "$dir/KAZ/agency.conf" import "$dir/people.jsonl" \
	--format jsonl >"$dir/import.out" 2>&1
awk -v n="$count" -v a="$from" -v b="$(now_s)" -v c0="$before" -v c1="$(cpu_s "$kaz")" 'BEGIN {
	printf "import: %.1f s, %.0f records/s, node CPU %.1f us a record\n",
		b - a, n / (b - a), (c1 - c0) * 1e6 / n
}'
rm "$dir/people.jsonl"

while [ "$runs" -gt 0 ]; do
	runs=$((runs - 1))
	before=$(cpu_s "$kaz")
	from=$(now_s)
	"$dir/bin/cordond" -c "$dir/BLR/cordond.conf" 2>>"$dir/BLR/log" &
	blr=$!
	echo "$blr" >"$dir/BLR/pid"
	"$build/tests/bench/bench_firstload" "$dir" BLR KAZ "$count" "$from" "$kaz" "$blr" \
		>"$dir/load.out"
	awk -v n="$count" -v kaz="cpu_s_$kaz" -v blr="cpu_s_$blr" -v c0="$before" '
		{ v[$1] = $2 }
		END {
			printf "first load: %.2f s (first rows seen after %.2f s)\n",
				v["all_s"], v["first_rows_s"]
			printf "  CPU of the new node %.2f s, %.2f us a record\n", v[blr],
				v[blr] * 1e6 / n
			printf "  CPU of the owner    %.2f s, %.2f us a record\n", v[kaz] - c0,
				(v[kaz] - c0) * 1e6 / n
			printf "  store of the new node %.0f MiB, %.0f bytes a record\n",
				v["store_bytes"] / 1048576, v["store_bytes"] / n
		}' "$dir/load.out"
	union_stop "$dir" BLR
	rm -rf "$dir/BLR/data"
done
