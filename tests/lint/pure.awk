# SPDX-License-Identifier: Apache-2.0
# daemon/core is pure: no clock, socket, disk, thread, randomness, environment or log.
# A header that is not named here is refused, so that a new way out is seen; what the
# allowed ones offer beyond purity is refused by name.

BEGIN {
	pure = "assert ctype errno float inttypes limits math stdalign stdarg stdbool " \
		"stddef stdint stdio stdlib string tgmath wchar"
	count = split(pure, name, " ")
	for (i = 1; i <= count; i++) {
		allowed[name[i] ".h"] = 1
	}
	# connections, and what reads files, of the layer below
	impure = "proto/(channel|dial|resolve|tcp|tls_[a-z0-9]+|transport)[.]h"
	calls = "printf|fprintf|vprintf|vfprintf|puts|fputs|putchar|putc|fputc|perror|" \
		"fopen|freopen|fdopen|fread|fwrite|fgets|getline|remove|rename|tmpfile|" \
		"rand|srand|random|srandom|drand48|rand_r|arc4random|RAND_bytes|getenv|" \
		"setenv|system|abort|exit|_exit|atexit|signal|time|clock|clock_gettime|" \
		"gettimeofday|localtime|gmtime|mktime|sleep|usleep|nanosleep|" \
		"log_[a-z_]+|syslog|(pthread|thrd|mtx|cnd)_[a-z_]+"
}

FNR == 1 {
	comment = 0
	sources++
}

# words in comments and strings are none of the code
{
	code = $0
	gsub(/\\./, "", code)
	gsub(/"[^"]*"/, "\"\"", code)
	if (comment) {
		if (!sub(/^.*\*\//, "", code)) {
			next
		}
		comment = 0
	}
	while (match(code, /\/\*/)) {
		rest = substr(code, RSTART + 2)
		code = substr(code, 1, RSTART - 1)
		if (!match(rest, /\*\//)) {
			comment = 1
			break
		}
		code = code " " substr(rest, RSTART + 2)
	}
}

$0 ~ "^[ \t]*#[ \t]*include[ \t]*\"" impure "\"" {
	fail("includes what has a connection or a disk behind it")
}

/^[ \t]*#[ \t]*include[ \t]*</ {
	header = $0
	sub(/^[^<]*</, "", header)
	sub(/>.*$/, "", header)
	if (!(header in allowed) && header !~ /^(cordon|unicode)\//) {
		fail("<" header "> is not pure")
	}
}

code ~ "(^|[^A-Za-z0-9_>.])(" calls ")[ \t]*[(]" {
	fail("calls out of the pure core")
}

code ~ /(^|[^A-Za-z0-9_])(stdin|stdout|stderr|_Thread_local|_Atomic)([^A-Za-z0-9_]|$)/ {
	fail("has a stream or a thread in the pure core")
}

function fail(why)
{
	print FILENAME ":" FNR ": " why
	failed = 1
}

END {
	if (sources == 0) {
		print "pure: no source was looked at"
		failed = 1
	}
	exit failed
}
