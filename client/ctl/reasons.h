/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CTL_REASONS_H
#define CTL_REASONS_H

/*
 * What a reason code of a match means, in words for whoever decides; the code itself
 * for one of a newer node.
 */
const char *reason_text(const char *code);

/* Likewise what would narrow a question (cordon_answer.narrow). */
const char *narrow_text(const char *code);

#endif
