/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE /* initgroups */
#include "daemon/base/sandbox.h"

#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

static int system_error(struct errmsg *msg, const char *what)
{
	return errmsg_set(msg, CORDON_EIO, "%s: %s", what, strerror(errno));
}

static int forbid_dumps(struct errmsg *msg)
{
	const struct rlimit none = { 0, 0 };

	if (setrlimit(RLIMIT_CORE, &none) != 0) {
		return system_error(msg, "forbid core dumps (RLIMIT_CORE)");
	}
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
		return system_error(msg, "forbid core dumps (PR_SET_DUMPABLE)");
	}
	return 0;
}

int sandbox_limit(uint64_t descriptors, struct errmsg *msg)
{
	struct rlimit limit;
	int error = forbid_dumps(msg);

	if (error != 0) {
		return error;
	}
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
		return system_error(msg, "read the limit of file descriptors");
	}
	if (limit.rlim_cur >= descriptors) {
		return 0;
	}
	limit.rlim_cur = (rlim_t)descriptors;
	if (limit.rlim_max < limit.rlim_cur) {
		limit.rlim_max = limit.rlim_cur; /* root may */
	}
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
		return errmsg_set(msg, CORDON_ECONFIG,
			"connections_max: %" PRIu64
			" file descriptors are needed, and the "
			"system allows fewer (%s): raise LimitNOFILE in the systemd "
			"unit, or "
			"ulimit -n",
			descriptors, strerror(errno));
	}
	return 0;
}

struct account {
	uid_t uid;
	gid_t gid;
};

static int find_account(const char *user, struct account *account, struct errmsg *msg)
{
	long hint = sysconf(_SC_GETPW_R_SIZE_MAX);
	size_t size = hint < 4096 ? 4096 : (size_t)hint;
	struct passwd entry, *found = NULL;
	char *buffer;
	int error;

	do {
		size *= 2;
		buffer = malloc(size);
		if (buffer == NULL) {
			return errmsg_set(msg, CORDON_ENOMEM, "user = \"%s\"", user);
		}
		error = getpwnam_r(user, &entry, buffer, size, &found);
		free(buffer); /* only numbers are wanted of it */
	} while (error == ERANGE && size < (size_t)1 << 20);
	if (found == NULL) {
		return errmsg_set(msg, CORDON_ECONFIG, "user = \"%.128s\": %s", user,
			error == 0 ? "there is no such user" : strerror(error));
	}
	*account = (struct account){ entry.pw_uid, entry.pw_gid };
	return 0;
}

/* Groups first: afterwards there is no right to. */
static int change_to(
	const char *user, const struct account *account, struct errmsg *msg)
{
	if (initgroups(user, account->gid) != 0 || setgid(account->gid) != 0 ||
		setuid(account->uid) != 0) {
		return system_error(msg, "become the configured user");
	}
	if (getuid() != account->uid || geteuid() != account->uid ||
		getgid() != account->gid || getegid() != account->gid ||
		setuid(0) == 0) {
		return errmsg_set(msg, CORDON_EIO,
			"become the configured user: root's rights remain");
	}
	return 0;
}

static int become(const char *user, struct errmsg *msg)
{
	struct account account = { 0, 0 };
	int error = find_account(user, &account, msg);

	if (error != 0) {
		return error;
	}
	if (account.uid == 0) {
		return errmsg_set(msg, CORDON_ECONFIG,
			"user = \"%s\": a node must not run as root; name a user of "
			"its own",
			user);
	}
	if (geteuid() == account.uid && getuid() == account.uid) {
		return 0;
	}
	if (geteuid() != 0) {
		return errmsg_set(msg, CORDON_ECONFIG,
			"user = \"%s\": only root can become another user; start the "
			"node as "
			"root, or as \"%s\"",
			user, user);
	}
	return change_to(user, &account, msg);
}

int sandbox_become(const char *user, struct errmsg *msg)
{
	int error = user == NULL ? 0 : become(user, msg);

	if (error != 0) {
		return error;
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
		return system_error(
			msg, "give up new privileges (PR_SET_NO_NEW_PRIVS)");
	}
	/* changing users has set it anew (prctl(2)) */
	return forbid_dumps(msg);
}
