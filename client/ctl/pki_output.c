/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "client/ctl/pki_output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jansson.h>

#define TIME_BYTES 24

static const char *time_text(int64_t unix_s, char *out)
{
	time_t at = (time_t)unix_s;
	struct tm tm;

	if (gmtime_r(&at, &tm) == NULL ||
		strftime(out, TIME_BYTES, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0) {
		strcpy(out, "?");
	}
	return out;
}

/* Where somebody reads it: "2026-11-24 09:30 UTC". */
static const char *time_for_people(int64_t unix_s, char *out)
{
	time_t at = (time_t)unix_s;
	struct tm tm;

	if (gmtime_r(&at, &tm) == NULL ||
		strftime(out, TIME_BYTES, "%Y-%m-%d %H:%M UTC", &tm) == 0) {
		strcpy(out, "?");
	}
	return out;
}

static int flushed(void)
{
	return fflush(stdout) == 0 && ferror(stdout) == 0 ? 0 : CORDON_EIO;
}

/* Takes the reference. */
static int print_json(json_t *json)
{
	char *text =
		json == NULL ? NULL : json_dumps(json, JSON_SORT_KEYS | JSON_COMPACT);

	json_decref(json);
	if (text == NULL) {
		return CORDON_ENOMEM;
	}
	puts(text);
	free(text);
	return flushed();
}

static json_t *json_file(const struct pki_ca *ca, const char *name)
{
	return json_sprintf("%s/%s", ca->dir, name);
}

int pki_print_made(const struct pki_ca *ca, const struct pki_terms *terms, bool json)
{
	char ends[TIME_BYTES], crl_ends[TIME_BYTES];

	if (json) {
		return print_json(json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:s, s:s}",
			"member", ca->member.code, "ca", json_file(ca, "ca.pem"),
			"ca_key", json_file(ca, "ca.key"), "crl",
			json_file(ca, "crl.pem"), "head", json_file(ca, "head.pem"),
			"head_key", json_file(ca, "head.key"), "ends",
			time_text(terms->ca_ends_s, ends), "crl_ends",
			time_text(terms->crl_ends_s, crl_ends)));
	}
	printf("Made the certificate authority of %s in %s, good until %s.\n\n"
	       "  for all members   ca.pem    their nodes know %s's certificates by "
	       "it\n"
	       "                    crl.pem   who is revoked; sign it again before %s\n"
	       "                    head.pem  verifies what %s's node says of its "
	       "lists\n"
	       "  secret            ca.key    never leaves this directory\n"
	       "                    head.key  for the node of %s that signs its "
	       "lists\n"
	       "  access log        log.key   secret, for its nodes; log.pem verifies\n"
	       "                    auditors.pem  for its nodes; auditors.key is "
	       "secret, "
	       "for\n"
	       "                    the auditors alone\n\n"
	       "Next: cordonctl pki issue %s --role node --name NAME --host HOST\n",
		ca->member.code, ca->dir, time_for_people(terms->ca_ends_s, ends),
		ca->member.code, time_for_people(terms->crl_ends_s, crl_ends),
		ca->member.code, ca->member.code, ca->dir);
	return flushed();
}

int pki_print_issued(const struct pki_issued *issued, bool json)
{
	char ends[TIME_BYTES];

	if (json) {
		return print_json(json_pack("{s:s, s:s, s:s, s:s, s:s}", "uri",
			issued->uri, "serial", issued->serial, "certificate",
			issued->certificate, "key", issued->key, "ends",
			time_text(issued->ends_s, ends)));
	}
	printf("%s, good until %s\n%s\n%s\n", issued->uri,
		time_for_people(issued->ends_s, ends), issued->certificate,
		issued->key);
	return flushed();
}

static const char *reason_or_number(int reason)
{
	const char *text = pki_reason_text(reason);

	return text == NULL ? "other" : text;
}

int pki_print_revoked(const struct pki_ca *ca, const struct pki_revocation *revocation,
	const struct pki_terms *terms, bool json)
{
	char at[TIME_BYTES], ends[TIME_BYTES];

	if (json) {
		return print_json(json_pack("{s:s, s:s, s:b, s:s, s:s, s:o, s:I}",
			"uri", revocation->uri, "serial", revocation->serial, "already",
			revocation->already, "revoked", time_text(revocation->at_s, at),
			"reason", reason_or_number(revocation->reason), "crl",
			json_file(ca, "crl.pem"), "crl_number",
			(json_int_t)terms->crl_number));
	}
	printf("%s (serial %s) %s revoked %s: %s.\n",
		revocation->uri[0] == '\0' ? "a certificate without a cordon:// URI"
					   : revocation->uri,
		revocation->serial, revocation->already ? "was already" : "is",
		time_for_people(revocation->at_s, at),
		reason_or_number(revocation->reason));
	if (!revocation->already) {
		printf("%s/crl.pem is list %lld, to be renewed by %s: give it to every "
		       "node "
		       "and reload them (SIGHUP).\n",
			ca->dir, (long long)terms->crl_number,
			time_for_people(terms->crl_ends_s, ends));
	}
	return flushed();
}

int pki_print_renewed(const struct pki_ca *ca, const struct pki_terms *terms, bool json)
{
	char ends[TIME_BYTES];

	if (json) {
		return print_json(
			json_pack("{s:o, s:I, s:s}", "crl", json_file(ca, "crl.pem"),
				"crl_number", (json_int_t)terms->crl_number, "crl_ends",
				time_text(terms->crl_ends_s, ends)));
	}
	printf("%s/crl.pem is list %lld, to be renewed by %s.\n", ca->dir,
		(long long)terms->crl_number, time_for_people(terms->crl_ends_s, ends));
	return flushed();
}

int pki_print_announced(
	const struct pki_ca *ca, const char *next, const char *out, bool json)
{
	if (json) {
		return print_json(json_pack("{s:s, s:s, s:s}", "member",
			ca->member.code, "key", next, "announcement", out));
	}
	printf("%s announces %s as a head key of %s.\nGive it to every member: it goes "
	       "among its head_keys, beside the present key.\n",
		out, next, ca->member.code);
	return flushed();
}

static const char *state_of(const struct pki_entry *entry, int64_t now_s)
{
	if (entry->revoked_s != 0) {
		return "revoked";
	}
	return entry->ends_s <= now_s ? "expired" : "valid";
}

static json_t *json_entry(const struct pki_entry *entry, int64_t now_s)
{
	char at[TIME_BYTES];
	json_t *json = json_pack("{s:s, s:s, s:s}", "serial", entry->serial, "uri",
		entry->uri, "state", state_of(entry, now_s));

	if (entry->ends_s != 0) {
		json_object_set_new(
			json, "begins", json_string(time_text(entry->begins_s, at)));
		json_object_set_new(
			json, "ends", json_string(time_text(entry->ends_s, at)));
	}
	if (entry->revoked_s != 0) {
		json_object_set_new(
			json, "revoked", json_string(time_text(entry->revoked_s, at)));
		json_object_set_new(
			json, "reason", json_string(reason_or_number(entry->reason)));
	}
	return json;
}

static int print_list_json(
	const struct pki_ca *ca, const struct pki_entry *entries, size_t count)
{
	json_t *all = json_array();

	for (size_t i = 0; i < count; i++) {
		if (json_array_append_new(all, json_entry(&entries[i], ca->now_s)) !=
			0) {
			json_decref(all);
			return CORDON_ENOMEM;
		}
	}
	return print_json(json_pack(
		"{s:s, s:o}", "member", ca->member.code, "certificates", all));
}

int pki_print_list(const struct pki_ca *ca, const struct pki_entry *entries,
	size_t count, bool json)
{
	char at[TIME_BYTES];

	if (json) {
		return print_list_json(ca, entries, count);
	}
	for (size_t i = 0; i < count; i++) {
		const struct pki_entry *e = &entries[i];
		bool revoked = e->revoked_s != 0;

		printf("%-7s  %s  %s  %s%s%s\n", state_of(e, ca->now_s), e->serial,
			time_for_people(revoked ? e->revoked_s : e->ends_s, at),
			e->uri[0] == '\0' ? "(issued elsewhere)" : e->uri,
			revoked ? "  " : "",
			revoked ? reason_or_number(e->reason) : "");
	}
	printf("%zu certificate%s of %s\n", count, count == 1 ? "" : "s",
		ca->member.code);
	return flushed();
}
