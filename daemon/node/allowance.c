/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/allowance.h"

/* What is had at once after a pause, in seconds of the rate. */
#define BURST_S 2

static const char *const names[LIMIT_COUNT] = {
#define LIMIT_NAME(name, key) [LIMIT_##name] = #key,
	LIMITS(LIMIT_NAME)
#undef LIMIT_NAME
};

const char *limit_name(enum limit limit)
{
	return names[limit];
}

static struct limit_rate rate(enum limit limit, uint64_t per_s)
{
	return (struct limit_rate){ limit,
		{ .per_s = per_s, .burst = per_s * BURST_S } };
}

void allowances_init(struct allowances *allowances, const struct config *config)
{
	const struct config *c = config;

	allowances->address = (struct allowance){
		.connections_limit = LIMIT_CONNECTIONS_PER_ADDRESS,
		.connections = c->connections_per_address,
		.in_flight = UINT32_MAX, /* an identity's and a connection's are enough
					  */
		.refused = true,
		.handshakes =
			rate(LIMIT_HANDSHAKES_PER_ADDRESS, c->handshakes_per_address),
		.requests = rate(LIMIT_REQUESTS_PER_ADDRESS, c->requests_per_address),
		.bytes = rate(LIMIT_BYTES_PER_ADDRESS, c->bytes_per_address),
	};
	allowances->client = (struct allowance){
		.connections_limit = LIMIT_CONNECTIONS_PER_IDENTITY,
		.connections = c->connections_per_identity,
		.in_flight = c->in_flight_per_identity,
		.refused = true,
		.handshakes =
			rate(LIMIT_HANDSHAKES_PER_IDENTITY, c->handshakes_per_identity),
		.requests = rate(LIMIT_REQUESTS_PER_IDENTITY, c->requests_per_identity),
		.bytes = rate(LIMIT_BYTES_PER_IDENTITY, c->bytes_per_identity),
	};
	allowances->peer = allowances->client;
	allowances->peer.in_flight = UINT32_MAX;
	allowances->peer.refused = false;
	allowances->peer.requests = rate(LIMIT_REQUESTS_PER_NODE, c->requests_per_node);
	allowances->peer.bytes = rate(LIMIT_BYTES_PER_IDENTITY, 0);
}
