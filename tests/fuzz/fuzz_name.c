/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "daemon/core/match/keys.h"

static struct match_context *opened(void)
{
	static struct match_context *context;

	if (context == NULL) {
		FUZZ_CHECK(match_context_create(&context, NULL) == 0);
	}
	return context;
}

/* Whatever the bytes: a question or a clear error, and a record with that very name in
 * it is found by it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[MATCH_NAME_BYTES + 2];
	struct cordon_query query = { .type = CORDON_QUERY_PERSON, .name = text };
	struct cordon_name name = { .type = CORDON_NAME_PRIMARY, .full = text };
	struct errmsg msg = { "" };
	struct question question;
	struct name_keys keys;
	int error;

	size = size < sizeof(text) ? size : sizeof(text) - 1;
	if (size > 0) {
		memcpy(text, data, size);
	}
	text[size] = '\0';
	error = question_make(
		opened(), &query, (struct cordon_date){ 2026, 6, 1 }, &question, &msg);
	if (error != 0) {
		FUZZ_CHECK(
			error == CORDON_EFIELD && strncmp(msg.text, "name: ", 6) == 0);
		return 0;
	}
	FUZZ_CHECK(question.keys_whole > 0 && question.keys_count <= MATCH_KEYS_MAX);
	for (size_t i = 0; i < question.keys_count; i++) {
		FUZZ_CHECK(question.keys[i] != 0);
	}
	FUZZ_CHECK(keys_of_name(opened(), &name, &keys) == 0);
	FUZZ_CHECK(keys_compare(&keys, &question) == KEYS_AGREE);
	return 0;
}
