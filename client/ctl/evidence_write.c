/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "client/ctl/evidence_file.h"
#include "client/ctl/output.h"

static json_t *base64(struct bytes bytes)
{
	unsigned char *text = malloc(4 * (bytes.size / 3 + 1) + 1);
	json_t *json;

	if (text == NULL) {
		return NULL;
	}
	EVP_EncodeBlock(text, bytes.data, (int)bytes.size);
	json = json_string((const char *)text);
	free(text);
	return json;
}

static json_t *head_json(struct bytes packed, const struct head *head)
{
	char hash[2 * HASH_BYTES + 1], signed_at[OUTPUT_TIME_BYTES];
	char *says = evidence_head_text(head);
	json_t *json;

	bytes_to_hex(head->hash, HASH_BYTES, hash);
	output_time(head->time_s, signed_at);
	json = json_pack("{s:o, s:I, s:I, s:s, s:s, s:s?}", "head", base64(packed),
		"epoch", (json_int_t)head->epoch.number, "sequence",
		(json_int_t)head->sequence, "hash", hash, "signed_at", signed_at,
		"says", says);
	free(says);
	return json;
}

static json_t *proof_json(const struct cordon_proof *proof, struct errmsg *msg)
{
	struct evidence_claim claim = {
		.list = proof->list, .kind = "", .count = proof->heads_count
	};
	json_t *heads = json_array();
	struct evidence_finding finding;

	for (size_t i = 0; i < proof->heads_count; i++) {
		claim.heads[i] =
			(struct bytes){ proof->heads[i], proof->heads_bytes[i] };
	}
	evidence_judge(&claim, NULL, 0, &finding); /* for what it reads of the heads */
	if (finding.evidence.kind == EVIDENCE_NONE) {
		errmsg_set(msg, CORDON_EPROTO,
			"the node holds heads of %s that do not contradict each other",
			proof->list);
		json_decref(heads);
		return NULL;
	}
	for (size_t i = 0; i < claim.count; i++) {
		json_array_append_new(
			heads, head_json(claim.heads[i], &finding.heads[i]));
	}
	return json_pack("{s:s, s:s#, s:s, s:s, s:o}", "list", proof->list, "owner",
		proof->list, 3, "kind", evidence_kind_text(finding.evidence.kind),
		"summary", evidence_explanation(finding.evidence.kind), "heads", heads);
}

json_t *evidence_file_make(const struct cordon_evidence *evidence, const char *by,
	int64_t now_s, struct errmsg *msg)
{
	char made_at[OUTPUT_TIME_BYTES];
	json_t *proofs = json_array(), *root;

	for (size_t i = 0; i < evidence->count; i++) {
		json_t *proof = proof_json(&evidence->proofs[i], msg);

		if (proof == NULL || json_array_append_new(proofs, proof) != 0) {
			json_decref(proofs);
			return NULL;
		}
	}
	output_time(now_s, made_at);
	root = json_pack("{s:s, s:s, s:s, s:s, s:o}", "format", EVIDENCE_FORMAT,
		"about",
		"Statements that the owner of a list signed and that contradict each "
		"other. Check with: cordonctl evidence check FILE --key OWNER-HEAD.PEM "
		"(the key must come from the owner, not with this file).",
		"made_at", made_at, "held_by", by, "proofs", proofs);
	if (root == NULL) {
		errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	return root;
}
