/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_CONFIG_ADDRESS_H
#define BASE_CONFIG_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#define CONFIG_HOST_MAX 253 /* RFC 1035 §2.3.4, as text */

/*
 * "192.0.2.7:7700", "node.example:7700", "[2001:db8::7]:7700", "[fe80::1%eth0]:7700",
 * "*:7700".  host (CONFIG_HOST_MAX + 1 bytes) is without brackets.  False when it is
 * none of them, or the port is not 0 to 65535.
 */
bool config_address_parse(const char *text, char *host, uint16_t *port);

#endif
