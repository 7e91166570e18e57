/* SPDX-License-Identifier: Apache-2.0 */
#define _XOPEN_SOURCE 700 /* mkdtemp, nftw */
#include "tests/unit/node/node_case.h"

#include <ftw.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/thread.h>
#include <openssl/pem.h>

#include "daemon/base/clock.h"
#include "daemon/node/committer.h"
#include "daemon/node/own_lists.h"
#include "daemon/node/profile.h"
#include "daemon/node/registry.h"
#include "daemon/node/replicator.h"
#include "daemon/node/rights.h"

#define STOP_MS 10000
#define TOO_LONG_US ((int64_t)20 * 1000 * 1000)

static const struct {
	const char *name, *member, *uri;
} leaves[] = {
	{ "node", "KAZ", "cordon://KAZ/node/almaty-1" },
	{ "peer", "KAZ", "cordon://KAZ/node/astana-1" },
	{ "desk", "KAZ", "cordon://KAZ/checkpoint/desk-1" },
	{ "agency", "KAZ", "cordon://KAZ/agency/migration-1" },
	{ "agency-2", "KAZ", "cordon://KAZ/agency/migration-2" },
	{ "auditor", "KAZ", "cordon://KAZ/auditor/audit-1" },
	{ "admin", "KAZ", "cordon://KAZ/admin/admin-1" },
	{ "rus-node", "RUS", "cordon://RUS/node/moscow-1" },
	{ "rus-desk", "RUS", "cordon://RUS/checkpoint/desk-1" },
	{ "rus-agency", "RUS", "cordon://RUS/agency/migration-1" },
};

/* ---- making -----------------------------------------------------------------------
 */

static void make_pki(struct node_case *c)
{
	c->pki = testpki_create();
	for (size_t i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++) {
		const struct testpki_leaf leaf = {
			.signer = leaves[i].member,
			.uri = leaves[i].uri,
		};

		testpki_issue(c->pki, leaves[i].name, &leaf);
	}
}

/* The node's own key signs heads too. */
static void write_head_key(struct node_case *c)
{
	FILE *key = fopen(testpki_path(c->pki, "node.key"), "r");
	FILE *pub = fopen(testpki_path(c->pki, "head.pub"), "w");
	EVP_PKEY *pkey;

	assert_non_null(key);
	assert_non_null(pub);
	pkey = PEM_read_PrivateKey(key, NULL, NULL, NULL);
	assert_non_null(pkey);
	assert_int_equal(PEM_write_PUBKEY(pub, pkey), 1);
	EVP_PKEY_free(pkey);
	fclose(key);
	fclose(pub);
}

static void make_config(struct node_case *c, const char *more)
{
	struct errmsg msg = { "" };
	char path[128], text[4096];
	int size = snprintf(text, sizeof(text),
		"node = KAZ/almaty-1\n"
		"data_dir = %s\n"
		"certificate = node.pem\n"
		"key = node.key\n"
		"head_key = node.key\n"
		"workers = 1\n"
		"map_size = 64MiB\n"
		"utc_offset = \"+00:00\"\n"
		"member KAZ { ca = KAZ-ca.pem crl = KAZ-crl.pem head_keys = head.pub "
		"}\n"
		"member RUS { ca = RUS-ca.pem crl = RUS-crl.pem }\n"
		"%s",
		c->dir, more == NULL ? "" : more);

	assert_true(size > 0 && (size_t)size < sizeof(text));
	snprintf(path, sizeof(path), "%s", testpki_path(c->pki, "cordond.conf"));
	if (config_parse(path, text, (size_t)size, &c->config, &msg) != 0) {
		fail_msg("%s", msg.text);
	}
}

static void open_store(struct node_case *c)
{
	struct errmsg msg = { "" };
	const struct store_options options = {
		.path = c->dir,
		.map_size_bytes = c->config->map_size_bytes,
		.readers = 8,
		.node = leaves[0].uri,
	};

	if (store_open(&options, &c->node.store, &msg) != 0) {
		fail_msg("%s", msg.text);
	}
}

static void make_members(struct node_case *c)
{
	c->node.members = calloc(c->config->members_count, sizeof(struct state));
	assert_non_null(c->node.members);
	for (size_t i = 0; i < c->config->members_count; i++) {
		c->node.members[i] = c->config->members[i].code;
	}
}

static void start(struct node_case *c)
{
	struct node *node = &c->node;
	struct errmsg msg = { "" };

	node->config = c->config;
	node->started_s = wall_s(clock_wall());
	make_members(c);
	if (rights_create(c->config, &node->rights, &msg) != 0) {
		fail_msg("%s", msg.text);
	}
	if (profile_init(node, &msg) != 0 ||
		(c->config->head_key != NULL &&
			head_key_load_private(
				c->config->head_key, &node->head_key, &msg) != 0)) {
		fail_msg("%s", msg.text);
	}
	open_store(c);
	node->workers = calloc(1, sizeof(struct worker *));
	assert_non_null(node->workers);
	assert_int_equal(registry_create(c->config, &node->registry, NULL), 0);
	assert_int_equal(committer_create(node, &node->committer, NULL), 0);
	/* without peers, and its loop is never run */
	node->base = event_base_new();
	assert_non_null(node->base);
	assert_int_equal(mailbox_create(node->base, &node->mailbox, NULL), 0);
	assert_int_equal(replicator_create(node, &node->replicator, &msg), 0);
	assert_int_equal(worker_create(node, 0, &node->workers[0], NULL), 0);
	node->workers_count = 1;
}

struct node_case *node_case_create_closed(const char *more)
{
	struct node_case *c = calloc(1, sizeof(*c));

	assert_non_null(c);
	assert_int_equal(evthread_use_pthreads(), 0);
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->marked, NULL);
	strcpy(c->dir, "/tmp/cordon-node-XXXXXX");
	assert_non_null(mkdtemp(c->dir));
	make_pki(c);
	write_head_key(c);
	make_config(c, more);
	start(c);
	return c;
}

struct node_case *node_case_create(const char *more)
{
	struct node_case *c = node_case_create_closed(more);

	node_case_open_lists(c);
	atomic_store(&c->node.heard, 3);
	return c;
}

/* ---- ending -----------------------------------------------------------------------
 */

void node_case_stop(struct node_case *c)
{
	struct node *node = &c->node;

	if (node->workers_count > 0) {
		worker_stop(node->workers[0], STOP_MS);
		worker_join(node->workers[0]);
	}
	committer_destroy(node->committer);
	node->committer = NULL;
	if (node->workers_count > 0) {
		worker_destroy(node->workers[0]);
	}
	node->workers_count = 0;
}

void node_case_stop_writer(struct node_case *c)
{
	committer_stop(c->node.committer);
}

void node_case_reload(struct node_case *c)
{
	struct errmsg msg = { "" };

	if (profile_reload(&c->node, &msg) != 0) {
		fail_msg("%s", msg.text);
	}
	worker_profile_changed(c->node.workers[0]);
}

static int remove_entry(
	const char *path, const struct stat *status, int type, struct FTW *walk)
{
	(void)status;
	(void)type;
	(void)walk;
	return remove(path);
}

void node_case_destroy(struct node_case *c)
{
	struct node *node = &c->node;

	node_case_stop(c);
	mailbox_destroy(node->mailbox);
	replicator_destroy(node->replicator);
	event_base_free(node->base);
	registry_destroy(node->registry);
	free(node->workers);
	free(node->members);
	store_close(node->store);
	head_key_destroy(node->head_key);
	rights_destroy(node->rights);
	profile_finish(node);
	config_destroy(c->config);
	testpki_destroy(c->pki);
	nftw(c->dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
	pthread_cond_destroy(&c->marked);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

/* ---- the writer -------------------------------------------------------------------
 */

/* A job that changes nothing; both ends wait for each other's mark. */
struct meeting {
	struct commit_job job;
	struct node_case *c;
};

static void mark(struct node_case *c, bool *what)
{
	pthread_mutex_lock(&c->lock);
	*what = true;
	pthread_cond_broadcast(&c->marked);
	pthread_mutex_unlock(&c->lock);
}

/* Takes the mark away again. */
static void wait_for_mark(struct node_case *c, bool *what)
{
	pthread_mutex_lock(&c->lock);
	while (!*what) {
		pthread_cond_wait(&c->marked, &c->lock);
	}
	*what = false;
	pthread_mutex_unlock(&c->lock);
}

static int run_nothing(
	struct commit_job *job, struct store_txn *txn, struct errmsg *msg)
{
	(void)job;
	(void)txn;
	(void)msg;
	return 0;
}

static int run_blocked(
	struct commit_job *job, struct store_txn *txn, struct errmsg *msg)
{
	struct node_case *c = ((struct meeting *)job)->c;

	(void)txn;
	(void)msg;
	mark(c, &c->writer_stands);
	wait_for_mark(c, &c->writer_released);
	return 0;
}

static void done_meeting(struct commit_job *job, int error, const char *text)
{
	struct node_case *c = ((struct meeting *)job)->c;

	(void)error;
	(void)text;
	free(job);
	mark(c, &c->writer_done);
}

static void post_meeting(struct node_case *c,
	int (*run)(struct commit_job *, struct store_txn *, struct errmsg *))
{
	struct meeting *m = calloc(1, sizeof(*m));

	assert_non_null(m);
	m->c = c;
	m->job.run = run;
	m->job.done = done_meeting;
	assert_int_equal(committer_post(c->node.committer, &m->job), 0);
}

void node_case_flush(struct node_case *c)
{
	post_meeting(c, run_nothing);
	wait_for_mark(c, &c->writer_done);
}

void node_case_open_lists(struct node_case *c)
{
	own_lists_open(&c->node);
	node_case_flush(c);
	assert_true(atomic_load(&c->node.own_open));
}

void node_case_block_writer(struct node_case *c)
{
	post_meeting(c, run_blocked);
	wait_for_mark(c, &c->writer_stands);
}

void node_case_release_writer(struct node_case *c)
{
	mark(c, &c->writer_released);
	wait_for_mark(c, &c->writer_done);
}

int64_t node_case_deadline(void)
{
	return clock_mono().us + TOO_LONG_US;
}

void node_case_yield(int64_t until_us, const char *condition)
{
	if (clock_mono().us > until_us) {
		fail_msg("waited too long for: %s", condition);
	}
	sched_yield();
}

/* ---- other members' rows ----------------------------------------------------------
 */

static struct store_txn *write_begin(struct node_case *c)
{
	struct store_txn *txn = NULL;

	assert_int_equal(store_write_begin(c->node.store, &txn, NULL), 0);
	return txn;
}

static void commit(struct store_txn *txn)
{
	struct errmsg msg = { "" };

	if (store_commit(txn, &msg) != 0) {
		fail_msg("%s", msg.text);
	}
}

void node_case_put_list(struct node_case *c, const struct list_id *list,
	enum copy_phase phase, int64_t head_age_s)
{
	struct store_txn *txn = write_begin(c);
	struct list_copy copy = { .phase = phase };

	copy.head.list = *list;
	copy.head.epoch = (struct epoch){ 17, 4 };
	copy.head.sequence = 100;
	copy.head.time_s = wall_s(clock_wall()) - head_age_s;
	store_list_put(txn, list, &copy);
	commit(txn);
}

static void put_entry(
	struct store_txn *txn, const struct list_id *list, const struct entry *entry)
{
	struct feed feed;

	assert_int_equal(store_feed(txn, list, &feed), 0);
	feed.ops->put(feed.context, FEED_LIVE, entry);
}

static struct entry entry_of(uint64_t sequence, const char *id, struct bytes sealed)
{
	struct entry entry = {
		.sequence = sequence,
		.id = { (const uint8_t *)id, strlen(id) },
		.version = 1,
		.state = ENTRY_LIVE,
		.sealed = sealed,
	};

	assert_int_equal(hash_bytes(sealed.data, sealed.size, entry.sealed_hash), 0);
	return entry;
}

static void put_record(struct store_txn *txn, const struct list_id *list,
	uint64_t sequence, const struct cordon_record *record)
{
	static const uint8_t salt[RECORD_SALT_BYTES] = { 1, 2, 3 };
	struct arena arena;
	struct bytes sealed;
	struct entry entry;

	arena_init(&arena, 0);
	assert_int_equal(record_seal(record, salt, &arena, &sealed), 0);
	entry = entry_of(sequence, record->id, sealed);
	entry.ends_at_s = record_ends_s(record);
	put_entry(txn, list, &entry);
	arena_finish(&arena);
}

void node_case_put_row(struct node_case *c, const struct list_id *list,
	uint64_t sequence, const struct cordon_record *record)
{
	struct store_txn *txn = write_begin(c);

	put_record(txn, list, sequence, record);
	commit(txn);
}

void node_case_put_many(struct node_case *c, const struct list_id *list,
	struct cordon_record *record, size_t count)
{
	struct store_txn *txn = write_begin(c);
	char id[16];

	record->id = id;
	for (size_t i = 0; i < count; i++) {
		snprintf(id, sizeof(id), "RUS-%zu", 100000 + i);
		put_record(txn, list, i + 1, record);
	}
	commit(txn);
}

void node_case_put_unreadable(
	struct node_case *c, const struct list_id *list, uint64_t sequence)
{
	static const uint8_t junk[] = "no record";
	struct entry entry =
		entry_of(sequence, "RUS-JUNK", (struct bytes){ junk, sizeof(junk) });

	struct store_txn *txn = write_begin(c);

	entry.ends_at_s = wall_s(clock_wall()) + 1000000;
	put_entry(txn, list, &entry);
	commit(txn);
}

/* ---- records ----------------------------------------------------------------------
 */

struct cordon_date node_case_day(int days)
{
	return date_at(wall_s(clock_wall()) + (int64_t)days * 86400, 0);
}

struct cordon_record *test_ban_make(struct test_ban *ban, const char *id,
	const char *surname, const char *given, const char *number)
{
	*ban = (struct test_ban){
		.name = { .type = CORDON_NAME_PRIMARY,
			.surname = surname,
			.given = given },
		.document = { .type = CORDON_DOCUMENT_PASSPORT,
			.number = number,
			.issuer = "UZB" },
		.nationality = "UZB",
		.action = CORDON_ACTION_REFUSE_ENTRY,
	};
	ban->person = (struct cordon_person){
		.names = &ban->name,
		.names_count = 1,
		.born = { 1980, 5, 7 },
		.nationalities = &ban->nationality,
		.nationalities_count = 1,
		.documents = &ban->document,
		.documents_count = number == NULL ? 0 : 1,
	};
	ban->record = (struct cordon_record){
		.id = id,
		.kind = CORDON_KIND_ENTRY_BAN,
		.version = 1,
		.valid_from = node_case_day(-10),
		.valid_until = node_case_day(355),
		.reason = CORDON_REASON_OVERSTAY,
		.actions = &ban->action,
		.actions_count = 1,
		.person = &ban->person,
	};
	return &ban->record;
}
