/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* memmem */
#include "tests/unit/node/acks_case.h"

#include <openssl/x509.h>

#include "proto/tls_x509.h"

/* Acknowledgements as they come in: kept where they are true, passed on, or dropped. */

static uint64_t dropped(struct acks_case *a)
{
	return atomic_load(&a->c->node.counters.protocol_errors);
}

static void assert_dropped(struct acks_case *a)
{
	assert_int_equal(acks_stored(a, &kaz_bans).count, 0);
	assert_int_equal(dropped(a), 1);
	assert_int_equal(a->c->rus.count, 0); /* no answer, and no end */
	assert_int_equal(a->c->forwarded_count, 0);
}

static void a_true_one_is_kept(void **state)
{
	struct acks_case *a = *state;
	struct head head = case_publish(a->c, &kaz_bans, "RUS", "KAZ-1");
	struct ack ack = acks_make(&head, acks_moscow.uri);
	struct acks_found found;

	acks_deliver(a, &ack, &acks_moscow);
	found = acks_stored(a, &kaz_bans);
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
	struct ack ack = acks_make(&head, acks_moscow.uri);

	case_publish(a->c, &kaz_bans, "RUS", "KAZ-2");
	acks_deliver(a, &ack, &acks_moscow);
	assert_int_equal(acks_stored(a, &kaz_bans).last.sequence, head.sequence);
}

static void a_changed_one_is_dropped(void **state)
{
	struct acks_case *a = *state;
	struct head head = case_publish(a->c, &kaz_bans, "RUS", "KAZ-1");
	struct ack ack = acks_make(&head, acks_moscow.uri);
	struct bytes packed = acks_sign(a, &ack, &acks_moscow);
	Cordon__Ack *message = cordon__ack__unpack(NULL, packed.size, packed.data);
	uint8_t changed[ACK_BYTES_MAX];

	assert_non_null(message);
	message->signature.data[message->signature.len - 1] ^= 1;
	packed.size = cordon__ack__pack(message, changed);
	packed.data = changed;
	cordon__ack__free_unpacked(message, NULL);
	acks_send(a, packed, 1);
	assert_dropped(a);
}

static void one_in_the_name_of_another_node_is_dropped(void **state)
{
	struct acks_case *a = *state;
	struct head head = case_publish(a->c, &kaz_bans, "RUS", "KAZ-1");
	struct ack ack = acks_make(&head, acks_moscow.uri);
	struct acks_signer other = acks_moscow;

	other.certified = "cordon://RUS/node/moscow-2";
	acks_deliver(a, &ack, &other);
	assert_dropped(a);
}

static void one_that_no_node_signed_is_dropped(void **state)
{
	static const struct acks_signer checkpoint = { .member = "RUS",
		.uri = "cordon://RUS/checkpoint/pskov" };
	struct acks_case *a = *state;
	struct head head = case_publish(a->c, &kaz_bans, "RUS", "KAZ-1");
	struct ack ack = acks_make(&head, checkpoint.uri);

	acks_deliver(a, &ack, &checkpoint);
	assert_dropped(a);
}

static void a_ca_vouches_for_its_own_member_only(void **state)
{
	struct acks_case *a = *state;
	struct head head = case_publish(a->c, &kaz_bans, "RUS", "KAZ-1");
	struct ack ack = acks_make(&head, acks_moscow.uri);
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
	acks_send(a, packed, 1);
	OPENSSL_free(data);
	EVP_PKEY_free(key);
	sk_X509_pop_free(certificates, X509_free);
	assert_dropped(a);
}

static void one_of_a_revoked_node_is_dropped(void **state)
{
	struct acks_case *a = *state;
	struct head head = case_publish(a->c, &kaz_bans, "RUS", "KAZ-1");
	struct ack ack = acks_make(&head, acks_moscow.uri);
	struct acks_signer revoked = acks_moscow;

	revoked.revoked = true;
	acks_deliver(a, &ack, &revoked);
	assert_dropped(a);
}

static void one_of_a_member_without_the_list_is_dropped(void **state)
{
	struct acks_case *a = *state;
	struct head head = case_publish(a->c, &kaz_bans, "BLR", "KAZ-1");
	struct ack ack = acks_make(&head, acks_moscow.uri);

	acks_deliver(a, &ack, &acks_moscow);
	assert_dropped(a);
}

/* It would stand in the way of true ones. */
static void what_never_was_is_dropped(void **state)
{
	struct acks_case *a = *state;
	struct head head = case_publish(a->c, &kaz_bans, "RUS", "KAZ-1");
	struct ack ack = acks_make(&head, acks_moscow.uri);

	ack.sequence++;
	acks_deliver(a, &ack, &acks_moscow);
	assert_dropped(a);
}

static void a_head_that_was_never_signed_is_dropped(void **state)
{
	struct acks_case *a = *state;
	struct head head = case_publish(a->c, &kaz_bans, "RUS", "KAZ-1");
	struct ack ack = acks_make(&head, acks_moscow.uri);

	ack.head_hash[0] ^= 1;
	acks_deliver(a, &ack, &acks_moscow);
	assert_dropped(a);
}

static void one_of_another_epoch_is_left_out(void **state)
{
	struct acks_case *a = *state;
	struct head head = case_publish(a->c, &kaz_bans, "RUS", "KAZ-1");
	struct ack ack = acks_make(&head, acks_moscow.uri);

	case_new_epoch(a->c, &kaz_bans);
	acks_deliver(a, &ack, &acks_moscow);
	assert_int_equal(acks_stored(a, &kaz_bans).count, 0);
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
	struct ack ack = acks_make(&head, acks_moscow.uri);
	struct bytes packed = acks_sign(a, &ack, &acks_moscow);
	Cordon__Acks message = CORDON__ACKS__INIT;
	Cordon__Ack bad = CORDON__ACK__INIT;
	Cordon__Ack *good = cordon__ack__unpack(NULL, packed.size, packed.data);
	Cordon__Ack *acks[2] = { &bad, good };

	message.acks = acks;
	message.n_acks = 2;
	case_ask(&a->c->rus, MESSAGE_ACKS, handle_acks, &message.base);
	cordon__ack__free_unpacked(good, NULL);
	assert_int_equal(acks_stored(a, &kaz_bans).count, 1);
	assert_int_equal(dropped(a), 1);
}

static void too_many_in_a_frame_are_refused(void **state)
{
	struct acks_case *a = *state;
	struct head head = case_publish(a->c, &kaz_bans, "RUS", "KAZ-1");
	struct ack ack = acks_make(&head, acks_moscow.uri);

	acks_send(a, acks_sign(a, &ack, &acks_moscow), 65);
	assert_refused(&a->c->rus, CORDON_EPROTO);
	assert_int_equal(acks_stored(a, &kaz_bans).count, 0);
}

/* It was true when it came; who looks at it later is told. */
static void one_whose_node_was_revoked_later_stays_with_a_remark(void **state)
{
	struct acks_case *a = *state;
	struct head head = case_publish(a->c, &kaz_bans, "RUS", "KAZ-1");
	struct ack ack = acks_make(&head, acks_moscow.uri);
	Cordon__RecordRequest request = CORDON__RECORD_REQUEST__INIT;
	const Cordon__Arrival *arrival;

	acks_deliver(a, &ack, &acks_moscow);
	assert_int_equal(acks_stored(a, &kaz_bans).count, 1);
	request.id = message_data("KAZ-1");
	for (int revoked = 0; revoked < 2; revoked++) {
		case_ask(&a->c->agency, MESSAGE_RECORD, handle_record, &request.base);
		arrival = ((const Cordon__RecordAnswer *)last_answer(
				   &a->c->agency, MESSAGE_RECORD_ANSWER))
				  ->arrivals[0];
		assert_true(arrival->arrived);
		assert_true(arrival->ack.len > 0);
		assert_true((arrival->fault.len > 0) == (revoked == 1));
		acks_revoke(a);
	}
	assert_non_null(
		memmem(arrival->fault.data, arrival->fault.len, "is revoked", 10));
}

/* ---- other lists
 * ------------------------------------------------------------------------ */

static void one_of_another_list_is_passed_on_once(void **state)
{
	struct acks_case *a = *state;
	struct head head = case_publish(a->c, &blr_bans, "KAZ RUS", "BLR-1");
	struct ack ack = acks_make(&head, acks_moscow.uri);
	struct bytes packed = acks_sign(a, &ack, &acks_moscow);

	acks_send(a, packed, 1);
	assert_int_equal(a->c->forwarded_count, 1);
	assert_true(ident_list_equal(&a->c->forwarded[0].list, &blr_bans));
	assert_int_equal(a->c->forwarded[0].size, packed.size);
	acks_send(a, packed, 3);
	assert_int_equal(a->c->forwarded_count, 1);
	ack.time_s++; /* said anew, when a link came up again */
	acks_deliver(a, &ack, &acks_moscow);
	assert_int_equal(a->c->forwarded_count, 2);
	assert_int_equal(acks_stored(a, &blr_bans).count, 0);
	assert_int_equal(dropped(a), 0);
}

static void one_of_a_list_that_it_may_not_have_is_not_passed_on(void **state)
{
	struct acks_case *a = *state;
	struct head head = case_publish(a->c, &blr_bans, "KAZ", "BLR-1");
	struct ack ack = acks_make(&head, acks_moscow.uri);

	acks_deliver(a, &ack, &acks_moscow);
	assert_dropped(a);
}

static void a_node_that_does_not_sign_passes_its_members_on(void **state)
{
	struct acks_case *a = *state;
	struct head head = case_publish(a->c, &kaz_bans, "RUS", "KAZ-1");
	struct ack ack = acks_make(&head, acks_moscow.uri);

	atomic_store(&a->c->node.signs, false);
	acks_deliver(a, &ack, &acks_moscow);
	assert_int_equal(a->c->forwarded_count, 1);
	assert_int_equal(acks_stored(a, &kaz_bans).count, 0);
}

#define ACKS(name) cmocka_unit_test_setup_teardown(name, acks_setup, acks_teardown)

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
		ACKS(one_whose_node_was_revoked_later_stays_with_a_remark),
		ACKS(one_of_another_list_is_passed_on_once),
		ACKS(one_of_a_list_that_it_may_not_have_is_not_passed_on),
		ACKS(a_node_that_does_not_sign_passes_its_members_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
