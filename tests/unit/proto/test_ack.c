/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/x509.h>

#include "proto/head.h"
#include "proto/tls_x509.h"
#include "tests/lib/testpki.h"

struct node {
	EVP_PKEY *key;
	struct bytes certificate;
	uint8_t *der;
};

struct world {
	struct testpki *pki;
	struct node node, other;
	struct arena arena;
};

static void load(
	struct testpki *pki, const char *name, const char *uri, struct node *node)
{
	struct testpki_leaf leaf = { .signer = "RUS", .uri = uri };
	STACK_OF(X509) * certificates;
	char pem[64], key[64];
	int size;

	snprintf(pem, sizeof(pem), "%s.pem", name);
	snprintf(key, sizeof(key), "%s.key", name);
	testpki_issue(pki, name, &leaf);
	assert_int_equal(
		tls_x509_load_key(testpki_path(pki, key), &node->key, NULL), 0);
	assert_int_equal(
		tls_x509_load_certificates(testpki_path(pki, pem), &certificates, NULL),
		0);
	node->der = NULL;
	size = i2d_X509(sk_X509_value(certificates, 0), &node->der);
	assert_true(size > 0);
	node->certificate.data = node->der;
	node->certificate.size = (size_t)size;
	sk_X509_pop_free(certificates, X509_free);
}

static int make_world(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	w->pki = testpki_create();
	load(w->pki, "ack-node", "cordon://RUS/node/moscow-1", &w->node);
	load(w->pki, "ack-other", "cordon://RUS/node/moscow-2", &w->other);
	arena_init(&w->arena, 0);
	*state = w;
	return 0;
}

static int drop_world(void **state)
{
	struct world *w = *state;

	EVP_PKEY_free(w->node.key);
	EVP_PKEY_free(w->other.key);
	OPENSSL_free(w->node.der);
	OPENSSL_free(w->other.der);
	arena_finish(&w->arena);
	testpki_destroy(w->pki);
	free(w);
	return 0;
}

static struct ack good_ack(void)
{
	struct ack ack = {
		.list = { { "KAZ" }, CORDON_KIND_ENTRY_BAN },
		.epoch = { 1767225600, 77 },
		.sequence = 130,
		.head_hash = { 1, 2, 3 },
		.node = { { "RUS" }, ROLE_NODE, "moscow-1" },
		.time_s = 1772323200,
	};

	return ack;
}

static struct bytes sign(
	struct world *w, const struct ack *ack, EVP_PKEY *key, struct bytes certificate)
{
	struct bytes packed;

	assert_int_equal(ack_sign(ack, key, certificate, &w->arena, &packed, NULL), 0);
	return packed;
}

static void assert_refused(struct bytes packed, int error, const char *word)
{
	struct ack ack = { .sequence = 7 };
	struct bytes certificate = { NULL, 9 };
	struct errmsg msg = { "" };

	assert_int_equal(ack_open(packed, &ack, &certificate, &msg), error);
	if (strstr(msg.text, word) == NULL) {
		fail_msg("\"%s\" does not say \"%s\"", msg.text, word);
	}
	assert_int_equal(ack.sequence, 7);
	assert_int_equal(certificate.size, 9);
}

static void an_acknowledgement_proves_what_a_node_holds(void **state)
{
	struct world *w = *state;
	struct ack ack = good_ack(), back;
	struct bytes packed = sign(w, &ack, w->node.key, w->node.certificate),
		     certificate;

	assert_int_equal(ack_open(packed, &back, &certificate, NULL), 0);
	assert_true(ident_list_equal(&back.list, &ack.list));
	assert_true(epoch_equal(&back.epoch, &ack.epoch));
	assert_int_equal(back.sequence, 130);
	assert_memory_equal(back.head_hash, ack.head_hash, HASH_BYTES);
	assert_string_equal(back.node.member.code, "RUS");
	assert_string_equal(back.node.name, "moscow-1");
	assert_int_equal(back.time_s, 1772323200);
	assert_int_equal(certificate.size, w->node.certificate.size);
	assert_memory_equal(certificate.data, w->node.der, certificate.size);
	assert_true(certificate.data > packed.data &&
		    certificate.data < packed.data + packed.size);
}

static void nobody_acknowledges_for_another(void **state)
{
	struct world *w = *state;
	struct ack ack = good_ack();

	assert_refused(sign(w, &ack, w->other.key, w->other.certificate),
		CORDON_EIDENTITY, "not that of the node");
	assert_refused(sign(w, &ack, w->other.key, w->node.certificate),
		CORDON_ESIGNATURE, "signature");
}

static void only_nodes_acknowledge(void **state)
{
	struct world *w = *state;
	struct ack ack = good_ack();

	ack.node.role = ROLE_AGENCY;
	assert_refused(
		sign(w, &ack, w->node.key, w->node.certificate), CORDON_EPROTO, "role");
}

static void an_acknowledgement_without_its_parts_is_refused(void **state)
{
	struct world *w = *state;
	struct bytes none = { NULL, 0 }, certificate = w->node.certificate;
	struct ack ack = good_ack();

	assert_refused(none, CORDON_EPROTO, "list");
	ack.epoch.number = 0;
	assert_refused(sign(w, &ack, w->node.key, certificate), CORDON_EPROTO, "epoch");
	ack = good_ack();
	ack.time_s = -1;
	assert_refused(sign(w, &ack, w->node.key, certificate), CORDON_EPROTO, "time");
	ack = good_ack();
	assert_refused(sign(w, &ack, w->node.key, none), CORDON_EPROTO, "certificate");
	certificate.size--;
	assert_refused(
		sign(w, &ack, w->node.key, certificate), CORDON_EPROTO, "certificate");
}

static void an_altered_byte_is_never_accepted(void **state)
{
	struct world *w = *state;
	struct ack ack = good_ack(), back;
	struct bytes packed = sign(w, &ack, w->node.key, w->node.certificate),
		     certificate;
	size_t signature_from = packed.size - 60, content_to = 80;
	uint8_t *copy = malloc(packed.size);

	assert_non_null(copy);
	for (size_t i = 0; i < packed.size; i++) {
		struct bytes altered = { copy, packed.size };

		if (i > content_to && i < signature_from) {
			/* the certificate, which the caller checks against its CA */
			continue;
		}
		memcpy(copy, packed.data, packed.size);
		copy[i] ^= 0x01;
		if (ack_open(altered, &back, &certificate, NULL) == 0) {
			fail_msg("byte %zu", i);
		}
	}
	free(copy);
}

static void an_oversize_acknowledgement_is_refused(void **state)
{
	static uint8_t zeros[ACK_BYTES_MAX + 1];
	struct bytes large = { zeros, sizeof(zeros) };

	(void)state;
	assert_refused(large, CORDON_EPROTO, "at most");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_acknowledgement_proves_what_a_node_holds),
		cmocka_unit_test(nobody_acknowledges_for_another),
		cmocka_unit_test(only_nodes_acknowledge),
		cmocka_unit_test(an_acknowledgement_without_its_parts_is_refused),
		cmocka_unit_test(an_altered_byte_is_never_accepted),
		cmocka_unit_test(an_oversize_acknowledgement_is_refused),
	};

	return cmocka_run_group_tests(tests, make_world, drop_world);
}
