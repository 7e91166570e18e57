#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The main job on one machine: three member states, their nodes on loopback, records entered
# at one found at the others.  `sh daemon/demo.sh --keep` leaves the union running.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
build=${CORDON_DEMO_BUILD:-$root/build-demo}
keep=no
case "${1:-}" in
'') ;;
--keep) keep=yes ;;
*)
	echo "usage: sh daemon/demo.sh [--keep]" >&2
	exit 2
	;;
esac
. "$root/.ci/packages.sh"
. "$root/tests/lib/union.sh"

say() {
	printf '\n== %s\n' "$*"
}

# Runs cordonctl as ROLE at MEMBER and shows the command; the wanted exit status is $1.
as() {
	want=$1 member=$2 role=$3
	shift 3
	printf '$ cordonctl --config %s/%s.conf' "$member" "$role"
	for word in "$@"; do
		case $word in
		*[!A-Za-z0-9_./:=-]*) printf " '%s'" "$word" ;;
		*) printf ' %s' "$word" ;;
		esac
	done
	printf '\n'
	got=0
	"$dir/bin/cordonctl" --config "$dir/$member/$role.conf" "$@" || got=$?
	if [ "$got" -ne "$want" ]; then
		echo "FAILED: exit status $got, expected $want" >&2
		exit 1
	fi
}

# What MEMBER's node holds, as a checksum.
held() {
	"$dir/bin/cordonctl" --config "$dir/$1/admin.conf" export | sort | sha256sum
}

# Waits until all members hold the same.
settled() {
	tries=0
	until [ "$(held BLR)" = "$(held KAZ)" ] && [ "$(held RUS)" = "$(held KAZ)" ]; do
		tries=$((tries + 1))
		if [ $tries -gt 100 ]; then
			echo "FAILED: the members did not come to hold the same" >&2
			exit 1
		fi
		sleep 0.05
	done
}

finish() {
	status=$?
	trap - EXIT INT TERM
	if [ "$status" -ne 0 ] && [ -d "${dir:-}" ]; then
		for member in BLR KAZ RUS; do
			echo "--- log of $member" >&2
			tail -n 15 "$dir/$member/log" >&2 || true
		done
	fi
	if [ -n "${dir:-}" ] && { [ "$keep" = no ] || [ "$status" -ne 0 ]; }; then
		for member in BLR KAZ RUS; do
			union_stop "$dir" $member || true
		done
		rm -rf "$dir"
	fi
	exit "$status"
}

say "packages and build (release)"
install_packages $BUILD_PACKAGES
[ -f "$build/build.ninja" ] ||
	meson setup "$build" "$root" --buildtype=release -Dtests=false >/dev/null
ninja --quiet -C "$build"

dir=$(mktemp -d "${TMPDIR:-/tmp}/cordon-demo.XXXXXX")
trap finish EXIT
trap 'exit 130' INT TERM

say "a certificate authority, certificates and a configuration for each of three members"
union_make "$dir" "$build" BLR KAZ RUS

say "three nodes"
for member in BLR KAZ RUS; do
	union_start "$dir" $member
	echo "$member: pid $(cat "$dir/$member/pid"), port $(cat "$dir/$member/port")"
done

# Invented people.
cat >"$dir/kaz.jsonl" <<'JSONL'
{"id":"KAZ-2026-000123","kind":"entry_ban","reason":"administrative_expulsion","valid_from":"2026-03-01","valid_until":"2031-03-01","actions":["refuse_entry"],"decision":{"authority":"Migration Police, Almaty","number":"17/441","date":"2026-02-27"},"person":{"names":[{"type":"primary","surname":"Иванов","given":"Сергей","patronymic":"Петрович"},{"type":"alias","surname":"IVANOU","given":"SIARHEI"}],"born":"1980-05-07","sex":"M","nationalities":["BLR"],"personal_numbers":[{"number":"3070580A001PB5","issuer":"BLR"}],"documents":[{"type":"P","number":"MP1234567","issuer":"BLR"}]}}
{"id":"KAZ-2026-000124","kind":"deportation","reason":"overstay","valid_from":"2026-06-10","valid_until":"2031-06-09","actions":["refuse_entry","notify_issuer"],"ordered_on":"2026-06-01","removed_on":"2026-06-09","removed_to":"UZB","person":{"names":[{"type":"primary","surname":"Каримова","given":"Лола"}],"born":"1991-11-30","sex":"F","nationalities":["UZB"],"documents":[{"type":"P","number":"FA0987654","issuer":"UZB"}]}}
JSONL
cat >"$dir/rus.jsonl" <<'JSONL'
{"id":"RUS-2026-9","kind":"invalid_document","reason":"stolen_blank","valid_from":"2026-02-01","valid_until":"2035-12-31","actions":["seize_document","notify_issuer"],"documents":[{"type":"P","number":"750000001","number_to":"750050000","issuer":"RUS"}]}
JSONL
cat >"$dir/blr.jsonl" <<'JSONL'
{"id":"BLR-2026-77","kind":"illegal_stay","reason":"illegal_work","valid_from":"2026-09-01","valid_until":"2029-08-31","actions":["refer"],"person":{"names":[{"type":"primary","surname":"Petrosyan","given":"Armen"}],"born":"1975","sex":"M","nationalities":["ARM"]}}
JSONL

say "each member's agency enters its own list"
as 0 KAZ agency import "$dir/kaz.jsonl" --format jsonl
as 0 RUS agency import "$dir/rus.jsonl" --format jsonl
as 0 BLR agency import "$dir/blr.jsonl" --format jsonl
settled

say "a passport at the border of RUS: banned by KAZ"
as 3 RUS checkpoint lookup document MP1234567 --issuer BLR --purpose border_check \
	--officer 4711 --checkpoint sheremetyevo-2 --direction entry

say "the same person by the machine-readable zone of a new passport"
as 3 RUS checkpoint lookup mrz 'P<BLRIVANOU<<SIARHEI<<<<<<<<<<<<<<<<<<<<<<<<' \
	'MP76543215BLR8005078M30100133070580A001PB516'

say "by name, in another script and order: possible, for an officer to decide"
as 3 BLR checkpoint lookup person --name 'SERGEI PETROVICH IVANOV' --born 1980-05-07

say "a blank stolen in RUS, inside the range that was reported, at the border of KAZ"
as 3 KAZ checkpoint lookup document 750031337 --issuer RUS --type P

say "somebody who is not listed"
as 0 KAZ checkpoint lookup document AB9999999 --issuer BLR

say "KAZ withdraws the ban; RUS no longer finds it"
as 0 KAZ agency record withdraw KAZ-2026-000123 --reason annulled --text 'court decision 2-118'
settled
as 0 RUS checkpoint lookup document MP1234567 --issuer BLR

say "a checkpoint may not submit, an agency may not touch another member's record"
as 1 RUS checkpoint record withdraw RUS-2026-9 --reason recovered
as 1 BLR agency record withdraw KAZ-2026-000124 --reason error

say "what each node holds is what its owners signed"
for member in BLR KAZ RUS; do
	as 0 $member admin verify
done
as 0 RUS admin status

if [ "$keep" = no ]; then
	say "in order: stop"
	for member in BLR KAZ RUS; do
		union_stop "$dir" $member
		tail -n 1 "$dir/$member/log"
	done
	say "done"
	exit 0
fi

cat >"$dir/stop.sh" <<STOP
#!/bin/sh
# Stops the demo's three nodes and removes its directory.
for member in BLR KAZ RUS; do
	pid=\$(cat "$dir/\$member/pid" 2>/dev/null) || continue
	kill "\$pid" 2>/dev/null
	while kill -0 "\$pid" 2>/dev/null; do sleep 0.1; done
done
rm -rf "$dir"
STOP
say "left running; try for example"
cat <<TEXT
export CORDON_DEMO=$dir
\$CORDON_DEMO/bin/cordonctl --config \$CORDON_DEMO/RUS/checkpoint.conf \\
    lookup document FA0987654 --issuer UZB
\$CORDON_DEMO/bin/cordonctl --config \$CORDON_DEMO/KAZ/agency.conf record show KAZ-2026-000124
\$CORDON_DEMO/bin/cordonctl --config \$CORDON_DEMO/BLR/admin.conf status
sh \$CORDON_DEMO/stop.sh        (stops the nodes and removes the directory)
TEXT
