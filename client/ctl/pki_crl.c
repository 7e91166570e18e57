/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/pki_crl.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "client/ctl/pki_file.h"
#include "proto/tls_x509.h"

#define DAY_S 86400

static const char *const reasons[] = {
	[CRL_REASON_UNSPECIFIED] = "unspecified",
	[CRL_REASON_KEY_COMPROMISE] = "keyCompromise",
	[CRL_REASON_AFFILIATION_CHANGED] = "affiliationChanged",
	[CRL_REASON_SUPERSEDED] = "superseded",
	[CRL_REASON_CESSATION_OF_OPERATION] = "cessationOfOperation",
	[CRL_REASON_PRIVILEGE_WITHDRAWN] = "privilegeWithdrawn",
};
#define REASONS (int)(sizeof(reasons) / sizeof(reasons[0]))

const char *pki_reason_text(int reason)
{
	return reason >= 0 && reason < REASONS ? reasons[reason] : NULL;
}

int pki_reason_parse(const char *text)
{
	for (int i = 0; i < REASONS; i++) {
		if (reasons[i] != NULL && strcmp(reasons[i], text) == 0) {
			return i;
		}
	}
	return -1;
}

static int reason_of(const X509_REVOKED *entry)
{
	ASN1_ENUMERATED *code =
		X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, NULL, NULL);
	long reason = code == NULL ? CRL_REASON_UNSPECIFIED : ASN1_ENUMERATED_get(code);

	ASN1_ENUMERATED_free(code);
	return reason < 0 || reason > INT32_MAX ? CRL_REASON_UNSPECIFIED : (int)reason;
}

/* RFC 5280 §5.2.3; a list without a number counts as 0, so that the next has one. */
static int64_t number_of(const X509_CRL *list)
{
	ASN1_INTEGER *number = X509_CRL_get_ext_d2i(list, NID_crl_number, NULL, NULL);
	int64_t value = 0;

	if (number != NULL && ASN1_INTEGER_get_int64(&value, number) != 1) {
		ERR_clear_error();
		value = -1;
	}
	ASN1_INTEGER_free(number);
	return value;
}

static int fill(struct pki_crl *crl, size_t room, struct errmsg *msg)
{
	STACK_OF(X509_REVOKED) *entries = X509_CRL_get_REVOKED(crl->list);
	int count = entries == NULL ? 0 : sk_X509_REVOKED_num(entries);

	crl->revoked = calloc((size_t)count + room, sizeof(*crl->revoked));
	if (crl->revoked == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	for (int i = 0; i < count; i++) {
		const X509_REVOKED *entry = sk_X509_REVOKED_value(entries, i);

		crl->revoked[crl->count++] = (struct pki_revoked){
			.serial = (ASN1_INTEGER *)X509_REVOKED_get0_serialNumber(entry),
			.at_s = tls_x509_time_s(
				X509_REVOKED_get0_revocationDate(entry)),
			.reason = reason_of(entry),
		};
	}
	return 0;
}

static int take_only(const struct pki_ca *ca, const char *path,
	STACK_OF(X509_CRL) * lists, struct pki_crl *crl, struct errmsg *msg)
{
	X509_CRL *list = sk_X509_CRL_value(lists, 0);

	if (sk_X509_CRL_num(lists) != 1 || X509_CRL_verify(list, ca->signer.key) != 1) {
		ERR_clear_error();
		return errmsg_set(msg, CORDON_ECONFIG,
			"load %s: it must hold one list, signed by this CA: restore it "
			"from a "
			"node's copy (not from an old backup, which has forgotten the "
			"latest "
			"revocations)",
			path);
	}
	crl->number = number_of(list);
	if (crl->number < 0 || crl->number == INT64_MAX) {
		return errmsg_set(msg, CORDON_ECONFIG,
			"load %s: its CRL number is out of range", path);
	}
	crl->next_update_s = tls_x509_time_s(X509_CRL_get0_nextUpdate(list));
	crl->list = sk_X509_CRL_shift(lists);
	return fill(crl, 1, msg); /* room for one more to revoke */
}

int pki_crl_load(struct pki_ca *ca, struct pki_crl *crl, struct errmsg *msg)
{
	const char *path = pki_ca_path(ca, "crl.pem");
	struct pki_crl new = { .list = NULL };
	STACK_OF(X509_CRL) * lists;
	int error;

	if (path == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	error = tls_x509_load_crls(path, &lists, msg);
	if (error != 0) {
		return errmsg_wrap(msg, CORDON_ECONFIG,
			"the CA's own list of who is revoked cannot be read: restore "
			"it from a "
			"node's copy");
	}
	error = take_only(ca, path, lists, &new, msg);
	sk_X509_CRL_pop_free(lists, X509_CRL_free);
	if (error != 0) {
		pki_crl_finish(&new);
		return error;
	}
	*crl = new;
	return 0;
}

void pki_crl_finish(struct pki_crl *crl)
{
	free(crl->revoked);
	X509_CRL_free(crl->list);
	*crl = (struct pki_crl){ .list = NULL };
}

const struct pki_revoked *pki_crl_find(
	const struct pki_crl *crl, const ASN1_INTEGER *serial)
{
	for (size_t i = 0; i < crl->count; i++) {
		if (ASN1_INTEGER_cmp(crl->revoked[i].serial, serial) == 0) {
			return &crl->revoked[i];
		}
	}
	return NULL;
}

static int sign_next(
	struct pki_ca *ca, const struct pki_crl *crl, unsigned days, struct errmsg *msg)
{
	const struct pki_crl_content content = {
		.revoked = crl->revoked,
		.revoked_count = crl->count,
		.number = crl->number + 1,
		.this_update_s = ca->now_s - PKI_BACKDATE_S,
		.next_update_s =
			ca->now_s + (int64_t)(days == 0 ? PKI_CRL_DAYS : days) * DAY_S,
	};
	const char *path = pki_ca_path(ca, "crl.pem");
	X509_CRL *next;
	int error;

	if (path == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	error = pki_crl_create(&content, &ca->signer, &next, msg);
	if (error == 0) {
		error = pki_file_crl(path, next, msg);
		X509_CRL_free(next);
	}
	return error;
}

int pki_ca_renew_crl(struct pki_ca *ca, unsigned days, struct errmsg *msg)
{
	struct pki_crl crl;
	int error = pki_crl_load(ca, &crl, msg);

	if (error == 0) {
		error = sign_next(ca, &crl, days, msg);
		pki_crl_finish(&crl);
	}
	return error;
}

static void identify(const X509 *certificate, struct pki_revocation *revocation)
{
	struct identity id;

	pki_serial_text(X509_get0_serialNumber(certificate), revocation->serial);
	if (tls_x509_identity(certificate, &id, NULL) == 0) {
		ident_uri_text(&id, revocation->uri);
	}
}

static int check_issued_here(const struct pki_ca *ca, const char *path,
	X509 *certificate, struct errmsg *msg)
{
	char issuer[TLS_NAME_TEXT_BYTES];

	if (X509_verify(certificate, ca->signer.key) != 1) {
		ERR_clear_error();
		tls_x509_name_text(X509_get_issuer_name(certificate), issuer);
		return errmsg_set(msg, CORDON_EIDENTITY,
			"%s was not issued by the CA in %s but by %s: only that one "
			"can revoke it",
			path, ca->dir, issuer);
	}
	if (X509_cmp(certificate, ca->signer.certificate) == 0) {
		return errmsg_set(msg, CORDON_EINVAL,
			"%s is the CA itself: the other members end their trust by "
			"taking it out "
			"of their configuration",
			path);
	}
	return 0;
}

static int revoke(struct pki_ca *ca, X509 *certificate, unsigned days,
	struct pki_revocation *revocation, struct errmsg *msg)
{
	ASN1_INTEGER *serial = X509_get_serialNumber(certificate);
	const struct pki_revoked *before;
	struct pki_crl crl;
	int error = pki_crl_load(ca, &crl, msg);

	if (error != 0) {
		return error;
	}
	before = pki_crl_find(&crl, serial);
	if (before != NULL) {
		revocation->already = true;
		revocation->at_s = before->at_s;
		revocation->reason = before->reason;
	} else {
		revocation->at_s = ca->now_s;
		crl.revoked[crl.count++] =
			(struct pki_revoked){ serial, ca->now_s, revocation->reason };
		error = sign_next(ca, &crl, days, msg);
	}
	pki_crl_finish(&crl);
	return error;
}

int pki_ca_revoke(struct pki_ca *ca, const char *certificate, int reason, unsigned days,
	struct pki_revocation *revocation, struct errmsg *msg)
{
	struct pki_revocation new = { .reason = reason };
	STACK_OF(X509) * all;
	int error = tls_x509_load_certificates(certificate, &all, msg);

	if (error != 0) {
		return error;
	}
	error = check_issued_here(ca, certificate, sk_X509_value(all, 0), msg);
	if (error == 0) {
		identify(sk_X509_value(all, 0), &new);
		error = revoke(ca, sk_X509_value(all, 0), days, &new, msg);
	}
	sk_X509_pop_free(all, X509_free);
	if (error == 0) {
		*revocation = new;
	}
	return error;
}
