/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_PROXY_H
#define TESTS_PROXY_H

#include <stdbool.h>

#include <event2/event.h>

#include "proto/errmsg.h"

/*
 * A bad line between two loopback ports: what is told to it late, slowly, damaged or
 * not at all.  Event-driven; used inside a test, or as the program tcpproxy.
 */
struct proxy;

enum proxy_way {
	PROXY_UP, /* from those who connect to the target */
	PROXY_DOWN,
	PROXY_WAYS
};

/* What happens to bytes of one way, on all connections together.  Zeroed but for the
 * counters: they pass. */
struct proxy_rules {
	uint32_t delay_ms;       /* each byte comes this much later, in order */
	uint32_t rate_bytes_s;   /* 0: unlimited */
	bool stalled;            /* nothing is taken; TCP holds the sender back */
	int64_t damage_in_bytes; /* then a bit of one byte is turned; -1: never */
	int64_t cut_in_bytes;    /* then that connection is reset; -1: never */
};

/* Addresses are IPv4; listen_port 0: any free one. */
struct proxy_ends {
	const char *listen_host;
	uint16_t listen_port;
	const char *target_host;
	uint16_t target_port;
};

int proxy_create_at(struct event_base *base, const struct proxy_ends *ends,
	struct proxy **proxy, struct errmsg *msg);
/* Both on 127.0.0.1. */
int proxy_create(struct event_base *base, uint16_t listen_port, uint16_t target_port,
	struct proxy **proxy, struct errmsg *msg);
/* Resets what is open. */
void proxy_destroy(struct proxy *proxy);
uint16_t proxy_port(const struct proxy *proxy);

struct proxy_rules proxy_rules(const struct proxy *proxy, enum proxy_way way);
/* From now on; also what is already on its way, but for its delay. */
void proxy_set_rules(
	struct proxy *proxy, enum proxy_way way, const struct proxy_rules *rules);

/* Resets all connections. */
void proxy_cut(struct proxy *proxy);
/* New connections are reset at once while on. */
void proxy_refuse(struct proxy *proxy, bool on);

size_t proxy_connections(const struct proxy *proxy);
/* Bytes passed on so far. */
uint64_t proxy_bytes(const struct proxy *proxy, enum proxy_way way);

/*
 * Does what a line says (tcpproxy --help lists them) and writes one line of answer,
 * "ok …" or "error …", without newline.
 */
#define PROXY_ANSWER_BYTES 160
#define PROXY_COMMANDS                                                                 \
	"pass                    both ways as if there were no proxy; takes "          \
	"connections\n"                                                                \
	"delay MS [up|down]      every byte comes that much later\n"                   \
	"rate BYTES_S [up|down]  0: unlimited\n"                                       \
	"stall [up|down]         takes nothing more until pass\n"                      \
	"damage N up|down        turns a bit after N more bytes\n"                     \
	"cut                     resets all connections\n"                             \
	"cut N up|down           resets a connection after N more bytes\n"             \
	"refuse                  resets new connections until pass\n"                  \
	"count                   answers: ok connections N up BYTES down BYTES\n"

void proxy_command(struct proxy *proxy, const char *line, char *answer);

#endif
