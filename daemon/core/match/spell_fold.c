/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/spell.h"

#include <string.h>

#include <unicode/uchar.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

#include "daemon/core/match/context.h"

#define UNITS_MAX 4096

struct units {
	UChar text[UNITS_MAX];
	int32_t count;
};

static int append(struct units *out, const UChar *text, int32_t count)
{
	if (count > UNITS_MAX - out->count) {
		return CORDON_ETOOBIG;
	}
	memcpy(out->text + out->count, text, (size_t)count * sizeof(*text));
	out->count += count;
	return 0;
}

static bool part_of_word(UChar32 c)
{
	return u_isalpha(c) || (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0;
}

static bool foreign(const struct match_context *context, UChar32 c)
{
	return c >= 0x80 && u_isalpha(c) &&
	       sound_letter_find(&context->letters, (uint32_t)c) == NULL;
}

static int romanise(const struct match_context *context, const UChar *word,
	int32_t count, struct units *out)
{
	UChar latin[UNITS_MAX];
	int32_t size = count, limit = count;
	UErrorCode status = U_ZERO_ERROR;

	memcpy(latin, word, (size_t)count * sizeof(*word));
	utrans_transUChars(context->latin, latin, &size, UNITS_MAX, 0, &limit, &status);
	return U_FAILURE(status) ? context_error(status) : append(out, latin, size);
}

/* The words of text, those with a letter that no table has romanised. */
static int romanise_words(
	const struct match_context *context, const struct units *in, struct units *out)
{
	int error = 0;

	for (int32_t at = 0; error == 0 && at < in->count;) {
		int32_t end = at;
		bool unknown = false;
		UChar32 c = ' ';

		while (end < in->count) {
			int32_t next = end;

			U16_NEXT(in->text, next, in->count, c);
			if (!part_of_word(c)) {
				break;
			}
			unknown = unknown || foreign(context, c);
			end = next;
		}
		error = unknown ? romanise(context, in->text + at, end - at, out)
				: append(out, in->text + at, end - at);
		at = end;
		if (error == 0 && at < in->count) {
			U16_FWD_1(in->text, end, in->count);
			error = append(out, in->text + at, end - at);
			at = end;
		}
	}
	return error;
}

int spell_folded(struct match_context *context, const char *text, size_t size,
	char *folded, size_t folded_bytes, size_t *folded_size)
{
	struct units raw, plain, latin = { .count = 0 };
	UErrorCode status = U_ZERO_ERROR;
	int32_t bytes = 0;
	int error;

	u_strFromUTF8(raw.text, UNITS_MAX, &raw.count, text, (int32_t)size, &status);
	if (status == U_INVALID_CHAR_FOUND) {
		return CORDON_EFIELD;
	}
	if (U_SUCCESS(status)) {
		plain.count = unorm2_normalize(context->fold, raw.text, raw.count,
			plain.text, UNITS_MAX, &status);
	}
	if (U_FAILURE(status)) {
		return context_error(status);
	}
	error = romanise_words(context, &plain, &latin);
	if (error != 0) {
		return error;
	}
	u_strToUTF8(folded, (int32_t)folded_bytes, &bytes, latin.text, latin.count,
		&status);
	if (U_FAILURE(status)) {
		return context_error(status);
	}
	*folded_size = (size_t)bytes;
	return 0;
}
