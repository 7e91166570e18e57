/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/client/talk.h"

static const uint8_t hash[HASH_BYTES] = { 0xab, 0xcd };

static void answer_status(struct fake_conn *conn, const struct frame_header *header,
	const ProtobufCMessage *decoded)
{
	Cordon__Control__StatusAnswer message = CORDON__CONTROL__STATUS_ANSWER__INIT;
	Cordon__Control__ListStatus list = CORDON__CONTROL__LIST_STATUS__INIT;
	Cordon__Control__ListStatus *lists = &list;
	Cordon__Control__LinkStatus link = CORDON__CONTROL__LINK_STATUS__INIT;
	Cordon__Control__LinkStatus *links = &link;
	Cordon__Control__MemberStatus member = CORDON__CONTROL__MEMBER_STATUS__INIT;
	Cordon__Control__MemberStatus *members = &member;
	Cordon__ListId id = CORDON__LIST_ID__INIT;
	ProtobufCBinaryData shared_with = message_data("RUS");

	(void)decoded;
	id.owner = message_data("KAZ");
	id.kind = 77;
	list.list = &id;
	list.digest = (ProtobufCBinaryData){ sizeof(hash), (uint8_t *)(uintptr_t)hash };
	list.head_time_s = 90;
	list.verified = 2;
	list.shared_with = &shared_with;
	list.n_shared_with = 1;
	link.peer = message_data("cordon://RUS/node/moscow-1");
	link.state = message_data("up");
	link.lag = 5;
	member.member = message_data("RUS");
	message.node = message_data("cordon://KAZ/node/almaty-1");
	message.member = message_data("KAZ");
	message.now_s = 100;
	message.signer = true;
	message.lists = &lists;
	message.n_lists = 1;
	message.links = &links;
	message.n_links = 1;
	message.members = &members;
	message.n_members = 1;
	fake_send(conn, MESSAGE_STATUS_ANSWER, 0, header->request, &message.base);
}

static void a_status_is_told_in_full(void **state)
{
	struct cordon_status *status;
	struct talk t;

	(void)state;
	talk_init(&t, answer_status);
	if (cordon_status(t.client, &status) != 0) {
		fail_msg("%s", cordon_client_error_text(t.client));
	}
	assert_string_equal(status->member, "KAZ");
	assert_true(status->signer);
	assert_int_equal(status->lists_count, 1);
	assert_string_equal(status->lists[0].list, "KAZ/kind-77");
	assert_int_equal(status->lists[0].age_s, 10);
	assert_int_equal(status->lists[0].verified, CORDON_VERIFIED_NO);
	assert_int_equal(strlen(status->lists[0].digest), 64);
	assert_memory_equal(status->lists[0].digest, "abcd00", 6);
	assert_string_equal(status->lists[0].shared_with[0], "RUS");
	assert_int_equal(status->links_count, 1);
	assert_int_equal(status->links[0].lag, 5);
	assert_null(status->links[0].error);
	assert_string_equal(status->members[0].member, "RUS");
	cordon_status_destroy(status);
	talk_finish(&t);
}

static void answer_verify(struct fake_conn *conn, const struct frame_header *header,
	const ProtobufCMessage *decoded)
{
	const Cordon__Control__VerifyRequest *request =
		(const Cordon__Control__VerifyRequest *)decoded;
	Cordon__Control__VerifyAnswer message = CORDON__CONTROL__VERIFY_ANSWER__INIT;
	Cordon__Control__PeerDigest peer = CORDON__CONTROL__PEER_DIGEST__INIT;
	Cordon__Control__PeerDigest *peers = &peer;
	ProtobufCBinaryData difference = message_data("RUS has sequence 3");
	Cordon__ListId id = CORDON__LIST_ID__INIT;

	id.owner = message_data("KAZ");
	id.kind = CORDON_KIND_ENTRY_BAN;
	peer.peer = message_data("cordon://RUS/node/moscow-1");
	peer.reachable = true;
	peer.digest = (ProtobufCBinaryData){ sizeof(hash), (uint8_t *)(uintptr_t)hash };
	message.list = &id;
	message.ok = true;
	message.peers = &peers;
	message.n_peers = 1;
	if (request->list == NULL) {
		fake_send(conn, MESSAGE_VERIFY_ANSWER, FRAME_MORE, header->request,
			&message.base);
		id.kind = CORDON_KIND_DEPORTATION;
	}
	message.ok = false;
	message.differences = &difference;
	message.n_differences = 1;
	fake_send(conn, MESSAGE_VERIFY_ANSWER, 0, header->request, &message.base);
}

struct verified {
	unsigned count, good;
};

static int note_check(void *data, const struct cordon_list_check *check)
{
	struct verified *v = data;

	v->count++;
	v->good += check->ok;
	if (!check->ok) {
		assert_int_equal(check->differences_count, 1);
		assert_string_equal(check->differences[0], "RUS has sequence 3");
	}
	assert_int_equal(check->peers_count, 1);
	assert_memory_equal(check->peers[0].digest, "abcd00", 6);
	assert_null(check->digest_signed);
	return 0;
}

static void lists_are_verified_one_by_one(void **state)
{
	struct verified v = { 0, 0 };
	struct talk t;

	(void)state;
	talk_init(&t, answer_verify);
	assert_int_equal(cordon_verify(t.client, NULL, note_check, &v), 0);
	assert_int_equal(v.count, 2);
	assert_int_equal(v.good, 1);
	assert_int_equal(cordon_verify(t.client, "KAZ/deportation", note_check, &v), 0);
	assert_int_equal(v.count, 3);
	assert_int_equal(
		cordon_verify(t.client, "KAZ/bans", note_check, &v), CORDON_EINVAL);
	talk_says(t.client, "\"KAZ/bans\" is no list");
	talk_finish(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_status_is_told_in_full),
		cmocka_unit_test(lists_are_verified_one_by_one),
	};

	return cmocka_run_group_tests(tests, talk_make_pki, talk_remove_pki);
}
