/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_CLIENT_FAKE_NODE_H
#define TESTS_CLIENT_FAKE_NODE_H

#include <pthread.h>
#include <stdatomic.h>

#include "proto/channel.h"
#include "proto/hello.h"
#include "proto/failure.h"

/*
 * A node for tests of the client: listens on loopback (with TLS) or on a local socket,
 * says Hello, and answers as the test tells it.  Driven in the test's own thread by
 * fake_node_step, or by a thread of its own.  It ends the process where a test
 * would fail, since its thread has no cmocka test.
 */
#define FAKE_CONNS_MAX 16

struct fake_node;

struct fake_conn {
	struct fake_node *node;
	struct channel *channel; /* NULL: closed */
	bool said_hello, heard_hello;
	bool said_freshness;
	bool cut;                 /* closed without a goodbye once the step is over */
	unsigned requests;        /* that have come */
	struct frame_header last; /* of the last request */
	struct errmsg msg;        /* why it ended */
	int error;
	struct failure told; /* Error of the client's; error 0: none */
	char told_text[256];
};

/* What to do with a request; decoded is its message. */
typedef void fake_request_fn(struct fake_conn *conn, const struct frame_header *header,
	const ProtobufCMessage *decoded);

struct fake_node {
	char server[128]; /* for cordon_options.servers */
	int listen_fd;
	struct tls_profile *profile; /* borrowed; NULL: a local socket */
	struct hello hello;
	bool mute;                /* says nothing, Hello neither */
	bool deaf;                /* accepts nothing */
	fake_request_fn *request; /* fake_answer unless set */
	void *data;               /* the test's */
	struct fake_conn conns[FAKE_CONNS_MAX];
	size_t conns_count;   /* that ever were */
	atomic_uint requests; /* on all of them */
	pthread_t thread;
	bool threaded;
	int stop_fds[2];
};

/* profile NULL: a local socket in the temporary directory. */
void fake_node_init(struct fake_node *node, struct tls_profile *profile);
void fake_node_finish(struct fake_node *node);

/* Does what there is to do without waiting; true when it did something. */
bool fake_node_step(struct fake_node *node);

/* From now on a thread does that, until fake_node_finish. */
void fake_node_start(struct fake_node *node);
/* Ends the thread; what it noted may be looked at. */
void fake_node_stop(struct fake_node *node);

/* Closes the listening socket: connections are refused. */
void fake_node_vanish(struct fake_node *node);

void fake_send(struct fake_conn *conn, uint16_t type, uint16_t flags, uint32_t request,
	const ProtobufCMessage *message);
/* Freshness of one list, KAZ/entry_ban, where it was not said yet on the connection. */
void fake_freshness(struct fake_conn *conn);
/* "Nothing found" for each query; the lookup's id is the query's document number. */
void fake_answer(struct fake_conn *conn, const struct frame_header *header,
	const ProtobufCMessage *decoded);
/* One answer, "nothing found", whose lookup's id is number. */
void fake_answer_one(struct fake_conn *conn, uint32_t request, const char *number);
void fake_refuse(struct fake_conn *conn, uint32_t request, int error, const char *text);

/* Answers nothing. */
void fake_ignore(struct fake_conn *conn, const struct frame_header *header,
	const ProtobufCMessage *decoded);

#endif
