/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "tests/lib/testpki.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/pem.h>

#include "client/ctl/pki_x509.h"

#define HOUR_S 3600
#define MEMBERS 2
#define REVOKED_MAX 8
#define PATHS 8

struct authority {
	struct state member;
	struct pki_signer signer;
	struct pki_revoked revoked[REVOKED_MAX];
	size_t revoked_count;
};

struct testpki {
	char dir[64];
	struct authority authorities[MEMBERS];
	char *paths[PATHS];
	unsigned next_path;
};

const char *testpki_path(struct testpki *pki, const char *name)
{
	char **path = &pki->paths[pki->next_path++ % PATHS];
	size_t size = strlen(pki->dir) + strlen(name) + 2;

	free(*path);
	*path = malloc(size);
	assert_non_null(*path);
	snprintf(*path, size, "%s/%s", pki->dir, name);
	return *path;
}

static const char *path_of(struct testpki *pki, const char *name, const char *suffix)
{
	char file[64];

	snprintf(file, sizeof(file), "%s%s", name, suffix);
	return testpki_path(pki, file);
}

static void write_certificate(const char *path, X509 *certificate)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(PEM_write_X509(file, certificate), 1);
	fclose(file);
}

static void write_key(const char *path, EVP_PKEY *key)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
	fclose(file);
}

static void write_crl(struct testpki *pki, struct authority *a, int64_t ends_in_s)
{
	struct pki_crl_content content = {
		.revoked = a->revoked,
		.revoked_count = a->revoked_count,
		.number = 1,
		.this_update_s = (int64_t)time(NULL) - 2 * HOUR_S,
		.next_update_s = (int64_t)time(NULL) + ends_in_s,
	};
	X509_CRL *crl;
	FILE *file = fopen(path_of(pki, a->member.code, "-crl.pem"), "w");

	assert_non_null(file);
	assert_int_equal(pki_crl_create(&content, &a->signer, &crl, NULL), 0);
	assert_int_equal(PEM_write_X509_CRL(file, crl), 1);
	fclose(file);
	X509_CRL_free(crl);
}

static void create_authority(
	struct testpki *pki, struct authority *a, const char *member)
{
	char name[16];
	struct pki_content content = {
		.common_name = name,
		.not_before_s = (int64_t)time(NULL) - HOUR_S,
		.not_after_s = (int64_t)time(NULL) + HOUR_S,
		.ca = true,
	};
	struct pki_signer self = { NULL, NULL };

	snprintf(name, sizeof(name), "%s CA", member);
	assert_true(ident_state_set(&a->member, member, strlen(member)));
	assert_int_equal(pki_key_create(&a->signer.key, NULL), 0);
	self.key = a->signer.key;
	assert_int_equal(pki_certificate_create(&content, self.key, &self,
				 &a->signer.certificate, NULL),
		0);
	write_certificate(path_of(pki, member, "-ca.pem"), a->signer.certificate);
	write_crl(pki, a, HOUR_S);
}

struct testpki *testpki_create(void)
{
	struct testpki *pki = calloc(1, sizeof(*pki));

	assert_non_null(pki);
	strcpy(pki->dir, "/tmp/cordon-pki-XXXXXX");
	assert_non_null(mkdtemp(pki->dir));
	create_authority(pki, &pki->authorities[0], "KAZ");
	create_authority(pki, &pki->authorities[1], "RUS");
	return pki;
}

static void remove_dir(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *entry;

	assert_non_null(d);
	while ((entry = readdir(d)) != NULL) {
		unlinkat(dirfd(d), entry->d_name, 0);
	}
	closedir(d);
	rmdir(dir);
}

void testpki_destroy(struct testpki *pki)
{
	for (size_t i = 0; i < MEMBERS; i++) {
		struct authority *a = &pki->authorities[i];

		for (size_t r = 0; r < a->revoked_count; r++) {
			ASN1_INTEGER_free(a->revoked[r].serial);
		}
		X509_free(a->signer.certificate);
		EVP_PKEY_free(a->signer.key);
	}
	remove_dir(pki->dir);
	for (size_t i = 0; i < PATHS; i++) {
		free(pki->paths[i]);
	}
	free(pki);
}

static struct authority *find(struct testpki *pki, const char *member)
{
	for (size_t i = 0; i < MEMBERS; i++) {
		if (strcmp(pki->authorities[i].member.code, member) == 0) {
			return &pki->authorities[i];
		}
	}
	fail_msg("no member %s", member);
	return NULL;
}

void testpki_issue(
	struct testpki *pki, const char *name, const struct testpki_leaf *leaf)
{
	const char *uris[] = { leaf->uri, leaf->second_uri };
	int64_t now = (int64_t)time(NULL);
	struct pki_content content = {
		.common_name = name,
		.uris = uris,
		.uris_count = leaf->uri == NULL          ? 0
			      : leaf->second_uri == NULL ? 1
							 : 2,
		.not_before_s =
			now + (leaf->starts_in_s != 0 ? leaf->starts_in_s : -HOUR_S),
		.not_after_s = now + (leaf->ends_in_s != 0 ? leaf->ends_in_s : HOUR_S),
		.server_auth = !leaf->no_server_auth,
		.client_auth = !leaf->no_client_auth,
	};
	struct pki_signer self = { NULL, NULL };
	EVP_PKEY *key;
	X509 *certificate;

	assert_int_equal(pki_key_create(&key, NULL), 0);
	self.key = key;
	assert_int_equal(
		pki_certificate_create(&content, key,
			leaf->signer == NULL ? &self : &find(pki, leaf->signer)->signer,
			&certificate, NULL),
		0);
	write_certificate(path_of(pki, name, ".pem"), certificate);
	write_key(path_of(pki, name, ".key"), key);
	X509_free(certificate);
	EVP_PKEY_free(key);
}

void testpki_revoke(struct testpki *pki, const char *member, const char *name)
{
	struct authority *a = find(pki, member);
	struct pki_revoked *r = &a->revoked[a->revoked_count];
	FILE *file = fopen(path_of(pki, name, ".pem"), "r");
	X509 *certificate;

	assert_true(a->revoked_count < REVOKED_MAX);
	assert_non_null(file);
	certificate = PEM_read_X509(file, NULL, NULL, NULL);
	fclose(file);
	assert_non_null(certificate);
	r->serial = ASN1_INTEGER_dup(X509_get0_serialNumber(certificate));
	r->at_s = (int64_t)time(NULL) - HOUR_S;
	a->revoked_count++;
	X509_free(certificate);
	write_crl(pki, a, HOUR_S);
}

void testpki_age_crl(struct testpki *pki, const char *member)
{
	write_crl(pki, find(pki, member), -HOUR_S);
}

int testpki_try_profile(struct testpki *pki, bool server, const char *name,
	const char *trusted, struct tls_profile **profile, struct errmsg *msg)
{
	struct tls_member members[MEMBERS];
	struct tls_options options = {
		.server = server,
		.certificate = path_of(pki, name, ".pem"),
		.key = path_of(pki, name, ".key"),
		.members = members,
	};

	for (size_t i = 0; i < MEMBERS; i++) {
		const struct state *member = &pki->authorities[i].member;

		if (trusted != NULL && strcmp(trusted, member->code) != 0) {
			continue;
		}
		members[options.members_count++] = (struct tls_member){
			*member,
			path_of(pki, member->code, "-ca.pem"),
			path_of(pki, member->code, "-crl.pem"),
		};
	}
	return tls_profile_create(&options, profile, msg);
}

struct tls_profile *testpki_profile(
	struct testpki *pki, bool server, const char *name, const char *trusted)
{
	struct errmsg msg = { "" };
	struct tls_profile *profile = NULL;

	if (testpki_try_profile(pki, server, name, trusted, &profile, &msg) != 0) {
		fail_msg("%s", msg.text);
	}
	return profile;
}
