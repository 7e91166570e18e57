/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_ARRIVALS_H
#define CLIENT_ARRIVALS_H

#include "client/reading.h"

/* Reads count arrivals, of a record or of a submission; *arrivals is untouched on a
 * fault, which is r's. */
void arrivals_read(struct reading *r, Cordon__Arrival *const *messages, size_t count,
	const struct cordon_arrival **arrivals);

#endif
