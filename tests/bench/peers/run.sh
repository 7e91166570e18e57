#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A Cordon beside PostgreSQL's logical replication and slapd's syncrepl, in one run, on one
# disk: the first load of COUNT records, and the propagation of RATE changes a second.
#
#   sh tests/bench/peers/run.sh [COUNT [RATE [SECONDS]]]       (1000000, 500, 10)
#
# As root on Debian: installs what is missing.  Each has the same records (bench_people), an
# index on the number and on the name, and syncs as it does by default; only a Cordon checks
# them against their owner's signature.  CORDON_BENCH_DIR chooses the disk.
set -eu
root=$(cd "$(dirname "$0")/../../.." && pwd)
build=$root/build-bench
count=${1:-1000000}
rate=${2:-500}
seconds=${3:-10}
. "$root/.ci/packages.sh"
. "$root/tests/lib/union.sh"
. "$root/tests/bench/peers/lib.sh"

cleanup() {
	status=$?
	trap - EXIT INT TERM
	for member in KAZ BLR RUS; do union_stop "$dir" $member || true; done
	for name in a b c; do
		pg_stop $name
		slapd_stop $name
	done
	rm -rf "$dir"
	exit "$status"
}

install_packages $BUILD_PACKAGES libcmocka-dev postgresql slapd ldap-utils libpq-dev \
	libldap-dev
pg_bin=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)
[ -f "$build/build.ninja" ] || meson setup "$build" "$root" --buildtype=release >/dev/null
ninja --quiet -C "$build" daemon/cordond client/ctl/cordonctl tests/bench/bench_people \
	tests/bench/bench_firstload tests/bench/bench_steady
dir=$(mktemp -d "${CORDON_BENCH_DIR:-${TMPDIR:-/tmp}}/cordon-peers.XXXXXX")
trap cleanup EXIT
trap 'exit 130' INT TERM
chmod 755 "$dir"
mkdir "$dir/pg" "$dir/ldap"
chown postgres "$dir/pg"
for peer in pg ldap; do
	library=$peer
	[ $peer = pg ] && library=pq
	cc -O2 -D_POSIX_C_SOURCE=200809L -I"$root" -I/usr/include/postgresql \
		-o "$dir/steady_$peer" "$root/tests/bench/steady.c" \
		"$root/tests/bench/peers/steady_$peer.c" -l$library -llber -lpthread
done
port=$(union_free_port 7)
pa=$port pb=$((port + 1)) pc=$((port + 2))

echo "$count records, $(nproc) cores, load $(cut -d' ' -f1 /proc/loadavg), stores in ${dir%/*}"

# ---- first load: each in turn, the others' servers down

"$build/tests/bench/bench_people" "$count" tsv >"$dir/people.tsv"
pg_start a $pa
pg_start b $pb
pg_table $pa
pg_table $pb
pg_sql $pa -c "\\copy people FROM '$dir/people.tsv'" -c "CHECKPOINT" \
	-c "CREATE PUBLICATION people FOR TABLE people"
rm "$dir/people.tsv"
from=$(now_s)
pg_subscribe $pb $pa
pg_s=$(since "$from")
echo "first load  PostgreSQL  $pg_s s"
pg_stop a
pg_stop b
rm -rf "$dir/pg/a" "$dir/pg/b"

CORDON_BENCH_DIR=$dir sh "$root/tests/bench/firstload.sh" "$count" 2 | tee "$dir/cordon.out" |
	sed 's/^/            Cordon      /'
cordon_s=$(sed -n 's/^first load: \([0-9.]*\) s.*/\1/p' "$dir/cordon.out" | sort -n | head -n 1)
echo "first load  Cordon      $cordon_s s (the better of two)"

slapd_config a
# with a sync for each entry, as it has by default, it would take an hour
slapd_config b $pa dbnosync
{ slapd_root; "$build/tests/bench/bench_people" "$count" ldif; } >"$dir/people.ldif"
slapadd -q -w -f "$dir/ldap/a/slapd.conf" -l "$dir/people.ldif" >/dev/null 2>&1
rm "$dir/people.ldif"
slapd_start a $pa
from=$(now_s)
slapd_start b $pb
slapd_await $pb $pa
slapd_s=$(since "$from")
echo "first load  slapd       $slapd_s s (without syncs)"
slapd_stop b
slapd_stop a
rm -rf "$dir/ldap/a" "$dir/ldap/b"

# ---- propagation: three servers each, one writer; in turns, since a disk has its moods

steady_cordon() {
	union_make "$dir" "$build" KAZ BLR RUS
	for member in KAZ BLR RUS; do
		union_unlimit "$dir" $member
		union_start "$dir" $member
	done
	until "$dir/bin/cordonctl" --config "$dir/KAZ/admin.conf" status | grep -q ' own'; do
		sleep 0.2
	done
	"$build/tests/bench/bench_steady" "$dir" "$rate" "$seconds"
	for member in KAZ BLR RUS; do
		union_stop "$dir" $member
		rm -rf "${dir:?}/$member"
	done
}

steady_pg() {
	pg_start a $pa
	pg_table $pa
	pg_sql $pa -c "CREATE PUBLICATION people FOR TABLE people"
	for name in b c; do
		[ $name = b ] && peer=$pb || peer=$pc
		pg_start $name $peer
		pg_table $peer
		pg_subscribe $peer $pa
	done
	"$dir/steady_pg" "$dir/pg" $pa $pb $pc "$rate" "$seconds"
	for name in b c a; do
		pg_stop $name
		rm -rf "$dir/pg/$name"
	done
}

steady_slapd() {
	slapd_config a
	slapd_root >"$dir/root.ldif"
	slapadd -w -f "$dir/ldap/a/slapd.conf" -l "$dir/root.ldif" >/dev/null 2>&1
	slapd_start a $pa
	for name in b c; do
		[ $name = b ] && peer=$pb || peer=$pc
		slapd_config $name $pa
		slapd_start $name $peer
		slapd_await $peer $pa
	done
	"$dir/steady_ldap" $pa $pb $pc "$rate" "$seconds"
	for name in b c a; do
		slapd_stop $name
		rm -rf "$dir/ldap/$name"
	done
}

for round in 1 2 3; do
	echo "propagation, round $round of 3"
	for peer in cordon pg slapd; do
		sync # what the one before has written is not this one's
		steady_$peer
	done
done

awk -v c="$cordon_s" -v p="$pg_s" -v s="$slapd_s" 'BEGIN {
	printf "first load, times that of a Cordon: PostgreSQL %.2f, slapd %.2f\n", p / c, s / c
}'
