/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_SANDBOX_H
#define BASE_SANDBOX_H

#include <stdint.h>

#include "proto/errmsg.h"

/*
 * What the process gives up before it talks to anybody.  The first two: once, before
 * there are threads (some of this is the calling thread's, and inherited).
 */

/*
 * No core dumps and no debugger of another user: memory holds keys and personal data.
 * The limit of file descriptors is raised to at least descriptors.  CORDON_ECONFIG
 * when the system does not allow as many; msg says how to.
 */
int sandbox_limit(uint64_t descriptors, struct errmsg *msg);

/*
 * Becomes user (name or NULL: stay) with its groups and nothing of root's, for good,
 * and gives up gaining privileges by executing files.  CORDON_ECONFIG: no such user,
 * root itself, or only root could become it.  After another failure (CORDON_EIO) the
 * process is in between and must end.
 */
int sandbox_become(const char *user, struct errmsg *msg);

/*
 * Gives up all system calls but those that a running node makes, on all threads, those
 * there are and those to come, for good: any other ends the process with SIGSYS.  After
 * the start.  CORDON_ECONFIG when the system cannot do it.
 */
int sandbox_seal(struct errmsg *msg);

/* Why this build is not to be sealed; NULL: it is. */
const char *sandbox_unsealed(void);

#endif
