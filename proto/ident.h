/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_IDENT_H
#define PROTO_IDENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cordon/record.h>
#include "proto/errmsg.h"

/*
 * Names of things: states, members, lists, record ids, and who a certificate
 * says it is.
 */

/* A member, or any state code: up to three letters, NUL-padded ("KAZ", "D"). */
struct state {
	char code[4];
};

/* One owner's records of one kind; the unit of sharing. */
struct list_id {
	struct state owner;
	uint16_t kind; /* enum cordon_kind, open */
};

#define LIST_TEXT_MAX 24 /* "KAZ/invalid_document", or "KAZ/kind-65535" */

/* ISO 3166-1 alpha-3, ICAO 9303-3 §5, and former states for old papers. */
bool ident_state_known(const char *code);
/* Three upper-case letters: what a member may be called. */
bool ident_member_valid(const char *code);
/* Copies a code of 1..3 upper-case letters; false otherwise. */
bool ident_state_set(struct state *state, const char *code, size_t bytes);
bool ident_state_equal(const struct state *a, const struct state *b);

bool ident_list_equal(const struct list_id *a, const struct list_id *b);
/* By owner, then kind: <0, 0, >0. */
int ident_list_compare(const struct list_id *a, const struct list_id *b);
/* "KAZ/entry_ban"; unknown kinds as "KAZ/kind-17".  out: LIST_TEXT_MAX bytes. */
void ident_list_text(const struct list_id *list, char *out);
bool ident_list_parse(struct list_id *list, const char *text);

/* Three letters, '-', 1..32 of A-Z 0-9 '-'. */
bool ident_record_id_valid(const char *id, size_t bytes);

enum role {
	ROLE_NONE = 0,
	ROLE_NODE,
	ROLE_CHECKPOINT,
	ROLE_AGENCY,
	ROLE_AUDITOR,
	ROLE_ADMIN
};

const char *ident_role_text(enum role role);
enum role ident_role_parse(const char *text); /* ROLE_NONE when unknown */

#define IDENT_NAME_MAX 64
#define IDENT_URI_MAX 96

/* cordon://KAZ/checkpoint/almaty-airport-1; name: 1..64 of a-z A-Z 0-9 . _ - */
struct identity {
	struct state member;
	enum role role;
	char name[IDENT_NAME_MAX + 1];
};

/* Member, role and name. */
bool ident_equal(const struct identity *a, const struct identity *b);

int ident_uri_parse(
	struct identity *id, const char *uri, size_t bytes, struct errmsg *msg);
/* out: IDENT_URI_MAX bytes. */
void ident_uri_text(const struct identity *id, char *out);

#endif
