/* SPDX-License-Identifier: Apache-2.0 */
#define _XOPEN_SOURCE 700
#include "tests/unit/node/serve_case.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "daemon/core/repl/apply.h"
#include "daemon/core/repl/own.h"
#include "daemon/node/rights.h"

const struct list_id blr_bans = { { "BLR" }, CORDON_KIND_ENTRY_BAN };

static const char *const codes[3] = { "BLR", "KAZ", "RUS" };

/* ---- life
 * ---------------------------------------------------------------------------- */

static void write_key(const char *path, EVP_PKEY *key, bool can_sign)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(
		can_sign ? PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL)
			 : PEM_write_PUBKEY(file, key),
		1);
	fclose(file);
}

static void add_member(struct serve_case *c, size_t i)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	char private_path[96];

	snprintf(c->key_paths[i], sizeof(c->key_paths[i]), "%s/%s.pub", c->f->path,
		codes[i]);
	snprintf(private_path, sizeof(private_path), "%s/%s.key", c->f->path, codes[i]);
	write_key(c->key_paths[i], key, false);
	write_key(private_path, key, true);
	EVP_PKEY_free(key);
	assert_int_equal(head_key_load_private(private_path, &c->keys[i], NULL), 0);
	memcpy(c->members[i].code.code, codes[i], 4);
	c->members[i].head_keys[0].path = c->key_paths[i];
	c->members[i].head_keys_count = 1;
}

static struct identity identity(const char *uri)
{
	struct identity out;

	assert_int_equal(ident_uri_parse(&out, uri, strlen(uri), NULL), 0);
	return out;
}

static void init_session(struct serve_case *c, struct session *session, const char *uri)
{
	session->c = c;
	session->asker.identity = identity(uri);
	session->frame_max = FRAME_MAX_PEER;
}

static void init_config(struct serve_case *c)
{
	struct config *config = &c->config;

	config->node = identity(NODE_URI);
	config->members = c->members;
	config->members_count = 3;
	config->peers = c->peers;
	config->peers_count = 2;
	c->peers[0].node = identity("cordon://BLR/node/minsk-1");
	c->peers[1].node = identity("cordon://RUS/node/moscow-1");
	config->follow_wait_ms = CASE_WAIT_MS;
	config->head_interval_ms = CASE_INTERVAL_MS;
	for (size_t i = 0; i < 3; i++) {
		add_member(c, i);
	}
	for (size_t i = 0; i < 2; i++) {
		c->links[i].peer = c->peers[i].node;
		c->links[i].address = "192.0.2.1:7100";
		c->links[i].state = i == 0 ? "up" : "waiting";
		c->links[i].entries = i == 0 ? 7 : 0;
		c->links[i].bytes = i == 0 ? 1900 : 0;
		c->links[i].error = i == 0 ? NULL : "refused";
		c->heads[i].peer = c->peers[i].node;
		c->heads[i].reachable = i == 0;
	}
}

static struct serve_case *running; /* whose clock and links the fakes are */
static int64_t now_us, step_us;

int case_setup(void **state)
{
	struct serve_case *c = calloc(1, sizeof(*c));
	void *fixture;

	assert_non_null(c);
	assert_int_equal(fixture_setup(&fixture), 0);
	c->f = fixture;
	init_config(c);
	c->node.config = &c->config;
	assert_int_equal(rights_create(&c->config, &c->node.rights, NULL), 0);
	c->node.store = c->f->store;
	c->node.head_key = c->keys[1];
	atomic_store(&c->node.signs, true);
	c->node.started_s = CASE_NOW_S - 60;
	c->service.node = &c->node;
	arena_init(&c->arena, 0);
	c->txn = read_begin(c->f);
	init_session(c, &c->blr, "cordon://BLR/node/minsk-1");
	init_session(c, &c->rus, "cordon://RUS/node/moscow-1");
	init_session(c, &c->kaz, "cordon://KAZ/node/n2");
	init_session(c, &c->agency, "cordon://KAZ/agency/migration");
	running = c;
	now_us = 1000000;
	step_us = 0;
	*state = c;
	return 0;
}

int case_teardown(void **state)
{
	struct serve_case *c = *state;
	void *fixture = c->f;

	case_end(&c->blr);
	case_end(&c->rus);
	case_end(&c->kaz);
	case_end(&c->agency);
	serve_state_finish(&c->service.serve);
	assert_int_equal(c->service.serve.snapshots, 0);
	assert_null(c->service.serve.watches);
	store_read_end(c->txn);
	rights_destroy(c->node.rights);
	for (size_t i = 0; i < 3; i++) {
		head_key_destroy(c->keys[i]);
	}
	arena_finish(&c->arena);
	free(c);
	running = NULL;
	return fixture_teardown(&fixture);
}

/* ---- lists
 * ------------------------------------------------------------------------------ */

static const struct head_key *key_of(
	const struct serve_case *c, const struct list_id *list)
{
	for (size_t i = 0; i < 3; i++) {
		if (strcmp(codes[i], list->owner.code) == 0) {
			return c->keys[i];
		}
	}
	fail_msg("no key of %s", list->owner.code);
	return NULL;
}

static void put_id(struct serve_case *c, struct own_change *change,
	const struct list_id *list, const char *id)
{
	struct cordon_record record = record_of(list, id);
	struct entry row;

	if (id[0] == '-') {
		row = tombstone(1, id + 1);
	} else {
		record.valid_until = (struct cordon_date){ 2031, 3, 1 };
		record.review_by = (struct cordon_date){ 2026, 6, 20 };
		row = live_entry(c->f, 1, &record);
	}
	assert_int_equal(own_put(change, &row), 0);
}

static void put_ids(struct serve_case *c, struct own_change *change,
	const struct list_id *list, const char *ids)
{
	char text[65536], *rest = text, *id;

	snprintf(text, sizeof(text), "%s", ids);
	while ((id = strtok_r(rest, " ", &rest)) != NULL) {
		put_id(c, change, list, id);
	}
}

static void share(struct own_change *change, const char *shared)
{
	struct state members[4];
	char text[64], *rest = text, *code;
	size_t count = 0;

	memset(members, 0, sizeof(members));
	snprintf(text, sizeof(text), "%s", shared);
	while ((code = strtok_r(rest, " ", &rest)) != NULL) {
		assert_true(ident_state_set(&members[count++], code, 3));
	}
	own_share(change, members, count);
}

static struct head sign(struct serve_case *c, struct store_txn *txn,
	struct own_change *change, int64_t time_s)
{
	struct list_copy *copy = change->copy;
	struct list_id list = change->feed->list;
	struct bytes packed;
	struct head *head;

	assert_int_equal(own_publish(change, time_s, &head), 0);
	assert_int_equal(
		head_sign(head, key_of(c, &list), &c->f->arena, &packed, NULL), 0);
	own_signed(change);
	assert_int_equal(store_list_put(txn, &list, copy), 0);
	assert_int_equal(store_head_put(txn, &copy->head, packed), 0);
	commit(txn);
	c->renewed = false;
	return copy->head;
}

enum how {
	PUBLISH,
	NEW_EPOCH,
	SIGN_AGAIN
};

static struct head change_list(struct serve_case *c, const struct list_id *list,
	const char *shared, const char *ids, enum how how)
{
	struct store_txn *txn = write_begin(c->f);
	struct feed feed = feed_of(txn, list);
	struct own_change change;
	struct list_copy copy;
	bool found;

	assert_int_equal(store_list_get(txn, list, &copy, &found), 0);
	if (!found) {
		own_create(&copy, list, (struct epoch){ 1000, 7 });
	}
	own_begin(&change, &copy, &feed);
	if (how == PUBLISH) {
		share(&change, shared);
		put_ids(c, &change, list, ids);
	} else if (how == NEW_EPOCH) {
		struct head_base *base = &change.next.bases[change.next.bases_count++];

		base->epoch = copy.head.epoch;
		base->sequence = copy.head.sequence;
		memcpy(base->hash, copy.head.hash, HASH_BYTES);
		change.next.epoch.number++;
		change.next.sequence++;
		change.changed = true;
	}
	return sign(c, txn, &change,
		copy.head.time_s == 0 ? CASE_NOW_S - 10 : copy.head.time_s + 1);
}

struct head case_publish(struct serve_case *c, const struct list_id *list,
	const char *shared, const char *ids)
{
	return change_list(c, list, shared, ids, PUBLISH);
}

struct head case_publish_many(struct serve_case *c, const struct list_id *list,
	const char *shared, size_t count)
{
	char ids[65536];
	size_t used = 0;

	for (size_t i = 1; i <= count; i++) {
		used += (size_t)snprintf(
			ids + used, sizeof(ids) - used, "%s-%zu ", list->owner.code, i);
		assert_true(used < sizeof(ids));
	}
	return case_publish(c, list, shared, ids);
}

struct head case_new_epoch(struct serve_case *c, const struct list_id *list)
{
	return change_list(c, list, NULL, NULL, NEW_EPOCH);
}

struct head case_sign_again(struct serve_case *c, const struct list_id *list)
{
	return change_list(c, list, NULL, NULL, SIGN_AGAIN);
}

struct head case_unshare(
	struct serve_case *c, const struct list_id *list, const char *shared)
{
	struct store_txn *txn = write_begin(c->f);
	struct feed feed = feed_of(txn, list);
	struct list_copy copy = case_copy(c, list), owners = copy;
	struct own_change change;
	struct bytes packed;
	struct head *head;
	int error = 0;

	own_begin(&change, &owners, &feed);
	share(&change, shared);
	assert_int_equal(own_publish(&change, copy.head.time_s + 1, &head), 0);
	assert_int_equal(
		head_sign(head, key_of(c, list), &c->f->arena, &packed, NULL), 0);
	assert_int_equal(apply_head(&copy, &feed, head, &c->config.node.member, &error),
		APPLY_UNSHARED);
	assert_int_equal(store_list_put(txn, list, &copy), 0);
	assert_int_equal(store_head_put(txn, head, packed), 0);
	commit(txn);
	c->renewed = false;
	return *head;
}

struct list_copy case_copy(struct serve_case *c, const struct list_id *list)
{
	struct store_txn *txn = read_begin(c->f);
	struct list_copy copy;
	bool found;

	assert_int_equal(store_list_get(txn, list, &copy, &found), 0);
	store_read_end(txn);
	return copy;
}

void case_set_phase(
	struct serve_case *c, const struct list_id *list, enum copy_phase phase)
{
	struct list_copy copy = case_copy(c, list);
	struct store_txn *txn = write_begin(c->f);

	copy.phase = phase;
	assert_int_equal(store_list_put(txn, list, &copy), 0);
	commit(txn);
	c->renewed = false;
}

void case_write(struct serve_case *c,
	void (*change)(struct serve_case *c, struct store_txn *txn))
{
	struct store_txn *txn = write_begin(c->f);

	change(c, txn);
	commit(txn);
	c->renewed = false;
}

/* ---- what the node's other parts say
 * -------------------------------------------------- */

struct mono clock_mono(void);
struct wall clock_wall(void);
int64_t clock_thread_cpu_us(void);

struct mono clock_mono(void)
{
	now_us += step_us;
	return (struct mono){ now_us };
}

struct wall clock_wall(void)
{
	return (struct wall){ CASE_NOW_S * INT64_C(1000000) + now_us };
}

int64_t clock_thread_cpu_us(void)
{
	return now_us;
}

void case_clock_step(int64_t us)
{
	step_us = us;
}

void case_move_clock(int64_t us);

void case_move_clock(int64_t us)
{
	now_us += us;
}

const char *node_software(void)
{
	return "cordond test";
}

void node_lists_changed(struct node *node)
{
	(void)node;
}

void replicator_forward_ack(
	struct replicator *replicator, const struct relayed_ack *relayed)
{
	struct forwarded *f = &running->forwarded[running->forwarded_count++];

	(void)replicator;
	assert_true(running->forwarded_count < 16);
	f->list = relayed->list;
	f->size = relayed->packed.size;
}

void replicator_complained(struct replicator *replicator, const struct identity *who)
{
	(void)replicator;
	assert_int_equal(who->role, ROLE_NODE);
	running->complaints++;
}

int replicator_links(struct replicator *replicator, struct arena *arena,
	struct link_info **out, size_t *count)
{
	(void)replicator;
	*out = arena_alloc(arena, sizeof(running->links));
	assert_non_null(*out);
	memcpy(*out, running->links, sizeof(running->links));
	*count = 2;
	return 0;
}

int replicator_peer_heads(struct replicator *replicator, const struct list_id *list,
	struct arena *arena, struct peer_head **out, size_t *count)
{
	(void)replicator;
	(void)list;
	*out = arena_alloc(arena, sizeof(running->heads));
	assert_non_null(*out);
	memcpy(*out, running->heads, sizeof(running->heads));
	*count = 2;
	return 0;
}
