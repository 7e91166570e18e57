#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# One seed, one story: two runs of it say the same, line by line.  $1: sim.
set -eu
sim=$1
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
for seed in 1 2 3 17 4711; do
	"$sim" --seed "$seed" --steps 200 --trace >"$out/first"
	"$sim" --seed "$seed" --steps 200 --trace >"$out/second"
	cmp "$out/first" "$out/second"
	# told or not, it is the same run
	"$sim" --seed "$seed" --steps 200 >"$out/quiet"
	[ "$(tail -n 1 "$out/first")" = "$(cat "$out/quiet")" ]
done
# what fails is told, with the command that repeats it
command=$("$sim" --bug ignore_shared_with --runs 100 | tail -n 1) || true
arguments=$(printf '%s\n' "$command" | sed -n 's/^FAILED: sim \(.*\): .*$/\1/p' |
	sed 's/\(--steps [0-9]*\).*/\1/')
[ "$("$sim" $arguments | tail -n 1)" = "$command" ]
