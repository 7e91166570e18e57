#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Line coverage of what reads untrusted bytes, from the corpora alone; fails when all of it
# together has less than LEAST per cent (default 80), and names the sources that have.
#   sh tests/fuzz/coverage.sh [BUILD-DIRECTORY [LEAST]]
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
build=${1:-build-coverage}
least=${2:-80}
version=$(clang --version | sed -n 's/.*clang version \([0-9]*\).*/\1/p')
profdata=$(command -v "llvm-profdata-$version" || command -v llvm-profdata)
cov=$(command -v "llvm-cov-$version" || command -v llvm-cov)
[ -f "$build/build.ninja" ] || CC=clang meson setup "$build" --buildtype=debug \
	-Dc_args='-fprofile-instr-generate -fcoverage-mapping' \
	-Dc_link_args=-fprofile-instr-generate >/dev/null
set --
for corpus in tests/fuzz/corpus/*; do
	set -- "$@" "tests/fuzz/replay_${corpus##*/}"
done
# what the build itself runs is not asked
LLVM_PROFILE_FILE=/dev/null ninja --quiet -C "$build" "$@"
profiles=$(mktemp -d)
trap 'rm -rf "$profiles"' EXIT
objects=
for corpus in tests/fuzz/corpus/*; do
	name=${corpus##*/}
	LLVM_PROFILE_FILE="$profiles/$name.profraw" \
		"$build/tests/fuzz/replay_$name" "$corpus" >/dev/null
	objects="$objects -object $build/tests/fuzz/replay_$name"
done
"$profdata" merge -sparse -o "$profiles/all" "$profiles"/*.profraw
# what takes bytes apart; not what only makes them
parsers="proto/frame.c proto/message.c proto/channel.c proto/hello.c proto/failure.c
	proto/head_content.c proto/head_announce.c proto/evidence.c proto/entry.c
	proto/ack.c proto/lookup_codec.c proto/answer_codec.c
	proto/record_codec.c proto/record_open.c proto/record_json_read.c
	proto/record_check.c proto/record_check_dates.c proto/record_check_fields.c
	proto/record_check_person.c proto/record_check_document.c proto/record_date.c
	proto/document.c proto/document_range.c proto/document_zone.c proto/mrz.c
	proto/mrz_check.c proto/mrz_date.c proto/mrz_fields.c proto/mrz_judge.c
	proto/mrz_zone.c proto/ident.c proto/ident_list.c proto/bytes.c
	client/ctl/import_csv.c client/ctl/import_xml.c client/ctl/import_un.c
	client/ctl/import_un_birth.c client/ctl/import_un_name.c
	client/ctl/import_un_paper.c client/ctl/import_un_person.c
	client/ctl/import_ofac.c client/ctl/import_ofac_aliases.c
	client/ctl/import_ofac_paper.c client/ctl/import_ofac_remarks.c
	client/ctl/import_jsonl.c client/ctl/import_number.c client/ctl/import_text.c
	client/ctl/query_json.c client/ctl/evidence_file.c daemon/base/config.c
	daemon/base/config_address.c daemon/base/config_build.c
	daemon/base/config_check.c daemon/base/config_file.c
	daemon/base/config_text.c daemon/base/config_units.c
	daemon/base/config_value.c daemon/node/session.c daemon/node/submit_read.c
	daemon/node/lookup_query.c daemon/core/audit/entry.c daemon/core/audit/frame.c
	daemon/core/audit/walk.c daemon/store/row.c daemon/core/match/card.c"
"$cov" report ${objects# -object } -instr-profile "$profiles/all" |
	awk -v least="$least" -v parsers="$parsers" '
		BEGIN {
			for (i = split(parsers, part, " "); i > 0; i--) {
				wanted[part[i]] = 1
			}
		}
		{
			name = $1
			sub(/^.*\.\.\//, "", name)
		}
		name in wanted {
			# groups of three: regions, functions, lines, branches
			lines = $(NF - 5)
			missed = $(NF - 4)
			all += lines
			all_missed += missed
			delete wanted[name]
			share = 100 * (lines - missed) / lines
			printf "%-40s %5d lines %6.1f %%\n", name, lines, share
			if (share < least) {
				low = low " " name
			}
		}
		END {
			printf "%-40s %5d lines %6.1f %%\n", "all parsers", all,
				100 * (all - all_missed) / all
			for (name in wanted) {
				print name ": no such source was built"
				low = low " " name
			}
			if (low != "") {
				print "below " least " %:" low
			}
			if (all == 0 || 100 * (all - all_missed) / all < least) {
				exit 1
			}
		}'
