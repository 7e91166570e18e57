/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/ec.h>
#include <openssl/pem.h>

#include "proto/head.h"

/* Keys of two algorithms, as files in a directory of their own. */
struct keys {
	char dir[32];
	struct head_key *ed25519, *ed25519_public;
	struct head_key *p256, *p256_public;
	struct arena arena;
};

static void path_in(const struct keys *keys, const char *name, char out[64])
{
	snprintf(out, 64, "%s/%s", keys->dir, name);
}

static void write_files(const struct keys *keys, const char *name, EVP_PKEY *pkey)
{
	char path[64], file[32];
	FILE *f;

	path_in(keys, name, path);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(PEM_write_PrivateKey(f, pkey, NULL, NULL, 0, NULL, NULL), 1);
	fclose(f);
	snprintf(file, sizeof(file), "%s.pub", name);
	path_in(keys, file, path);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(PEM_write_PUBKEY(f, pkey), 1);
	fclose(f);
	EVP_PKEY_free(pkey);
}

static struct head_key *load(const struct keys *keys, const char *name, bool can_sign)
{
	struct errmsg msg = { "" };
	struct head_key *key = NULL;
	char path[64];
	int error;

	path_in(keys, name, path);
	error = can_sign ? head_key_load_private(path, &key, &msg)
			 : head_key_load_public(path, &key, &msg);
	if (error != 0) {
		fail_msg("%s", msg.text);
	}
	return key;
}

static int make_keys(void **state)
{
	struct keys *keys = calloc(1, sizeof(*keys));

	assert_non_null(keys);
	strcpy(keys->dir, "/tmp/cordon-head-XXXXXX");
	assert_non_null(mkdtemp(keys->dir));
	write_files(keys, "ed25519", EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"));
	write_files(keys, "p256", EVP_EC_gen("P-256"));
	keys->ed25519 = load(keys, "ed25519", true);
	keys->ed25519_public = load(keys, "ed25519.pub", false);
	keys->p256 = load(keys, "p256", true);
	keys->p256_public = load(keys, "p256.pub", false);
	arena_init(&keys->arena, 0);
	*state = keys;
	return 0;
}

static int drop_keys(void **state)
{
	static const char *const names[] = { "ed25519", "ed25519.pub", "p256",
		"p256.pub" };
	struct keys *keys = *state;
	char path[64];

	head_key_destroy(keys->ed25519);
	head_key_destroy(keys->ed25519_public);
	head_key_destroy(keys->p256);
	head_key_destroy(keys->p256_public);
	arena_finish(&keys->arena);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		path_in(keys, names[i], path);
		unlink(path);
	}
	rmdir(keys->dir);
	free(keys);
	return 0;
}

static struct head good_head(void)
{
	struct head head = {
		.list = { { "KAZ" }, CORDON_KIND_ENTRY_BAN },
		.epoch = { 1767225600, 0xfedcba9876543210 },
		.bases = { { { 5, 9 }, 100, { 5 } }, { { 7, 1 }, 120, { 7 } } },
		.bases_count = 2,
		.sequence = 130,
		.floor = 17,
		.live_count = 99,
		.digest = { 1, 2, 3 },
		.shared_with = { { "BLR" }, { "RUS" } },
		.shared_with_count = 2,
		.has_previous = true,
		.previous = { 9, 9 },
		.time_s = 1772323200,
	};

	return head;
}

static struct bytes sign(struct keys *keys, struct head *head)
{
	struct errmsg msg = { "" };
	struct bytes packed;

	if (head_sign(head, keys->ed25519, &keys->arena, &packed, &msg) != 0) {
		fail_msg("%s", msg.text);
	}
	return packed;
}

/* Wraps content as a head without minding whether it is a good one. */
static struct bytes wrap(struct keys *keys, struct bytes content)
{
	const uint8_t id[KEY_ID_BYTES] = { 0 };
	struct bytes key_id = { id, KEY_ID_BYTES }, packed;
	Cordon__Head message = CORDON__HEAD__INIT;

	message.content = message_data_bytes(content);
	message.time_s = 1772323200;
	message.key_id = message_data_bytes(key_id);
	message.signature = message_data("signature");
	assert_int_equal(message_pack(&message.base, &keys->arena, &packed), 0);
	return packed;
}

/* The content of a signed head, to be altered. */
static Cordon__HeadContent *content_of(struct keys *keys, struct bytes packed)
{
	ProtobufCMessage *head, *content;
	struct bytes bytes;

	assert_int_equal(message_unpack(&cordon__head__descriptor, packed, &keys->arena,
				 &head, NULL),
		0);
	bytes.data = ((Cordon__Head *)head)->content.data;
	bytes.size = ((Cordon__Head *)head)->content.len;
	assert_int_equal(message_unpack(&cordon__head_content__descriptor, bytes,
				 &keys->arena, &content, NULL),
		0);
	return (Cordon__HeadContent *)content;
}

static struct bytes pack_content(struct keys *keys, const Cordon__HeadContent *content)
{
	struct bytes packed;

	assert_int_equal(message_pack(&content->base, &keys->arena, &packed), 0);
	return packed;
}

static void assert_unparsable(struct bytes packed, const char *word)
{
	struct head head = { .sequence = 7 };
	struct errmsg msg = { "" };

	assert_int_equal(head_parse(packed, &head, &msg), CORDON_EPROTO);
	if (strstr(msg.text, word) == NULL) {
		fail_msg("\"%s\" does not say \"%s\"", msg.text, word);
	}
	assert_int_equal(head.sequence, 7);
}

static void a_signed_head_is_read_as_it_was(void **state)
{
	struct keys *keys = *state;
	struct head head = good_head(), back;
	struct bytes packed = sign(keys, &head);

	memset(&back, 0, sizeof(back));
	assert_int_equal(head_parse(packed, &back, NULL), 0);
	assert_true(ident_list_equal(&back.list, &head.list));
	assert_true(epoch_equal(&back.epoch, &head.epoch));
	assert_int_equal(back.bases_count, 2);
	assert_true(epoch_equal(&back.bases[1].epoch, &head.bases[1].epoch));
	assert_int_equal(back.bases[1].sequence, 120);
	assert_memory_equal(back.bases[1].hash, head.bases[1].hash, HASH_BYTES);
	assert_int_equal(back.sequence, 130);
	assert_int_equal(back.floor, 17);
	assert_int_equal(back.live_count, 99);
	assert_memory_equal(back.digest, head.digest, HASH_BYTES);
	assert_int_equal(back.shared_with_count, 2);
	assert_string_equal(back.shared_with[1].code, "RUS");
	assert_true(back.has_previous);
	assert_memory_equal(back.previous, head.previous, HASH_BYTES);
	assert_int_equal(back.time_s, 1772323200);
	assert_memory_equal(back.hash, head.hash, HASH_BYTES);
}

static void an_idle_repeat_is_the_same_head_at_a_later_time(void **state)
{
	struct keys *keys = *state;
	struct head first = good_head(), second = good_head();

	second.time_s += 5;
	sign(keys, &first);
	sign(keys, &second);
	assert_memory_equal(first.hash, second.hash, HASH_BYTES);
	assert_true(head_compare(&first, &second) < 0);
	second.floor++;
	sign(keys, &second);
	assert_memory_not_equal(first.hash, second.hash, HASH_BYTES);
}

static void the_first_head_of_a_list_has_little_in_it(void **state)
{
	struct keys *keys = *state;
	struct head head = { .list = { { "KAZ" }, 4 }, .epoch = { 1, 0 }, .time_s = 1 };
	struct head back;

	assert_int_equal(head_parse(sign(keys, &head), &back, NULL), 0);
	assert_false(back.has_previous);
	assert_int_equal(back.sequence, 0);
}

static void any_of_the_keys_verifies_whatever_its_algorithm(void **state)
{
	struct keys *keys = *state;
	const struct head_key *both[] = { keys->p256_public, keys->ed25519_public };
	const struct head_key *signers[] = { keys->p256, keys->ed25519 };

	for (size_t i = 0; i < 2; i++) {
		struct head head = good_head();
		struct bytes packed;

		assert_int_equal(
			head_sign(&head, signers[i], &keys->arena, &packed, NULL), 0);
		assert_int_equal(head_verify(packed, both, 2, NULL), 0);
		assert_int_equal(head_verify(packed, &both[i], 1, NULL), 0);
		assert_int_equal(
			head_verify(packed, &both[1 - i], 1, NULL), CORDON_ESIGNATURE);
		assert_int_equal(head_verify(packed, NULL, 0, NULL), CORDON_ESIGNATURE);
	}
}

/* One byte anywhere: the content, the time, the key's id, the signature, the frame. */
static void an_altered_byte_is_never_accepted(void **state)
{
	struct keys *keys = *state;
	const struct head_key *key = keys->ed25519_public;
	struct head head = good_head(), back;
	struct bytes packed = sign(keys, &head);
	uint8_t *copy = malloc(packed.size);

	assert_non_null(copy);
	for (size_t i = 0; i < packed.size; i++) {
		struct bytes altered = { copy, packed.size };

		memcpy(copy, packed.data, packed.size);
		copy[i] ^= 0x04;
		if (head_verify(altered, &key, 1, NULL) == 0) {
			fail_msg("byte %zu", i);
		}
		(void)head_parse(altered, &back, NULL);
	}
	free(copy);
}

static void a_truncated_head_is_refused(void **state)
{
	struct keys *keys = *state;
	const struct head_key *key = keys->ed25519_public;
	struct head head = good_head(), back;
	struct bytes packed = sign(keys, &head);

	for (size_t size = 0; size < packed.size; size++) {
		/* in memory of its own, so that a read beyond it is seen */
		uint8_t *copy = malloc(size + 1);
		struct bytes part = { copy, size };

		assert_non_null(copy);
		memcpy(copy, packed.data, size);
		assert_int_equal(head_parse(part, &back, NULL), CORDON_EPROTO);
		assert_true(head_verify(part, &key, 1, NULL) != 0);
		free(copy);
	}
}

static void a_key_id_is_the_hash_of_the_public_key(void **state)
{
	struct keys *keys = *state;

	assert_memory_equal(
		head_key_id(keys->p256), head_key_id(keys->p256_public), KEY_ID_BYTES);
	assert_memory_not_equal(
		head_key_id(keys->p256), head_key_id(keys->ed25519), KEY_ID_BYTES);
}

static void a_public_key_does_not_sign(void **state)
{
	struct keys *keys = *state;
	struct head head = good_head();
	struct errmsg msg = { "" };
	struct bytes packed = { NULL, 9 };

	assert_int_equal(
		head_sign(&head, keys->ed25519_public, &keys->arena, &packed, &msg),
		CORDON_EINVAL);
	assert_non_null(strstr(msg.text, "public key"));
	assert_int_equal(packed.size, 9);
}

static void a_key_file_that_is_none_is_named(void **state)
{
	struct keys *keys = *state;
	struct errmsg msg = { "" };
	struct head_key *key = NULL;
	char path[64];

	path_in(keys, "ed25519", path);
	assert_int_equal(head_key_load_public(path, &key, &msg), CORDON_ECONFIG);
	assert_non_null(strstr(msg.text, path));
	path_in(keys, "ed25519.pub", path);
	assert_true(head_key_load_private(path, &key, &msg) != 0);
	assert_non_null(strstr(msg.text, path));
	path_in(keys, "absent", path);
	assert_int_equal(head_key_load_public(path, &key, &msg), CORDON_ECONFIG);
	assert_non_null(strstr(msg.text, path));
	assert_null(key);
	head_key_destroy(NULL);
}

static void make_no_list(struct head *head)
{
	head->list.kind = 0;
}

static void make_no_epoch(struct head *head)
{
	head->epoch.number = 0;
}

static void make_floor_high(struct head *head)
{
	head->floor = head->sequence + 1;
}

static void make_live_high(struct head *head)
{
	head->live_count = head->sequence + 1;
}

static void make_base_of_now(struct head *head)
{
	head->bases[1].epoch.number = head->epoch.number;
}

static void make_bases_reversed(struct head *head)
{
	struct head_base first = head->bases[0];

	head->bases[0] = head->bases[1];
	head->bases[1] = first;
}

static void make_base_twice(struct head *head)
{
	head->bases[1] = head->bases[0];
}

static void make_base_ahead(struct head *head)
{
	head->bases[0].sequence = head->sequence + 1;
}

static void make_members_reversed(struct head *head)
{
	strcpy(head->shared_with[0].code, "UZB");
}

static void make_member_twice(struct head *head)
{
	head->shared_with[1] = head->shared_with[0];
}

static void make_owner_member(struct head *head)
{
	strcpy(head->shared_with[0].code, "KAZ");
}

static void make_member_short(struct head *head)
{
	strcpy(head->shared_with[0].code, "D");
}

static void make_no_time(struct head *head)
{
	head->time_s = 0;
}

static void a_head_that_nobody_may_make_is_neither_signed_nor_read(void **state)
{
	static const struct {
		void (*spoil)(struct head *head);
		const char *word;
	} cases[] = {
		{ make_no_list, "no list" },
		{ make_no_epoch, "no epoch" },
		{ make_floor_high, "floor" },
		{ make_live_high, "more live" },
		{ make_base_of_now, "earlier epoch" },
		{ make_bases_reversed, "order of their epochs" },
		{ make_base_twice, "order of their epochs" },
		{ make_base_ahead, "base's sequence" },
		{ make_members_reversed, "in order" },
		{ make_member_twice, "in order" },
		{ make_owner_member, "names the owner" },
		{ make_member_short, "three capital" },
		{ make_no_time, "no time" },
	};
	struct keys *keys = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct errmsg msg = { "" };
		struct head head = good_head();
		struct bytes packed;

		cases[i].spoil(&head);
		assert_int_equal(
			head_sign(&head, keys->ed25519, &keys->arena, &packed, &msg),
			CORDON_EINVAL);
		if (strstr(msg.text, cases[i].word) == NULL) {
			fail_msg("\"%s\" does not say \"%s\"", msg.text, cases[i].word);
		}
	}
}

/* The same from outside, where the bytes are somebody else's. */
static void content_out_of_form_is_not_read(void **state)
{
	struct keys *keys = *state;
	struct head head = good_head();
	struct bytes packed = sign(keys, &head);
	ProtobufCBinaryData members[HEAD_MEMBERS_MAX + 1];
	Cordon__HeadContent *content = content_of(keys, packed);

	content->floor = 131;
	assert_unparsable(wrap(keys, pack_content(keys, content)), "floor");
	content = content_of(keys, packed);
	content->shared_with[0] = message_data("SUN");
	assert_unparsable(wrap(keys, pack_content(keys, content)), "in order");
	content->shared_with[0] = message_data("KAZ");
	assert_unparsable(wrap(keys, pack_content(keys, content)), "owner");
	content->shared_with[0] = message_data("BELA");
	assert_unparsable(wrap(keys, pack_content(keys, content)), "three capital");
	content = content_of(keys, packed);
	content->digest.len = 31;
	assert_unparsable(wrap(keys, pack_content(keys, content)), "digest");
	content = content_of(keys, packed);
	content->previous.len = 33 - 2;
	assert_unparsable(wrap(keys, pack_content(keys, content)), "previous");
	content = content_of(keys, packed);
	content->epoch = NULL;
	assert_unparsable(wrap(keys, pack_content(keys, content)), "epoch");
	content = content_of(keys, packed);
	content->list = NULL;
	assert_unparsable(wrap(keys, pack_content(keys, content)), "list");
	content = content_of(keys, packed);
	content->bases[0]->head_hash.len = 0;
	assert_unparsable(wrap(keys, pack_content(keys, content)), "base");
	content = content_of(keys, packed);
	content->shared_with = members;
	content->n_shared_with = HEAD_MEMBERS_MAX + 1;
	for (size_t i = 0; i <= HEAD_MEMBERS_MAX; i++) {
		members[i] = message_data("RUS");
	}
	assert_unparsable(wrap(keys, pack_content(keys, content)), "at most 64");
}

/* Field 4 (sequence, 130) once more at the end: the same values, another hash. */
static void another_encoding_of_the_same_content_is_refused(void **state)
{
	struct keys *keys = *state;
	struct head head = good_head();
	struct bytes packed = sign(keys, &head);
	struct bytes content = pack_content(keys, content_of(keys, packed));
	uint8_t *longer = arena_alloc(&keys->arena, content.size + 3);
	struct bytes other = { longer, content.size + 3 };

	memcpy(longer, content.data, content.size);
	memcpy(longer + content.size, "\x20\x82\x01", 3);
	assert_unparsable(wrap(keys, other), "one encoding");
	memcpy(longer + content.size, "\x52\x01\x41", 3); /* unknown field 10 */
	assert_int_equal(head_parse(wrap(keys, other), &head, NULL), 0);
}

static void an_oversize_head_is_refused(void **state)
{
	static uint8_t zeros[HEAD_BYTES_MAX + 1];
	struct bytes large = { zeros, sizeof(zeros) };

	(void)state;
	assert_unparsable(large, "at most 8192");
}

/* A head of two-byte members that unpack to much more than they are. */
static void a_head_that_unpacks_to_too_much_is_refused(void **state)
{
	struct keys *keys = *state;
	static uint8_t content[HEAD_BYTES_MAX - 64];
	struct bytes bytes = { content, sizeof(content) };

	for (size_t i = 0; i < sizeof(content); i += 2) {
		content[i] = 0x42; /* field 8, no bytes */
		content[i + 1] = 0;
	}
	assert_unparsable(wrap(keys, bytes), "head");
}

static void heads_are_ordered_by_epoch_sequence_time(void **state)
{
	struct head heads[4];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		heads[i] = good_head();
		heads[i].epoch.tag = 100 - i;
	}
	heads[1].time_s++;
	heads[2].sequence++;
	heads[3].epoch.number++;
	heads[3].sequence = 1;
	for (size_t i = 0; i < 4; i++) {
		for (size_t j = 0; j < 4; j++) {
			int order = head_compare(&heads[i], &heads[j]);

			assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
		}
	}
}

static void a_head_says_who_may_have_the_list(void **state)
{
	const struct state owner = { "KAZ" }, member = { "RUS" }, other = { "ARM" };
	struct head head = good_head();

	(void)state;
	assert_true(head_shared_with(&head, &owner));
	assert_true(head_shared_with(&head, &member));
	assert_false(head_shared_with(&head, &other));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signed_head_is_read_as_it_was),
		cmocka_unit_test(an_idle_repeat_is_the_same_head_at_a_later_time),
		cmocka_unit_test(the_first_head_of_a_list_has_little_in_it),
		cmocka_unit_test(any_of_the_keys_verifies_whatever_its_algorithm),
		cmocka_unit_test(an_altered_byte_is_never_accepted),
		cmocka_unit_test(a_truncated_head_is_refused),
		cmocka_unit_test(a_key_id_is_the_hash_of_the_public_key),
		cmocka_unit_test(a_public_key_does_not_sign),
		cmocka_unit_test(a_key_file_that_is_none_is_named),
		cmocka_unit_test(
			a_head_that_nobody_may_make_is_neither_signed_nor_read),
		cmocka_unit_test(content_out_of_form_is_not_read),
		cmocka_unit_test(another_encoding_of_the_same_content_is_refused),
		cmocka_unit_test(an_oversize_head_is_refused),
		cmocka_unit_test(a_head_that_unpacks_to_too_much_is_refused),
		cmocka_unit_test(heads_are_ordered_by_epoch_sequence_time),
		cmocka_unit_test(a_head_says_who_may_have_the_list),
	};

	return cmocka_run_group_tests(tests, make_keys, drop_keys);
}
