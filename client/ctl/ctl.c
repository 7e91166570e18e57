/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/ctl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cordon/version.h>
#include "client/ctl/output.h"
#include "client/ctl/output_json.h"

int ctl_connect(struct ctl *ctl)
{
	struct cordon_options options = {
		.servers = ctl->servers,
		.servers_count = ctl->servers_count,
		.certificate = ctl->certificate,
		.key = ctl->key,
		.ca = ctl->ca,
		.crl = ctl->crl,
		.timeout_ms = ctl->timeout_ms,
		.software = "cordonctl " CORDON_VERSION,
	};
	char message[512];
	int error;

	if (ctl->client != NULL) {
		return EXIT_OK;
	}
	if (ctl->servers_count == 0) {
		fputs("cordonctl: no node is named: give --config FILE, or --server "
		      "HOST:PORT "
		      "--cert FILE --key FILE --ca FILE\n",
			stderr);
		return EXIT_USAGE;
	}
	error = cordon_client_create(&options, &ctl->client, message, sizeof(message));
	return error == 0 ? EXIT_OK : ctl_fail(ctl, error, message);
}

int ctl_fail(struct ctl *ctl, int error, const char *text)
{
	if (text == NULL || text[0] == '\0') {
		text = cordon_error_text(error);
	}
	if (ctl->json) {
		ctl_print_json(json_pack("{s:{s:s, s:o}}", "error", "code",
			cordon_error_name(error), "text", output_json_text(text)));
	}
	fputs("cordonctl: ", stderr);
	output_text(stderr, text);
	fputc('\n', stderr);
	return cordon_error_exit_status(error);
}

int ctl_client_failed(struct ctl *ctl, int error)
{
	return ctl_fail(ctl, error, cordon_client_error_text(ctl->client));
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool ctl_again(struct ctl *ctl, struct ctl_patience *patience, int error)
{
	uint32_t wait_ms = cordon_client_retry_after_ms(ctl->client);
	struct timespec pause;

	if ((error != CORDON_EBUSY && error != CORDON_ELIMIT) || wait_ms == 0) {
		return false;
	}
	if (patience->until_ms == 0) {
		patience->until_ms =
			now_ms() + (ctl->timeout_ms == 0 ? CORDON_TIMEOUT_DEFAULT_MS
							 : ctl->timeout_ms);
	}
	if (now_ms() + wait_ms > patience->until_ms) {
		return false;
	}
	pause.tv_sec = wait_ms / 1000;
	pause.tv_nsec = (long)(wait_ms % 1000) * 1000000;
	nanosleep(&pause, NULL);
	return true;
}

int ctl_print_json(json_t *json)
{
	char *text =
		json == NULL ? NULL : json_dumps(json, JSON_SORT_KEYS | JSON_COMPACT);

	json_decref(json);
	if (text == NULL) {
		fputs("cordonctl: out of memory\n", stderr);
		return EXIT_FAILED;
	}
	puts(text);
	free(text);
	return EXIT_OK;
}

int ctl_flush(int status)
{
	if (fflush(stdout) != 0 || ferror(stdout)) {
		fprintf(stderr, "cordonctl: write to standard output: %s\n",
			strerror(errno));
		return EXIT_FAILED;
	}
	return status;
}
