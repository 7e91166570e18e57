/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_AUDIT_FRAME_LAYOUT_H
#define CORE_AUDIT_FRAME_LAYOUT_H

#include "daemon/core/audit/frame.h"

/* What frame*.c share; PROTOCOL.md, "Access log". */

#define FRAME_MAGIC 0x43414c31 /* "CAL1" */
#define FRAME_DROPPED_AT 5
#define PART_FIXED_BYTES (12 + HASH_BYTES)
#define GROUP_HASHED_BYTES (AUDIT_FRAME_HEADER_BYTES + AUDIT_CLASSES * PART_FIXED_BYTES)

#define CHECKPOINT_DOMAIN "cordon access log 1" /* with its NUL */
#define CHECKPOINT_SIGNED_BYTES (sizeof(CHECKPOINT_DOMAIN) + HASH_BYTES)

int audit_checkpoint_signed(struct bytes before, uint8_t out[CHECKPOINT_SIGNED_BYTES]);

#endif
