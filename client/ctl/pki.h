/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CTL_PKI_H
#define CTL_PKI_H

#include <stdbool.h>

/*
 * cordonctl pki init-member XXX DIR | issue DIR --role R --name N … | revoke DIR CERT:
 * a member's own certificate authority in a directory.  argv[0] is the verb.
 * Prints text or JSON to stdout, errors to stderr; returns the exit status.
 */
int cmd_pki(int argc, char **argv, bool json);

#endif
