#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The manual page's example is the program that the build compiles, letter for letter,
# and short enough to be read: example_in_man.sh MAN EXAMPLE
set -eu
lines=$(wc -l <"$2")
if [ "$lines" -ge 80 ]; then
	echo "$2 has $lines lines, the manual page promises fewer than 80"
	exit 1
fi
sed -n '/^\.EX$/,/^\.EE$/p' "$1" | sed '1d;$d' | sed 's/\\e/\\/g; s/\\-/-/g' |
	diff - "$2"
