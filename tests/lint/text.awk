# SPDX-License-Identifier: Apache-2.0
# How every line looks: at most 100 columns, no white space at its end, tabs before
# code, nothing left to do; and the licence at the top of every source.

BEGIN {
	columns_max = 100
}

FNR == 1 {
	sources++
	code = FILENAME ~ /[.][ch]$/
	prose = FILENAME ~ /[.]md$/ # tables cannot be broken
	source = FILENAME ~ /[.]([ch]|h[.]in|sh|awk|proto|build|syms|supp|py|[1-9])$/ ||
		FILENAME ~ /^[.]ci\// || FILENAME ~ /meson_options[.]txt$/
	licence = 0
}

# the first line, or the one after it in a script or a page of a manual
source && FNR <= 2 && /SPDX-License-Identifier: Apache-2[.]0/ {
	licence = 1
}

source && FNR == 2 && !licence {
	fail("the licence is missing: SPDX-License-Identifier: Apache-2.0")
}

/[ \t\r]$/ {
	fail("white space at the end of the line")
}

# a record in JSON is one line, however long
length($0) * 8 > columns_max && !prose && !/^[ \t]*'?[{]"/ {
	line = $0
	gsub(/\t/, "        ", line)
	gsub(/[\200-\277]/, "", line) # bytes of UTF-8 that begin no character
	if (length(line) > columns_max) {
		fail(length(line) " columns; at most " columns_max)
	}
}

code && /^ ( |\t|[^ *])/ {
	fail("spaces before code; tabs indent")
}

# the words themselves, put together so that this line is none
$0 ~ "(^|[^A-Za-z0-9_])(TO" "DO|FIX" "ME)([^A-Za-z0-9_]|$)" || $0 ~ "(/[*]|(^|[^:])//|#) *XX" "X" {
	fail("something is left to do")
}

function fail(why)
{
	print FILENAME ":" FNR ": " why
	failed = 1
}

END {
	if (sources == 0) {
		print "text: no source was looked at"
		failed = 1
	}
	exit failed
}
