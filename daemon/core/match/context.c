/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/context.h"

#include <stdlib.h>

#include "daemon/core/match/screen.h"

static const UChar to_latin[] = u"Any-Latin; Latin-ASCII";

int context_error(UErrorCode status)
{
	switch (status) {
	case U_BUFFER_OVERFLOW_ERROR:
		return CORDON_ETOOBIG;
	case U_MEMORY_ALLOCATION_ERROR:
		return CORDON_ENOMEM;
	default:
		return CORDON_EINTERNAL;
	}
}

int match_context_create(struct match_context **context, struct errmsg *msg)
{
	UErrorCode status = U_ZERO_ERROR;
	struct match_context *new = calloc(1, sizeof(*new));
	int error;

	if (new == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "matching: out of memory");
	}
	new->fold = unorm2_getNFKCCasefoldInstance(&status);
	new->latin = utrans_openU(to_latin, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
	if (U_FAILURE(status)) {
		match_context_destroy(new);
		return errmsg_set(msg, context_error(status),
			"matching: ICU's data cannot be opened: %s",
			u_errorName(status));
	}
	sound_letters_init(&new->letters);
	new->counterparts = calloc(1, sizeof(*new->counterparts));
	error = new->counterparts == NULL ? CORDON_ENOMEM : counterparts_init(new);
	if (error != 0) {
		match_context_destroy(new);
		return errmsg_set(msg, error, "matching: its tables cannot be made");
	}
	*context = new;
	return 0;
}

void match_context_destroy(struct match_context *context)
{
	if (context != NULL && context->latin != NULL) {
		utrans_close(context->latin);
	}
	if (context != NULL) {
		free(context->counterparts);
	}
	free(context);
}
