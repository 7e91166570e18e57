/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/pem.h>

#include "proto/head.h"
#include "proto/head_content.h"
#include "proto/hello.h"
#include "proto/lookup_codec.h"

/*
 * PROTOCOL.md is what somebody writes a client from who never sees this code: its
 * tables are held against the code's, and its worked examples are worked again.
 */
static const char *document_path;

struct document {
	char *text;
	char *squeezed; /* without white space, for hex over several lines */
	struct arena arena;
};

static int read_document(void **state)
{
	struct document *d = calloc(1, sizeof(*d));
	FILE *file = fopen(document_path, "r");
	size_t size, used = 0;

	assert_non_null(d);
	assert_non_null(file);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	size = (size_t)ftell(file);
	rewind(file);
	d->text = calloc(1, size + 1);
	d->squeezed = calloc(1, size + 1);
	assert_non_null(d->text);
	assert_non_null(d->squeezed);
	assert_int_equal(fread(d->text, 1, size, file), size);
	fclose(file);
	for (size_t i = 0; i < size; i++) {
		if (strchr(" \t\n", d->text[i]) == NULL) {
			d->squeezed[used++] = d->text[i];
		}
	}
	arena_init(&d->arena, 0);
	*state = d;
	return 0;
}

static int drop_document(void **state)
{
	struct document *d = *state;

	arena_finish(&d->arena);
	free(d->text);
	free(d->squeezed);
	free(d);
	return 0;
}

/* ---- tables ---------------------------------------------------------------------- */

/* The section under a heading, up to the next of the same depth. */
static char *section(struct document *d, const char *heading)
{
	const char *start = strstr(d->text, heading);
	const char *end;

	assert_non_null(start);
	start += strlen(heading);
	end = strstr(start, "\n## ");
	return arena_text(
		&d->arena, start, end == NULL ? strlen(start) : (size_t)(end - start));
}

/* Rows "| NUMBER | `NAME` |" of a section, in order.  False: there is no other. */
static bool next_row(char **at, unsigned *number, char name[40])
{
	for (char *line = *at; line != NULL; line = strchr(line + 1, '\n')) {
		if (sscanf(line, "\n| %u | `%39[A-Z_]` |", number, name) == 2) {
			*at = strchr(line + 1, '\n');
			return true;
		}
	}
	return false;
}

struct row {
	unsigned number;
	const char *name;
};

static void holds_exactly(
	struct document *d, const char *heading, const struct row *rows, size_t count)
{
	char *at = section(d, heading);
	unsigned number;
	char name[40];

	for (size_t i = 0; i < count; i++) {
		if (!next_row(&at, &number, name)) {
			fail_msg("%s has no row for %u, %s", heading, rows[i].number,
				rows[i].name);
		}
		assert_int_equal(number, rows[i].number);
		assert_string_equal(name, rows[i].name);
	}
	if (next_row(&at, &number, name)) {
		fail_msg("%s: %u, %s is unknown to the code", heading, number, name);
	}
}

static void the_table_of_messages_is_that_of_the_code(void **state)
{
	static const struct row rows[] = {
#define X(name, number, prefix) { (number), #name },
		MESSAGE_TYPES(X)
#undef X
	};

	holds_exactly(*state, "\n## Messages\n", rows, sizeof(rows) / sizeof(rows[0]));
}

static void the_table_of_errors_is_that_of_the_code(void **state)
{
	static const struct row rows[] = {
#define X(name, code, status, text) { (code), #name },
		CORDON_ERRORS(X)
#undef X
	};

	holds_exactly(*state, "\n## Errors\n", rows, sizeof(rows) / sizeof(rows[0]));
}

/* The row of the table of codes that begins with a label. */
static char *codes_row(struct document *d, const char *label)
{
	char *table = section(d, "\n## Text, dates, codes\n");
	char *start = strstr(table, arena_printf(&d->arena, "\n| %s |", label));

	if (start == NULL) {
		fail_msg("there is no row of codes for %s", label);
	}
	start++;
	start[strcspn(start, "\n")] = '\0';
	return start;
}

struct codes_row {
	const char *label;
	enum cordon_codes table;
	uint32_t from, to;
};

static void check_codes(struct document *d, const struct codes_row *row)
{
	char *text = codes_row(d, row->label);
	const char *expected = arena_printf(&d->arena, "| %s |", row->label);
	const char *separator = "";

	for (uint32_t number = row->from; number <= row->to; number++) {
		const char *code = cordon_code_text(row->table, number);

		if (code != NULL) {
			expected = arena_printf(&d->arena, "%s%s %u %s", expected,
				separator, (unsigned)number, code);
			separator = ",";
		}
	}
	assert_string_equal(text, arena_printf(&d->arena, "%s |", expected));
}

static void the_tables_of_codes_are_those_of_the_code(void **state)
{
	static const struct codes_row rows[] = {
		{ "kind", CORDON_CODES_KIND, 1, 255 },
		{ "reason, of persons", CORDON_CODES_REASON, 1, 31 },
		{ "reason, of documents", CORDON_CODES_REASON, 32, 255 },
		{ "actions", CORDON_CODES_ACTION, 1, 255 },
		{ "scope", CORDON_CODES_SCOPE, 1, 255 },
		{ "withdrawal", CORDON_CODES_WITHDRAWAL, 1, 255 },
		{ "type of a name", CORDON_CODES_NAME_TYPE, 1, 255 },
		{ "markers", CORDON_CODES_MARKER, 1, 255 },
		{ "sex", CORDON_CODES_SEX, 1, 255 },
		{ "type of a document", CORDON_CODES_DOCUMENT_TYPE, 1, 255 },
		{ "type of an exception", CORDON_CODES_EXCEPTION_TYPE, 1, 255 },
		{ "purpose", CORDON_CODES_PURPOSE, 1, 255 },
		{ "direction", CORDON_CODES_DIRECTION, 1, 255 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		check_codes(*state, &rows[i]);
	}
}

/* ---- worked examples ------------------------------------------------------------- */

static void says(struct document *d, const char *what, const void *data, size_t size)
{
	char *hex = arena_alloc(&d->arena, 2 * size + 1);

	assert_non_null(hex);
	bytes_to_hex(data, size, hex);
	if (strstr(d->squeezed, hex) == NULL) {
		fail_msg("the document does not say that %s is %s", what, hex);
	}
}

static void says_frame(struct document *d, const char *what, uint16_t type,
	uint32_t request, const ProtobufCMessage *message)
{
	size_t size = message_frame_bytes(message);
	uint8_t *frame = arena_alloc(&d->arena, size);

	assert_non_null(frame);
	assert_int_equal(message_frame_write(type, 0, request, message, frame), size);
	says(d, what, frame, size);
}

static void the_example_of_hello_is_right(void **state)
{
	struct document *d = *state;
	struct hello hello;
	Cordon__Hello *message;

	hello_init(&hello, FRAME_MAX_CLIENT, "example 1.0");
	message = hello_to_message(&hello, &d->arena);
	assert_non_null(message);
	says_frame(d, "HELLO", MESSAGE_HELLO, 0, &message->base);
}

static void the_example_of_a_lookup_is_right(void **state)
{
	struct document *d = *state;
	const struct cordon_context context = {
		.purpose = CORDON_PURPOSE_BORDER_CHECK,
		.direction = CORDON_DIRECTION_ENTRY,
		.officer = "4711",
	};
	const struct cordon_query query = {
		.type = CORDON_QUERY_DOCUMENT,
		.number = "MP1234567",
		.issuer = "BLR",
	};
	Cordon__LookupRequest *message;

	assert_int_equal(lookup_request_to_message(
				 &context, &query, 1, &d->arena, &message, NULL),
		0);
	says_frame(d, "LOOKUP", MESSAGE_LOOKUP, 1, &message->base);
}

static const struct list_id kaz_bans = { { "KAZ" }, CORDON_KIND_ENTRY_BAN };

static struct entry entry_of(const char *id, uint64_t sequence, uint64_t version,
	int64_t ends_at_s, const char *sealed)
{
	struct entry entry = {
		.sequence = sequence,
		.id = { (const uint8_t *)id, strlen(id) },
		.version = version,
		.state = ends_at_s == 0 ? ENTRY_WITHDRAWN : ENTRY_LIVE,
		.ends_at_s = ends_at_s,
	};

	assert_int_equal(hash_bytes(sealed, strlen(sealed), entry.sealed_hash), 0);
	return entry;
}

/* The list of the examples: one live record and one tombstone. */
static void sum_elements(
	struct digest *first, struct digest *second, struct digest *sum)
{
	const struct entry live =
		entry_of("KAZ-2026-000123", 42, 3, 1930000000, "sealed");
	const struct entry gone = entry_of("KAZ-7", 43, 1, 0, "gone");

	assert_int_equal(digest_element(&kaz_bans, &live, first), 0);
	assert_int_equal(digest_element(&kaz_bans, &gone, second), 0);
	*sum = *first;
	digest_add(sum, second);
}

static void the_example_of_a_digest_is_right(void **state)
{
	struct document *d = *state;
	struct digest first, second, sum;
	uint8_t stored[DIGEST_BYTES], hash[HASH_BYTES];

	sum_elements(&first, &second, &sum);
	digest_store(&first, stored);
	says(d, "the first element's beginning", stored, 16);
	digest_store(&second, stored);
	says(d, "the second element's beginning", stored, 16);
	digest_store(&sum, stored);
	says(d, "the sum's beginning", stored, 16);
	assert_int_equal(digest_hash(&first, hash), 0);
	says(d, "the digest of the first alone", hash, sizeof(hash));
	assert_int_equal(digest_hash(&sum, hash), 0);
	says(d, "the digest of both", hash, sizeof(hash));
}

static struct head example_head(void)
{
	struct digest first, second, sum;
	struct head head = {
		.list = kaz_bans,
		.epoch = { 1790000000, 81985529216486895 },
		.sequence = 43,
		.live_count = 1,
		.shared_with = { { "BLR" }, { "RUS" } },
		.shared_with_count = 2,
		.has_previous = true,
		.time_s = 1790000042,
	};

	sum_elements(&first, &second, &sum);
	assert_int_equal(digest_hash(&sum, head.digest), 0);
	memset(head.previous, 0x11, sizeof(head.previous));
	return head;
}

/* The key whose 32 secret bytes are 00, 01 … 1f. */
static struct head_key *example_key(void)
{
	char path[] = "/tmp/cordon-doc-XXXXXX";
	uint8_t secret[32];
	struct head_key *key = NULL;
	EVP_PKEY *pkey;
	FILE *file;

	for (uint8_t i = 0; i < sizeof(secret); i++) {
		secret[i] = i;
	}
	pkey = EVP_PKEY_new_raw_private_key(
		EVP_PKEY_ED25519, NULL, secret, sizeof(secret));
	file = fdopen(mkstemp(path), "w");
	assert_non_null(pkey);
	assert_non_null(file);
	assert_int_equal(
		PEM_write_PrivateKey(file, pkey, NULL, NULL, 0, NULL, NULL), 1);
	fclose(file);
	EVP_PKEY_free(pkey);
	assert_int_equal(head_key_load_private(path, &key, NULL), 0);
	unlink(path);
	return key;
}

static void the_example_of_a_head_is_right(void **state)
{
	struct document *d = *state;
	struct head head = example_head();
	struct head_key *key = example_key();
	struct bytes content, packed;
	Cordon__Head *message;

	assert_int_equal(head_content_pack(&head, &d->arena, &content), 0);
	says(d, "the head's content", content.data, content.size);
	assert_int_equal(head_sign(&head, key, &d->arena, &packed, NULL), 0);
	says(d, "the head's hash", head.hash, sizeof(head.hash));
	says(d, "the key's id", head_key_id(key), KEY_ID_BYTES);
	message = cordon__head__unpack(NULL, packed.size, packed.data);
	assert_non_null(message);
	says(d, "the head's signature", message->signature.data,
		message->signature.len);
	cordon__head__free_unpacked(message, NULL);
	head_key_destroy(key);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_of_messages_is_that_of_the_code),
		cmocka_unit_test(the_table_of_errors_is_that_of_the_code),
		cmocka_unit_test(the_tables_of_codes_are_those_of_the_code),
		cmocka_unit_test(the_example_of_hello_is_right),
		cmocka_unit_test(the_example_of_a_lookup_is_right),
		cmocka_unit_test(the_example_of_a_digest_is_right),
		cmocka_unit_test(the_example_of_a_head_is_right),
	};

	if (argc != 2) {
		fprintf(stderr, "usage: %s PROTOCOL.md\n", argv[0]);
		return 2;
	}
	document_path = argv[1];
	return cmocka_run_group_tests(tests, read_document, drop_document);
}
