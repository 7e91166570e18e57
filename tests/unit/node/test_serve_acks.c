/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/node/serve_case.h"

#include <pthread.h>
#include <stdlib.h>

#include "daemon/core/repl/copy.h"
#include "daemon/node/committer.h"
#include "proto/tls_x509.h"
#include "tests/lib/testpki.h"

/* Acknowledgements as they come in: kept where they are true, passed on, or dropped. */

struct acks_case {
	struct serve_case *c;
	struct testpki *pki;
	struct arena arena;
};

static int set_up(void **state)
{
	static const struct testpki_leaf own = { .signer = "KAZ", .uri = NODE_URI };
	struct acks_case *a = calloc(1, sizeof(*a));
	void *c;

	assert_non_null(a);
	assert_int_equal(case_setup(&c), 0);
	a->c = c;
	a->pki = testpki_create();
	testpki_issue(a->pki, "own", &own);
	a->c->node.profile = testpki_profile(a->pki, true, "own", NULL);
	pthread_mutex_init(&a->c->node.profile_lock, NULL);
	arena_init(&a->arena, 0);
	assert_int_equal(committer_create(&a->c->node, &a->c->node.committer, NULL), 0);
	*state = a;
	return 0;
}

static int tear_down(void **state)
{
	struct acks_case *a = *state;
	void *c = a->c;

	committer_destroy(a->c->node.committer);
	tls_profile_unref(a->c->node.profile);
	pthread_mutex_destroy(&a->c->node.profile_lock);
	testpki_destroy(a->pki);
	arena_finish(&a->arena);
	free(a);
	return case_teardown(&c);
}

/* Who signs, and what; zero: as it should be. */
struct signer {
	const char *member, *uri;
	const char *certified; /* another URI in the certificate */
	bool revoked;
};

static const struct signer moscow = { .member = "RUS",
	.uri = "cordon://RUS/node/moscow-1" };

static void load(struct acks_case *a, const struct signer *signer, EVP_PKEY **key,
	struct tls_profile **profile)
{
	static unsigned number;
	struct testpki_leaf leaf = { .signer = signer->member,
		.uri = signer->certified == NULL ? signer->uri : signer->certified };
	char name[32], file[48];

	snprintf(name, sizeof(name), "signer-%u", number++);
	testpki_issue(a->pki, name, &leaf);
	snprintf(file, sizeof(file), "%s.key", name);
	assert_int_equal(tls_x509_load_key(testpki_path(a->pki, file), key, NULL), 0);
	*profile = testpki_profile(a->pki, false, name, NULL);
	if (signer->revoked) {
		testpki_revoke(a->pki, signer->member, name);
		tls_profile_unref(a->c->node.profile);
		a->c->node.profile = testpki_profile(a->pki, true, "own", NULL);
	}
}

static struct ack ack_of(const struct head *head, const char *uri)
{
	struct ack ack = { .list = head->list,
		.epoch = head->epoch,
		.sequence = head->sequence,
		.time_s = CASE_NOW_S };

	memcpy(ack.head_hash, head->hash, HASH_BYTES);
	assert_int_equal(ident_uri_parse(&ack.node, uri, strlen(uri), NULL), 0);
	return ack;
}

static struct bytes sign_ack(
	struct acks_case *a, const struct ack *ack, const struct signer *signer)
{
	struct tls_profile *profile;
	struct bytes packed = { NULL, 0 };
	EVP_PKEY *key;

	load(a, signer, &key, &profile);
	assert_int_equal(ack_sign(ack, key, tls_profile_certificate(profile), &a->arena,
				 &packed, NULL),
		0);
	tls_profile_unref(profile);
	EVP_PKEY_free(key);
	return packed;
}

static void send_packed(struct acks_case *a, struct bytes packed, size_t times)
{
	Cordon__Acks message = CORDON__ACKS__INIT;
	Cordon__Ack *ack = cordon__ack__unpack(NULL, packed.size, packed.data);
	Cordon__Ack *acks[100];

	assert_non_null(ack);
	assert_true(times <= 100);
	for (size_t i = 0; i < times; i++) {
		acks[i] = ack;
	}
	message.acks = acks;
	message.n_acks = times;
	case_ask(&a->c->rus, MESSAGE_ACKS, handle_acks, &message.base);
	cordon__ack__free_unpacked(ack, NULL);
}

static void deliver(
	struct acks_case *a, const struct ack *ack, const struct signer *signer)
{
	send_packed(a, sign_ack(a, ack, signer), 1);
}

struct found {
	size_t count;
	struct ack last;
};

static bool take(void *context, const struct ack *ack)
{
	struct found *found = context;

	found->count++;
	found->last = *ack;
	return true;
}

/* What the store has, once the writer is done. */
static struct found stored(struct acks_case *a, const struct list_id *list)
{
	struct found found = { .count = 0 };
	struct store_txn *txn;

	committer_stop(a->c->node.committer);
	txn = read_begin(a->c->f);
	assert_int_equal(store_acks(txn, list, take, &found), 0);
	store_read_end(txn);
	return found;
}

static uint64_t dropped(struct acks_case *a)
{
	return atomic_load(&a->c->node.counters.protocol_errors);
}

static void assert_dropped(struct acks_case *a)
{
	assert_int_equal(stored(a, &kaz_bans).count, 0);
	assert_int_equal(dropped(a), 1);
	assert_int_equal(a->c->rus.count, 0); /* no answer, and no end */
	assert_int_equal(a->c->forwarded_count, 0);
}

static void a_true_one_is_kept(void **state)
{
	struct acks_case *a = *state;
	struct head head = case_publish(a->c, &kaz_bans, "RUS", "KAZ-1");
	struct ack ack = ack_of(&head, moscow.uri);
	struct found found;

	deliver(a, &ack, &moscow);
	found = stored(a, &kaz_bans);
	assert_int_equal(found.count, 1);
	assert_int_equal(found.last.sequence, head.sequence);
	assert_memory_equal(found.last.head_hash, head.hash, HASH_BYTES);
	assert_int_equal(dropped(a), 0);
	assert_int_equal(a->c->rus.count, 0);
}

static void one_of_an_earlier_sequence_is_kept_too(void **state)
{
	struct acks_case *a = *state;
	struct head head = case_publish(a->c, &kaz_bans, "RUS", "KAZ-1");
	struct ack ack = ack_of(&head, moscow.uri);

	case_publish(a->c, &kaz_bans, "RUS", "KAZ-2");
	deliver(a, &ack, &moscow);
	assert_int_equal(stored(a, &kaz_bans).last.sequence, head.sequence);
}

static void a_changed_one_is_dropped(void **state)
{
	struct acks_case *a = *state;
	struct head head = case_publish(a->c, &kaz_bans, "RUS", "KAZ-1");
	struct ack ack = ack_of(&head, moscow.uri);
	struct bytes packed = sign_ack(a, &ack, &moscow);
	Cordon__Ack *message = cordon__ack__unpack(NULL, packed.size, packed.data);
	uint8_t changed[ACK_BYTES_MAX];

	assert_non_null(message);
	message->signature.data[message->signature.len - 1] ^= 1;
	packed.size = cordon__ack__pack(message, changed);
	packed.data = changed;
	cordon__ack__free_unpacked(message, NULL);
	send_packed(a, packed, 1);
	assert_dropped(a);
}

static void one_in_the_name_of_another_node_is_dropped(void **state)
{
	struct acks_case *a = *state;
	struct head head = case_publish(a->c, &kaz_bans, "RUS", "KAZ-1");
	struct ack ack = ack_of(&head, moscow.uri);
	struct signer other = moscow;

	other.certified = "cordon://RUS/node/moscow-2";
	deliver(a, &ack, &other);
	assert_dropped(a);
}

static void one_that_no_node_signed_is_dropped(void **state)
{
	static const struct signer checkpoint = { .member = "RUS",
		.uri = "cordon://RUS/checkpoint/pskov" };
	struct acks_case *a = *state;
	struct head head = case_publish(a->c, &kaz_bans, "RUS", "KAZ-1");
	struct ack ack = ack_of(&head, checkpoint.uri);

	deliver(a, &ack, &checkpoint);
	assert_dropped(a);
}

static void a_ca_vouches_for_its_own_member_only(void **state)
{
	struct acks_case *a = *state;
	struct head head = case_publish(a->c, &kaz_bans, "RUS", "KAZ-1");
	struct ack ack = ack_of(&head, moscow.uri);
	static const struct testpki_leaf leaf = { .signer = "KAZ",
		.uri = "cordon://RUS/node/moscow-1" };
	STACK_OF(X509) * certificates;
	struct bytes der, packed;
	uint8_t *data = NULL;
	EVP_PKEY *key;

	testpki_issue(a->pki, "forged", &leaf);
	assert_int_equal(
		tls_x509_load_key(testpki_path(a->pki, "forged.key"), &key, NULL), 0);
	assert_int_equal(tls_x509_load_certificates(testpki_path(a->pki, "forged.pem"),
				 &certificates, NULL),
		0);
	der.size = (size_t)i2d_X509(sk_X509_value(certificates, 0), &data);
	der.data = data;
	assert_int_equal(ack_sign(&ack, key, der, &a->arena, &packed, NULL), 0);
	send_packed(a, packed, 1);
	OPENSSL_free(data);
	EVP_PKEY_free(key);
	sk_X509_pop_free(certificates, X509_free);
	assert_dropped(a);
}

static void one_of_a_revoked_node_is_dropped(void **state)
{
	struct acks_case *a = *state;
	struct head head = case_publish(a->c, &kaz_bans, "RUS", "KAZ-1");
	struct ack ack = ack_of(&head, moscow.uri);
	struct signer revoked = moscow;

	revoked.revoked = true;
	deliver(a, &ack, &revoked);
	assert_dropped(a);
}

static void one_of_a_member_without_the_list_is_dropped(void **state)
{
	struct acks_case *a = *state;
	struct head head = case_publish(a->c, &kaz_bans, "BLR", "KAZ-1");
	struct ack ack = ack_of(&head, moscow.uri);

	deliver(a, &ack, &moscow);
	assert_dropped(a);
}

/* It would stand in the way of true ones. */
static void what_never_was_is_dropped(void **state)
{
	struct acks_case *a = *state;
	struct head head = case_publish(a->c, &kaz_bans, "RUS", "KAZ-1");
	struct ack ack = ack_of(&head, moscow.uri);

	ack.sequence++;
	deliver(a, &ack, &moscow);
	assert_dropped(a);
}

static void a_head_that_was_never_signed_is_dropped(void **state)
{
	struct acks_case *a = *state;
	struct head head = case_publish(a->c, &kaz_bans, "RUS", "KAZ-1");
	struct ack ack = ack_of(&head, moscow.uri);

	ack.head_hash[0] ^= 1;
	deliver(a, &ack, &moscow);
	assert_dropped(a);
}

static void one_of_another_epoch_is_left_out(void **state)
{
	struct acks_case *a = *state;
	struct head head = case_publish(a->c, &kaz_bans, "RUS", "KAZ-1");
	struct ack ack = ack_of(&head, moscow.uri);

	case_new_epoch(a->c, &kaz_bans);
	deliver(a, &ack, &moscow);
	assert_int_equal(stored(a, &kaz_bans).count, 0);
	assert_int_equal(dropped(a), 0); /* nobody's fault */
}

static void bytes_that_are_none_are_dropped(void **state)
{
	struct acks_case *a = *state;
	Cordon__Acks message = CORDON__ACKS__INIT;
	Cordon__Ack ack = CORDON__ACK__INIT, *acks[1] = { &ack };

	message.acks = acks;
	message.n_acks = 1;
	ack.content = message_data("no content");
	case_ask(&a->c->rus, MESSAGE_ACKS, handle_acks, &message.base);
	assert_dropped(a);
}

static void a_bad_one_does_not_spoil_the_others(void **state)
{
	struct acks_case *a = *state;
	struct head head = case_publish(a->c, &kaz_bans, "RUS", "KAZ-1");
	struct ack ack = ack_of(&head, moscow.uri);
	struct bytes packed = sign_ack(a, &ack, &moscow);
	Cordon__Acks message = CORDON__ACKS__INIT;
	Cordon__Ack bad = CORDON__ACK__INIT;
	Cordon__Ack *good = cordon__ack__unpack(NULL, packed.size, packed.data);
	Cordon__Ack *acks[2] = { &bad, good };

	message.acks = acks;
	message.n_acks = 2;
	case_ask(&a->c->rus, MESSAGE_ACKS, handle_acks, &message.base);
	cordon__ack__free_unpacked(good, NULL);
	assert_int_equal(stored(a, &kaz_bans).count, 1);
	assert_int_equal(dropped(a), 1);
}

static void too_many_in_a_frame_are_refused(void **state)
{
	struct acks_case *a = *state;
	struct head head = case_publish(a->c, &kaz_bans, "RUS", "KAZ-1");
	struct ack ack = ack_of(&head, moscow.uri);

	send_packed(a, sign_ack(a, &ack, &moscow), 65);
	assert_refused(&a->c->rus, CORDON_EPROTO);
	assert_int_equal(stored(a, &kaz_bans).count, 0);
}

/* ---- other lists
 * ------------------------------------------------------------------------ */

static void one_of_another_list_is_passed_on_once(void **state)
{
	struct acks_case *a = *state;
	struct head head = case_publish(a->c, &blr_bans, "KAZ RUS", "BLR-1");
	struct ack ack = ack_of(&head, moscow.uri);
	struct bytes packed = sign_ack(a, &ack, &moscow);

	send_packed(a, packed, 1);
	assert_int_equal(a->c->forwarded_count, 1);
	assert_true(ident_list_equal(&a->c->forwarded[0].list, &blr_bans));
	assert_int_equal(a->c->forwarded[0].size, packed.size);
	send_packed(a, packed, 3);
	assert_int_equal(a->c->forwarded_count, 1);
	ack.time_s++; /* said anew, when a link came up again */
	deliver(a, &ack, &moscow);
	assert_int_equal(a->c->forwarded_count, 2);
	assert_int_equal(stored(a, &blr_bans).count, 0);
	assert_int_equal(dropped(a), 0);
}

static void one_of_a_list_that_it_may_not_have_is_not_passed_on(void **state)
{
	struct acks_case *a = *state;
	struct head head = case_publish(a->c, &blr_bans, "KAZ", "BLR-1");
	struct ack ack = ack_of(&head, moscow.uri);

	deliver(a, &ack, &moscow);
	assert_dropped(a);
}

static void a_node_that_does_not_sign_passes_its_members_on(void **state)
{
	struct acks_case *a = *state;
	struct head head = case_publish(a->c, &kaz_bans, "RUS", "KAZ-1");
	struct ack ack = ack_of(&head, moscow.uri);

	atomic_store(&a->c->node.signs, false);
	deliver(a, &ack, &moscow);
	assert_int_equal(a->c->forwarded_count, 1);
	assert_int_equal(stored(a, &kaz_bans).count, 0);
}

#define ACKS(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ACKS(a_true_one_is_kept),
		ACKS(one_of_an_earlier_sequence_is_kept_too),
		ACKS(a_changed_one_is_dropped),
		ACKS(one_in_the_name_of_another_node_is_dropped),
		ACKS(one_that_no_node_signed_is_dropped),
		ACKS(a_ca_vouches_for_its_own_member_only),
		ACKS(one_of_a_revoked_node_is_dropped),
		ACKS(one_of_a_member_without_the_list_is_dropped),
		ACKS(what_never_was_is_dropped),
		ACKS(a_head_that_was_never_signed_is_dropped),
		ACKS(one_of_another_epoch_is_left_out),
		ACKS(bytes_that_are_none_are_dropped),
		ACKS(a_bad_one_does_not_spoil_the_others),
		ACKS(too_many_in_a_frame_are_refused),
		ACKS(one_of_another_list_is_passed_on_once),
		ACKS(one_of_a_list_that_it_may_not_have_is_not_passed_on),
		ACKS(a_node_that_does_not_sign_passes_its_members_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
