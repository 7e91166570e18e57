/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/base/config_address.h"

#include <arpa/inet.h>
#include <string.h>

#include "daemon/base/config_units.h"

#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* A link-local address needs its zone (RFC 4007 §11), which inet_pton does not take. */
static bool ipv6_valid(const char *host)
{
	char address[INET6_ADDRSTRLEN];
	size_t size = strcspn(host, "%");
	struct in6_addr parsed;

	if (size >= sizeof(address) || (host[size] == '%' && host[size + 1] == '\0') ||
		strspn(host + size, "%._-" LETTERS DIGITS) != strlen(host + size)) {
		return false;
	}
	memcpy(address, host, size);
	address[size] = '\0';
	return inet_pton(AF_INET6, address, &parsed) == 1;
}

/* Digits and dots are an address or a mistake, never a name. */
static bool name_or_ipv4_valid(const char *host)
{
	struct in_addr parsed;

	if (strspn(host, "." DIGITS) == strlen(host)) {
		return inet_pton(AF_INET, host, &parsed) == 1;
	}
	return strspn(host, "._-" LETTERS DIGITS) == strlen(host) && host[0] != '-' &&
	       host[0] != '.' && strstr(host, "..") == NULL;
}

bool config_address_parse(const char *text, char *host, uint16_t *port)
{
	const char *colon = strrchr(text, ':');
	bool bracketed = text[0] == '[';
	char found[CONFIG_HOST_MAX + 1];
	uint64_t number;
	size_t size;

	if (colon == NULL ||
		!config_units_parse(config_units_none, colon + 1, &number) ||
		number > UINT16_MAX) {
		return false;
	}
	size = (size_t)(colon - text);
	if (bracketed) {
		if (size < 2 || colon[-1] != ']') {
			return false;
		}
		text++;
		size -= 2;
	}
	if (size < 1 || size >= sizeof(found)) {
		return false;
	}
	memcpy(found, text, size);
	found[size] = '\0';
	if (bracketed ? !ipv6_valid(found)
		      : strcmp(found, "*") != 0 && !name_or_ipv4_valid(found)) {
		return false;
	}
	memcpy(host, found, size + 1);
	*port = (uint16_t)number;
	return true;
}
