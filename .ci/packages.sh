# SPDX-License-Identifier: Apache-2.0
# Sourced by daemon/demo.sh, tests/run.sh and .ci/run: installs what is missing of the Debian
# packages named, as root.  Says what it does; fails loudly.
BUILD_PACKAGES="gcc libc6-dev meson ninja-build pkg-config protobuf-c-compiler libprotobuf-c-dev
	libevent-dev libssl-dev liblmdb-dev libjansson-dev libicu-dev libconfuse-dev libexpat1-dev
	libcsv-dev libseccomp-dev libsystemd-dev libzstd-dev"

install_packages() {
	missing=
	for package in "$@"; do
		dpkg-query -W -f='${Status}' "$package" 2>/dev/null |
			grep -q '^install ok installed' ||
			missing="$missing $package"
	done
	[ -n "$missing" ] || return 0
	if [ "$(id -u)" -ne 0 ]; then
		echo "packages are missing, and only root can install them:$missing" >&2
		return 1
	fi
	echo "installing:$missing"
	export DEBIAN_FRONTEND=noninteractive
	apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing >/dev/null
}
