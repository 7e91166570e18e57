#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What belongs before a commit: installs what is missing, builds, runs every suite.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
build=${CORDON_TEST_BUILD:-$root/build-test}
. "$root/.ci/packages.sh"
install_packages $BUILD_PACKAGES libcmocka-dev libfaketime iproute2 openssl
[ -f "$build/build.ninja" ] || meson setup "$build" "$root" -Dwerror=true
ninja -C "$build"
exec meson test -C "$build" --no-rebuild --print-errorlogs "$@"
