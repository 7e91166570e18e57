/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/base/notify.h"

#ifdef HAVE_SYSTEMD

#include <inttypes.h>
#include <string.h>

#include <systemd/sd-daemon.h>

#include "daemon/base/clock.h"
#include "daemon/base/log.h"

static int send_state(enum notify_state state)
{
	switch (state) {
	case NOTIFY_READY:
		return sd_notify(0, "READY=1");
	case NOTIFY_RELOADING:
		/* Type=notify-reload wants to know which reload this is the start of */
		return sd_notifyf(
			0, "RELOADING=1\nMONOTONIC_USEC=%" PRId64, clock_mono().us);
	default:
		return sd_notify(0, "STOPPING=1");
	}
}

void notify_send(enum notify_state state)
{
	int result = send_state(state);

	if (result < 0) {
		log_warning("tell the service manager: %s", strerror(-result));
	}
}

#else

void notify_send(enum notify_state state)
{
	(void)state;
}

#endif
