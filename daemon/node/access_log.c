/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "daemon/node/access_log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "daemon/base/clock.h"
#include "daemon/node/access_log_private.h"
#include "proto/head_key.h"

#define WORKER_SEGMENT_BYTES ((uint64_t)4 << 20)
#define TAG_DOMAIN "cordon access log tags 1" /* with its NUL */

/* ---- keys -------------------------------------------------------------------------
 */

int access_keys_load(
	const struct config *config, struct access_keys **keys, struct errmsg *msg)
{
	struct access_keys *k = calloc(1, sizeof(*k));
	int error;

	if (k == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	error = envelope_load_public(config->access_log->auditors, &k->auditors, msg);
	if (error == 0) {
		error = head_key_load_private(
			config->access_log->key, &k->signing, msg);
	}
	if (error != 0) {
		access_keys_destroy(k);
		return errmsg_wrap(msg, error, "access_log");
	}
	*keys = k;
	return 0;
}

void access_keys_destroy(struct access_keys *keys)
{
	if (keys != NULL) {
		EVP_PKEY_free(keys->auditors);
		head_key_destroy(keys->signing);
		free(keys);
	}
}

/* Of the signing key, so that it is the same at each start and is kept nowhere else. */
static int derive_tag_key(struct access_log *log, struct errmsg *msg)
{
	unsigned char *der = NULL;
	int size = i2d_PrivateKey(log->keys->signing->pkey, &der);
	uint8_t hash[EVP_MAX_MD_SIZE];
	unsigned got;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = size > 0 && ctx != NULL &&
		  EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1 &&
		  EVP_DigestUpdate(ctx, TAG_DOMAIN, sizeof(TAG_DOMAIN)) == 1 &&
		  EVP_DigestUpdate(ctx, der, (size_t)size) == 1 &&
		  EVP_DigestFinal_ex(ctx, hash, &got) == 1;

	if (ok) {
		memcpy(log->tag_key, hash, sizeof(log->tag_key));
	}
	EVP_MD_CTX_free(ctx);
	OPENSSL_clear_free(der, size > 0 ? (size_t)size : 0);
	OPENSSL_cleanse(hash, sizeof(hash));
	return ok ? 0
		  : errmsg_set(msg, CORDON_ECONFIG,
			    "access_log: key: its private part cannot be used");
}

/* ---- life -------------------------------------------------------------------------
 */

static void init_locks(struct access_log *log)
{
	pthread_condattr_t attr;

	pthread_mutex_init(&log->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&log->wake, &attr);
	pthread_cond_init(&log->idle, &attr);
	pthread_cond_init(&log->tend, &attr);
	pthread_condattr_destroy(&attr);
	log->last = &log->first;
}

static int set_sizes(struct access_log *log)
{
	const struct config *config = log->node->config;
	uint64_t least = config->workers * WORKER_SEGMENT_BYTES;

	log->segment_bytes =
		log->config->segment_bytes < least ? least : log->config->segment_bytes;
	log->unit_bytes = (size_t)(log->segment_bytes / (8 * config->workers));
	/* some to go on with, and the reserve */
	log->spares_wanted =
		ACCESS_SPARES +
		(size_t)((log->config->reserve_bytes + log->segment_bytes - 1) /
			 log->segment_bytes);
	return 0;
}

static int open_directory(struct access_log *log, struct errmsg *msg)
{
	const char *given = log->config->directory;
	const char *data = log->node->config->data_dir;
	size_t size = sizeof(log->directory);
	int used = given != NULL
			   ? snprintf(log->directory, size, "%s", given)
			   : snprintf(log->directory, size, "%s/access-log", data);

	snprintf(log->witness, sizeof(log->witness), "%s/access-log.checkpoint", data);
	if (used < 0 || (size_t)used >= size) {
		return errmsg_set(
			msg, CORDON_ECONFIG, "access_log: directory is too long");
	}
	if (mkdir(log->directory, 0700) != 0 && errno != EEXIST) {
		return access_fail(errno, "make", log->directory, msg);
	}
	return access_tidy(log, msg);
}

/* One spare at once, so that the node can answer; the reserve is the keeper's.  Without
 * space it starts all the same: its lists are wanted by others. */
static void make_first_spare(struct access_log *log)
{
	struct errmsg msg = { "" };

	if (log->spares == 0 && access_make_spare(log, &msg) != 0) {
		log_error("%s", msg.text);
	}
}

static int start_threads(struct access_log *log, struct errmsg *msg)
{
	log->writer_runs =
		pthread_create(&log->writer, NULL, access_writer_run, log) == 0;
	log->keeper_runs = log->writer_runs && pthread_create(&log->keeper, NULL,
						       access_keeper_run, log) == 0;
	return log->keeper_runs
		       ? 0
		       : errmsg_set(msg, CORDON_ENOMEM, "cannot start a thread");
}

int access_log_create(struct node *node, struct access_keys *keys,
	struct access_log **log, struct errmsg *msg)
{
	struct access_log *l = calloc(1, sizeof(*l));
	int error;

	if (l == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	l->node = node;
	l->config = node->config->access_log;
	l->keys = keys;
	l->fd = -1;
	init_locks(l);
	error = set_sizes(l);
	if (error == 0) {
		error = derive_tag_key(l, msg);
	}
	if (error == 0) {
		error = open_directory(l, msg);
	}
	if (error == 0) {
		error = access_recover(l, msg);
	}
	if (error == 0) {
		make_first_spare(l);
		access_begin(l);
		error = start_threads(l, msg);
	}
	if (error != 0) {
		l->keys = NULL;
		access_log_destroy(l);
		return error;
	}
	*log = l;
	return 0;
}

static void end_thread(struct access_log *log, pthread_t thread, bool runs, bool *flag)
{
	pthread_mutex_lock(&log->lock);
	*flag = true;
	pthread_cond_broadcast(&log->wake);
	pthread_cond_broadcast(&log->tend);
	pthread_mutex_unlock(&log->lock);
	if (runs) {
		pthread_join(thread, NULL);
	}
}

void access_log_destroy(struct access_log *log)
{
	if (log == NULL) {
		return;
	}
	end_thread(log, log->keeper, log->keeper_runs, &log->stopping);
	end_thread(log, log->writer, log->writer_runs, &log->ending);
	pthread_cond_destroy(&log->tend);
	pthread_cond_destroy(&log->idle);
	pthread_cond_destroy(&log->wake);
	pthread_mutex_destroy(&log->lock);
	box_destroy(log->box);
	buffer_finish(&log->out);
	access_keys_destroy(log->keys);
	OPENSSL_cleanse(log->tag_key, sizeof(log->tag_key));
	free(log);
}

/* ---- any thread -------------------------------------------------------------------
 */

const uint8_t *access_log_tag_key(const struct access_log *log)
{
	return log->tag_key;
}

void access_log_note(struct access_log *log, enum audit_kind kind, const char *text)
{
	struct access_batch *batch = access_batch_create();
	char uri[IDENT_URI_MAX];
	struct audit_entry entry = {
		.kind = (uint8_t)kind,
		.at_us = clock_wall().us,
		.role = ROLE_NODE,
		.text = { (const uint8_t *)text, strlen(text) },
	};

	ident_uri_text(&log->node->config->node, uri);
	entry.who = (struct bytes){ (const uint8_t *)uri, strlen(uri) };
	if (batch == NULL || access_batch_add(batch, AUDIT_ACT, &entry) != 0) {
		access_batch_destroy(batch);
		log_error("access log: out of memory for: %s", text);
		return;
	}
	access_submit(log, batch);
}

static void hash_file(const char *path, char hex[2 * HASH_BYTES + 1])
{
	FILE *file = fopen(path, "rb");
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t hash[EVP_MAX_MD_SIZE], some[4096];
	unsigned size;
	size_t got;

	snprintf(hex, 2 * HASH_BYTES + 1, "unreadable");
	if (file != NULL && ctx != NULL &&
		EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1) {
		while ((got = fread(some, 1, sizeof(some), file)) > 0) {
			EVP_DigestUpdate(ctx, some, got);
		}
		if (!ferror(file) && EVP_DigestFinal_ex(ctx, hash, &size) == 1) {
			bytes_to_hex(hash, HASH_BYTES, hex);
		}
	}
	EVP_MD_CTX_free(ctx);
	if (file != NULL) {
		fclose(file);
	}
}

void access_log_note_config(struct node *node, const char *when)
{
	char hex[2 * HASH_BYTES + 1], text[512];

	if (node->access_log == NULL) {
		return;
	}
	hash_file(node->config->path, hex);
	snprintf(text, sizeof(text), "%s: %s, configuration %.300s, SHA-256 %s", when,
		node_software(), node->config->path, hex);
	access_log_note(node->access_log, AUDIT_CONFIG, text);
}

/* ---- reading ----------------------------------------------------------------------
 */

static void describe(struct access_log *log, const struct access_file *file,
	struct access_segment *segment)
{
	char path[ACCESS_PATH_MAX];
	struct stat stat_buf;

	*segment = (struct access_segment){ .number = file->number,
		.compressed = file->form != ACCESS_PLAIN };
	access_path(log, file, path);
	if (stat(path, &stat_buf) == 0) {
		segment->file_bytes = (uint64_t)stat_buf.st_size;
		segment->last_s = stat_buf.st_mtime;
	}
	if (file->number == atomic_load(&log->segment)) {
		segment->last_s = 0;
		segment->file_bytes = atomic_load(&log->synced);
	}
}

int access_log_segments(struct access_log *log, struct access_segment **segments,
	size_t *count, struct errmsg *msg)
{
	struct access_segment *all;
	struct access_file *files;
	size_t n;
	int error = access_list(log, &files, &n, msg);

	if (error != 0) {
		return error;
	}
	all = calloc(n + 1, sizeof(*all));
	for (size_t i = 0; all != NULL && i < n; i++) {
		describe(log, &files[i], &all[i]);
		/* a segment begins when the one before it has ended */
		all[i].first_s = i == 0 ? 0 : all[i - 1].last_s;
	}
	free(files);
	if (all == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	*segments = all;
	*count = n;
	return 0;
}

int access_log_read(struct access_log *log, uint64_t segment, uint8_t **data,
	size_t *size, struct errmsg *msg)
{
	struct access_file *files;
	size_t count;
	int error = access_list(log, &files, &count, msg), found = CORDON_ENOTFOUND;

	if (error != 0) {
		return error;
	}
	for (size_t i = 0; i < count; i++) {
		if (files[i].number == segment) {
			found = access_load_file(log, &files[i], data, size, msg);
		}
	}
	free(files);
	if (found == CORDON_ENOTFOUND) {
		return errmsg_set(msg, CORDON_ENOTFOUND, "segment: %llu is not there",
			(unsigned long long)segment);
	}
	/* of the one being written, what has been synced */
	if (found == 0 && segment == atomic_load(&log->segment) &&
		*size > atomic_load(&log->synced)) {
		*size = atomic_load(&log->synced);
	}
	return found;
}
