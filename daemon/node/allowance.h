/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_ALLOWANCE_H
#define NODE_ALLOWANCE_H

#include "daemon/base/config.h"
#include "daemon/core/limit/bucket.h"

/*
 * What one identity, and one address, may have of the node.  Each limit is named as its
 * key in the configuration: in errors, in the log, and in cordon_limited_total.
 */
#define LIMITS(X)                                                                      \
	X(CONNECTIONS_MAX, connections_max)                                            \
	X(CONNECTIONS_PER_ADDRESS, connections_per_address)                            \
	X(CONNECTIONS_PER_IDENTITY, connections_per_identity)                          \
	X(HANDSHAKES_PER_ADDRESS, handshakes_per_address)                              \
	X(HANDSHAKES_PER_IDENTITY, handshakes_per_identity)                            \
	X(REQUESTS_PER_ADDRESS, requests_per_address)                                  \
	X(REQUESTS_PER_IDENTITY, requests_per_identity)                                \
	X(REQUESTS_PER_NODE, requests_per_node)                                        \
	X(BYTES_PER_ADDRESS, bytes_per_address)                                        \
	X(BYTES_PER_IDENTITY, bytes_per_identity)                                      \
	X(REQUESTS_IN_FLIGHT_MAX, requests_in_flight_max)                              \
	X(IN_FLIGHT_PER_IDENTITY, in_flight_per_identity)                              \
	X(REQUEST_TIMEOUT, request_timeout)

enum limit {
#define LIMIT_ENUM(name, key) LIMIT_##name,
	LIMITS(LIMIT_ENUM)
#undef LIMIT_ENUM
	LIMIT_COUNT
};

const char *limit_name(enum limit limit);

/* A rate and the limit that it is. */
struct limit_rate {
	enum limit limit;
	struct bucket_rate rate;
};

/* What one of a sort may. */
struct allowance {
	enum limit connections_limit;
	uint32_t connections;
	uint32_t in_flight;
	bool refused; /* over the rate of requests; else only slowed */
	struct limit_rate handshakes, requests, bytes;
};

/* The configuration's; nodes are peers. */
struct allowances {
	struct allowance address, client, peer;
};

void allowances_init(struct allowances *allowances, const struct config *config);

#endif
