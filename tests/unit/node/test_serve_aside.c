/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/aside.h"
#include "daemon/node/retire.h"
#include "tests/unit/node/serve_case.h"

#define ASIDE_LIST 1

/* ---- what is put aside --------------------------------------------------------------
 */

static bool add_id(void *context, const struct store_aside *aside)
{
	char *told = context;
	size_t used = strlen(told);

	snprintf(told + used, 512 - used, "%s%.*s%s", used == 0 ? "" : " ",
		(int)aside->entry.id.size, (const char *)aside->entry.id.data,
		aside->entry.state == ENTRY_WITHDRAWN ? "-" : "");
	return true;
}

/* Ids in order, "-" behind what was withdrawn. */
static void assert_aside(struct serve_case *c, const char *expected)
{
	struct store_txn *txn = read_begin(c->f);
	char told[512] = "";

	assert_int_equal(store_asides(txn, NULL, add_id, told), 0);
	store_read_end(txn);
	assert_string_equal(told, expected);
}

/* A later epoch of another node's that took over at base. */
static struct head later_than(const struct head *base)
{
	struct head head = *base;

	head.epoch.number += 5;
	head.epoch.tag = 99;
	head.bases[head.bases_count++] =
		(struct head_base){ .epoch = base->epoch, .sequence = base->sequence };
	memcpy(head.bases[head.bases_count - 1].hash, base->hash, HASH_BYTES);
	head.sequence++;
	return head;
}

static void stop_signing(struct serve_case *c, bool forked)
{
	struct store_txn *txn = write_begin(c->f);

	assert_int_equal(aside_mark(&c->node, txn, forked, NULL), 0);
	commit(txn);
}

static void settle(struct serve_case *c, const struct head *later)
{
	struct list_copy copy = case_copy(c, &kaz_bans);
	struct store_txn *txn = write_begin(c->f);
	struct feed feed = feed_of(txn, &kaz_bans);

	assert_int_equal(aside_settle(txn, &copy, &feed, later, NULL), 0);
	commit(txn);
}

static void rows_behind_the_base_are_kept(void **state)
{
	struct serve_case *c = *state;
	struct head base = case_publish(c, &kaz_bans, "RUS", "KAZ-1 KAZ-2"), later;

	later = later_than(&base);
	case_publish(c, &kaz_bans, "RUS", "KAZ-3");
	case_publish(c, &kaz_bans, "RUS", "-KAZ-1");
	settle(c, &later); /* it signs still: no mark */
	assert_aside(c, "");
	stop_signing(c, false);
	settle(c, &base); /* not later */
	assert_aside(c, "");
	settle(c, &later);
	assert_aside(c, "KAZ-3 KAZ-1-");
	case_publish(c, &kaz_bans, "RUS", "KAZ-4");
	settle(c, &later); /* once */
	assert_aside(c, "KAZ-3 KAZ-1-");
}

static void a_base_at_our_last_head_leaves_nothing(void **state)
{
	struct serve_case *c = *state;
	struct head base = case_publish(c, &kaz_bans, "RUS", "KAZ-1"), later;

	later = later_than(&base);
	stop_signing(c, false);
	settle(c, &later);
	assert_aside(c, "");
}

/* ---- where the base tells nothing ---------------------------------------------------
 */

struct replaced {
	struct store_txn *txn;
	struct list_copy copy;
	struct aside_wrap wrap;
	struct feed feed, outer;
	bool marked;
};

/* A whole stage is being moved in. */
static void begin_move(struct serve_case *c, struct replaced *r)
{
	r->copy = case_copy(c, &kaz_bans);
	r->copy.phase = COPY_MOVING;
	r->copy.whole = true;
	r->txn = write_begin(c->f);
	r->feed = feed_of(r->txn, &kaz_bans);
	assert_int_equal(
		aside_feed(&r->wrap, r->txn, &r->copy, &r->feed, &r->outer, &r->marked),
		0);
}

static void removed(struct replaced *r, const char *id)
{
	assert_int_equal(
		r->outer.ops->remove(r->outer.context, FEED_LIVE, bytes_text(id)), 0);
}

/* As live has it, but for the sealed bytes where they are given. */
static void stage(
	struct replaced *r, const char *id, uint64_t sequence, const char *sealed)
{
	struct entry row, staged;
	bool found;

	assert_int_equal(r->feed.ops->find(r->feed.context, FEED_LIVE, bytes_text(id),
				 &row, &found),
		0);
	assert_true(found);
	staged = raw_entry(sequence, id, sealed == NULL ? "" : sealed);
	staged.version = row.version;
	staged.state = row.state;
	if (sealed == NULL) {
		memcpy(staged.sealed_hash, row.sealed_hash, HASH_BYTES);
	}
	assert_int_equal(r->outer.ops->put(r->outer.context, FEED_STAGE, &staged), 0);
}

static void rows_that_a_whole_read_replaces_by_others_are_kept(void **state)
{
	struct serve_case *c = *state;
	struct head base = case_publish(c, &kaz_bans, "RUS", "KAZ-1"), later;
	struct replaced r;

	later = later_than(&base);
	memset(later.bases[0].hash, 0xee, HASH_BYTES); /* the other side of a fork */
	case_publish(c, &kaz_bans, "RUS", "KAZ-2 KAZ-3 KAZ-4");
	stop_signing(c, false);
	settle(c, &later);
	assert_aside(c, "");

	begin_move(c, &r);
	assert_true(r.marked);
	stage(&r, "KAZ-1", 50, NULL);      /* the same */
	stage(&r, "KAZ-2", 51, "another"); /* another content */
	removed(&r, "KAZ-1");
	removed(&r, "KAZ-2");
	removed(&r, "KAZ-4"); /* not there any more */
	commit(r.txn);
	assert_aside(c, "KAZ-2 KAZ-4");
}

/* A patch takes rows away by their places, and puts others. */
static void rows_that_a_patch_takes_away_are_kept(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &kaz_bans, "RUS", "KAZ-1 KAZ-2 KAZ-3");
	struct replaced r;
	struct entry row;

	stop_signing(c, true);
	begin_move(c, &r);
	r.copy.phase = COPY_FOLLOWING;
	assert_int_equal(
		r.outer.ops->scrap(r.outer.context, bytes_text("KAZ-3"), head.sequence),
		0);
	assert_int_equal(/* nothing stands there any more */
		r.outer.ops->scrap(
			r.outer.context, (struct bytes){ NULL, 0 }, head.sequence),
		0);
	row = raw_entry(head.sequence, "KAZ-2", "another");
	assert_int_equal(r.outer.ops->put(r.outer.context, FEED_LIVE, &row), 0);
	commit(r.txn);
	assert_aside(c, "KAZ-2 KAZ-3");
}

static void the_end_of_a_move_purges_what_is_nobodys(void **state)
{
	struct serve_case *c = *state;
	struct replaced r;

	case_publish(c, &kaz_bans, "RUS", "KAZ-1");
	case_publish(c, &kaz_bans, "RUS", "-KAZ-1");
	stop_signing(c, true);
	begin_move(c, &r);
	r.copy.whole = false; /* all was promoted: the stage is empty */
	removed(&r, "KAZ-1");
	commit(r.txn);
	assert_aside(c, "");
}

static void put_ack(struct serve_case *c, const struct head *head)
{
	struct ack ack = {
		.list = head->list, .epoch = head->epoch, .sequence = head->sequence
	};
	struct store_txn *txn = write_begin(c->f);
	const char *uri = "cordon://RUS/node/moscow-1";

	assert_int_equal(ident_uri_parse(&ack.node, uri, strlen(uri), NULL), 0);
	assert_int_equal(store_ack_put(txn, &ack, bytes_text("ack")), 0);
	commit(txn);
}

static void what_a_peer_acknowledged_has_left_the_node(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &kaz_bans, "RUS", "KAZ-1 KAZ-2");
	struct replaced r;

	put_ack(c, &head);
	case_publish(c, &kaz_bans, "RUS", "KAZ-3");
	stop_signing(c, false);
	begin_move(c, &r);
	removed(&r, "KAZ-1");
	removed(&r, "KAZ-3");
	commit(r.txn);
	assert_aside(c, "KAZ-3");

	/* of a fork, the other side's peers may have lost it again */
	stop_signing(c, true);
	begin_move(c, &r);
	removed(&r, "KAZ-2");
	commit(r.txn);
	assert_aside(c, "KAZ-2 KAZ-3");
}

static void a_list_that_is_verified_again_is_marked_no_longer(void **state)
{
	struct serve_case *c = *state;
	struct list_copy copy;
	struct store_txn *txn;
	struct replaced r;

	case_publish(c, &kaz_bans, "RUS", "KAZ-1");
	stop_signing(c, false);
	copy = case_copy(c, &kaz_bans);
	txn = write_begin(c->f);
	copy.mixed = true;
	assert_int_equal(aside_verified(txn, &copy), 0);
	commit(txn);
	begin_move(c, &r);
	assert_true(r.marked);
	store_abort(r.txn);
	txn = write_begin(c->f);
	copy.mixed = false;
	assert_int_equal(aside_verified(txn, &copy), 0);
	commit(txn);
	begin_move(c, &r);
	assert_false(r.marked);
	removed(&r, "KAZ-1");
	commit(r.txn);
	assert_aside(c, "");
}

/* ---- listing ------------------------------------------------------------------------
 */

static void fill(struct serve_case *c, struct store_txn *txn)
{
	for (unsigned i = 1; i <= 600; i++) {
		char id[16];
		struct store_aside aside = {
			.list = kaz_bans, .epoch = { 7, 8 }, .kept_at_s = 9
		};

		snprintf(id, sizeof(id), "KAZ-%u", i % 599);
		aside.entry = raw_entry(i, id, "sealed");
		assert_int_equal(store_aside_put(txn, &aside), 0);
	}
	(void)c;
}

static const Cordon__Control__AsideAnswer *ask(
	struct serve_case *c, const char *id, uint64_t after)
{
	Cordon__Control__AsideRequest request = CORDON__CONTROL__ASIDE_REQUEST__INIT;
	Cordon__Position position = CORDON__POSITION__INIT;

	request.what = ASIDE_LIST;
	request.id = message_data(id);
	position.list = list_message(&kaz_bans);
	position.epoch = epoch_message(7, 8);
	position.sequence = after;
	request.after = after == 0 ? NULL : &position;
	forget_answers(&c->agency);
	case_ask(&c->agency, MESSAGE_ASIDE, handle_aside, &request.base);
	return (const Cordon__Control__AsideAnswer *)last_answer(
		&c->agency, MESSAGE_ASIDE_ANSWER);
}

static void what_was_put_aside_is_told_page_by_page(void **state)
{
	struct serve_case *c = *state;
	const Cordon__Control__AsideAnswer *answer;

	assert_int_equal(ask(c, NULL, 0)->n_entries, 0);
	case_write(c, fill);
	answer = ask(c, NULL, 0);
	assert_int_equal(answer->n_entries, 512);
	assert_true(answer->more);
	assert_int_equal(answer->entries[0]->kept_at_s, 9);
	assert_int_equal(answer->entries[0]->epoch->number, 7);
	answer = ask(c, NULL, 512);
	assert_int_equal(answer->n_entries, 88);
	assert_int_equal(answer->entries[0]->entry->sequence, 513);
	assert_false(answer->more);
	answer = ask(c, "KAZ-1", 0); /* two versions */
	assert_int_equal(answer->n_entries, 2);
	assert_int_equal(ask(c, "KAZ-999", 0)->n_entries, 0);
}

static void requests_out_of_form_are_refused(void **state)
{
	struct serve_case *c = *state;
	Cordon__Control__AsideRequest request = CORDON__CONTROL__ASIDE_REQUEST__INIT;
	Cordon__Position position = CORDON__POSITION__INIT;

	case_ask(&c->agency, MESSAGE_ASIDE, handle_aside, &request.base);
	assert_refused(&c->agency, CORDON_EPROTO);
	request.what = ASIDE_LIST;
	request.after = &position;
	case_ask(&c->agency, MESSAGE_ASIDE, handle_aside, &request.base);
	assert_refused(&c->agency, CORDON_EPROTO);
	position.list = list_message(&kaz_bans);
	position.epoch = epoch_message(7, 8);
	position.sequence = UINT64_MAX;
	case_ask(&c->agency, MESSAGE_ASIDE, handle_aside, &request.base);
	assert_refused(&c->agency, CORDON_EPROTO);
}

/* ---- dropping -----------------------------------------------------------------------
 */

static void drop_one(struct serve_case *c, struct store_txn *txn)
{
	uint64_t count;

	(void)c;
	assert_int_equal(store_aside_drop(txn, bytes_text("KAZ-1"), &count), 0);
	assert_int_equal(count, 2);
	assert_int_equal(store_aside_drop(txn, bytes_text("KAZ-1"), &count), 0);
	assert_int_equal(count, 0);
}

static void drop_all(struct serve_case *c, struct store_txn *txn)
{
	uint64_t count;

	(void)c;
	assert_int_equal(store_aside_drop(txn, (struct bytes){ NULL, 0 }, &count), 0);
	assert_int_equal(count, 598);
}

static void dropped_changes_are_gone(void **state)
{
	struct serve_case *c = *state;

	case_write(c, fill);
	case_write(c, drop_one);
	assert_int_equal(ask(c, "KAZ-1", 0)->n_entries, 0);
	assert_int_equal(ask(c, "KAZ-2", 0)->n_entries, 1);
	case_write(c, drop_all);
	assert_int_equal(ask(c, NULL, 0)->n_entries, 0);
}

/* ---- giving way ---------------------------------------------------------------------
 */

static void what_a_head_makes_of_a_node(void **state)
{
	static const struct {
		enum signing was;
		enum signing none, behind, later, fork; /* by the news */
	} table[] = {
		{ SIGNING_NEVER, SIGNING_NEVER, SIGNING_NEVER, SIGNING_NEVER,
			SIGNING_NEVER },
		{ SIGNING_STANDBY, SIGNING_STANDBY, SIGNING_STANDBY, SIGNING_STANDBY,
			SIGNING_STANDBY },
		{ SIGNING_NEW, SIGNING_NEW, SIGNING_BEHIND, SIGNING_BEHIND,
			SIGNING_BEHIND },
		{ SIGNING_YES, SIGNING_YES, SIGNING_BEHIND, SIGNING_SUPERSEDED,
			SIGNING_FORKED },
		{ SIGNING_BEHIND, SIGNING_BEHIND, SIGNING_BEHIND, SIGNING_SUPERSEDED,
			SIGNING_FORKED },
		{ SIGNING_SUPERSEDED, SIGNING_SUPERSEDED, SIGNING_SUPERSEDED,
			SIGNING_SUPERSEDED, SIGNING_FORKED },
		{ SIGNING_FORKED, SIGNING_FORKED, SIGNING_FORKED, SIGNING_SUPERSEDED,
			SIGNING_FORKED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		enum signing was = table[i].was;

		assert_int_equal(retire_signing(was, OWN_NEWS_NONE), table[i].none);
		assert_int_equal(retire_signing(was, OWN_NEWS_BEHIND), table[i].behind);
		assert_int_equal(retire_signing(was, OWN_NEWS_LOST), table[i].behind);
		assert_int_equal(retire_signing(was, OWN_NEWS_LATER), table[i].later);
		assert_int_equal(retire_signing(was, OWN_NEWS_FORK), table[i].fork);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(rows_behind_the_base_are_kept),
		CASE(a_base_at_our_last_head_leaves_nothing),
		CASE(rows_that_a_whole_read_replaces_by_others_are_kept),
		CASE(rows_that_a_patch_takes_away_are_kept),
		CASE(the_end_of_a_move_purges_what_is_nobodys),
		CASE(what_a_peer_acknowledged_has_left_the_node),
		CASE(a_list_that_is_verified_again_is_marked_no_longer),
		CASE(what_was_put_aside_is_told_page_by_page),
		CASE(requests_out_of_form_are_refused),
		CASE(dropped_changes_are_gone),
		cmocka_unit_test(what_a_head_makes_of_a_node),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
