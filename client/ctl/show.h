/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CTL_SHOW_H
#define CTL_SHOW_H

#include "client/ctl/ctl.h"

/* A record as it stands in a list: for record show, and what was put aside. */

/* "live", "withdrawn", "erased" */
const char *show_state(const struct cordon_record_entry *entry);
/* A new reference; NULL without memory. */
json_t *show_json(const struct cordon_record_entry *entry);
/* EXIT_OK or EXIT_FAILED. */
int show_text(const struct cordon_record_entry *entry);

#endif
