/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE /* SA_ONSTACK */
#include "daemon/base/fault.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

/* <3>: an error, under journald; elsewhere it does no harm. */
static const char remedy[] =
	"<3>cordond: a memory fault ended the node.  If it comes again, the file in "
	"data_dir "
	"is damaged or cannot be read: look after the disk, then start with an empty "
	"data_dir, "
	"which is loaded from the other members (own lists: cordonctl recover)\n";

static void on_fault(int signal)
{
	/* SA_RESETHAND: what happens after this is what would have without */
	(void)!write(STDERR_FILENO, remedy, sizeof(remedy) - 1);
	raise(signal);
}

void fault_explain(void)
{
	static const int signals[] = { SIGSEGV, SIGBUS };
	struct sigaction action, old;

	memset(&action, 0, sizeof(action));
	action.sa_handler = on_fault;
	action.sa_flags = (int)(SA_RESETHAND | SA_NODEFER);
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		if (sigaction(signals[i], NULL, &old) == 0 &&
			old.sa_handler == SIG_DFL) {
			sigaction(signals[i], &action, NULL);
		}
	}
}
