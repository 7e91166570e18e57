/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/write_log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "daemon/base/clock.h"
#include "daemon/base/log.h"
#include "proto/errmsg.h"

void write_log_failed(struct write_log *log, const char *format, ...)
{
	struct errmsg text;
	uint64_t left_out = 0;
	bool now;
	va_list args;

	pthread_mutex_lock(&log->lock);
	if (log->quota.max == 0) {
		log_quota_init(&log->quota, WRITE_LOG_LINES);
	}
	now = log_quota_take(&log->quota, clock_mono(), &left_out);
	pthread_mutex_unlock(&log->lock);
	if (!now) {
		return;
	}
	if (left_out > 0) {
		log_error("%" PRIu64 " more things were not written", left_out);
	}
	va_start(args, format);
	vsnprintf(text.text, sizeof(text.text), format, args);
	va_end(args);
	log_error("%s", text.text);
}
