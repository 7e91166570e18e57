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
#include <openssl/ec.h>
#include <openssl/pem.h>

#include "proto/head_announce.h"

struct fixture {
	char path[48];
	struct head_key *present, *next;
	struct arena arena;
	struct bytes pem;
};

static const struct state kaz = { "KAZ" }, rus = { "RUS" };

static struct head_key *make_key(EVP_PKEY *pkey)
{
	char path[] = "/tmp/cordon-announce-XXXXXX";
	FILE *file = fdopen(mkstemp(path), "w");
	struct head_key *key = NULL;

	assert_non_null(file);
	assert_int_equal(
		PEM_write_PrivateKey(file, pkey, NULL, NULL, 0, NULL, NULL), 1);
	fclose(file);
	assert_int_equal(head_key_load_private(path, &key, NULL), 0);
	unlink(path);
	EVP_PKEY_free(pkey);
	return key;
}

static void write_file(struct fixture *f, const void *text, size_t bytes)
{
	FILE *file = fopen(f->path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, bytes, file), bytes);
	assert_int_equal(fclose(file), 0);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	strcpy(f->path, "/tmp/cordon-announce-XXXXXX");
	close(mkstemp(f->path));
	arena_init(&f->arena, 0);
	f->present = make_key(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"));
	f->next = make_key(EVP_EC_gen("P-256"));
	assert_int_equal(
		head_announce_make(f->present, &kaz, f->next, &f->arena, &f->pem, NULL),
		0);
	write_file(f, f->pem.data, f->pem.size);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	unlink(f->path);
	head_key_destroy(f->present);
	head_key_destroy(f->next);
	arena_finish(&f->arena);
	free(f);
	return 0;
}

static void refused(struct fixture *f, const struct state *owner,
	const struct head_key *by, const char *why)
{
	struct head_key *key = NULL;
	struct errmsg msg = { "" };

	assert_int_equal(
		head_announce_load(f->path, owner, &by, by != NULL, &key, &msg),
		CORDON_ECONFIG);
	assert_null(key);
	if (strstr(msg.text, why) == NULL || strstr(msg.text, f->path) == NULL) {
		fail_msg("\"%s\" does not say \"%s\"", msg.text, why);
	}
}

static void the_next_key_is_known_by_the_present_one(void **state)
{
	struct fixture *f = *state;
	const struct head_key *present = f->present;
	struct head_key *key = NULL;

	assert_true(head_announce_is(f->path));
	assert_int_equal(head_announce_load(f->path, &kaz, &present, 1, &key, NULL), 0);
	assert_memory_equal(head_key_id(key), head_key_id(f->next), KEY_ID_BYTES);
	head_key_destroy(key);
}

static void without_the_present_key_it_is_worth_nothing(void **state)
{
	struct fixture *f = *state;

	refused(f, &kaz, f->next, "not configured for KAZ");
	refused(f, &kaz, NULL, "not configured for KAZ");
	refused(f, &rus, f->present, "a key of KAZ, not of RUS");
}

/* Any bit of it. */
static void an_altered_one_is_refused(void **state)
{
	struct fixture *f = *state;
	const struct head_key *present = f->present;
	char *name, *header;
	unsigned char *data;
	long size;
	BIO *bio = BIO_new_mem_buf(f->pem.data, (int)f->pem.size);

	assert_int_equal(PEM_read_bio(bio, &name, &header, &data, &size), 1);
	BIO_free(bio);
	for (long i = 0; i < size; i++) {
		struct head_key *key = NULL;
		FILE *file = fopen(f->path, "w");

		data[i] ^= 1;
		assert_non_null(file);
		assert_true(PEM_write(file, name, header, data, size) > 0);
		fclose(file);
		assert_int_equal(
			head_announce_load(f->path, &kaz, &present, 1, &key, NULL),
			CORDON_ECONFIG);
		data[i] ^= 1;
	}
	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_free(data);
}

static void other_files_are_none(void **state)
{
	struct fixture *f = *state;
	static const char empty[] = "-----BEGIN CORDON HEAD KEY-----\n"
				    "AAAA\n-----END CORDON HEAD KEY-----\n";

	write_file(f, "rubbish", 7);
	assert_false(head_announce_is(f->path));
	refused(f, &kaz, f->present, "no announcement");
	write_file(f, empty, sizeof(empty) - 1);
	refused(f, &kaz, f->present, "no announcement");
	unlink(f->path);
	assert_false(head_announce_is(f->path));
	refused(f, &kaz, f->present, "no announcement");
}

static void a_key_that_cannot_announce_is_named(void **state)
{
	struct fixture *f = *state;
	struct errmsg msg = { "" };
	struct bytes pem;

	assert_int_equal(
		head_announce_make(f->present, &kaz, f->present, &f->arena, &pem, &msg),
		CORDON_EINVAL);
	assert_non_null(strstr(msg.text, "itself"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_next_key_is_known_by_the_present_one),
		TEST(without_the_present_key_it_is_worth_nothing),
		TEST(an_altered_one_is_refused),
		TEST(other_files_are_none),
		TEST(a_key_that_cannot_announce_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
