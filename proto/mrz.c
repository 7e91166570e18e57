/* SPDX-License-Identifier: Apache-2.0 */
#include <cordon/mrz.h>

#include <string.h>

#include <cordon/error.h>
#include "proto/document.h"
#include "proto/mrz_zone.h"
#include "proto/record.h"

int cordon_mrz_parse(const char *const *lines, size_t line_count,
	struct cordon_date reference, struct cordon_mrz *mrz, char *fault_text,
	size_t fault_text_bytes)
{
	struct cordon_mrz found = { .valid = false };
	struct mrz_zone zone;
	int error;

	/* a century before and after must be years too */
	if (!date_whole(&reference) || reference.year < 200 || reference.year > 9900) {
		return CORDON_EINVAL;
	}
	error = mrz_zone_collect(
		&zone, lines, line_count, fault_text, fault_text_bytes);
	if (error != 0) {
		return error;
	}
	mrz_read_fields(&zone, reference, &found);
	mrz_check_digits(&zone, &found);
	mrz_judge(&zone, &found);
	if (!document_personal_number(&found, found.personal_number)) {
		found.personal_number[0] = '\0';
	}
	*mrz = found;
	return 0;
}

const char *cordon_mrz_format_text(enum cordon_mrz_format format)
{
	switch (format) {
	case CORDON_MRZ_TD1:
		return "TD1";
	case CORDON_MRZ_TD2:
		return "TD2";
	case CORDON_MRZ_TD3:
		return "TD3";
	case CORDON_MRZ_MRV_A:
		return "MRV-A";
	case CORDON_MRZ_MRV_B:
		return "MRV-B";
	}
	return "unknown";
}
