/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "daemon/core/match/screen.h"

static struct match_context *opened(void)
{
	static struct match_context *context;

	if (context == NULL) {
		FUZZ_CHECK(match_context_create(&context, NULL) == 0);
	}
	return context;
}

/* Whatever the bytes: a question or a clear error, and a name that is listed just so
 * agrees with it in every word. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[MATCH_NAME_BYTES + 2];
	struct cordon_query query = { .type = CORDON_QUERY_PERSON, .name = text };
	struct errmsg msg = { "" };
	struct question question;
	struct comparison comparison;
	const struct compare_name *name = &question.person.name;
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
	FUZZ_CHECK(name->words.count > 0 && name->words.count <= NAME_WORDS_MAX);
	for (size_t i = 0; i < name->words.count; i++) {
		FUZZ_CHECK(name->words.words[i].size > 0 &&
			   name->words.words[i].size <= SOUND_MAX);
	}
	compare_names(name, &name->words, &comparison);
	FUZZ_CHECK(comparison.pairs_count == name->words.count);
	for (size_t i = 0; i < comparison.pairs_count; i++) {
		FUZZ_CHECK(comparison.pairs[i].permille == 1000);
	}
	return 0;
}
