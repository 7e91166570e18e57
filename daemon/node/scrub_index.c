/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/scrub_private.h"

int scrub_indexes(struct scrub *scrub, struct errmsg *msg)
{
	(void)scrub;
	(void)msg;
	return 0;
}
