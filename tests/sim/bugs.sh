#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The simulator bites: each deliberate bug is found within a minute.  $1: sim.
set -eu
sim=$1
missed=
for bug in $("$sim" --bugs); do
	if last=$("$sim" --bug "$bug" --runs 1000000 --seconds 60 | tail -n 1); then
		case $last in
		FAILED*) printf '%s\n' "${last#FAILED: }" ;;
		*)
			printf '%s: NOT FOUND in %s\n' "$bug" "$last"
			missed="$missed $bug"
			;;
		esac
	fi
done
[ -z "$missed" ]
