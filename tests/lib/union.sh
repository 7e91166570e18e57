# SPDX-License-Identifier: Apache-2.0
# A throw-away union on loopback, for daemon/demo.sh and for trying things by hand: one
# directory per member with its PKI, configuration, store and log.
#
#   union_make DIR BIN MEMBER...   PKI and configurations, on free ports
#   union_unlimit DIR MEMBER       no limits of what one certificate may ask, to measure
#   union_start DIR MEMBER         starts the member's node and waits until it answers
#   union_stop DIR MEMBER          SIGTERM, and waits for the end
#
# Everything below DIR belongs to the union; DIR/bin holds cordond and cordonctl.

# A port that nobody listens on now.  Between this and the node's start another may take it;
# then the node says so and does not start.
union_free_port() {
	port=$(awk 'BEGIN { srand(); print 20000 + int(rand() * 10000) }')
	port=$((port + $$ % 1000 + $1 * 17))
	while grep -qi ":$(printf '%04X' "$port") " /proc/net/tcp /proc/net/tcp6 2>/dev/null; do
		port=$((port + 1))
	done
	echo "$port"
}

union_pki() {
	dir=$1 member=$2
	ctl=$dir/bin/cordonctl
	pki=$dir/$member/pki
	"$ctl" pki init-member "$member" "$pki" >/dev/null &&
		"$ctl" pki issue "$pki" --role node --name node-1 \
			--host 127.0.0.1 --host localhost \
			--out "$pki/node" >/dev/null || return 1
	for role in admin agency checkpoint auditor; do
		"$ctl" pki issue "$pki" --role $role --name $role-1 --out "$pki/$role" >/dev/null ||
			return 1
		cat >"$dir/$member/$role.conf" <<CONF
server = {"127.0.0.1:$(cat "$dir/$member/port")"}
cert = pki/$role.pem
key = pki/$role.key
ca = pki/ca.pem
CONF
	done
}

# Every list is shared with every other member.
union_config() {
	dir=$1 self=$2
	shift 2
	others=
	for member in "$@"; do
		[ "$member" = "$self" ] || others="$others${others:+, }$member"
	done
	cat <<CONF
node = $self/node-1
certificate = pki/node.pem
key = pki/node.key
head_key = pki/head.key
data_dir = data
local_socket = control
listen = {"127.0.0.1:$(cat "$dir/$self/port")"}
map_size = 4GiB
workers = 2
head_interval = 2s
reconnect_min = 50ms
reconnect_max = 1s
# one certificate of each role is all that there is: nothing waits for a second
two_eyes = {}
CONF
	for member in "$@"; do
		printf 'member %s {\n\tca = ../%s/pki/ca.pem\n\tcrl = ../%s/pki/crl.pem\n' \
			"$member" "$member" "$member"
		printf '\thead_keys = {../%s/pki/head.pem}\n}\n' "$member"
		[ "$member" = "$self" ] ||
			printf 'peer %s/node-1 {\n\taddress = "127.0.0.1:%s"\n}\n' \
				"$member" "$(cat "$dir/$member/port")"
	done
	for kind in entry_ban deportation illegal_stay invalid_document; do
		printf 'list %s {\n\tshare_with = {%s}\n\tretention = 3653d\n}\n' "$kind" "$others"
	done
	printf 'recognise {\n\tbinding = {'
	separator=
	for member in "$@"; do
		[ "$member" = "$self" ] && continue
		printf '%s%s/entry_ban, %s/invalid_document' "$separator" "$member" "$member"
		separator=', '
	done
	printf '}\n}\n'
}

union_make() {
	dir=$1 bin=$2
	shift 2
	mkdir -p "$dir/bin" || return 1
	cp "$bin/daemon/cordond" "$bin/client/ctl/cordonctl" "$dir/bin/" || return 1
	n=0
	for member in "$@"; do
		mkdir -p "$dir/$member" || return 1
		union_free_port $n >"$dir/$member/port"
		n=$((n + 1))
	done
	for member in "$@"; do
		union_pki "$dir" "$member" || return 1
	done
	for member in "$@"; do
		union_config "$dir" "$member" "$@" >"$dir/$member/cordond.conf"
	done
}

union_unlimit() {
	cat >>"$1/$2/cordond.conf" <<CONF
requests_per_identity = 0
requests_per_address = 0
bytes_per_identity = 0B
bytes_per_address = 0B
CONF
}

union_start() {
	dir=$1 member=$2
	"$dir/bin/cordond" -c "$dir/$member/cordond.conf" 2>>"$dir/$member/log" &
	echo $! >"$dir/$member/pid"
	tries=0
	until "$dir/bin/cordonctl" --config "$dir/$member/admin.conf" --timeout 2 status \
		>/dev/null 2>&1; do
		tries=$((tries + 1))
		if ! kill -0 "$(cat "$dir/$member/pid")" 2>/dev/null || [ $tries -gt 100 ]; then
			echo "the node of $member did not start:" >&2
			tail -n 5 "$dir/$member/log" >&2
			return 1
		fi
		sleep 0.1
	done
}

union_stop() {
	pid=$(cat "$1/$2/pid" 2>/dev/null) || return 0
	rm -f "$1/$2/pid"
	kill "$pid" 2>/dev/null || return 0
	wait "$pid" 2>/dev/null
	while kill -0 "$pid" 2>/dev/null; do
		sleep 0.1
	done
}
