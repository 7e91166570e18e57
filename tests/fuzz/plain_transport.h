/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_PLAIN_TRANSPORT_H
#define TESTS_PLAIN_TRANSPORT_H

#include "proto/ident.h"

/* In place of proto/transport.c: no TLS, and whoever connects is who the fuzzer says.
 */
void plain_transport_peer(const struct identity *peer);

#endif
