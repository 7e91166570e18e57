#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Seeds fuzz_session's corpus from real traffic: runs integration tests (invented people
# only) with a library in their nodes that keeps what these were sent, then keeps of that
# what reaches new code.
#   sh tests/fuzz/seed.sh BUILD BUILD-FUZZ [TEST...]
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "$1" && pwd)
fuzz=$(cd "$2" && pwd)
shift 2
[ $# -gt 0 ] || set -- tool upkeep evidence copies promote
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/seen" "$work/kept"
cc -shared -fPIC -O2 -o "$work/capture.so" "$root/tests/fuzz/capture_preload.c" -ldl -lssl -lcrypto
for test in "$@"; do
	LD_PRELOAD="$work/capture.so" CORDON_CAPTURE="$work/seen" \
		"$build/tests/integration/test_integration_$test" >/dev/null 2>&1 ||
		echo "integration/$test failed; its traffic is used all the same" >&2
done
echo "$(find "$work/seen" -type f | wc -l) connections were kept"
"$fuzz/tests/fuzz/fuzz_session" -merge=1 -max_len=16384 -detect_leaks=0 \
	"$work/kept" "$root/tests/fuzz/corpus/session" "$work/seen" 2>/dev/null
cp "$work"/kept/* "$root/tests/fuzz/corpus/session/"
echo "$(find "$root/tests/fuzz/corpus/session" -type f | wc -l) inputs are in the corpus"
