#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the compiler does not see.  lint.sh CHECK [ROOT] prints a line for each violation
# and ends with 1 if there is one; 77 says that the check was skipped, and why.
#   layers   every #include against the table of layers (layers.md)
#   pure     daemon/core: no clock, socket, disk, thread, randomness, log
#   text     columns, white space, tabs, licences, nothing left to do
#   format   clang-format has nothing to change
#   top      the top level has only what is given
#   syms     libcordon.syms names every function of the public headers, and no other;
#            with LIBRARY in the environment, so does that shared library
set -eu
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
check=${1:?a check is missing}
cd "${2:-$here/../..}"

# Files of the tree, whether or not it is a clone of a repository; never build output.
files() {
	if git rev-parse --is-inside-work-tree >/dev/null 2>&1 &&
		[ -z "$(git rev-parse --show-prefix)" ]; then
		git ls-files --cached --others --exclude-standard
	else
		find . -name .git -prune -o -path './build*' -prune -o -type f -print |
			sed 's|^\./||'
	fi | sort | while read -r file; do
		# one that was just removed is still listed
		if [ -f "$file" ]; then
			echo "$file"
		fi
	done
}

sources() {
	files | grep -E '^(client|daemon|include|proto|tests)/.*\.[ch]$' || true
}

layers() {
	table=$here/layers.md
	if grep -qs '^| *layer *| *directory *| *may include *|$' README.md; then
		table=README.md
	fi
	sources | grep -v '^tests/' | xargs awk -f "$here/layers.awk" "$table"
}

pure() {
	sources | grep '^daemon/core/' | xargs awk -f "$here/pure.awk" /dev/null
}

# Not what others wrote: the licence's text, data of tests, keys and certificates; nor tables
# of words, a row a line.
text() {
	files | grep -Ev '^LICENSE$|^tests/(fuzz/corpus|vectors)/|\.(pem|key|der|bin|tsv)$' |
		grep -v '^daemon/core/match/.*_table\.c$' |
		xargs awk -f "$here/text.awk" /dev/null
}

format() {
	for tool in clang-format-14 clang-format; do
		if command -v "$tool" >/dev/null; then
			sources | xargs "$tool" --dry-run -Werror 2>&1 |
				grep -E '(error|warning): ' | cut -d: -f1,2 | sort -u >"$1"
			if [ -s "$1" ]; then
				sed 's/$/: clang-format would change it/' "$1"
				return 1
			fi
			return 0
		fi
	done
	echo "skipped: clang-format is not installed"
	exit 77
}

top() {
	given='daemon|client|include|proto|certs|tests|meson\.build|README\.md'
	given="$given|LICENSE|meson_options\.txt|\..*"
	unknown=$(files | cut -d/ -f1 | sort -u | grep -Evx "$given" || true)
	if [ -n "$unknown" ]; then
		printf '%s: not an entry of the top level\n' $unknown
		return 1
	fi
}

# Functions declared in the public headers, comments taken out.
declared() {
	cat include/cordon/*.h | sed 's|/\*.*\*/||; /\/\*/,/\*\//d' |
		grep -v '^typedef' | grep -oE '\bcordon_[a-z0-9_]+\(' | tr -d '(' | sort -u
}

syms() {
	declared >"$1.declared"
	sed -n 's/^[ \t]*\(cordon_[a-z0-9_]*\);.*/\1/p' client/libcordon.syms | sort >"$1.named"
	[ -s "$1.declared" ] || echo "include/cordon: no function was found" >"$1"
	comm -23 "$1.declared" "$1.named" |
		sed 's|^|client/libcordon.syms: does not name |' >>"$1"
	comm -13 "$1.declared" "$1.named" |
		sed 's|^|client/libcordon.syms: no public header declares |' >>"$1"
	if [ -n "${LIBRARY:-}" ]; then
		nm -D --defined-only "$LIBRARY" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' |
			sort >"$1.exported"
		comm -23 "$1.declared" "$1.exported" |
			sed 's|^|libcordon: does not export |' >>"$1"
		comm -13 "$1.declared" "$1.exported" |
			sed 's|^|libcordon: exports what no header declares: |' >>"$1"
	fi
	cat "$1"
	[ ! -s "$1" ]
}

case $check in
layers | pure | text | format | top | syms)
	scratch=$(mktemp -d)
	trap 'rm -rf "$scratch"' EXIT
	: >"$scratch/found"
	"$check" "$scratch/found"
	;;
*)
	echo "lint: no such check: $check" >&2
	exit 2
	;;
esac
