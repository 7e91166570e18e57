/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "client/ctl/pki_ca.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/ctl/pki_crl.h"
#include "client/ctl/pki_file.h"

#define DAY_S 86400

/* All of a CA before it is on disk. */
struct newborn {
	struct pki_signer signer;
	EVP_PKEY *head_key;
	EVP_PKEY *log_key, *auditors_key;
	X509_CRL *crl;
};

static int make_certificate(
	const struct pki_init *init, struct newborn *new, struct errmsg *msg)
{
	char name[32];
	const struct pki_content content = {
		.common_name = name,
		.member = init->member.code,
		.ca = true,
		.not_before_s = init->now_s - PKI_BACKDATE_S,
		.not_after_s =
			init->now_s +
			(int64_t)(init->days == 0 ? PKI_CA_DAYS : init->days) * DAY_S,
	};
	const struct pki_signer self = { NULL, new->signer.key };

	snprintf(name, sizeof(name), "%s Cordon CA", init->member.code);
	return pki_certificate_create(
		&content, new->signer.key, &self, &new->signer.certificate, msg);
}

static int make(const struct pki_init *init, struct newborn *new, struct errmsg *msg)
{
	const struct pki_crl_content nobody = {
		.number = 1,
		.this_update_s = init->now_s - PKI_BACKDATE_S,
		.next_update_s = init->now_s + PKI_CRL_DAYS * DAY_S,
	};
	int error = pki_key_create(&new->signer.key, msg);

	error = error != 0 ? error : pki_head_key_create(&new->head_key, msg);
	error = error != 0 ? error : pki_head_key_create(&new->log_key, msg);
	error = error != 0 ? error : pki_auditors_key_create(&new->auditors_key, msg);
	error = error != 0 ? error : make_certificate(init, new, msg);
	return error != 0 ? error
			  : pki_crl_create(&nobody, &new->signer, &new->crl, msg);
}

static void newborn_finish(struct newborn *new)
{
	X509_CRL_free(new->crl);
	EVP_PKEY_free(new->auditors_key);
	EVP_PKEY_free(new->log_key);
	EVP_PKEY_free(new->head_key);
	X509_free(new->signer.certificate);
	EVP_PKEY_free(new->signer.key);
}

enum {
	CA_KEY,
	CA,
	CRL,
	HEAD_KEY,
	HEAD,
	LOG_KEY,
	LOG,
	AUDITORS_KEY,
	AUDITORS,
	FILES,
	ISSUED = FILES,
	NAMES
};

static const char *const names[] = {
	[CA_KEY] = "ca.key",
	[CA] = "ca.pem",
	[CRL] = "crl.pem",
	[HEAD_KEY] = "head.key",
	[HEAD] = "head.pem",
	[LOG_KEY] = "log.key",
	[LOG] = "log.pem",
	[AUDITORS_KEY] = "auditors.key",
	[AUDITORS] = "auditors.pem",
	[ISSUED] = "issued",
};

static int write_log_keys(
	const char *const *paths, const struct newborn *new, struct errmsg *msg)
{
	int error = pki_file_key(paths[LOG_KEY], new->log_key, msg);

	if (error == 0) {
		error = pki_file_public_key(paths[LOG], new->log_key, msg);
	}
	if (error == 0) {
		error = pki_file_key(paths[AUDITORS_KEY], new->auditors_key, msg);
	}
	return error != 0
		       ? error
		       : pki_file_public_key(paths[AUDITORS], new->auditors_key, msg);
}

static int write_files(
	const char *const *paths, const struct newborn *new, struct errmsg *msg)
{
	int error = pki_file_key(paths[CA_KEY], new->signer.key, msg);

	if (error == 0) {
		error = pki_file_certificate(paths[CA], new->signer.certificate, msg);
	}
	if (error == 0) {
		error = pki_file_crl(paths[CRL], new->crl, msg);
	}
	if (error == 0) {
		error = pki_file_key(paths[HEAD_KEY], new->head_key, msg);
	}
	if (error == 0) {
		error = pki_file_public_key(paths[HEAD], new->head_key, msg);
	}
	if (error == 0) {
		error = write_log_keys(paths, new, msg);
	}
	if (error == 0 && mkdir(paths[ISSUED], 0700) != 0) {
		error = pki_file_error("make", paths[ISSUED], msg);
	}
	return error != 0 ? error : pki_file_sync_parent(paths[ISSUED], msg);
}

static void remove_unfinished(const char *dir, const char *const *paths)
{
	for (size_t i = 0; i < FILES; i++) {
		unlink(paths[i]);
	}
	rmdir(paths[ISSUED]);
	rmdir(dir);
}

/* rename(2) takes the place of an empty directory and of nothing else. */
static int put_in_place(const char *from, const char *to, struct errmsg *msg)
{
	if (rename(from, to) == 0) {
		return pki_file_sync_parent(to, msg);
	}
	if (errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR) {
		return errmsg_set(msg, CORDON_EINVAL,
			"%s holds something already and stays as it is: give a new "
			"directory, "
			"or see with `cordonctl pki list %s` whether it is a CA",
			to, to);
	}
	if (errno == EBUSY) {
		return errmsg_set(msg, CORDON_EIO,
			"%s is a mount point: give a directory below it", to);
	}
	return pki_file_error("make", to, msg);
}

/* Everything is made beside dir and put in its place as the last step. */
static int build(const char *dir, const struct newborn *new, struct arena *texts,
	struct errmsg *msg)
{
	char *unfinished = arena_printf(texts, "%s.unfinished-XXXXXX", dir);
	const char *paths[NAMES];
	int error;

	if (unfinished != NULL && mkdtemp(unfinished) == NULL) {
		return pki_file_error("make a directory beside", dir, msg);
	}
	for (size_t i = 0; i < NAMES; i++) {
		paths[i] = arena_printf(texts, "%s/%s", unfinished, names[i]);
	}
	if (texts->failed) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	error = write_files(paths, new, msg);
	if (error == 0) {
		error = put_in_place(unfinished, dir, msg);
	}
	if (error != 0) {
		remove_unfinished(unfinished, paths);
	}
	return error;
}

int pki_ca_init(const struct pki_init *init, struct errmsg *msg)
{
	struct newborn new = { .crl = NULL };
	size_t size = strlen(init->dir);
	struct arena texts;
	const char *dir;
	int error;

	while (size > 1 && init->dir[size - 1] == '/') {
		size--;
	}
	if (size == 0) {
		return errmsg_set(msg, CORDON_EINVAL, "the directory's name is empty");
	}
	arena_init(&texts, 0);
	dir = arena_text(&texts, init->dir, size);
	error = dir == NULL ? errmsg_set(msg, CORDON_ENOMEM, "out of memory")
			    : make(init, &new, msg);
	if (error == 0) {
		error = build(dir, &new, &texts, msg);
	}
	newborn_finish(&new);
	arena_finish(&texts);
	return error;
}
