/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tests/lib/proxy.h"

/* A line: word, perhaps a number, perhaps a way. */
struct command {
	char word[16];
	int64_t number; /* -1: none */
	bool ways[PROXY_WAYS];
	bool one_way;
};

static bool parse(const char *line, struct command *c)
{
	char text[3][24] = { "", "", "" };
	char rest[2] = "", extra[2] = "";
	int words = sscanf(line, "%23s %23s %23s %1s", text[0], text[1], text[2], rest);
	const char *way = words == 3 ? text[2] : text[1];
	bool numbered = sscanf(text[1], "%" SCNd64 "%1s", &c->number, extra) == 1;

	if (words < 1 || words > 3 || strlen(text[0]) >= sizeof(c->word) ||
		(words == 3 && !numbered) || (numbered && c->number < 0)) {
		return false;
	}
	strcpy(c->word, text[0]);
	c->one_way = words == 3 || (words == 2 && !numbered);
	c->ways[PROXY_UP] = !c->one_way || strcmp(way, "up") == 0;
	c->ways[PROXY_DOWN] = !c->one_way || strcmp(way, "down") == 0;
	if (!numbered) {
		c->number = -1;
	}
	return c->ways[PROXY_UP] || c->ways[PROXY_DOWN];
}

static bool is(const struct command *c, const char *word, bool numbered)
{
	return strcmp(c->word, word) == 0 && numbered == (c->number >= 0);
}

/* Changes the rules of one way; false: no such command. */
static bool change(const struct command *c, struct proxy_rules *r)
{
	if (is(c, "pass", false) && !c->one_way) {
		*r = (struct proxy_rules){ .damage_in_bytes = -1, .cut_in_bytes = -1 };
	} else if (is(c, "stall", false)) {
		r->stalled = true;
	} else if (is(c, "delay", true) && c->number <= UINT32_MAX) {
		r->delay_ms = (uint32_t)c->number;
	} else if (is(c, "rate", true) && c->number <= UINT32_MAX) {
		r->rate_bytes_s = (uint32_t)c->number;
	} else if (is(c, "damage", true) && c->one_way) {
		r->damage_in_bytes = c->number;
	} else if (is(c, "cut", true) && c->one_way) {
		r->cut_in_bytes = c->number;
	} else {
		return false;
	}
	return true;
}

/* Those that are not about one way; false: none of them. */
static bool do_whole(struct proxy *proxy, const struct command *c)
{
	if (c->one_way) {
		return false;
	}
	if (is(c, "cut", false)) {
		proxy_cut(proxy);
		return true;
	}
	if (is(c, "refuse", false)) {
		proxy_refuse(proxy, true);
		return true;
	}
	return is(c, "count", false);
}

static bool do_ways(struct proxy *proxy, const struct command *c)
{
	for (int way = 0; way < PROXY_WAYS; way++) {
		struct proxy_rules rules = proxy_rules(proxy, way);

		if (c->ways[way] && !change(c, &rules)) {
			return false;
		}
		if (c->ways[way]) {
			proxy_set_rules(proxy, way, &rules);
		}
	}
	if (strcmp(c->word, "pass") == 0) {
		proxy_refuse(proxy, false);
	}
	return true;
}

void proxy_command(struct proxy *proxy, const char *line, char *answer)
{
	struct command c = { .number = -1 };

	if (!parse(line, &c) || (!do_whole(proxy, &c) && !do_ways(proxy, &c))) {
		snprintf(answer, PROXY_ANSWER_BYTES,
			"error: no such command: \"%.80s\"; --help lists them", line);
		return;
	}
	if (strcmp(c.word, "count") != 0) {
		snprintf(answer, PROXY_ANSWER_BYTES, "ok");
		return;
	}
	snprintf(answer, PROXY_ANSWER_BYTES,
		"ok connections %zu up %" PRIu64 " down %" PRIu64,
		proxy_connections(proxy), proxy_bytes(proxy, PROXY_UP),
		proxy_bytes(proxy, PROXY_DOWN));
}
