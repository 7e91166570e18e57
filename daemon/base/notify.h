/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_NOTIFY_H
#define BASE_NOTIFY_H

/*
 * Tells the service manager how far the node is (sd_notify(3)); nothing when it was
 * not started by one, or is built without libsystemd.  Failures are logged: the node
 * works all the same.  Any thread.
 */
enum notify_state {
	NOTIFY_READY,     /* started, or reloaded */
	NOTIFY_RELOADING, /* until the next NOTIFY_READY */
	NOTIFY_STOPPING
};

void notify_send(enum notify_state state);

#endif
