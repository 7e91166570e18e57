/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <sys/stat.h>
#include <time.h>

#include <openssl/pem.h>

#include "client/ctl/pki_x509.h"
#include "tests/lib/union_private.h"

#define HOUR_S 3600

static FILE *open_in(
	struct union_node *node, const char *name, const char *suffix, const char *mode)
{
	char path[UNION_PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s%s", node->pki, name, suffix);
	file = fopen(path, mode);
	assert_non_null(file);
	assert_int_equal(fchmod(fileno(file), 0600), 0);
	return file;
}

static void read_ca(struct union_node *node, struct pki_signer *signer)
{
	FILE *file = open_in(node, "ca", ".pem", "r");

	signer->certificate = PEM_read_X509(file, NULL, NULL, NULL);
	fclose(file);
	file = open_in(node, "ca", ".key", "r");
	signer->key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
	fclose(file);
	assert_non_null(signer->certificate);
	assert_non_null(signer->key);
}

static void write_pair(
	struct union_node *node, const char *name, X509 *certificate, EVP_PKEY *key)
{
	FILE *file = open_in(node, name, ".pem", "w");

	assert_int_equal(PEM_write_X509(file, certificate), 1);
	assert_int_equal(fclose(file), 0);
	file = open_in(node, name, ".key", "w");
	assert_int_equal(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
	assert_int_equal(fclose(file), 0);
}

void union_issue(
	struct union_node *node, const char *name, const struct union_leaf *leaf)
{
	int64_t now = (int64_t)time(NULL);
	struct pki_content content = {
		.common_name = name,
		.uris = &leaf->uri,
		.uris_count = leaf->uri == NULL ? 0 : 1,
		.not_before_s =
			now + (leaf->starts_in_s != 0 ? leaf->starts_in_s : -HOUR_S),
		.not_after_s = now + (leaf->ends_in_s != 0 ? leaf->ends_in_s : HOUR_S),
		.server_auth = true,
		.client_auth = true,
	};
	struct pki_signer ca, self = { NULL, NULL };
	EVP_PKEY *key;
	X509 *certificate;

	read_ca(node, &ca);
	assert_int_equal(pki_key_create(&key, NULL), 0);
	self.key = key;
	assert_int_equal(pki_certificate_create(&content, key,
				 leaf->self_signed ? &self : &ca, &certificate, NULL),
		0);
	write_pair(node, name, certificate, key);
	X509_free(certificate);
	EVP_PKEY_free(key);
	X509_free(ca.certificate);
	EVP_PKEY_free(ca.key);
}
