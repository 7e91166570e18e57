#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs each fuzzer for so long, from its corpus; what it finds ends it and is kept.
#   sh tests/fuzz/run.sh [BUILD-DIRECTORY [TIME [NAME...]]]
# TIME: 60, 10m, 2h (default 60); CPU time, for each runs by itself.  Builds with clang,
# ASan and UBSan (default build-fuzz).  FUZZ_KEEP=1 adds what reaches new code to the
# corpus.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
build=${1:-build-fuzz}
time=${2:-60}
[ $# -le 2 ] && set -- || shift 2
case $time in
*h) seconds=$((${time%h} * 3600)) ;;
*m) seconds=$((${time%m} * 60)) ;;
*) seconds=$time ;;
esac
[ -f "$build/build.ninja" ] || CC=clang meson setup "$build" -Dfuzzers=true \
	-Db_sanitize=address,undefined -Db_lundef=false >/dev/null
ninja --quiet -C "$build"
[ $# -gt 0 ] || set -- $(for target in "$build"/tests/fuzz/fuzz_*; do
	[ -f "$target" ] && [ -x "$target" ] && echo "${target##*/fuzz_}"
done)
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
for name in "$@"; do
	found=$(mktemp -d)
	# its node forbids that it is traced, which looking for leaks needs
	[ "$name" = session ] && leaks=0 || leaks=1
	"$build/tests/fuzz/fuzz_$name" -max_total_time="$seconds" -print_final_stats=0 \
		-verbosity=0 -rss_limit_mb=4096 -timeout=120 -detect_leaks="$leaks" \
		-artifact_prefix="$found/" "$found" "tests/fuzz/corpus/$name" || {
		echo "fuzz_$name failed; the input is in $found" >&2
		exit 1
	}
	if [ -n "${FUZZ_KEEP:-}" ]; then
		"$build/tests/fuzz/fuzz_$name" -merge=1 -verbosity=0 -detect_leaks="$leaks" \
			"tests/fuzz/corpus/$name" "$found" >/dev/null 2>&1
	fi
	rm -rf "$found"
	echo "fuzz_$name: nothing found in $time"
done
