/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/own_listed.h"

#include <string.h>

#include "proto/record_codec.h"

#define CANDIDATES_MAX 64

/* A number as the index knows it, and whose it is. */
struct paper {
	char number[CORDON_NUMBER_MAX + 1];
	const char *issuer; /* NULL: unknown */
	bool personal;
};

static bool same(const struct paper *a, const char *number, const char *issuer)
{
	char normalised[CORDON_NUMBER_MAX + 1];

	return number != NULL && a->issuer != NULL && issuer != NULL &&
	       strcmp(a->issuer, issuer) == 0 &&
	       cordon_number_normalise(number, normalised) == 0 &&
	       strcmp(a->number, normalised) == 0;
}

static bool names_document(const struct paper *paper,
	const struct cordon_document *documents, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (documents[i].number_to == NULL &&
			same(paper, documents[i].number, documents[i].issuer)) {
			return true;
		}
	}
	return false;
}

static bool names_paper(const struct paper *paper, const struct cordon_record *record)
{
	const struct cordon_person *person = record->person;

	if (!paper->personal) {
		return names_document(
			       paper, record->documents, record->documents_count) ||
		       (person != NULL && names_document(paper, person->documents,
						  person->documents_count));
	}
	for (size_t i = 0; person != NULL && i < person->personal_numbers_count; i++) {
		if (same(paper, person->personal_numbers[i].number,
			    person->personal_numbers[i].issuer)) {
			return true;
		}
	}
	return false;
}

static void ask(const struct paper *paper, struct question *question)
{
	memset(question, 0, sizeof(*question));
	if (paper->personal) {
		question->has_personal_number = true;
		strcpy(question->personal_number, paper->number);
		document_skeleton(paper->number, question->personal_skeleton);
	} else {
		question->has_number = true;
		strcpy(question->number, paper->number);
		document_skeleton(paper->number, question->skeleton);
	}
}

/* A live row of the same owner and kind under another id that names the paper. */
static int check_row(struct store_txn *txn, uint64_t ref,
	const struct cordon_record *record, const struct paper *paper,
	struct arena *arena, const char **id)
{
	struct cordon_record *other;
	struct store_row row;
	int error = store_row(txn, ref, &row);

	if (error != 0) {
		return error;
	}
	if (memcmp(row.entry.id.data, record->id, 4) != 0 ||
		row.list.kind != record->kind ||
		(row.entry.id.size == strlen(record->id) &&
			memcmp(row.entry.id.data, record->id, row.entry.id.size) ==
				0)) {
		return 0;
	}
	error = record_open(row.entry.sealed, arena, &other, NULL, NULL);
	if (error == 0 && names_paper(paper, other)) {
		*id = other->id;
	}
	return error;
}

static int check_paper(struct store_txn *txn, const struct cordon_record *record,
	const struct paper *paper, struct arena *arena, const char **id)
{
	struct question question;
	uint64_t refs[CANDIDATES_MAX];
	size_t count;
	bool cut;
	int error;

	ask(paper, &question);
	error = store_candidates(txn, &question, refs, CANDIDATES_MAX, &count, &cut);
	for (size_t i = 0; error == 0 && *id == NULL && i < count; i++) {
		error = check_row(txn, refs[i], record, paper, arena, id);
	}
	return error;
}

static int check_number(struct store_txn *txn, const struct cordon_record *record,
	const char *number, const char *issuer, bool personal, struct arena *arena,
	const char **id)
{
	struct paper paper = { .issuer = issuer, .personal = personal };

	if (*id != NULL || issuer == NULL ||
		cordon_number_normalise(number, paper.number) != 0) {
		return 0;
	}
	return check_paper(txn, record, &paper, arena, id);
}

static int check_documents(struct store_txn *txn, const struct cordon_record *record,
	const struct cordon_document *documents, size_t count, struct arena *arena,
	const char **id)
{
	int error = 0;

	for (size_t i = 0; error == 0 && i < count; i++) {
		if (documents[i].number_to == NULL) {
			error = check_number(txn, record, documents[i].number,
				documents[i].issuer, false, arena, id);
		}
	}
	return error;
}

int own_listed_already(struct store_txn *txn, const struct cordon_record *record,
	struct arena *arena, const char **id)
{
	const struct cordon_person *person = record->person;
	const char *found = NULL;
	int error = check_documents(
		txn, record, record->documents, record->documents_count, arena, &found);

	if (error == 0 && person != NULL) {
		error = check_documents(txn, record, person->documents,
			person->documents_count, arena, &found);
	}
	for (size_t i = 0;
		error == 0 && person != NULL && i < person->personal_numbers_count;
		i++) {
		error = check_number(txn, record, person->personal_numbers[i].number,
			person->personal_numbers[i].issuer, true, arena, &found);
	}
	if (error == 0) {
		*id = found;
	}
	return error;
}
