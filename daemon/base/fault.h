/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

/*
 * LMDB reads its file through memory and believes what its pages say: one that is
 * damaged, or that the disk cannot read, may end the process by a signal.  From now on
 * such an end is preceded by a line that says what to do.  Once, before threads start;
 * a handler that is there already (a sanitizer's) stays.
 */
void fault_explain(void);

#endif
