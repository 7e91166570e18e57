/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/ident.h"

#include <stdio.h>
#include <string.h>

#include "proto/bytes.h"

#define URI_SCHEME "cordon://"

static bool upper_letters(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (text[i] < 'A' || text[i] > 'Z') {
			return false;
		}
	}
	return true;
}

bool ident_member_valid(const char *code)
{
	return strlen(code) == 3 && upper_letters(code, 3);
}

bool ident_state_set(struct state *state, const char *code, size_t bytes)
{
	if (bytes < 1 || bytes > 3 || !upper_letters(code, bytes)) {
		return false;
	}
	*state = (struct state){ "" };
	memcpy(state->code, code, bytes);
	return true;
}

bool ident_state_equal(const struct state *a, const struct state *b)
{
	return memcmp(a->code, b->code, sizeof(a->code)) == 0;
}

bool ident_equal(const struct identity *a, const struct identity *b)
{
	return ident_state_equal(&a->member, &b->member) && a->role == b->role &&
	       strcmp(a->name, b->name) == 0;
}

static const char *const role_texts[] = {
	[ROLE_NODE] = "node",
	[ROLE_CHECKPOINT] = "checkpoint",
	[ROLE_AGENCY] = "agency",
	[ROLE_AUDITOR] = "auditor",
	[ROLE_ADMIN] = "admin",
};
#define ROLES (sizeof(role_texts) / sizeof(role_texts[0]))

const char *ident_role_text(enum role role)
{
	return role > ROLE_NONE && role < ROLES ? role_texts[role] : "none";
}

enum role ident_role_parse(const char *text)
{
	for (unsigned i = ROLE_NODE; i < ROLES; i++) {
		if (strcmp(text, role_texts[i]) == 0) {
			return (enum role)i;
		}
	}
	return ROLE_NONE;
}

static bool name_valid(const char *name, size_t size)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789._-";

	return size >= 1 && size <= IDENT_NAME_MAX && strspn(name, allowed) == size;
}

int ident_uri_parse(
	struct identity *id, const char *uri, size_t bytes, struct errmsg *msg)
{
	char text[IDENT_URI_MAX];
	char *member, *role, *name;
	struct identity found = { .role = ROLE_NONE };

	if (bytes == 0) {
		/* uri may be NULL then: an empty field of a message */
		return errmsg_set(msg, CORDON_EFIELD,
			"empty, where cordon://MEMBER/ROLE/NAME is expected");
	}
	if (bytes >= sizeof(text) || memchr(uri, '\0', bytes) != NULL) {
		return errmsg_set(msg, CORDON_EFIELD, "longer than an identity can be");
	}
	if (!bytes_are_text(uri, bytes)) {
		/* it is not repeated: others would read it */
		return errmsg_set(msg, CORDON_EFIELD, "not text");
	}
	memcpy(text, uri, bytes);
	text[bytes] = '\0';
	member = text + strlen(URI_SCHEME);
	role = strncmp(text, URI_SCHEME, strlen(URI_SCHEME)) == 0 ? strchr(member, '/')
								  : NULL;
	name = role == NULL ? NULL : strchr(role + 1, '/');
	if (name == NULL) {
		return errmsg_set(msg, CORDON_EFIELD,
			"\"%s\" is not cordon://MEMBER/ROLE/NAME", text);
	}
	*role++ = '\0';
	*name++ = '\0';
	found.role = ident_role_parse(role);
	if (!ident_member_valid(member) || found.role == ROLE_NONE) {
		return errmsg_set(msg, CORDON_EFIELD,
			"member \"%s\" and role \"%s\": three capital letters and one "
			"of node, "
			"checkpoint, agency, auditor, admin are expected",
			member, role);
	}
	if (!name_valid(name, strlen(name))) {
		return errmsg_set(msg, CORDON_EFIELD,
			"name \"%s\": 1 to %d of a-z A-Z 0-9 . _ - are expected", name,
			IDENT_NAME_MAX);
	}
	memcpy(found.member.code, member, 4);
	memcpy(found.name, name, strlen(name) + 1);
	*id = found;
	return 0;
}

void ident_uri_text(const struct identity *id, char *out)
{
	snprintf(out, IDENT_URI_MAX, URI_SCHEME "%s/%s/%s", id->member.code,
		ident_role_text(id->role), id->name);
}
