/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_WRITE_LOG_H
#define NODE_WRITE_LOG_H

#include <pthread.h>

#include "daemon/base/log_quota.h"

/*
 * Log lines about what could not be written to the store.  On a full disk everything
 * that comes is tried again and again, and would fill the log's disk as well: so many
 * lines in LOG_QUOTA_WINDOW_S, the rest counted.  Zeroed, it is ready for use; any
 * thread.
 */
#define WRITE_LOG_LINES 5

struct write_log {
	pthread_mutex_t lock;
	struct log_quota quota;
};

void write_log_failed(struct write_log *log, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
