/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_MATCH_CONTEXT_H
#define CORE_MATCH_CONTEXT_H

#include <unicode/unorm2.h>
#include <unicode/utrans.h>

#include "daemon/core/match/counterpart.h"
#include "daemon/core/match/sound_letter.h"

/* What one thread holds of ICU; see screen.h. */
struct match_context {
	const UNormalizer2 *fold; /* NFKC_Casefold; ICU's own, shared */
	UTransliterator *latin;   /* any script to ASCII */
	struct sound_letters letters;
	struct counterparts *counterparts;
};

/* CORDON_ETOOBIG, CORDON_ENOMEM or CORDON_EINTERNAL for ICU's failure. */
int context_error(UErrorCode status);

#endif
