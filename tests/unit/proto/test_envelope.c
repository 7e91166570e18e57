/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/pem.h>

#include "proto/envelope.h"

static const uint8_t secret[] = "forty-eight bytes that nobody else shall ever see";

struct sealed_case {
	EVP_PKEY *key;
	struct arena arena;
	struct bytes sealed;
};

static void seal(struct sealed_case *c, EVP_PKEY *key)
{
	assert_non_null(key);
	c->key = key;
	arena_init(&c->arena, 0);
	assert_int_equal(envelope_seal(key, (struct bytes){ secret, sizeof(secret) },
				 &c->arena, &c->sealed, NULL),
		0);
}

static void finish(struct sealed_case *c)
{
	arena_finish(&c->arena);
	EVP_PKEY_free(c->key);
}

static EVP_PKEY *new_key(unsigned which)
{
	switch (which) {
	case 0:
		return EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
	case 1:
		return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	default:
		return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
	}
}

static void keys_of_all_sorts_open_what_was_sealed_to_them(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		uint8_t out[sizeof(secret)];
		struct sealed_case c;

		seal(&c, new_key(i));
		assert_true(c.sealed.size <= ENVELOPE_BYTES_MAX);
		assert_int_equal(
			envelope_open(c.key, c.sealed, out, sizeof(out), NULL), 0);
		assert_memory_equal(out, secret, sizeof(secret));
		finish(&c);
	}
}

static void another_key_is_told_so(void **state)
{
	uint8_t out[sizeof(secret)];
	struct sealed_case c;

	(void)state;
	seal(&c, new_key(0));
	for (unsigned i = 0; i < 3; i++) {
		EVP_PKEY *other = new_key(i);

		assert_int_equal(envelope_open(other, c.sealed, out, sizeof(out), NULL),
			CORDON_EDENIED);
		EVP_PKEY_free(other);
	}
	finish(&c);
}

static void no_changed_or_cut_envelope_opens(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		uint8_t out[sizeof(secret)], copy[ENVELOPE_BYTES_MAX];
		struct sealed_case c;

		seal(&c, new_key(i));
		for (size_t at = 0; at < c.sealed.size; at++) {
			struct bytes changed = { copy, c.sealed.size };

			memcpy(copy, c.sealed.data, c.sealed.size);
			copy[at] ^= 0x40;
			assert_int_not_equal(
				envelope_open(c.key, changed, out, sizeof(out), NULL),
				0);
			changed = (struct bytes){ c.sealed.data, at };
			assert_int_not_equal(
				envelope_open(c.key, changed, out, sizeof(out), NULL),
				0);
		}
		finish(&c);
	}
}

static void a_box_opens_under_its_own_number_only(void **state)
{
	static const uint8_t key[BOX_KEY_BYTES] = { 3 };
	uint8_t data[] = "what was asked", tag[BOX_TAG_BYTES], out[sizeof(data)];
	struct bytes closed = { data, sizeof(data) };
	struct box *box;

	(void)state;
	assert_int_equal(box_create(key, &box, NULL), 0);
	assert_int_equal(box_close(box, 5, 1, data, sizeof(data), tag), 0);
	assert_memory_not_equal(data, "what was asked", sizeof(data));
	assert_int_equal(box_open(box, 5, 1, closed, tag, out), 0);
	assert_string_equal((char *)out, "what was asked");
	assert_int_equal(box_open(box, 6, 1, closed, tag, out), CORDON_ECORRUPT);
	assert_int_equal(box_open(box, 5, 2, closed, tag, out), CORDON_ECORRUPT);
	data[3] ^= 1;
	assert_int_equal(box_open(box, 5, 1, closed, tag, out), CORDON_ECORRUPT);
	box_destroy(box);
}

static void keys_that_only_sign_are_refused(void **state)
{
	char path[] = "/tmp/cordon-envelope-XXXXXX";
	FILE *file = fdopen(mkstemp(path), "w");
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), *loaded;
	struct errmsg msg;

	(void)state;
	assert_non_null(file);
	assert_int_equal(PEM_write_PUBKEY(file, key), 1);
	fclose(file);
	EVP_PKEY_free(key);
	assert_int_equal(envelope_load_public(path, &loaded, &msg), CORDON_ECONFIG);
	assert_non_null(strstr(msg.text, path));
	unlink(path);
	assert_int_equal(envelope_load_public(path, &loaded, &msg), CORDON_ECONFIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_of_all_sorts_open_what_was_sealed_to_them),
		cmocka_unit_test(another_key_is_told_so),
		cmocka_unit_test(no_changed_or_cut_envelope_opens),
		cmocka_unit_test(a_box_opens_under_its_own_number_only),
		cmocka_unit_test(keys_that_only_sign_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
