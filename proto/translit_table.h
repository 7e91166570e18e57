/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_TRANSLIT_TABLE_H
#define PROTO_TRANSLIT_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "proto/translit.h"

/* One upper-case letter and what stands for it. */
struct translit_row {
	uint32_t code_point;
	const char *latin;
};

/* By code point, ascending. */
extern const struct translit_row translit_rows[];
extern const size_t translit_rows_count;

/* Where a language, or a place in the word, differs from the row above. */
struct translit_exception {
	enum translit_language language; /* TRANSLIT_ANY: all */
	uint32_t code_point;
	const char *latin;
	bool in_place; /* only where the letter stands in place */
	enum translit_place place;
};

extern const struct translit_exception translit_exceptions[];
extern const size_t translit_exceptions_count;

/* The further forms of §6.A, in its order. */
extern const struct translit_row translit_others[];
extern const size_t translit_others_count;

#endif
