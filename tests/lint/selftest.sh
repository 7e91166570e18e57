#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Does lint.sh find what it is there for?  In a tree made for it: nothing while it is in
# order, then each fault by itself.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
faults=0

put() { # FILE TEXT...
	file=$tree/$1
	shift
	mkdir -p "$(dirname "$file")"
	printf '%s\n' '/* SPDX-License-Identifier: Apache-2.0 */' "$@" >"$file"
}

in_order() {
	rm -rf "$tree"
	put include/cordon/a.h '/* cordon_not_this(1) */' 'int cordon_a(int x);'
	put client/libcordon.syms 'C {' 'global:' '	cordon_a;' 'local:' '	*;' '};'
	put client/a.c '#include <cordon/a.h>' '#include "proto/a.h"'
	put proto/a.h '#include <openssl/evp.h>' '/* TODAY, XXXX, cordon://XXX/ */'
	put daemon/core/time.h
	put daemon/core/match/a.h '#include <string.h>'
	put daemon/core/repl/a.c '#include "daemon/core/time.h"' '/* printf() */'
	put daemon/store/a.c '#include <lmdb.h>' '#include "daemon/core/match/a.h"'
	put daemon/node/a.c '#include "daemon/store/a.h"' '#include <event2/event.h>'
	put daemon/main.c '#include "daemon/node/a.h"'
}

expect() { # CHECK WHAT: finds WHAT; empty: nothing
	if found=$("$here/lint.sh" "$1" "$tree" 2>&1); then
		status=0
	else
		status=1
	fi
	if [ -z "$2" ] && [ $status -ne 0 ]; then
		echo "$1 finds a fault where there is none: $found"
		faults=1
	elif [ -n "$2" ] && { [ $status -eq 0 ] || [ "${found#*"$2"}" = "$found" ]; }; then
		echo "$1 does not find \"$2\": ${found:-nothing}"
		faults=1
	fi
}

finds() { # CHECK FILE WHAT TEXT...: with FILE as TEXT it finds WHAT there
	check=$1 where=$2 what=$3
	shift 3
	in_order
	put "$where" "$@"
	expect "$check" "$what"
}

in_order
for check in layers pure text top syms; do
	expect $check ''
done

finds layers daemon/store/a.c 'a.c:2' '#include "daemon/net/a.h"'
finds layers daemon/net/a.c 'a.c:3' '' '#include "daemon/store/a.h"'
finds layers daemon/net/a.c 'may not use lmdb' '#include <lmdb.h>'
finds layers daemon/core/repl/a.c 'a.c:2' '#include "daemon/core/match/a.h"'
finds layers daemon/core/match/a.c 'a.c:2' '#	include "daemon/base/clock.h"'
finds layers daemon/base/a.c 'a.c:2' '#include "daemon/core/match/a.h"'
finds layers proto/a.c 'a.c:2' '#include "client/a.h"'
finds layers client/a.c 'a.c:2' '#include "daemon/core/time.h"'
finds layers client/ctl/a.c 'a.c:2' '#include "client/a.h"'
finds layers include/cordon/b.h 'b.h:2' '#include "proto/a.h"'
finds layers include/cordon/b.h 'may not use jansson' '#include <jansson.h>'
finds layers daemon/other/a.c 'in no row' ''
finds layers proto/a.c 'a.c:2' '#include "tests/lib/a.h"'

finds pure daemon/core/repl/a.c 'is not pure' '#include <time.h>'
finds pure daemon/core/repl/a.c 'is not pure' '#include <sys/socket.h>'
finds pure daemon/core/repl/a.c 'a.c:2' 'int a(void) { return rand(); }'
finds pure daemon/core/match/a.c 'a.c:4' '/* printf(' ' */' 'int a = printf("x");'
finds pure daemon/core/match/a.c 'a.c:2' '/* why */ int a = (fprintf(stderr, "x"));'
finds pure daemon/core/match/a.c 'a.c:2' '#include "proto/dial.h"'

finds text proto/a.c '101 columns' "$(printf '%101s' x | tr ' ' y)"
finds text proto/a.c '101 columns' "$(printf '\t%93s' x | tr ' ' y)"
finds text proto/a.c 'white space' 'int a; '
finds text proto/a.c 'spaces before code' '        int a;'
finds text proto/a.c 'left to do' "/* TO""DO */"
finds text proto/a.c 'left to do' "/* XX""X: later */"
in_order
printf 'int a;\nint b;\n' >"$tree/proto/a.c"
expect text 'licence is missing'

finds top docs/a.c 'docs: not an entry' ''
finds syms include/cordon/b.h 'does not name cordon_b' 'int cordon_b(void);'
finds syms client/libcordon.syms 'no public header declares cordon_c' \
	'	cordon_a;' '	cordon_c;'

exit $faults
