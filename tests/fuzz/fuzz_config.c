/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "daemon/base/config.h"

/* What a node takes for granted about a configuration that was accepted. */
static void check_accepted(const struct config *config)
{
	FUZZ_CHECK(config_member_find(config, &config->node.member) != NULL);
	FUZZ_CHECK(config->certificate[0] == '/' && config->data_dir[0] == '/');
	FUZZ_CHECK(config->workers >= 1 && config->workers <= 64);
	FUZZ_CHECK(config->reconnect_min_ms <= config->reconnect_max_ms);
	for (size_t i = 0; i < config->peers_count; i++) {
		const struct config_peer *peer = &config->peers[i];

		FUZZ_CHECK(config_member_find(config, &peer->node.member) != NULL);
		FUZZ_CHECK(peer->host != NULL && peer->port != 0);
	}
	for (size_t i = 0; i < config->lists_count; i++) {
		const struct config_list *list = &config->lists[i];

		for (size_t j = 1; j < list->share_with_count; j++) {
			FUZZ_CHECK(strcmp(list->share_with[j - 1].code,
					   list->share_with[j].code) < 0);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct errmsg msg = { "" };
	struct config *config = NULL;
	int error = config_parse("/c", (const char *)data, size, &config, &msg);

	if (error == 0) {
		check_accepted(config);
		config_destroy(config);
	} else {
		FUZZ_CHECK(error == CORDON_ECONFIG && config == NULL);
		FUZZ_CHECK(strncmp(msg.text, "/c:", 3) == 0);
	}
	return 0;
}
