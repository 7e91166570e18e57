/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORDON_H
#define CORDON_H

/* All of libcordon. */
#include <cordon/client.h>
#include <cordon/error.h>
#include <cordon/lookup.h>
#include <cordon/mrz.h>
#include <cordon/record.h>

#endif
