/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/text.h"

#include <string.h>

#include <unicode/utf16.h>

#include "daemon/core/match/context.h"
#include "daemon/core/match/letter.h"

/* What is not printed does not end a word: the letter before a soft sign is the last.
 */
static bool word_ends(const struct text_folded *folded, int32_t at)
{
	while (at < folded->count && folded->classes[at] == LETTER_SILENT) {
		U16_FWD_1(folded->units, at, folded->count);
	}
	return at == folded->count || folded->classes[at] == LETTER_BREAK;
}

static enum translit_place place_of(
	const struct text_folded *folded, int32_t next, bool first)
{
	if (first) {
		return TRANSLIT_FIRST;
	}
	return word_ends(folded, next) ? TRANSLIT_LAST : TRANSLIT_INSIDE;
}

/* What has been written since start is a word, unless it is nothing. */
static bool end_token(struct text_tokens *tokens, size_t start, size_t end)
{
	if (end == start) {
		return true;
	}
	if (tokens->count == TEXT_TOKENS_MAX) {
		return false;
	}
	tokens->tokens[tokens->count++] =
		(struct text_token){ (uint16_t)start, (uint16_t)(end - start) };
	return true;
}

int text_spell(const struct match_context *context, const struct text_folded *folded,
	struct text_spelling spelling, struct text_tokens *tokens)
{
	size_t start = tokens->used;
	struct writer out;
	bool fits = true;

	writer_init(&out, tokens->text, sizeof(tokens->text));
	out.used = start;
	for (int32_t at = 0; fits && at < folded->count;) {
		enum letter_class class = folded->classes[at];
		UChar32 c;

		U16_NEXT(folded->units, at, folded->count, c);
		switch (class) {
		case LETTER_COVERED:
			letter_spell(context, c, spelling,
				place_of(folded, at, out.used == start), &out);
			break;
		case LETTER_BREAK:
			fits = end_token(tokens, start, out.used);
			start = out.used;
			break;
		default:
			break;
		}
	}
	if (!fits || out.bad || !end_token(tokens, start, out.used)) {
		return CORDON_ETOOBIG;
	}
	tokens->used = out.used;
	return 0;
}
