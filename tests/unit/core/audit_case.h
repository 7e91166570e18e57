/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_AUDIT_CASE_H
#define TESTS_AUDIT_CASE_H

#include "daemon/core/audit/walk.h"

/* A log in memory, as a node writes it. */

#define CASE_SEGMENTS 4
#define CASE_BYTES (256 * 1024)
#define CASE_DAY_US (INT64_C(86400) * 1000000)
#define CASE_BEGIN_US (INT64_C(1767225600) * 1000000) /* 2026-01-01 */

struct audit_case {
	EVP_PKEY *pkey;
	struct head_key *key; /* signs */
	struct box *box;
	struct audit_end end;
	int64_t now_us;
	uint8_t *data[CASE_SEGMENTS + 1]; /* by number */
	size_t size[CASE_SEGMENTS + 1];
	uint8_t newest[AUDIT_FRAME_SMALL_MAX]; /* checkpoint */
	size_t newest_size;
};

void audit_case_init(struct audit_case *c);
void audit_case_finish(struct audit_case *c);

void audit_case_segment(struct audit_case *c);
/* A group with so many lookups that found nothing, so many that did, and acts. */
void audit_case_group(
	struct audit_case *c, unsigned empty, unsigned found, unsigned acts);
void audit_case_checkpoint(struct audit_case *c, enum audit_reason reason);
/* Two segments with groups of all sorts; the second one without its end if open. */
void audit_case_fill(struct audit_case *c, bool open);

/* Walks all of it; 0 or CORDON_ECORRUPT with the fault. */
int audit_case_walk(
	const struct audit_case *c, struct audit_walk *walk, struct audit_fault *fault);
/* As an auditor does, with key and newest checkpoint. */
int audit_case_verify(const struct audit_case *c, struct audit_fault *fault);

/* The n-th frame of a segment, from 0. */
struct audit_frame audit_case_frame(
	const struct audit_case *c, uint64_t segment, unsigned n);
unsigned audit_case_frames(const struct audit_case *c, uint64_t segment);

/* Cuts size bytes out at offset. */
void audit_case_cut(struct audit_case *c, uint64_t segment, size_t offset, size_t size);

#endif
