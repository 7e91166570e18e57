#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the access log costs: lookups at one node with it and at one without, by turns.
#
#   sh tests/bench/access_log.sh BUILD [TURNS [SECONDS [CONNECTIONS [IN_FLIGHT [HITS]]]]]
#
# Prints the CPU time of each lookup and how many a second, turn by turn, and the medians
# of both with their difference.  The nodes are on loopback, their files below TMPDIR.
set -eu
build=$1 turns=${2:-5} seconds=${3:-4} connections=${4:-8} in_flight=${5:-32} hits=${6:-20}
dir=$(mktemp -d)
pids=
trap 'for pid in $pids; do kill $pid 2>/dev/null; done; wait; rm -rf "$dir"' EXIT
ctl=$build/client/ctl/cordonctl

"$ctl" pki init-member KAZ "$dir/pki" >/dev/null
"$ctl" pki issue "$dir/pki" --role checkpoint --name c --out "$dir/pki/checkpoint" >/dev/null
"$ctl" pki issue "$dir/pki" --role agency --name a --out "$dir/pki/agency" >/dev/null

node() { # NAME
	"$ctl" pki issue "$dir/pki" --role node --name "$1" --host 127.0.0.1 \
		--out "$dir/pki/$1" >/dev/null
	mkdir "$dir/$1"
	cat >"$dir/$1/cordond.conf" <<CONF
node = KAZ/$1
certificate = ../pki/$1.pem
key = ../pki/$1.key
head_key = ../pki/head.key
data_dir = data
listen = {"127.0.0.1:0"}
workers = 2
map_size = 1GiB
requests_in_flight_max = 1024
requests_per_address = 0
requests_per_identity = 0
bytes_per_address = 0B
bytes_per_identity = 0B
in_flight_per_identity = 100000
member KAZ { ca = ../pki/ca.pem head_keys = {../pki/head.pem} }
$2
CONF
	mkdir -p "$dir/$1/data"
	"$build/daemon/cordond" -c "$dir/$1/cordond.conf" 2>"$dir/$1/log" &
	pids="$pids $!"
	echo $! >"$dir/$1/pid"
	while ! port=$(sed -n 's/.*listening on .* port \([0-9]*\).*/\1/p' "$dir/$1/log" |
		grep .); do
		kill -0 $! 2>/dev/null || { cat "$dir/$1/log"; exit 1; }
		sleep 0.05
	done
	echo "$port" >"$dir/$1/port"
}

put_all() { # NAME
	i=0
	while [ $i -lt "$hits" ]; do
		printf '{"id":"KAZ-%s","kind":"entry_ban","reason":"overstay",' $i
		printf '"valid_from":"2026-01-01","valid_until":"2029-12-31",'
		printf '"actions":["refuse_entry"],"person":{"names":[{"type":"primary",'
		printf '"surname":"BENCH","given":"MARK"}],"born":"1990-01-01",'
		printf '"documents":[{"type":"P","number":"H%06d","issuer":"UZB"}]}}\n' $i
		i=$((i + 1))
	done >"$dir/records"
	for try in 1 2 3 4 5 6 7 8 9 10; do
		"$ctl" --server "127.0.0.1:$(cat "$dir/$1/port")" \
			--cert "$dir/pki/agency.pem" --key "$dir/pki/agency.key" \
			--ca "$dir/pki/ca.pem" record put "$dir/records" >/dev/null 2>&1 && return
		sleep 1
	done
	exit 1
}

measure() { # NAME
	"$build/tests/bench/bench_lookups" "127.0.0.1:$(cat "$dir/$1/port")" "$dir/pki" \
		"$(cat "$dir/$1/pid")" "$connections" "$in_flight" "$seconds" "$hits"
}

median() { # FILE COLUMN
	awk "{print \$$2}" "$1" | sort -n | awk '{a[NR]=$1} END {print a[int((NR+1)/2)]}'
}

node off ""
node on "access_log { auditors = ../pki/auditors.pem key = ../pki/log.key ${LOG:-} }"
if [ "$hits" -gt 0 ]; then
	put_all off
	put_all on
fi
turn=0
while [ $turn -lt "$turns" ]; do
	for which in off on; do
		measure $which | tee -a "$dir/$which.times" | sed "s/^/$which  /"
	done
	turn=$((turn + 1))
done
awk -v off="$(median "$dir/off.times" 3)" -v on="$(median "$dir/on.times" 3)" \
	-v off_rate="$(median "$dir/off.times" 1)" -v on_rate="$(median "$dir/on.times" 1)" \
	'BEGIN { printf "medians: off %.3f us, on %.3f us: %+.3f us each; throughput %.0f %%\n",
		off, on, on - off, 100 * on_rate / off_rate }'
