/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/pki_ca.h"

#include <ctype.h>
#include <string.h>
#include <unistd.h>

#include "client/ctl/pki_file.h"
#include "proto/tls_x509.h"

#define DAY_S 86400
#define HOST_MAX 253

unsigned pki_role_days(enum role role)
{
	return role == ROLE_ADMIN || role == ROLE_AUDITOR ? 30 : 90;
}

/* What a client can be given as an address: letters, digits, and a few signs. */
static bool host_valid(const char *host)
{
	size_t size = strlen(host);

	if (size == 0 || size > HOST_MAX || host[0] == '-' || host[0] == '.') {
		return false;
	}
	for (size_t i = 0; i < size; i++) {
		if (!isalnum((unsigned char)host[i]) &&
			strchr(".-:_", host[i]) == NULL) {
			return false;
		}
	}
	return true;
}

static int check_hosts(const struct pki_request *request, struct errmsg *msg)
{
	if (request->hosts_count > 0 && request->id.role != ROLE_NODE) {
		return errmsg_set(msg, CORDON_EINVAL,
			"host %s: only a node's certificate names hosts, a %s's does "
			"not",
			request->hosts[0], ident_role_text(request->id.role));
	}
	for (size_t i = 0; i < request->hosts_count; i++) {
		if (!host_valid(request->hosts[i])) {
			return errmsg_set(msg, CORDON_EINVAL,
				"host \"%s\" is no DNS name or IP address",
				request->hosts[i]);
		}
	}
	return 0;
}

/*
 * A hand-made identity is held against the rules that every reader applies, and the
 * end against the CA's own: a certificate beyond it would fail all of a sudden.
 */
static int check_request(const struct pki_ca *ca, const struct pki_request *request,
	int64_t ends_s, struct pki_issued *issued, struct errmsg *msg)
{
	const ASN1_TIME *ca_end = X509_get0_notAfter(ca->signer.certificate);
	char ca_ends[TLS_TIME_TEXT_BYTES];
	struct identity read_back;
	int error;

	ident_uri_text(&request->id, issued->uri);
	error = ident_uri_parse(&read_back, issued->uri, strlen(issued->uri), msg);
	if (error != 0) {
		return errmsg_wrap(msg, CORDON_EINVAL, "identity");
	}
	if (!ident_state_equal(&request->id.member, &ca->member)) {
		return errmsg_set(msg, CORDON_EINVAL,
			"%s is the CA of %s and cannot vouch for %s", ca->dir,
			ca->member.code, request->id.member.code);
	}
	if (ends_s > tls_x509_time_s(ca_end)) {
		tls_x509_time_text(ca_end, ca_ends);
		return errmsg_set(msg, CORDON_EINVAL,
			"the certificate would outlive its CA, which ends %s: give "
			"fewer --days",
			ca_ends);
	}
	return check_hosts(request, msg);
}

static int check_free(const struct pki_issued *issued, struct errmsg *msg)
{
	bool key = access(issued->key, F_OK) == 0;
	bool certificate = access(issued->certificate, F_OK) == 0;

	if (key && !certificate) {
		return errmsg_set(msg, CORDON_EINVAL,
			"%s exists without %s: if an earlier run was cut short, remove "
			"it and "
			"run this again, else give another --out",
			issued->key, issued->certificate);
	}
	if (key || certificate) {
		return errmsg_set(msg, CORDON_EINVAL,
			"%s exists and is not overwritten: move it away or give "
			"another --out",
			key ? issued->key : issued->certificate);
	}
	return 0;
}

static int name_files(struct pki_ca *ca, const struct pki_request *request,
	struct pki_issued *issued, struct errmsg *msg)
{
	const char *prefix = request->prefix;

	if (prefix == NULL) {
		prefix = arena_printf(&ca->texts, "%s/%s-%s", ca->dir,
			ident_role_text(request->id.role), request->id.name);
	}
	issued->certificate = arena_printf(&ca->texts, "%s.pem", prefix);
	issued->key = arena_printf(&ca->texts, "%s.key", prefix);
	if (ca->texts.failed) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	return check_free(issued, msg);
}

/* The CA's own copy comes first: what is not in issued/ was never given out. */
static int write_issued(struct pki_ca *ca, X509 *certificate, EVP_PKEY *key,
	struct pki_issued *issued, struct errmsg *msg)
{
	const char *copy;
	int error;

	pki_serial_text(X509_get0_serialNumber(certificate), issued->serial);
	copy = arena_printf(&ca->texts, "%s/issued/%s.pem", ca->dir, issued->serial);
	if (copy == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	error = pki_file_certificate(copy, certificate, msg);
	if (error == 0) {
		error = pki_file_key(issued->key, key, msg);
	}
	return error != 0 ? error
			  : pki_file_certificate(issued->certificate, certificate, msg);
}

int pki_ca_issue(struct pki_ca *ca, const struct pki_request *request,
	struct pki_issued *issued, struct errmsg *msg)
{
	unsigned days =
		request->days == 0 ? pki_role_days(request->id.role) : request->days;
	struct pki_issued new = { .ends_s = ca->now_s + (int64_t)days * DAY_S };
	const char *uris[] = { new.uri };
	const struct pki_content content = {
		.common_name = request->id.name,
		.uris = uris,
		.uris_count = 1,
		.hosts = request->hosts,
		.hosts_count = request->hosts_count,
		.not_before_s = ca->now_s - PKI_BACKDATE_S,
		.not_after_s = new.ends_s,
		.server_auth = request->id.role == ROLE_NODE,
		.client_auth = true,
	};
	EVP_PKEY *key = NULL;
	X509 *certificate = NULL;
	int error = check_request(ca, request, new.ends_s, &new, msg);

	error = error != 0 ? error : name_files(ca, request, &new, msg);
	error = error != 0 ? error : pki_key_create(&key, msg);
	if (error == 0) {
		error = pki_certificate_create(
			&content, key, &ca->signer, &certificate, msg);
	}
	if (error == 0) {
		error = write_issued(ca, certificate, key, &new, msg);
	}
	X509_free(certificate);
	EVP_PKEY_free(key);
	if (error == 0) {
		*issued = new;
	}
	return error;
}
