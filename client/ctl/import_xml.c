/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/import_xml.h"

#include <string.h>

#include <expat.h>

#include "client/ctl/import_file.h"
#include "client/ctl/import_text.h"
#include "proto/buffer.h"

#define ENTRY_DEPTH 3
/* More than this without an event is a tag that does not end. */
#define TAG_BYTES_MAX (1 << 20)

struct reader_state {
	struct import *import;
	const struct xml_format *format;
	struct errmsg *msg;
	XML_Parser parser;
	int error;                                /* not 0: stopped */
	unsigned depth;                           /* 1: the root */
	struct xml_node *path[XML_DEPTH_MAX + 1]; /* by depth, from the entry on */
	struct buffer texts[XML_DEPTH_MAX + 1];   /* read so far, likewise */
	bool skip; /* the entry is too large: passed over */
};

static void stop(struct reader_state *r, int error)
{
	r->error = error;
	XML_StopParser(r->parser, XML_FALSE);
}

static unsigned long line_of(const struct reader_state *r)
{
	return (unsigned long)XML_GetCurrentLineNumber(r->parser);
}

static void stop_syntax(struct reader_state *r, const char *reason)
{
	stop(r, errmsg_set(r->msg, CORDON_ESYNTAX, "%s, line %lu: %s",
			r->import->place.path, line_of(r), reason));
}

static void begin_root(
	struct reader_state *r, const char *name, const char **attributes)
{
	int error;

	if (strcmp(name, r->format->root) != 0) {
		stop(r, errmsg_set(r->msg, CORDON_ESYNTAX,
				"%s: it begins with <%.40s>, not <%s>: another format, "
				"or no list",
				r->import->place.path, name, r->format->root));
		return;
	}
	error = r->format->begin(r->format->ctx, attributes, r->msg);
	if (error != 0) {
		stop(r, error);
	}
}

static void begin_entry(struct reader_state *r)
{
	arena_reset(&r->import->arena);
	r->import->place.line = line_of(r);
	r->import->place.reference = NULL;
	r->skip = false;
}

static struct xml_node *make_node(struct reader_state *r, const char *name)
{
	struct arena *arena = &r->import->arena;
	struct xml_node *node = arena_alloc(arena, sizeof(*node));
	const char *copy = arena_text(arena, name, strlen(name));

	if (node == NULL || copy == NULL) {
		r->skip = true;
		return NULL;
	}
	node->name = copy;
	node->append = &node->first;
	return node;
}

static void begin_inside(struct reader_state *r, const char *name)
{
	struct xml_node *node = r->skip ? NULL : make_node(r, name);
	struct xml_node *parent = r->path[r->depth - 1];

	r->path[r->depth] = node;
	if (node != NULL && r->depth > ENTRY_DEPTH) {
		*parent->append = node;
		parent->append = &node->next;
	}
}

static void on_begin(void *context, const char *name, const char **attributes)
{
	struct reader_state *r = context;

	if (r->error != 0) {
		return;
	}
	if (r->depth == XML_DEPTH_MAX) {
		stop_syntax(r, "elements stand too deep in each other");
		return;
	}
	r->depth++;
	if (r->depth == 1) {
		begin_root(r, name, attributes);
	} else if (r->depth >= ENTRY_DEPTH) {
		if (r->depth == ENTRY_DEPTH) {
			begin_entry(r);
		}
		begin_inside(r, name);
	}
}

/* The text that stands in the element alone, not in those within it. */
static void take_text(struct reader_state *r)
{
	struct buffer *text = &r->texts[r->depth];
	struct xml_node *node = r->path[r->depth];

	if (!r->skip && buffer_bytes(text) > 0) {
		node->text = import_text_clean(&r->import->arena,
			(const char *)buffer_data(text), buffer_bytes(text));
		r->skip = r->import->arena.failed;
	}
	buffer_consume(text, buffer_bytes(text));
}

static void end_entry(struct reader_state *r)
{
	int error;

	if (r->skip) {
		import_refuse(r->import, "the entry needs more than %u bytes of memory",
			IMPORT_ENTRY_BYTES_MAX);
		return;
	}
	error = r->format->entry(r->format->ctx, r->path[ENTRY_DEPTH], r->msg);
	if (error != 0) {
		stop(r, error);
	}
}

static void on_end(void *context, const char *name)
{
	struct reader_state *r = context;

	(void)name;
	if (r->error != 0) {
		return;
	}
	if (r->depth >= ENTRY_DEPTH) {
		take_text(r);
	}
	if (r->depth == ENTRY_DEPTH) {
		end_entry(r);
	}
	r->depth--;
}

static void on_text(void *context, const char *text, int bytes)
{
	struct reader_state *r = context;
	struct buffer *all = &r->texts[r->depth];
	uint8_t *room;

	if (r->error != 0 || r->skip || r->depth < ENTRY_DEPTH) {
		return;
	}
	if (buffer_bytes(all) + (size_t)bytes > IMPORT_ENTRY_BYTES_MAX) {
		r->skip = true;
		return;
	}
	room = buffer_reserve(all, (size_t)bytes);
	if (room == NULL) {
		stop(r, errmsg_set(r->msg, CORDON_ENOMEM, "out of memory"));
		return;
	}
	memcpy(room, text, (size_t)bytes);
	buffer_commit(all, (size_t)bytes);
}

static void on_doctype(void *context, const char *name, const char *system_id,
	const char *public_id, int internal)
{
	(void)name;
	(void)system_id;
	(void)public_id;
	(void)internal;
	stop_syntax(context, "a document type declaration does not belong into a list");
}

static int feed(struct reader_state *r, const char *data, size_t bytes, uint64_t fed)
{
	/* the end is announced by a piece of no bytes */
	if (XML_Parse(r->parser, data, (int)bytes, bytes == 0) == XML_STATUS_OK) {
		if ((int64_t)fed - (int64_t)XML_GetCurrentByteIndex(r->parser) >
			TAG_BYTES_MAX) {
			stop_syntax(r, "a tag that does not end");
		}
	} else if (r->error == 0) {
		stop_syntax(r, XML_ErrorString(XML_GetErrorCode(r->parser)));
	}
	return r->error;
}

static int read_all(struct reader_state *r, struct import_file *file)
{
	char piece[IMPORT_PIECE_BYTES];
	size_t got = 1;
	int error = 0;

	while (error == 0 && got > 0) {
		error = import_file_read(file, piece, sizeof(piece), &got, r->msg);
		if (error == 0) {
			error = feed(r, piece, got, file->done);
		}
	}
	return error;
}

int xml_read(struct import *import, const struct xml_format *format, struct errmsg *msg)
{
	struct reader_state r = { .import = import, .format = format, .msg = msg };
	struct import_file file;
	int error = import_file_open(&file, import, import->options->path, msg);

	if (error != 0) {
		return error;
	}
	r.parser = XML_ParserCreate(NULL);
	if (r.parser == NULL) {
		error = errmsg_set(msg, CORDON_ENOMEM, "out of memory");
		goto close_file;
	}
	XML_SetUserData(r.parser, &r);
	XML_SetElementHandler(r.parser, on_begin, on_end);
	XML_SetCharacterDataHandler(r.parser, on_text);
	XML_SetStartDoctypeDeclHandler(r.parser, on_doctype);
	error = read_all(&r, &file);
	XML_ParserFree(r.parser);
	for (size_t i = 0; i <= XML_DEPTH_MAX; i++) {
		buffer_finish(&r.texts[i]);
	}
close_file:
	import_file_close(&file);
	return error;
}

const struct xml_node *xml_child(const struct xml_node *node, const char *name)
{
	const struct xml_node *child = node->first;

	while (child != NULL && strcmp(child->name, name) != 0) {
		child = child->next;
	}
	return child;
}

const char *xml_text(const struct xml_node *node, const char *name)
{
	const struct xml_node *child = xml_child(node, name);

	return child == NULL ? NULL : child->text;
}
