/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/pki_announce.h"

#include <errno.h>
#include <stdio.h>

#include "client/ctl/pki_file.h"
#include "proto/head_announce.h"

static int write_file(const char *path, struct bytes text, struct errmsg *msg)
{
	FILE *file = fopen(path, "wx");
	bool ok;

	if (file == NULL && errno == EEXIST) {
		return errmsg_set(
			msg, CORDON_EINVAL, "%s exists; nothing is overwritten", path);
	}
	if (file == NULL) {
		return pki_file_error("write", path, msg);
	}
	ok = fwrite(text.data, 1, text.size, file) == text.size;
	ok = fclose(file) == 0 && ok;
	if (!ok) {
		remove(path);
		return pki_file_error("write", path, msg);
	}
	return pki_file_sync_parent(path, msg);
}

int pki_announce(const struct pki_ca *ca, const char *next_path, const char *out,
	struct errmsg *msg)
{
	struct head_key *present = NULL, *next = NULL;
	struct bytes pem = { NULL, 0 };
	struct arena arena;
	const char *path;
	int error = CORDON_ENOMEM;

	arena_init(&arena, 0);
	path = arena_printf(&arena, "%s/head.key", ca->dir);
	if (path != NULL) {
		error = head_key_load_private(path, &present, msg);
	}
	if (error == 0) {
		error = head_key_load_public(next_path, &next, msg);
	}
	if (error == 0) {
		error = head_announce_make(
			present, &ca->member, next, &arena, &pem, msg);
	}
	if (error == 0) {
		error = write_file(out, pem, msg);
	}
	head_key_destroy(present);
	head_key_destroy(next);
	arena_finish(&arena);
	return error;
}
