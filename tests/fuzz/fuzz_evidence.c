/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "client/ctl/evidence_file.h"

/* A file that somebody brought: without the owner's key nothing in it holds. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct evidence_file file = { NULL, 0 };
	struct evidence_finding finding;
	struct errmsg msg = { "" };
	struct arena arena;

	arena_init(&arena, 0);
	if (evidence_file_read((const char *)data, size, &arena, &file, &msg) != 0) {
		FUZZ_CHECK(msg.text[0] != '\0' && file.count == 0);
	}
	for (size_t i = 0; i < file.count; i++) {
		FUZZ_CHECK(file.claims[i].count >= 2 &&
			   file.claims[i].count <= EVIDENCE_HEADS_MAX);
		evidence_judge(&file.claims[i], NULL, 0, &finding);
		FUZZ_CHECK(!finding.holds && finding.why.text[0] != '\0');
		for (size_t k = 0; k < finding.evidence.count; k++) {
			free(evidence_head_text(finding.evidence.heads[k]));
		}
	}
	arena_finish(&arena);
	return 0;
}
