/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/node/serve_case.h"

#include "daemon/core/repl/copy.h"

/* Records shown, exported, and due for review. */

/* ---- show
 * ---------------------------------------------------------------------------------- */

static void show(struct session *session, const char *id)
{
	Cordon__RecordRequest message = CORDON__RECORD_REQUEST__INIT;

	message.id = message_data(id);
	case_ask(session, MESSAGE_RECORD, handle_record, &message.base);
}

static const Cordon__RecordAnswer *shown(const struct session *session)
{
	return (const Cordon__RecordAnswer *)last_answer(
		session, MESSAGE_RECORD_ANSWER);
}

static void a_record_is_shown_as_it_stands(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &kaz_bans, "RUS", "KAZ-1 KAZ-2 -KAZ-1");

	show(&c->agency, "KAZ-2");
	assert_int_equal(shown(&c->agency)->entry->state, ENTRY_LIVE);
	assert_true(shown(&c->agency)->entry->sealed.len > 0);
	assert_int_equal(shown(&c->agency)->epoch->number, head.epoch.number);
	show(&c->agency, "KAZ-1");
	assert_int_equal(shown(&c->agency)->entry->state, ENTRY_WITHDRAWN);
}

static void another_members_record_is_shown_without_what_is_the_owners(void **state)
{
	struct serve_case *c = *state;

	case_publish(c, &rus_bans, "KAZ", "RUS-1");
	show(&c->agency, "RUS-1");
	assert_int_equal(shown(&c->agency)->n_arrivals, 0);
	assert_int_equal(shown(&c->agency)->internal_note.len, 0);
}

static void what_is_not_there_is_said_so(void **state)
{
	struct serve_case *c = *state;

	case_publish(c, &kaz_bans, "", "KAZ-1");
	show(&c->agency, "KAZ-2");
	assert_refused(&c->agency, CORDON_ENOTFOUND);
	show(&c->agency, "UZB-1");
	assert_refused(&c->agency, CORDON_ENOTFOUND);
	show(&c->agency, "no id");
	assert_refused(&c->agency, CORDON_EFIELD);
	show(&c->agency, "");
	assert_refused(&c->agency, CORDON_EFIELD);
}

static void a_list_being_loaded_shows_nothing(void **state)
{
	struct serve_case *c = *state;

	case_publish(c, &rus_bans, "KAZ", "RUS-1");
	case_set_phase(c, &rus_bans, COPY_LOADING);
	show(&c->agency, "RUS-1");
	assert_refused(&c->agency, CORDON_EUNVERIFIED);
}

static void put_note(struct serve_case *c, struct store_txn *txn)
{
	(void)c;
	assert_int_equal(store_note_put(txn, bytes_text("KAZ-1"), "seen at Dostyk"), 0);
}

static void the_note_is_for_the_owners_people(void **state)
{
	struct serve_case *c = *state;

	case_publish(c, &kaz_bans, "RUS", "KAZ-1");
	case_write(c, put_note);
	show(&c->agency, "KAZ-1");
	assert_int_equal(shown(&c->agency)->internal_note.len, 14);
	assert_memory_equal(
		shown(&c->agency)->internal_note.data, "seen at Dostyk", 14);
}

static struct ack acks[2];

static void put_acks(struct serve_case *c, struct store_txn *txn)
{
	(void)c;
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(store_ack_put(txn, &acks[i], bytes_text("packed")), 0);
	}
}

static void set_ack(
	struct ack *ack, const struct head *head, const char *uri, uint64_t sequence)
{
	*ack = (struct ack){ .list = head->list,
		.epoch = head->epoch,
		.sequence = sequence,
		.time_s = CASE_NOW_S };
	assert_int_equal(ident_uri_parse(&ack->node, uri, strlen(uri), NULL), 0);
}

static const Cordon__Arrival *arrival(
	const Cordon__RecordAnswer *answer, const char *uri)
{
	for (size_t i = 0; i < answer->n_arrivals; i++) {
		const Cordon__Arrival *a = answer->arrivals[i];

		if (a->node.len == strlen(uri) &&
			memcmp(a->node.data, uri, a->node.len) == 0) {
			return a;
		}
	}
	fail_msg("%s is not among the arrivals", uri);
	return NULL;
}

static void it_says_where_a_record_has_arrived(void **state)
{
	struct serve_case *c = *state;
	const Cordon__RecordAnswer *answer;
	struct head head = case_publish(c, &kaz_bans, "BLR RUS", "KAZ-1");

	set_ack(&acks[0], &head, "cordon://RUS/node/moscow-2", head.sequence);
	set_ack(&acks[1], &head, "cordon://RUS/node/moscow-1", head.sequence - 1);
	case_write(c, put_acks);
	show(&c->agency, "KAZ-1");
	answer = shown(&c->agency);
	assert_int_equal(answer->n_arrivals, 3);
	assert_true(arrival(answer, "cordon://RUS/node/moscow-2")->arrived);
	assert_true(
		arrival(answer, "cordon://RUS/node/moscow-2")->time_s == CASE_NOW_S);
	assert_false(arrival(answer, "cordon://RUS/node/moscow-1")->arrived);
	assert_int_equal(arrival(answer, "cordon://RUS/node/moscow-1")->sequence,
		head.sequence - 1);
	/* configured, shared with, and silent */
	assert_false(arrival(answer, "cordon://BLR/node/minsk-1")->arrived);
	assert_true(arrival(answer, "cordon://BLR/node/minsk-1")->time_s == 0);
}

static void what_an_epoch_took_over_has_arrived(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &kaz_bans, "BLR RUS", "KAZ-1");
	const Cordon__RecordAnswer *answer;

	set_ack(&acks[0], &head, "cordon://RUS/node/moscow-1", head.sequence);
	set_ack(&acks[1], &head, "cordon://BLR/node/minsk-1", head.sequence - 1);
	case_write(c, put_acks);
	case_new_epoch(c, &kaz_bans);
	show(&c->agency, "KAZ-1");
	answer = shown(&c->agency);
	assert_int_equal(answer->n_arrivals, 2);
	assert_true(arrival(answer, "cordon://RUS/node/moscow-1")->arrived);
	assert_int_equal(arrival(answer, "cordon://RUS/node/moscow-1")->epoch->number,
		head.epoch.number);
	assert_false(arrival(answer, "cordon://BLR/node/minsk-1")->arrived);
}

static void what_was_said_of_an_epoch_that_led_nowhere_is_no_arrival(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &kaz_bans, "RUS", "KAZ-1");

	head.epoch.tag++;
	set_ack(&acks[0], &head, "cordon://RUS/node/moscow-1", head.sequence);
	acks[1] = acks[0];
	case_write(c, put_acks);
	case_new_epoch(c, &kaz_bans);
	show(&c->agency, "KAZ-1");
	assert_int_equal(shown(&c->agency)->n_arrivals, 1);
	assert_false(shown(&c->agency)->arrivals[0]->arrived);
}

static void what_came_after_the_take_over_has_not_arrived(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &kaz_bans, "RUS", "KAZ-1");

	/* it followed the old epoch further than the new one took over from */
	set_ack(&acks[0], &head, "cordon://RUS/node/moscow-1", head.sequence + 5);
	acks[1] = acks[0];
	case_new_epoch(c, &kaz_bans);
	case_publish(c, &kaz_bans, "RUS", "KAZ-2");
	case_write(c, put_acks);
	show(&c->agency, "KAZ-2");
	assert_false(shown(&c->agency)->arrivals[0]->arrived);
	show(&c->agency, "KAZ-1");
	assert_true(shown(&c->agency)->arrivals[0]->arrived);
}

static void members_without_a_known_node_are_named(void **state)
{
	struct serve_case *c = *state;
	const Cordon__Arrival *rus;

	c->config.peers_count = 1; /* BLR's */
	case_publish(c, &kaz_bans, "BLR RUS", "KAZ-1");
	show(&c->agency, "KAZ-1");
	assert_int_equal(shown(&c->agency)->n_arrivals, 2);
	rus = shown(&c->agency)->arrivals[1];
	assert_memory_equal(rus->member.data, "RUS", 3);
	assert_int_equal(rus->node.len, 0);
	assert_false(rus->arrived);
	assert_null(rus->epoch);
}

static void what_was_signed_comes_along_with_what_is_wrong_with_it_now(void **state)
{
	struct serve_case *c = *state;
	const Cordon__Arrival *a;
	struct head head = case_publish(c, &kaz_bans, "RUS", "KAZ-1");

	set_ack(&acks[0], &head, "cordon://RUS/node/moscow-1", head.sequence);
	acks[1] = acks[0];
	case_write(c, put_acks);
	show(&c->agency, "KAZ-1");
	a = arrival(shown(&c->agency), "cordon://RUS/node/moscow-1");
	assert_int_equal(a->ack.len, strlen("packed"));
	assert_memory_equal(a->ack.data, "packed", a->ack.len);
	assert_int_not_equal(a->fault.len, 0); /* these bytes are none */
	case_publish(c, &kaz_bans, "", "KAZ-2");
	show(&c->agency, "KAZ-1");
	a = arrival(shown(&c->agency), "cordon://RUS/node/moscow-1");
	assert_memory_equal(a->fault.data, "the list is not shared with RUS any more",
		a->fault.len);
}

/* ---- export
 * -------------------------------------------------------------------------------- */

static void export_of(struct session *session, const char *owner, uint32_t kind)
{
	Cordon__ExportRequest message = CORDON__EXPORT_REQUEST__INIT;

	message.owner = message_data(owner);
	message.kind = kind;
	case_ask(session, MESSAGE_EXPORT, handle_export, &message.base);
}

/* The ids of all frames with blanks between; frames in order, MORE on all but the last.
 */
static const char *exported(const struct session *session)
{
	static char ids[4096];
	size_t used = 0;

	ids[0] = '\0';
	last_answer(session, MESSAGE_EXPORT_CHUNK);
	for (size_t i = 0; i < session->count; i++) {
		const Cordon__ExportChunk *chunk =
			(const Cordon__ExportChunk *)session->answers[i].message;

		assert_int_equal(session->answers[i].type, MESSAGE_EXPORT_CHUNK);
		assert_int_equal(session->answers[i].flags,
			i + 1 < session->count ? FRAME_MORE : 0);
		for (size_t k = 0; k < chunk->n_entries; k++) {
			used += (size_t)snprintf(ids + used, sizeof(ids) - used,
				"%s%.*s", used > 0 ? " " : "",
				(int)chunk->entries[k]->id.len,
				(const char *)chunk->entries[k]->id.data);
		}
	}
	return ids;
}

static void fill_three(struct serve_case *c)
{
	case_publish(c, &kaz_bans, "", "KAZ-1 KAZ-2 -KAZ-1");
	case_publish(c, &kaz_documents, "", "KAZ-9");
	case_publish(c, &rus_bans, "KAZ", "RUS-1");
}

static void all_live_records_are_exported(void **state)
{
	struct serve_case *c = *state;

	fill_three(c);
	export_of(&c->agency, "", 0);
	assert_string_equal(exported(&c->agency), "KAZ-2 KAZ-9 RUS-1");
	assert_int_equal(case_held(c), 0);
}

static void owner_and_kind_choose(void **state)
{
	struct serve_case *c = *state;

	fill_three(c);
	export_of(&c->agency, "KAZ", 0);
	assert_string_equal(exported(&c->agency), "KAZ-2 KAZ-9");
	forget_answers(&c->agency);
	export_of(&c->agency, "", CORDON_KIND_ENTRY_BAN);
	assert_string_equal(exported(&c->agency), "KAZ-2 RUS-1");
	forget_answers(&c->agency);
	export_of(&c->agency, "BLR", 0);
	assert_string_equal(exported(&c->agency), "");
}

static void an_export_of_nothing_is_one_empty_frame(void **state)
{
	struct serve_case *c = *state;

	export_of(&c->agency, "", 0);
	assert_string_equal(exported(&c->agency), "");
	assert_int_equal(c->agency.count, 1);
}

static void who_is_no_member_has_no_export(void **state)
{
	struct serve_case *c = *state;

	export_of(&c->agency, "UZB", 0);
	assert_refused(&c->agency, CORDON_EINVAL);
	export_of(&c->agency, "kaz", 0);
	assert_refused(&c->agency, CORDON_EINVAL);
	export_of(&c->agency, "KAZAKH", 0);
	assert_refused(&c->agency, CORDON_EINVAL);
	export_of(&c->agency, "", 70000);
	assert_refused(&c->agency, CORDON_EINVAL);
}

static void an_export_that_would_look_whole_is_refused(void **state)
{
	struct serve_case *c = *state;

	fill_three(c);
	case_set_phase(c, &rus_bans, COPY_LOADING);
	export_of(&c->agency, "", 0);
	assert_refused(&c->agency, CORDON_EUNVERIFIED);
	forget_answers(&c->agency);
	export_of(&c->agency, "KAZ", 0);
	assert_string_equal(exported(&c->agency), "KAZ-2 KAZ-9");
}

/* A slow reader gets the state of the beginning, whatever changes meanwhile. */
static void an_export_is_of_one_state_and_at_the_readers_pace(void **state)
{
	struct serve_case *c = *state;

	case_publish(c, &kaz_bans, "", "KAZ-1 KAZ-2 KAZ-3 KAZ-4 KAZ-5");
	c->agency.frame_max = 2 * HEAD_BYTES_MAX + 200;
	c->agency.full = true;
	export_of(&c->agency, "", 0);
	case_publish(c, &kaz_bans, "", "-KAZ-5 KAZ-6 KAZ-1");
	case_changed(c);
	assert_int_equal(c->agency.count, 0);
	c->agency.full = false;
	case_pass(c, 1000);
	assert_string_equal(exported(&c->agency), "KAZ-1 KAZ-2 KAZ-3 KAZ-4 KAZ-5");
	assert_true(c->agency.count > 1);
	assert_int_equal(case_held(c), 0);
}

static void a_reader_that_goes_takes_its_snapshot_along(void **state)
{
	struct serve_case *c = *state;

	fill_three(c);
	c->agency.full = true;
	for (int i = 0; i < 4; i++) {
		export_of(&c->agency, "", 0);
	}
	assert_int_equal(c->service.serve.snapshots, 4);
	c->kaz.asker = c->agency.asker; /* another session of an agency's */
	export_of(&c->kaz, "", 0);
	assert_refused(&c->kaz, CORDON_EBUSY);
	case_end(&c->agency);
	assert_int_equal(c->service.serve.snapshots, 0);
	c->agency.full = false;
	export_of(&c->agency, "", 0);
	assert_string_equal(exported(&c->agency), "KAZ-2 KAZ-9 RUS-1");
}

/* ---- due
 * -------------------------------------------------------------------------------------
 */

static void ask_due(struct session *session, uint32_t days)
{
	Cordon__DueRequest message = CORDON__DUE_REQUEST__INIT;

	message.within_days = days;
	case_ask(session, MESSAGE_DUE, handle_due, &message.base);
}

static const Cordon__DueAnswer *due(const struct session *session)
{
	return (const Cordon__DueAnswer *)last_answer(session, MESSAGE_DUE_ANSWER);
}

/* The clock stands at 2026-05-28; every record of the case is due on 2026-06-20. */
static void own_records_are_due(void **state)
{
	struct serve_case *c = *state;
	const Cordon__DueAnswer *answer;

	fill_three(c);
	ask_due(&c->agency, 23);
	answer = due(&c->agency);
	assert_int_equal(answer->n_records, 2);
	assert_false(answer->more);
	assert_memory_equal(answer->records[0]->id.data, "KAZ-2", 5);
	assert_memory_equal(answer->records[0]->review_by.data, "2026-06-20", 10);
	assert_memory_equal(answer->records[0]->valid_until.data, "2031-03-01", 10);
}

static void a_day_less_and_nothing_is_due(void **state)
{
	struct serve_case *c = *state;

	fill_three(c);
	ask_due(&c->agency, 22);
	assert_int_equal(due(&c->agency)->n_records, 0);
}

static void a_wait_without_end_is_refused(void **state)
{
	struct serve_case *c = *state;

	ask_due(&c->agency, UINT32_MAX);
	assert_refused(&c->agency, CORDON_EINVAL);
}

static void a_long_list_of_due_records_takes_several_turns(void **state)
{
	struct serve_case *c = *state;
	int turns = 0;

	case_publish(c, &kaz_bans, "", "KAZ-1 KAZ-2 KAZ-3 KAZ-4 KAZ-5 KAZ-6");
	case_clock_step(12000);
	ask_due(&c->agency, 365);
	while (case_held(c) > 0 && turns++ < 20) {
		assert_int_equal(c->agency.count, 0);
		case_changed(c);
	}
	assert_true(turns > 1);
	assert_int_equal(due(&c->agency)->n_records, 6);
	assert_true(due(&c->agency)->records[5]->valid_until.len == 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_record_is_shown_as_it_stands),
		CASE(another_members_record_is_shown_without_what_is_the_owners),
		CASE(what_is_not_there_is_said_so),
		CASE(a_list_being_loaded_shows_nothing),
		CASE(the_note_is_for_the_owners_people),
		CASE(it_says_where_a_record_has_arrived),
		CASE(what_an_epoch_took_over_has_arrived),
		CASE(what_was_said_of_an_epoch_that_led_nowhere_is_no_arrival),
		CASE(what_came_after_the_take_over_has_not_arrived),
		CASE(members_without_a_known_node_are_named),
		CASE(what_was_signed_comes_along_with_what_is_wrong_with_it_now),
		CASE(all_live_records_are_exported),
		CASE(owner_and_kind_choose),
		CASE(an_export_of_nothing_is_one_empty_frame),
		CASE(who_is_no_member_has_no_export),
		CASE(an_export_that_would_look_whole_is_refused),
		CASE(an_export_is_of_one_state_and_at_the_readers_pace),
		CASE(a_reader_that_goes_takes_its_snapshot_along),
		CASE(own_records_are_due),
		CASE(a_day_less_and_nothing_is_due),
		CASE(a_wait_without_end_is_refused),
		CASE(a_long_list_of_due_records_takes_several_turns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
