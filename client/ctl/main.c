/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>

#include "client/ctl/ctl.h"

int main(int argc, char **argv)
{
	struct ctl ctl = { .json = false };
	int status;

	/* a reader that has gone is an error of the write, with a message */
	signal(SIGPIPE, SIG_IGN);
	arena_init(&ctl.arena, 0);
	status = ctl_main(&ctl, argc - 1, argv + 1);
	cordon_client_destroy(ctl.client);
	arena_finish(&ctl.arena);
	return ctl_flush(status);
}
