/* SPDX-License-Identifier: Apache-2.0 */
/* slapd for steady.h: bench_steady_ldap WRITER_PORT PEER_PORT PEER_PORT ... */
#include <ldap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/bench/steady.h"

static const char *ports[3];
static unsigned run;

static void check(const char *what, int rc)
{
	if (rc != LDAP_SUCCESS) {
		steady_die(what, ldap_err2string(rc));
	}
}

static void *connect_to(int where)
{
	struct berval password = { .bv_val = "secret", .bv_len = 6 };
	int version = LDAP_VERSION3;
	char uri[64];
	LDAP *ld;

	snprintf(uri, sizeof(uri), "ldap://127.0.0.1:%s", ports[where]);
	check(uri, ldap_initialize(&ld, uri));
	ldap_set_option(ld, LDAP_OPT_PROTOCOL_VERSION, &version);
	check("bind", ldap_sasl_bind_s(ld, "cn=admin,dc=list", LDAP_SASL_SIMPLE,
			      &password, NULL, NULL, NULL));
	return ld;
}

static void put(void *connection, unsigned number)
{
	char dn[64], id[32], serial[32], content[201];
	char *classes[] = { "account", "extensibleObject", NULL };
	char *ids[] = { id, NULL }, *serials[] = { serial, NULL };
	char *contents[] = { content, NULL }, *names[] = { "BENCH", NULL };
	LDAPMod mods[] = {
		{ LDAP_MOD_ADD, "objectClass", { classes } },
		{ LDAP_MOD_ADD, "uid", { ids } },
		{ LDAP_MOD_ADD, "serialNumber", { serials } },
		{ LDAP_MOD_ADD, "sn", { names } },
		{ LDAP_MOD_ADD, "description", { contents } },
	};
	LDAPMod *all[] = { &mods[0], &mods[1], &mods[2], &mods[3], &mods[4], NULL };

	snprintf(id, sizeof(id), "KAZ-B-%05u-%u", run, number);
	snprintf(serial, sizeof(serial), "S%05u%u", run, number);
	snprintf(dn, sizeof(dn), "uid=%s,dc=list", id);
	memset(content, 'x', sizeof(content) - 1);
	content[sizeof(content) - 1] = '\0';
	check("add", ldap_add_ext_s(connection, dn, all, NULL, NULL));
}

static bool found(void *connection, unsigned number)
{
	char filter[64];
	LDAPMessage *result = NULL;
	bool hit;

	snprintf(filter, sizeof(filter), "(serialNumber=S%05u%u)", run, number);
	check("search", ldap_search_ext_s(connection, "dc=list", LDAP_SCOPE_ONELEVEL,
				filter, NULL, 0, NULL, NULL, NULL, 0, &result));
	hit = ldap_count_entries(connection, result) == 1;
	ldap_msgfree(result);
	return hit;
}

int main(int argc, char **argv)
{
	static const struct steady_ops ops = {
		.name = "slapd", .connect = connect_to, .put = put, .found = found
	};

	if (argc < 4) {
		fputs("usage: bench_steady_ldap PORT PORT PORT [RATE [SECONDS]]\n",
			stderr);
		return 2;
	}
	memcpy(ports, argv + 1, sizeof(ports));
	run = (unsigned)(time(NULL) % 100000);
	return steady_main(&ops, argc - 3, argv + 3);
}
