/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/pki_list.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client/ctl/pki_crl.h"
#include "client/ctl/pki_file.h"
#include "proto/tls_x509.h"

#define SUFFIX ".pem"

struct entries {
	struct pki_entry *all;
	size_t count, room;
};

static int add(
	struct entries *entries, const struct pki_entry *entry, struct errmsg *msg)
{
	if (entries->count == entries->room) {
		size_t room = entries->room == 0 ? 64 : 2 * entries->room;
		struct pki_entry *all = realloc(entries->all, room * sizeof(*all));

		if (all == NULL) {
			return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
		}
		entries->all = all;
		entries->room = room;
	}
	entries->all[entries->count++] = *entry;
	return 0;
}

static void describe(
	X509 *certificate, const struct pki_crl *crl, struct pki_entry *entry)
{
	const ASN1_INTEGER *serial = X509_get0_serialNumber(certificate);
	const struct pki_revoked *revoked = pki_crl_find(crl, serial);
	struct identity id;

	pki_serial_text(serial, entry->serial);
	if (tls_x509_identity(certificate, &id, NULL) == 0) {
		ident_uri_text(&id, entry->uri);
	}
	entry->begins_s = tls_x509_time_s(X509_get0_notBefore(certificate));
	entry->ends_s = tls_x509_time_s(X509_get0_notAfter(certificate));
	if (revoked != NULL) {
		entry->revoked_s = revoked->at_s;
		entry->reason = revoked->reason;
	}
}

static int add_file(const char *path, const struct pki_crl *crl,
	struct entries *entries, struct errmsg *msg)
{
	STACK_OF(X509) * certificates;
	struct pki_entry entry = { .ends_s = 0 };
	int error = tls_x509_load_certificates(path, &certificates, msg);

	if (error != 0) {
		return errmsg_wrap(msg, CORDON_ECORRUPT,
			"a copy of an issued certificate is damaged; restore or remove "
			"it");
	}
	describe(sk_X509_value(certificates, 0), crl, &entry);
	sk_X509_pop_free(certificates, X509_free);
	return add(entries, &entry, msg);
}

/* An interrupted run may leave SERIAL.pem.XXXXXX behind: no certificate. */
static bool is_certificate(const char *name)
{
	size_t size = strlen(name);

	return size > strlen(SUFFIX) &&
	       strcmp(name + size - strlen(SUFFIX), SUFFIX) == 0;
}

static int add_issued(struct pki_ca *ca, const struct pki_crl *crl,
	struct entries *entries, struct errmsg *msg)
{
	const char *path = pki_ca_path(ca, "issued");
	DIR *dir = path == NULL ? NULL : opendir(path);
	struct dirent *file;
	int error = 0;

	if (dir == NULL) {
		return path == NULL ? errmsg_set(msg, CORDON_ENOMEM, "out of memory")
				    : pki_file_error("open", path, msg);
	}
	while (error == 0 && (errno = 0, file = readdir(dir)) != NULL) {
		const char *one;

		if (!is_certificate(file->d_name)) {
			continue;
		}
		one = arena_printf(&ca->texts, "%s/%s", path, file->d_name);
		error = one == NULL ? errmsg_set(msg, CORDON_ENOMEM, "out of memory")
				    : add_file(one, crl, entries, msg);
	}
	if (error == 0 && errno != 0) {
		error = pki_file_error("read", path, msg);
	}
	closedir(dir);
	return error;
}

static bool listed(const struct entries *entries, size_t count, const char *serial)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(entries->all[i].serial, serial) == 0) {
			return true;
		}
	}
	return false;
}

/* What was issued with other tools and revoked here is known by its serial alone. */
static int add_only_revoked(
	const struct pki_crl *crl, struct entries *entries, struct errmsg *msg)
{
	size_t issued = entries->count;
	int error = 0;

	for (size_t i = 0; error == 0 && i < crl->count; i++) {
		struct pki_entry entry = {
			.revoked_s = crl->revoked[i].at_s,
			.reason = crl->revoked[i].reason,
		};

		pki_serial_text(crl->revoked[i].serial, entry.serial);
		if (!listed(entries, issued, entry.serial)) {
			error = add(entries, &entry, msg);
		}
	}
	return error;
}

static int compare(const void *left, const void *right)
{
	const struct pki_entry *a = left, *b = right;
	int by_uri = strcmp(a->uri, b->uri);

	if (by_uri != 0) {
		return by_uri;
	}
	if (a->begins_s != b->begins_s) {
		return a->begins_s < b->begins_s ? -1 : 1;
	}
	return strcmp(a->serial, b->serial);
}

int pki_list_read(struct pki_ca *ca, struct pki_entry **entries, size_t *count,
	struct errmsg *msg)
{
	struct entries found = { NULL, 0, 0 };
	struct pki_crl crl;
	int error = pki_crl_load(ca, &crl, msg);

	if (error != 0) {
		return error;
	}
	error = add_issued(ca, &crl, &found, msg);
	if (error == 0) {
		error = add_only_revoked(&crl, &found, msg);
	}
	pki_crl_finish(&crl);
	if (error != 0) {
		free(found.all);
		return error;
	}
	if (found.count > 0) {
		qsort(found.all, found.count, sizeof(found.all[0]), compare);
	}
	*entries = found.all;
	*count = found.count;
	return 0;
}
