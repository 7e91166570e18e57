/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/base/log_quota.h"

#define WINDOW_US (LOG_QUOTA_WINDOW_S * INT64_C(1000000))

void log_quota_init(struct log_quota *quota, uint32_t max)
{
	*quota = (struct log_quota){ .max = max };
}

bool log_quota_take(struct log_quota *quota, struct mono now, uint64_t *left_out)
{
	if (quota->written == 0 || now.us - quota->since.us >= WINDOW_US) {
		quota->since = now;
		quota->written = 0;
	}
	if (quota->written >= quota->max) {
		quota->left_out++;
		return false;
	}
	quota->written++;
	*left_out = quota->left_out;
	quota->left_out = 0;
	return true;
}
