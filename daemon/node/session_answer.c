/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/failures.h"
#include "daemon/node/session_private.h"

/* What handlers and the loop ask of a session, and what leaves it. */

int session_answer(struct session *session, uint32_t request, uint16_t type,
	uint16_t flags, const ProtobufCMessage *message)
{
	if (session->conn == NULL) {
		return CORDON_ECLOSED;
	}
	if (message_frame_bytes(message) - FRAME_HEADER_BYTES > session->frame_max) {
		return CORDON_ETOOBIG;
	}
	session->uncharged_bytes += message_frame_bytes(message);
	return conn_send(session->conn, type, flags, request, message);
}

int session_refuse(
	struct session *session, uint32_t request, int error, const char *text)
{
	Cordon__Error message = CORDON__ERROR__INIT;
	char field[FAILURES_FIELD_BYTES];
	struct failure failure;

	failures_describe(error, text, field, &failure);
	if (error == CORDON_ELIMIT && session->slowed) {
		failure.retry_after_ms = session->slowed_ms;
	}
	failure_to_message(&failure, &message);
	return session_answer(session, request, MESSAGE_ERROR, 0, &message.base);
}

void session_end(struct session *session, int error, const char *text)
{
	if (session->conn == NULL) {
		return;
	}
	if (conn_open(session->conn)) {
		/* when even that has no place, the end itself must do */
		(void)session_refuse(session, 0, error, text);
	}
	conn_close(session->conn, error, text);
}

uint32_t session_frame_max(const struct session *session)
{
	return session->frame_max;
}

uint64_t *session_freshness(struct session *session)
{
	return &session->freshness;
}

size_t *session_pending_bytes(struct session *session)
{
	return &session->pending_bytes;
}

const struct asker *session_asker(const struct session *session)
{
	return &session->asker;
}

bool session_alive(const struct session *session)
{
	return session->stage == SESSION_SERVING;
}

int request_txn(struct request *request, struct store_txn **txn, struct errmsg *msg)
{
	return service_txn(request->service, txn, msg);
}
