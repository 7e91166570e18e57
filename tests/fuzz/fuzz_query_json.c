/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "client/ctl/query.h"
#include "proto/bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct errmsg msg = { "" };
	struct cordon_query query;
	struct arena arena;
	json_t *id;
	int error;

	arena_init(&arena, 0);
	error = query_from_json((const char *)data, size, &arena, &query, &id, &msg);
	if (error == 0) {
		FUZZ_CHECK(query.type != 0);
	} else {
		FUZZ_CHECK(msg.text[0] != '\0');
	}
	json_decref(id);
	arena_finish(&arena);
	return 0;
}
