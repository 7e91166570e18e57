/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* CLONE_THREAD */
#include "daemon/base/sandbox.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * The system calls that a running node needs, and no other: no program is started, no
 * process made, traced or signalled, nothing listened on, no user changed, no memory
 * both written to and run.  A call that is not on the list ends the process, since only
 * somebody else's code makes one.
 */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||             \
	__has_feature(memory_sanitizer)
#define SANITIZED
#endif
#endif

/* Names, for not every architecture has every one of them. */
static const char *const allowed[] = {
	/* files */
	"access",
	"close",
	"copy_file_range",
	"dup",
	"dup2",
	"dup3",
	"faccessat",
	"faccessat2",
	"fadvise64",
	"fallocate",
	"fchmod",
	"fcntl",
	"fdatasync",
	"flock",
	"fstat",
	"fstatfs",
	"fsync",
	"ftruncate",
	"getcwd",
	"getdents64",
	"lseek",
	"lstat",
	"mkdir",
	"mkdirat",
	"newfstatat",
	"open",
	"openat",
	"pread64",
	"preadv",
	"pwrite64",
	"pwritev",
	"read",
	"readahead",
	"readlink",
	"readlinkat",
	"readv",
	"rename",
	"renameat",
	"renameat2",
	"rmdir",
	"stat",
	"statfs",
	"statx",
	"sync_file_range",
	"umask",
	"unlink",
	"unlinkat",
	"utimensat",
	"write",
	"writev",
	/* sockets and waiting */
	"accept",
	"accept4",
	"bind",
	"connect",
	"epoll_create1",
	"epoll_ctl",
	"epoll_pwait",
	"epoll_pwait2",
	"epoll_wait",
	"eventfd2",
	"getpeername",
	"getsockname",
	"getsockopt",
	"pipe2",
	"poll",
	"ppoll",
	"pselect6",
	"recvfrom",
	"recvmmsg",
	"recvmsg",
	"select",
	"sendmmsg",
	"sendmsg",
	"sendto",
	"setsockopt",
	"shutdown",
	"socketpair",
	"timerfd_create",
	"timerfd_settime",
	/* memory */
	"brk",
	"madvise",
	"mincore",
	"mlock",
	"mlock2",
	"mremap",
	"msync",
	"munlock",
	"munmap",
	/* threads, signals, the process's end */
	"exit",
	"exit_group",
	"futex",
	"get_robust_list",
	"getpid",
	"gettid",
	"membarrier",
	"restart_syscall",
	"rseq",
	"rt_sigaction",
	"rt_sigprocmask",
	"rt_sigreturn",
	"rt_sigtimedwait",
	"sched_getaffinity",
	"sched_yield",
	"set_robust_list",
	"set_tid_address",
	"sigaltstack",
	/* time, chance, and who one is */
	"clock_getres",
	"clock_gettime",
	"clock_nanosleep",
	"getegid",
	"geteuid",
	"getgid",
	"getppid",
	"getrandom",
	"getrlimit",
	"getrusage",
	"gettimeofday",
	"getuid",
	"nanosleep",
	"sysinfo",
	"time",
	"times",
	"uname",
};

/* 0 or a negative errno. */
static int allow_plain(scmp_filter_ctx filter)
{
	int error = 0;

	for (size_t i = 0; error == 0 && i < sizeof(allowed) / sizeof(allowed[0]);
		i++) {
		int call = seccomp_syscall_resolve_name(allowed[i]);

		if (call >= 0) {
			error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
		}
	}
	return error;
}

/* A call with one argument held to something. */
struct rule {
	uint32_t action;
	const char *call;
	struct scmp_arg_cmp argument;
};

static int add_rules(scmp_filter_ctx filter)
{
	const struct rule rules[] = {
		/* memory is written to or run */
		{ SCMP_ACT_ALLOW, "mmap", { 2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0 } },
		{ SCMP_ACT_ALLOW, "mmap",
			{ 2, SCMP_CMP_MASKED_EQ, PROT_WRITE | PROT_EXEC, PROT_EXEC } },
		{ SCMP_ACT_ALLOW, "mprotect", { 2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0 } },
		/* threads, not processes; clone3 keeps its flags where no filter sees
		 * them, and libc does without it */
		{ SCMP_ACT_ALLOW, "clone",
			{ 0, SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD } },
		/* abort() */
		{ SCMP_ACT_ALLOW, "tgkill",
			{ 0, SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0 } },
		/* netlink: libc asks which addresses there are before it looks up a
		 * name */
		{ SCMP_ACT_ALLOW, "socket", { 0, SCMP_CMP_EQ, AF_UNIX, 0 } },
		{ SCMP_ACT_ALLOW, "socket", { 0, SCMP_CMP_EQ, AF_INET, 0 } },
		{ SCMP_ACT_ALLOW, "socket", { 0, SCMP_CMP_EQ, AF_INET6, 0 } },
		{ SCMP_ACT_ALLOW, "socket", { 0, SCMP_CMP_EQ, AF_NETLINK, 0 } },
		/* limits are read, not set */
		{ SCMP_ACT_ALLOW, "prlimit64", { 2, SCMP_CMP_EQ, 0, 0 } },
		{ SCMP_ACT_ALLOW, "prctl", { 0, SCMP_CMP_EQ, PR_SET_NAME, 0 } },
		{ SCMP_ACT_ALLOW, "prctl", { 0, SCMP_CMP_EQ, PR_GET_NAME, 0 } },
	};
	int error = 0;

	for (size_t i = 0; error == 0 && i < sizeof(rules) / sizeof(rules[0]); i++) {
		int call = seccomp_syscall_resolve_name(rules[i].call);

		if (call >= 0) {
			error = seccomp_rule_add_array(
				filter, rules[i].action, call, 1, &rules[i].argument);
		}
	}
	return error;
}

/* Libraries try these and go on without. */
static int add_refusals(scmp_filter_ctx filter)
{
	int error =
		seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);

	if (error == 0) {
		error = seccomp_rule_add(
			filter, SCMP_ACT_ERRNO(ENOTTY), SCMP_SYS(ioctl), 0);
	}
	return error;
}

static int load(scmp_filter_ctx filter)
{
	int error = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);

	if (error == 0) {
		/* a tree: as many steps for the last call as for the first */
		error = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	}
	if (error == 0) {
		error = allow_plain(filter);
	}
	if (error == 0) {
		error = add_rules(filter);
	}
	if (error == 0) {
		error = add_refusals(filter);
	}
	return error == 0 ? seccomp_load(filter) : error;
}

int sandbox_seal(struct errmsg *msg)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int error;

	if (filter == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "seccomp: out of memory");
	}
	error = load(filter);
	seccomp_release(filter);
	if (error != 0) {
		return errmsg_set(msg, CORDON_ECONFIG,
			"seccomp: this system cannot hold the node to its system calls "
			"(%s); \"seccomp = no\" goes without",
			strerror(-error));
	}
	return 0;
}

const char *sandbox_unsealed(void)
{
#ifdef SANITIZED
	return "this build has a sanitizer, which needs other system calls";
#else
	return NULL;
#endif
}
