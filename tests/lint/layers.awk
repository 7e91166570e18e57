# SPDX-License-Identifier: Apache-2.0
# Holds #include lines to the table of layers: awk -f layers.awk TABLE SOURCE...
# A violation is a line "file:line: why"; the table's own faults are "table: why".

BEGIN {
	# which library a header of none of our directories belongs to; the first that fits
	libraries = "openssl/ssl libssl openssl/ libcrypto protobuf-c/ protobuf-c " \
		"jansson.h jansson lmdb.h lmdb event2/ libevent evhttp.h libevent " \
		"event.h libevent unicode/ icu confuse.h libconfuse expat.h expat " \
		"csv.h libcsv seccomp.h libseccomp systemd/ libsystemd cmocka.h cmocka " \
		"zstd.h libzstd"
	words = split(libraries, library, " ")
	for (i = 2; i <= words; i += 2) {
		known[library[i]] = 1
	}
}

# ---- the table ----

FNR == 1 && table_of == "" {
	table_of = FILENAME
}

FILENAME == table_of {
	if ($0 ~ /^\| *layer *\| *directory *\| *may include *\|$/) {
		in_table = 1
	} else if ($0 !~ /^\|/) {
		in_table = 0
	} else if (in_table && $0 !~ /^\|[-: |]*$/) {
		read_row($0)
	}
	next
}

function trim(text)
{
	gsub(/^[ `]+|[ `]+$/, "", text)
	return text
}

function read_row(row,    cell)
{
	split(row, cell, "|")
	dir[++dirs] = trim(cell[3])
	layer[dirs] = trim(cell[2])
	allows[dirs] = cell[4]
}

# "0–3, lmdb" becomes a set, once all rows are known: may[row, layer or word]
function read_allowed(row,    text, part, count, i, bound, n)
{
	text = allows[row]
	gsub(/`/, "", text)
	gsub(/–/, "-", text)
	count = split(text, part, ",")
	for (i = 1; i <= count; i++) {
		part[i] = trim(part[i])
		if (part[i] ~ /^[0-9]+-[0-9]+$/) {
			split(part[i], bound, "-")
			for (n = bound[1] + 0; n <= bound[2] + 0; n++) {
				may[row, "layer " n] = 1
			}
		} else if (part[i] ~ /^[0-9]+$/) {
			may[row, "layer " part[i]] = 1
		} else if (part[i] ~ /\// || part[i] in known) {
			may[row, part[i]] = 1
		} else if (part[i] != "") {
			fail("table", "\"" part[i] "\" is no layer, directory, header or library")
		}
	}
}

function fail(where, why)
{
	print where ": " why
	failed = 1
}

# ---- the sources ----

FNR == 1 {
	if (!table_read) {
		table_read = 1
		if (dirs == 0) {
			fail("table", "there is none with layer, directory, may include")
		}
		for (i = 1; i <= dirs; i++) {
			read_allowed(i)
		}
	}
	row = row_of(FILENAME)
	sources++
	if (row == 0) {
		fail(FILENAME, "its directory is in no row of the table")
	}
}

function covers(pattern, path)
{
	if (pattern == path) {
		return 1
	}
	sub(/\*$/, "", pattern)
	if (pattern !~ /\/$/) {
		pattern = pattern "/"
	}
	return index(path, pattern) == 1
}

# the row whose directory fits best
function row_of(path,    i, best)
{
	best = 0
	for (i = 1; i <= dirs; i++) {
		if (covers(dir[i], path) && (best == 0 || length(dir[i]) > length(dir[best]))) {
			best = i
		}
	}
	return best
}

function directory(path)
{
	sub(/\/[^\/]*$/, "", path)
	return path
}

function library_of(header,    i)
{
	for (i = 1; i < words; i += 2) {
		if (index(header, library[i]) == 1) {
			return library[i + 1]
		}
	}
	return ""
}

/^[ \t]*#[ \t]*include[ \t]*[<"]/ && row != 0 {
	header = $0
	sub(/^[^<"]*[<"]/, "", header)
	sub(/[>"].*$/, "", header)
	check(header)
}

function check(header,    path, to, lib)
{
	path = header ~ /^cordon\// ? "include/" header : header
	to = row_of(path)
	if (to == 0 && path !~ /^(client|daemon|include|proto|tests|certs)\//) {
		lib = library_of(header)
		if (lib != "" && !((row, lib) in may)) {
			fail(FILENAME ":" FNR, header ": " dir[row] " may not use " lib)
		}
		return
	}
	if (directory(path) == directory(FILENAME) || (row, path) in may) {
		return
	}
	if (to == 0) {
		fail(FILENAME ":" FNR, header ": " dir[row] " may not include it")
	} else if (!((row, dir[to]) in may) &&
		(layer[to] == "C" || !((row, "layer " layer[to]) in may))) {
		fail(FILENAME ":" FNR, header ": " dir[row] " (layer " layer[row] \
			") may not include " dir[to] " (layer " layer[to] ")")
	}
}

END {
	if (sources == 0) {
		fail("layers", "no source was looked at")
	}
	exit failed
}
