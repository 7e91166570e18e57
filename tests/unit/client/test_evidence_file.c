/* SPDX-License-Identifier: Apache-2.0 */
/* Proofs in files: what holds, and what a judge is told of what does not. */
#define _DEFAULT_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/pem.h>

#include "client/ctl/evidence_file.h"

struct fixture {
	struct head_key *key, *other;
	struct arena arena;
	struct bytes packed[3];
	struct head heads[3];
};

static struct head_key *make_key(void)
{
	char path[] = "/tmp/cordon-evidence-XXXXXX";
	EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	FILE *file = fdopen(mkstemp(path), "w");
	struct head_key *key = NULL;

	assert_non_null(file);
	assert_int_equal(
		PEM_write_PrivateKey(file, pkey, NULL, NULL, 0, NULL, NULL), 1);
	fclose(file);
	assert_int_equal(head_key_load_private(path, &key, NULL), 0);
	unlink(path);
	EVP_PKEY_free(pkey);
	return key;
}

/* Three links: 1, 2 that follows it, and 3 that follows 1, too. */
static void sign_chain(struct fixture *f)
{
	for (size_t i = 0; i < 3; i++) {
		struct head *head = &f->heads[i];

		*head = (struct head){
			.list = { .owner = { "KAZ" }, .kind = CORDON_KIND_ENTRY_BAN },
			.epoch = { .number = 5, .tag = 7 },
			.sequence = i + 1,
			.has_previous = i > 0,
			.time_s = 1790000000,
		};
		memcpy(head->previous, f->heads[0].hash, i > 0 ? HASH_BYTES : 0);
		assert_int_equal(
			head_sign(head, f->key, &f->arena, &f->packed[i], NULL), 0);
	}
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	arena_init(&f->arena, 0);
	f->key = make_key();
	f->other = make_key();
	sign_chain(f);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	head_key_destroy(f->key);
	head_key_destroy(f->other);
	arena_finish(&f->arena);
	free(f);
	return 0;
}

/* The file of one proof, of these heads. */
static char *file_of(struct fixture *f, size_t a, size_t b)
{
	struct cordon_proof proof = { .list = "KAZ/entry_ban",
		.heads = { f->packed[a].data, f->packed[b].data },
		.heads_bytes = { f->packed[a].size, f->packed[b].size },
		.heads_count = 2 };
	struct cordon_evidence evidence = { &proof, 1, false };
	struct errmsg msg = { "" };
	json_t *json =
		evidence_file_make(&evidence, "cordon://BLR/node/a", 1790000001, &msg);
	char *text;

	if (json == NULL) {
		return NULL;
	}
	text = json_dumps(json, 0);
	json_decref(json);
	assert_non_null(text);
	return text;
}

static void judge(struct fixture *f, const char *text, const struct head_key *key,
	struct evidence_finding *finding)
{
	struct evidence_file file;
	struct errmsg msg = { "" };

	if (evidence_file_read(text, strlen(text), &f->arena, &file, &msg) != 0) {
		fail_msg("%s", msg.text);
	}
	assert_int_equal(file.count, 1);
	evidence_judge(&file.claims[0], &key, 1, finding);
}

static void what_was_written_holds_with_the_owners_key_alone(void **state)
{
	struct fixture *f = *state;
	char *text = file_of(f, 1, 2);
	struct evidence_finding finding;
	char *says;

	judge(f, text, f->key, &finding);
	assert_true(finding.holds);
	assert_int_equal(finding.evidence.kind, EVIDENCE_PREVIOUS);
	says = evidence_head_text(&finding.heads[0]);
	assert_non_null(strstr(says, "KAZ/entry_ban"));
	assert_non_null(strstr(says, "change number 2"));
	free(says);
	judge(f, text, f->other, &finding);
	assert_false(finding.holds);
	assert_non_null(strstr(finding.why.text, "not signed by the given key"));
	free(text);
}

static void an_honest_chain_is_not_written(void **state)
{
	assert_null(file_of(*state, 0, 1));
}

/* The file with one word in the place of another. */
static void expect_no_proof(
	struct fixture *f, const char *from, const char *to, const char *why)
{
	char *text = file_of(f, 1, 2), *at = strstr(text, from);
	struct evidence_finding finding;
	char *changed;

	assert_non_null(at);
	*at = '\0';
	changed = arena_printf(&f->arena, "%s%s%s", text, to, at + strlen(from));
	judge(f, changed, f->key, &finding);
	assert_false(finding.holds);
	if (strstr(finding.why.text, why) == NULL) {
		fail_msg("\"%s\" does not say \"%s\"", finding.why.text, why);
	}
	free(text);
}

static void a_file_that_describes_something_else_is_no_proof(void **state)
{
	expect_no_proof(*state, "KAZ/entry_ban", "RUS/entry_ban", "on the list");
	expect_no_proof(*state, "two_successors", "two_tags", "the file says two_tags");
	expect_no_proof(*state, "\"head\": \"C", "\"head\": \"D", "statement 1");
}

static void files_that_are_none_are_refused(void **state)
{
	static const struct {
		const char *text, *why;
	} table[] = {
		{ "", "line 1" },
		{ "[]", "format" },
		{ "{\"format\":\"cordon evidence 2\"}", "format" },
		{ "{\"format\":\"cordon evidence 1\",\"proofs\":[]}", "0 proofs" },
		{ "{\"format\":\"cordon evidence 1\",\"proofs\":[7]}", "proof 1" },
		{ "{\"format\":\"cordon evidence 1\",\"proofs\":[{\"list\":\"a\","
		  "\"kind\":\"b\",\"heads\":[{\"head\":\"AAAA\"}]}]}",
			"two or three" },
		{ "{\"format\":\"cordon evidence 1\",\"proofs\":[{\"list\":\"a\","
		  "\"kind\":\"b\",\"heads\":[{\"head\":\"AAAA\"},{\"head\":\"A=A=\"}]}"
		  "]}",
			"base64" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct evidence_file file;
		struct errmsg msg = { "" };

		assert_int_equal(evidence_file_read(table[i].text,
					 strlen(table[i].text), &f->arena, &file, &msg),
			CORDON_ESYNTAX);
		if (strstr(msg.text, table[i].why) == NULL) {
			fail_msg("\"%s\" does not say \"%s\"", msg.text, table[i].why);
		}
	}
}

static void every_kind_is_explained(void **state)
{
	(void)state;
	for (int kind = EVIDENCE_TAGS; kind <= EVIDENCE_BETWEEN; kind++) {
		for (int other = EVIDENCE_NONE; other < kind; other++) {
			assert_string_not_equal(
				evidence_explanation((enum evidence_kind)kind),
				evidence_explanation((enum evidence_kind)other));
		}
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_was_written_holds_with_the_owners_key_alone),
		TEST(an_honest_chain_is_not_written),
		TEST(a_file_that_describes_something_else_is_no_proof),
		TEST(files_that_are_none_are_refused),
		TEST(every_kind_is_explained),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
