/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/node/acks_case.h"

#include <pthread.h>
#include <stdlib.h>

#include "daemon/node/committer.h"
#include "proto/tls_x509.h"

int acks_setup(void **state)
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

int acks_teardown(void **state)
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

const struct acks_signer acks_moscow = { .member = "RUS",
	.uri = "cordon://RUS/node/moscow-1" };

void acks_revoke(struct acks_case *a)
{
	testpki_revoke(a->pki, a->last_member, a->last);
	tls_profile_unref(a->c->node.profile);
	a->c->node.profile = testpki_profile(a->pki, true, "own", NULL);
}

static void load(struct acks_case *a, const struct acks_signer *signer, EVP_PKEY **key,
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
	snprintf(a->last, sizeof(a->last), "%s", name);
	a->last_member = signer->member;
	if (signer->revoked) {
		acks_revoke(a);
	}
}

struct ack acks_make(const struct head *head, const char *uri)
{
	struct ack ack = { .list = head->list,
		.epoch = head->epoch,
		.sequence = head->sequence,
		.time_s = CASE_NOW_S };

	memcpy(ack.head_hash, head->hash, HASH_BYTES);
	assert_int_equal(ident_uri_parse(&ack.node, uri, strlen(uri), NULL), 0);
	return ack;
}

struct bytes acks_sign(
	struct acks_case *a, const struct ack *ack, const struct acks_signer *signer)
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

void acks_send(struct acks_case *a, struct bytes packed, size_t times)
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

void acks_deliver(
	struct acks_case *a, const struct ack *ack, const struct acks_signer *signer)
{
	acks_send(a, acks_sign(a, ack, signer), 1);
}

static bool take(void *context, const struct ack *ack)
{
	struct acks_found *found = context;

	found->count++;
	found->last = *ack;
	return true;
}

struct acks_found acks_stored(struct acks_case *a, const struct list_id *list)
{
	struct acks_found found = { .count = 0 };
	struct store_txn *txn;

	committer_stop(a->c->node.committer);
	txn = read_begin(a->c->f);
	assert_int_equal(store_acks(txn, list, take, &found), 0);
	store_read_end(txn);
	return found;
}
