/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "daemon/core/time.h"

/* The only places where the node reads a clock. */
struct mono clock_mono(void);
struct wall clock_wall(void);
/* CPU time of the calling thread, microseconds. */
int64_t clock_thread_cpu_us(void);

#endif
