/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/ctl/ctl.h"
#include "client/ctl/evidence_file.h"
#include "client/ctl/output.h"
#include "client/ctl/output_json.h"

/* ---- writing ----------------------------------------------------------------------
 */

static int write_file(struct ctl *ctl, const char *path, json_t *json)
{
	struct errmsg msg = { "" };
	FILE *file = fopen(path, "wx");
	bool ok;

	if (file == NULL) {
		errmsg_set(&msg, CORDON_EIO, "%s: %s", path, strerror(errno));
		return ctl_fail(ctl, CORDON_EIO, msg.text);
	}
	ok = json_dumpf(json, file, JSON_INDENT(1)) == 0 && fputc('\n', file) != EOF;
	ok = fclose(file) == 0 && ok;
	if (!ok) {
		errmsg_set(&msg, CORDON_EIO, "%s: not written", path);
		remove(path);
		return ctl_fail(ctl, CORDON_EIO, msg.text);
	}
	return EXIT_OK;
}

static int report(
	struct ctl *ctl, const struct cordon_evidence *evidence, const char *path)
{
	if (ctl->json) {
		return ctl_print_json(json_pack("{s:I, s:s?, s:b}", "proofs",
			(json_int_t)evidence->count, "file",
			evidence->count == 0 ? NULL : path, "more", evidence->more));
	}
	if (evidence->count == 0) {
		puts("this node holds no evidence against any owner; no file is "
		     "written");
		return EXIT_OK;
	}
	printf("%zu %s written to %s%s\n", evidence->count,
		evidence->count == 1 ? "proof" : "proofs", path,
		evidence->more ? "; others are held: use --list" : "");
	return EXIT_OK;
}

int cmd_evidence_write(struct ctl *ctl, const char *list, const char *path)
{
	const struct cordon_node_info *node;
	struct cordon_evidence *evidence;
	struct errmsg msg = { "" };
	int error = cordon_evidence(ctl->client, list, &evidence);
	int status = EXIT_OK;

	if (error != 0) {
		return ctl_client_failed(ctl, error);
	}
	if (evidence->count > 0) {
		const char *by = "a node";
		json_t *json;

		if (cordon_client_node(ctl->client, &node) == 0 && node->node != NULL) {
			by = node->node;
		}
		json = evidence_file_make(evidence, by, (int64_t)time(NULL), &msg);
		status = json == NULL ? ctl_fail(ctl, CORDON_EPROTO, msg.text)
				      : write_file(ctl, path, json);
		json_decref(json);
	}
	if (status == EXIT_OK) {
		status = report(ctl, evidence, path);
	}
	cordon_evidence_destroy(evidence);
	return status;
}

/* ---- checking ---------------------------------------------------------------------
 */

static int read_whole(const char *path, char **text, size_t *bytes, struct errmsg *msg)
{
	FILE *file = fopen(path, "r");
	char *data = malloc(EVIDENCE_FILE_BYTES_MAX + 1);
	bool failed = true;

	if (file != NULL && data != NULL) {
		*bytes = fread(data, 1, EVIDENCE_FILE_BYTES_MAX + 1, file);
		failed = ferror(file) != 0;
	}
	if (failed) {
		errmsg_set(msg, CORDON_EIO, "%s: %s", path,
			data == NULL ? "out of memory" : strerror(errno));
		free(data);
		data = NULL;
	}
	if (file != NULL) {
		fclose(file);
	}
	*text = data;
	return failed ? CORDON_EIO : 0;
}

static void print_finding(size_t number, const struct evidence_claim *claim,
	const struct evidence_finding *finding)
{
	printf("Proof %zu, list ", number);
	output_text(stdout, claim->list);
	printf(": %s.\n", finding->holds ? "HOLDS" : "DOES NOT HOLD");
	if (!finding->holds) {
		fputs("  Why: ", stdout);
		output_text(stdout, finding->why.text);
		puts(".");
		return;
	}
	printf("  The holder of the given key has signed, each by itself:\n");
	for (size_t i = 0; i < claim->count; i++) {
		char *says = evidence_head_text(&finding->heads[i]);

		printf("  %c) %s.\n", (char)('A' + i), says == NULL ? "" : says);
		free(says);
	}
	printf("  %s\n  Nobody but the holder of the key can have made them.\n",
		evidence_explanation(finding->evidence.kind));
}

static int print_json(size_t number, const struct evidence_claim *claim,
	const struct evidence_finding *finding)
{
	return ctl_print_json(json_pack("{s:I, s:o, s:b, s:s, s:o}", "proof",
		(json_int_t)number, "list", output_json_text(claim->list), "holds",
		finding->holds, "kind", evidence_kind_text(finding->evidence.kind),
		"why",
		finding->holds ? json_null() : output_json_text(finding->why.text)));
}

static int judge_all(
	struct ctl *ctl, const struct evidence_file *file, const struct head_key *key)
{
	bool all = true;

	for (size_t i = 0; i < file->count; i++) {
		struct evidence_finding finding;

		evidence_judge(&file->claims[i], &key, 1, &finding);
		all = all && finding.holds;
		if (!ctl->json) {
			print_finding(i + 1, &file->claims[i], &finding);
		} else if (print_json(i + 1, &file->claims[i], &finding) != EXIT_OK) {
			return EXIT_FAILED;
		}
	}
	return all ? EXIT_OK : EXIT_FAILED;
}

int cmd_evidence_check(struct ctl *ctl, const struct args *args)
{
	const char *path = args->operands[0], *key_path = args_value(args, "key");
	struct evidence_file file;
	struct head_key *key = NULL;
	struct errmsg msg = { "" };
	struct arena arena;
	char *text = NULL;
	size_t bytes = 0;
	int error, status;

	if (key_path == NULL) {
		fputs("cordonctl: --key is missing: the owner's public head key, PEM\n",
			stderr);
		return EXIT_USAGE;
	}
	arena_init(&arena, 0);
	error = read_whole(path, &text, &bytes, &msg);
	if (error == 0) {
		error = head_key_load_public(key_path, &key, &msg);
	}
	if (error == 0) {
		error = evidence_file_read(text, bytes, &arena, &file, &msg);
		error = error == 0 ? 0 : errmsg_wrap(&msg, error, "%s", path);
	}
	if (error == 0) {
		status = judge_all(ctl, &file, key);
	} else {
		ctl_fail(ctl, error, msg.text);
		status = EXIT_FAILED;
	}
	head_key_destroy(key);
	free(text);
	arena_finish(&arena);
	return status;
}
