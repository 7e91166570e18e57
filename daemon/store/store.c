/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "daemon/store/db.h"
#include "daemon/store/deferred.h"
#include "daemon/store/meta.h"
#include "daemon/store/rebuild.h"
#include "daemon/store/row.h"

/* Opening and closing; beginning and ending transactions. */

#define MAP_SIZE_LEAST (16u * 1024 * 1024)
/* One record at a time, decoded twice (before and after) and its keys. */
#define ARENA_LIMIT_BYTES ((size_t)64 * 1024 * 1024)

static int check_options(const struct store_options *options, struct errmsg *msg)
{
	if (options->path == NULL || options->path[0] == '\0') {
		return errmsg_set(msg, CORDON_EINVAL, "the store has no path");
	}
	if (options->node == NULL || options->node[0] == '\0') {
		return errmsg_set(
			msg, CORDON_EINVAL, "%s: no node is named", options->path);
	}
	if (options->map_size_bytes < MAP_SIZE_LEAST) {
		return errmsg_set(msg, CORDON_EINVAL,
			"%s: a map of %llu bytes is too small, at least %u are needed",
			options->path, (unsigned long long)options->map_size_bytes,
			MAP_SIZE_LEAST);
	}
	if (options->readers == 0) {
		return errmsg_set(msg, CORDON_EINVAL,
			"%s: at least one read transaction is needed", options->path);
	}
	return 0;
}

static int check_format(struct store_txn *txn)
{
	struct bytes value;
	struct reader r;
	uint32_t format = 0;
	bool found;
	int error = meta_get(txn, META_FORMAT, &value, &found);

	if (error != 0) {
		return error;
	}
	if (found) {
		reader_init(&r, value.data, value.size);
		format = reader_u32(&r);
		if (!reader_done(&r)) {
			return txn_fail(txn, CORDON_ECORRUPT,
				"%s: table meta, key " META_FORMAT
				": no number of a format",
				txn->store->path);
		}
	} else {
		uint8_t bytes[4];
		struct writer w;

		format = STORE_FORMAT;
		writer_init(&w, bytes, sizeof(bytes));
		writer_u32(&w, format);
		error = meta_put(txn, META_FORMAT, (struct bytes){ bytes, w.used });
	}
	if (error == 0 && format != STORE_FORMAT) {
		error = txn_fail(txn, CORDON_EVERSION,
			"%s: written in format %u, this program reads format %u; use "
			"the "
			"program that wrote it, or start with an empty directory and "
			"load "
			"from the other members",
			txn->store->path, format, STORE_FORMAT);
	}
	return error;
}

static int check_node(struct store_txn *txn, const char *node)
{
	struct bytes uri = { (const uint8_t *)node, strlen(node) };
	struct bytes value;
	bool found;
	int error = meta_get(txn, META_NODE, &value, &found);

	if (error != 0) {
		return error;
	}
	if (!found) {
		return meta_put(txn, META_NODE, uri);
	}
	if (value.size != uri.size || memcmp(value.data, uri.data, uri.size) != 0) {
		return txn_fail(txn, CORDON_EIDENTITY,
			"%s: the store of %.*s, not of %s; give each node its own "
			"directory",
			txn->store->path, (int)value.size, (const char *)value.data,
			node);
	}
	return 0;
}

/* Whose store it is, and whether its indexes are made by the rules of now. */
static int check_store(struct store *store, const char *node, struct errmsg *msg)
{
	struct store_txn *txn = NULL;
	int error = store_write_begin(store, &txn, msg);

	if (error != 0) {
		return error;
	}
	error = check_format(txn);
	if (error == 0) {
		error = check_node(txn, node);
	}
	if (error == 0) {
		error = rebuild_if_rules_changed(txn);
	}
	if (error == 0) {
		error = persons_check_rules(txn);
	}
	return store_commit(txn, msg);
}

int store_open(
	const struct store_options *options, struct store **store, struct errmsg *msg)
{
	struct store *out;
	int error = check_options(options, msg);

	if (error != 0) {
		return error;
	}
	out = calloc(1, sizeof(*out));
	if (out == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory for the store");
	}
	out->lock = -1;
	pthread_mutex_init(&out->env_lock, NULL);
	pthread_mutex_init(&out->journal.lock, NULL);
	atomic_init(&out->generation, 1);
	out->map_size_bytes = options->map_size_bytes;
	out->path = strdup(options->path);
	if (out->path == NULL) {
		error = errmsg_set(msg, CORDON_ENOMEM, "out of memory for the store");
	}
	if (error == 0) {
		error = match_context_create(&out->match, msg);
	}
	if (error == 0) {
		error = db_open(out, options->readers, msg);
	}
	if (error == 0) {
		error = check_store(out, options->node, msg);
	}
	if (error != 0) {
		store_close(out);
		return error;
	}
	*store = out;
	return 0;
}

void store_close(struct store *store)
{
	if (store == NULL) {
		return;
	}
	db_close(store);
	deferred_free(store);
	buffer_finish(&store->journal.waiting);
	pthread_mutex_destroy(&store->journal.lock);
	pthread_mutex_destroy(&store->env_lock);
	match_context_destroy(store->match);
	free(store->path);
	free(store);
}

uint64_t store_used_bytes(const struct store *store)
{
	MDB_envinfo info;
	MDB_stat stat;

	struct store_env *env = db_env_take((struct store *)store);
	uint64_t bytes = 0;

	if (mdb_env_info(env->mdb, &info) == 0 && mdb_env_stat(env->mdb, &stat) == 0) {
		bytes = (uint64_t)(info.me_last_pgno + 1) * stat.ms_psize;
	}
	db_env_release(env);
	return bytes;
}

bool store_is_broken(const struct store *store)
{
	return atomic_load(&store->broken);
}

uint64_t store_generation(const struct store *store)
{
	return atomic_load(&store->generation);
}

static int begin(
	struct store *store, bool writes, struct store_txn **txn, struct errmsg *msg)
{
	struct store_txn *out = calloc(1, sizeof(*out));
	int rc;

	if (out == NULL) {
		return errmsg_set(
			msg, CORDON_ENOMEM, "out of memory for a transaction");
	}
	out->store = store;
	out->writes = writes;
	arena_init(&out->arena, ARENA_LIMIT_BYTES);
	if (writes) {
		out->row = malloc(ROW_BYTES_MAX);
		if (out->row == NULL) {
			free(out);
			return errmsg_set(
				msg, CORDON_ENOMEM, "out of memory for a transaction");
		}
	}
	out->env = db_env_take(store);
	out->journaled = writes && journal_is_on(&store->journal);
	out->journal_whole = true;
	rc = mdb_txn_begin(out->env->mdb, NULL, writes ? 0 : MDB_RDONLY, &out->mdb);
	if (rc != 0) {
		db_env_release(out->env);
		free(out->row);
		free(out);
		return db_error(store, rc, "begin a transaction", msg);
	}
	*txn = out;
	return 0;
}

static void end(struct store_txn *txn)
{
	if (txn->mdb != NULL) {
		mdb_txn_abort(txn->mdb);
	}
	if (txn->writes && txn->kept) {
		deferred_committed(txn->store);
		if (txn->persons_whole) {
			txn->store->persons_partial = false;
		}
	} else if (txn->writes) {
		deferred_aborted(txn->store);
	}
	db_env_release(txn->env);
	buffer_finish(&txn->journal);
	feeds_free(txn);
	arena_finish(&txn->arena);
	free(txn->row);
	free(txn);
}

int store_read_begin(struct store *store, struct store_txn **txn, struct errmsg *msg)
{
	return begin(store, false, txn, msg);
}

/* Is there another data file by now? */
static bool outdated(struct store_txn *txn)
{
	bool yes;

	pthread_mutex_lock(&txn->store->env_lock);
	yes = txn->env != NULL && txn->env != txn->store->env;
	pthread_mutex_unlock(&txn->store->env_lock);
	return yes;
}

void store_read_reset(struct store_txn *txn)
{
	if (!txn->lapsed) {
		mdb_txn_reset(txn->mdb);
		txn->lapsed = true;
	}
	if (outdated(txn)) {
		mdb_txn_abort(txn->mdb);
		txn->mdb = NULL;
		db_env_release(txn->env);
		txn->env = NULL;
	}
}

static int renew(struct store_txn *txn)
{
	int rc;

	if (txn->mdb != NULL) {
		return mdb_txn_renew(txn->mdb);
	}
	txn->env = db_env_take(txn->store);
	rc = mdb_txn_begin(txn->env->mdb, NULL, MDB_RDONLY, &txn->mdb);
	if (rc != 0) {
		txn->mdb = NULL;
		db_env_release(txn->env);
		txn->env = NULL;
	}
	return rc;
}

int store_read_renew(struct store_txn *txn)
{
	int rc;

	store_read_reset(txn);
	txn->error = 0;
	txn->msg.text[0] = '\0';
	rc = renew(txn);
	if (rc != 0) {
		txn->error = db_error(txn->store, rc, "renew a transaction", &txn->msg);
		return txn->error;
	}
	txn->lapsed = false;
	return 0;
}

void store_read_end(struct store_txn *txn)
{
	if (txn != NULL) {
		end(txn);
	}
}

int store_write_begin(struct store *store, struct store_txn **txn, struct errmsg *msg)
{
	return begin(store, true, txn, msg);
}

/* The transaction of LMDB is gone after this, kept or not. */
static int commit(struct store_txn *txn)
{
	struct store *store = txn->store;
	MDB_txn *mdb = txn->mdb;
	int rc;

	if (txn->changed && db_fault(store)) {
		txn->error = db_error(store, store->fault, "commit", &txn->msg);
		return txn->error;
	}
	txn->mdb = NULL;
	rc = mdb_txn_commit(mdb);
	if (rc != 0) {
		if (db_is_broken(store)) {
			atomic_store(&store->broken, true);
			rc = MDB_PANIC;
		}
		txn->error = db_error(store, rc, "commit", &txn->msg);
	} else {
		txn->kept = true;
		if (txn->journaled) {
			journal_commit(
				&store->journal, &txn->journal, txn->journal_whole);
		}
		atomic_fetch_add(&store->generation, txn->changed ? 1 : 0);
	}
	return txn->error;
}

int store_commit(struct store_txn *txn, struct errmsg *msg)
{
	int error = txn_writes(txn);

	if (error == 0) {
		error = commit(txn);
	}
	if (error != 0 && msg != NULL) {
		*msg = txn->msg;
	}
	end(txn);
	return error;
}

void store_abort(struct store_txn *txn)
{
	if (txn != NULL) {
		end(txn);
	}
}

int store_txn_error(const struct store_txn *txn, struct errmsg *msg)
{
	if (txn->error != 0 && msg != NULL) {
		*msg = txn->msg;
	}
	return txn->error;
}
