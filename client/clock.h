/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_CLOCK_H
#define CLIENT_CLOCK_H

#include <stdint.h>

/* The only places where the library reads a clock. */

/* Milliseconds that only go forward, from an arbitrary start. */
int64_t client_clock_ms(void);

/* Unix second. */
int64_t client_clock_unix_s(void);

#endif
