/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_REQUEST_H
#define CLIENT_REQUEST_H

#include <sys/queue.h>

#include "client/freshness.h"
#include "proto/failure.h"
#include "proto/message.h"

/*
 * One request on its way: its packed bytes, kept so that it can be sent again
 * elsewhere, and how its answer is read.  What each kind of request needs besides
 * embeds struct request as its first member.
 */
struct request;

/* A frame of an answer, as its connection received it. */
struct request_frame {
	const ProtobufCMessage *message;   /* valid during the call */
	const struct freshness *freshness; /* of the connection */
	int64_t now_ms;
};

struct request_type {
	uint16_t message; /* enum message_type; 0: asks only for a connection */
	uint16_t answer;
	bool streams; /* several frames answer, each renews the time limit */

	/*
	 * Takes a frame.  CORDON_EPROTO when it is out of form, CORDON_ENOMEM: the
	 * connection ends.  A caller who wants no more: request_stop.
	 */
	int (*read)(struct request *request, const struct request_frame *frame,
		struct errmsg *msg);

	/* Frees what embeds the request, after request_finish. */
	void (*destroy)(struct request *request);
};

enum request_place {
	REQUEST_NOWHERE = 0,
	REQUEST_QUEUED,
	REQUEST_SENT,
	REQUEST_FINISHED
};

#define REQUEST_FIELD_BYTES 96

struct request {
	TAILQ_ENTRY(request) link;
	enum request_place place;
	const struct request_type *type;
	void *handle; /* of the asynchronous API */
	uint8_t *payload;
	size_t payload_bytes;

	uint32_t timeout_ms;
	uint32_t patience_ms;   /* a node may take so much longer: it waits itself */
	int64_t end_ms;         /* finished by then */
	int64_t attempt_end_ms; /* of the node that it was sent to; at most end_ms */

	uint32_t id;            /* on the connection it was sent on */
	uint64_t frames_before; /* that had come on it */
	uint32_t tried;         /* servers that failed it, a bit each */
	bool second_chance;     /* was lost on a kept connection once */
	bool started;           /* a piece was handed out: it must not be repeated */
	bool stopped;           /* the caller wants no more */

	/* The outcome. */
	int error;
	struct errmsg msg;
	char field[REQUEST_FIELD_BYTES];
	uint32_t retry_after_ms;
};

TAILQ_HEAD(request_queue, request);

/* Packs message; NULL: none.  CORDON_ETOOBIG, CORDON_ENOMEM. */
int request_init(struct request *request, const struct request_type *type,
	const ProtobufCMessage *message, struct errmsg *msg);
void request_finish(struct request *request);

/* From read: ends the request with result, whatever it is, and its connection, which
 * would go on sending. */
int request_stop(struct request *request, int result);

/* Sets the outcome to what the node said. */
void request_refuse(struct request *request, const struct failure *failure);

/* Adds "; text" to the outcome: one more server failed it. */
void request_blame(struct request *request, size_t server, int error, const char *text);

/* NULL is accepted. */
void request_destroy(struct request *request);

#endif
