/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/evidence_file.h"

#include <string.h>

#include <openssl/evp.h>

#define BASE64 "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

static int fail(struct errmsg *msg, size_t proof, const char *text)
{
	return errmsg_set(msg, CORDON_ESYNTAX, "proof %zu: %s", proof + 1, text);
}

/* The whole text, with its padding; false for anything else. */
static bool decode(
	const char *text, size_t bytes, struct arena *arena, struct bytes *out)
{
	size_t body = strspn(text, BASE64), padding = bytes - body;
	uint8_t *data;
	int size;

	if (body == 0 || bytes % 4 != 0 || padding > 2 || bytes > 2 * HEAD_BYTES_MAX ||
		strspn(text + body, "=") != padding) {
		return false;
	}
	data = arena_alloc(arena, bytes);
	size = data == NULL
		       ? -1
		       : EVP_DecodeBlock(data, (const unsigned char *)text, (int)bytes);
	if (size < (int)padding) {
		return false;
	}
	*out = (struct bytes){ data, (size_t)size - padding };
	return true;
}

static const char *text_of(const json_t *object, const char *name, struct arena *arena)
{
	const json_t *value = json_object_get(object, name);

	return json_is_string(value) ? arena_text(arena, json_string_value(value),
					       json_string_length(value))
				     : NULL;
}

static int read_head(const json_t *object, size_t proof, struct arena *arena,
	struct bytes *head, struct errmsg *msg)
{
	const json_t *value = json_object_get(object, "head");

	if (!json_is_string(value) || !decode(json_string_value(value),
					      json_string_length(value), arena, head)) {
		return arena->failed ? errmsg_set(msg, CORDON_ENOMEM, "out of memory")
				     : fail(msg, proof,
					       "a head is no base64 of a signed head");
	}
	return 0;
}

static int read_claim(const json_t *object, size_t proof, struct arena *arena,
	struct evidence_claim *claim, struct errmsg *msg)
{
	const json_t *heads = json_object_get(object, "heads");
	int error = 0;

	claim->list = text_of(object, "list", arena);
	claim->kind = text_of(object, "kind", arena);
	claim->count = json_array_size(heads);
	if (claim->list == NULL || claim->kind == NULL) {
		return arena->failed ? errmsg_set(msg, CORDON_ENOMEM, "out of memory")
				     : fail(msg, proof, "it names no list or no kind");
	}
	if (claim->count < 2 || claim->count > EVIDENCE_HEADS_MAX) {
		return fail(msg, proof, "it does not have two or three heads");
	}
	for (size_t i = 0; error == 0 && i < claim->count; i++) {
		error = read_head(
			json_array_get(heads, i), proof, arena, &claim->heads[i], msg);
	}
	return error;
}

static int read_claims(const json_t *root, struct arena *arena,
	struct evidence_file *file, struct errmsg *msg)
{
	const json_t *format = json_object_get(root, "format");
	const json_t *proofs = json_object_get(root, "proofs");
	size_t count = json_array_size(proofs);
	int error = 0;

	if (!json_is_string(format) ||
		strcmp(json_string_value(format), EVIDENCE_FORMAT) != 0) {
		return errmsg_set(msg, CORDON_ESYNTAX,
			"no evidence: \"format\" is not \"%s\"", EVIDENCE_FORMAT);
	}
	if (count == 0 || count > EVIDENCE_PROOFS_MAX) {
		return errmsg_set(msg, CORDON_ESYNTAX,
			"%zu proofs where 1 to %d are expected", count,
			EVIDENCE_PROOFS_MAX);
	}
	file->claims = arena_array(arena, count, sizeof(*file->claims));
	if (file->claims == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	file->count = count;
	for (size_t i = 0; error == 0 && i < count; i++) {
		error = read_claim(
			json_array_get(proofs, i), i, arena, &file->claims[i], msg);
	}
	return error;
}

int evidence_file_read(const char *text, size_t bytes, struct arena *arena,
	struct evidence_file *file, struct errmsg *msg)
{
	struct evidence_file found = { NULL, 0 };
	json_error_t why;
	json_t *root;
	int error;

	if (bytes > EVIDENCE_FILE_BYTES_MAX) {
		return errmsg_set(
			msg, CORDON_ESYNTAX, "over %u bytes", EVIDENCE_FILE_BYTES_MAX);
	}
	root = json_loadb(text, bytes, JSON_REJECT_DUPLICATES, &why);
	if (root == NULL) {
		return errmsg_set(
			msg, CORDON_ESYNTAX, "line %d: %s", why.line, why.text);
	}
	error = read_claims(root, arena, &found, msg);
	json_decref(root);
	if (error == 0) {
		*file = found;
	}
	return error;
}

/* ---- judging ----------------------------------------------------------------------
 */

static int read_heads(
	const struct evidence_claim *claim, struct evidence_finding *finding)
{
	int error = 0;

	for (size_t i = 0; error == 0 && i < claim->count; i++) {
		error = head_parse(claim->heads[i], &finding->heads[i], &finding->why);
		if (error != 0) {
			errmsg_wrap(&finding->why, error, "statement %zu", i + 1);
		}
	}
	return error;
}

static int check_signatures(const struct evidence_claim *claim,
	const struct head_key *const *keys, size_t keys_count, struct errmsg *why)
{
	int error = 0;

	for (size_t i = 0; error == 0 && i < claim->count; i++) {
		error = head_verify(claim->heads[i], keys, keys_count, why);
		if (error != 0) {
			errmsg_wrap(why, error,
				"statement %zu is not signed by the given key", i + 1);
		}
	}
	return error;
}

/* The description is what people read: one that says something else misleads. */
static int check_description(
	const struct evidence_claim *claim, struct evidence_finding *finding)
{
	const char *kind = evidence_kind_text(finding->evidence.kind);
	char list[LIST_TEXT_MAX];

	for (size_t i = 0; i < claim->count; i++) {
		ident_list_text(&finding->heads[i].list, list);
		if (strcmp(list, claim->list) != 0) {
			return errmsg_set(&finding->why, CORDON_EINVAL,
				"statement %zu is on the list %s, and the file says "
				"%.64s",
				i + 1, list, claim->list);
		}
	}
	if (finding->evidence.kind == EVIDENCE_NONE) {
		return errmsg_set(&finding->why, CORDON_EINVAL,
			"the statements do not contradict each other");
	}
	if (strcmp(kind, claim->kind) != 0) {
		return errmsg_set(&finding->why, CORDON_EINVAL,
			"the contradiction is %s, and the file says %.64s", kind,
			claim->kind);
	}
	return 0;
}

void evidence_judge(const struct evidence_claim *claim,
	const struct head_key *const *keys, size_t keys_count,
	struct evidence_finding *finding)
{
	const struct head *heads[EVIDENCE_HEADS_MAX];
	int error;

	memset(finding, 0, sizeof(*finding));
	error = read_heads(claim, finding);
	if (error == 0) {
		for (size_t i = 0; i < claim->count; i++) {
			heads[i] = &finding->heads[i];
		}
		evidence_find(heads, claim->count, &finding->evidence);
		error = check_signatures(claim, keys, keys_count, &finding->why);
	}
	if (error == 0) {
		error = check_description(claim, finding);
	}
	finding->holds = error == 0;
}
