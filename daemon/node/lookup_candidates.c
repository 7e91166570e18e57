/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/lookup_private.h"
#include "proto/record_codec.h"

/*
 * Who may answer a question.  The code bears the same numbers.
 *
 * 1. By name: the index of persons is searched; the best are taken, in order, until
 *    there are one more than are to be shown, and all with the last one's score.
 *    Only those records are opened.
 * 2. By number: every record that has it, its card compared with the question's person
 *    in the same way.
 */

int lookup_store_failed(struct lookup_run *run, struct errmsg *msg)
{
	int error = store_txn_error(run->txn, msg);

	return error != 0 ? error
			  : errmsg_set(msg, CORDON_EINTERNAL, "the store gave no rows");
}

int lookup_persons(struct lookup_run *run, struct errmsg *msg)
{
	if (run->persons_open) {
		return 0;
	}
	if (store_persons_open(run->txn, &run->persons) != 0) {
		return lookup_store_failed(run, msg);
	}
	run->persons_open = true;
	return 0;
}

void lookup_run_finish(struct lookup_run *run)
{
	if (run->persons_open) {
		store_persons_close(&run->persons);
		run->persons_open = false;
	}
}

struct finding_run {
	struct lookup_run *run;
	const struct screening *screening;
	struct lookup_candidates *candidates;
	size_t taken; /* of those found by name */
	struct errmsg *msg;
};

/* A row whose content is gone has ended; what is of no list that counts is not seen.
 * *record NULL then. */
static int open_row(const struct finding_run *f, uint64_t ref,
	struct lookup_candidate *candidate, const struct cordon_record **record)
{
	struct lookup_run *run = f->run;
	struct cordon_record *opened;
	struct store_row row;
	int error;

	*record = NULL;
	if (store_row(run->txn, ref, &row) != 0) {
		return lookup_store_failed(run, f->msg);
	}
	if (row.entry.state != ENTRY_LIVE || row.entry.sealed.size == 0 ||
		!lookup_lists_answer(run->lookups, &row.list)) {
		return 0;
	}
	error = record_open(
		row.entry.sealed, &run->lookups->scratch, &opened, NULL, f->msg);
	if (error != 0) {
		error = error == CORDON_ENOMEM ? error : CORDON_ECORRUPT;
		return errmsg_wrap(f->msg, error, "record %.*s", (int)row.entry.id.size,
			(const char *)row.entry.id.data);
	}
	run->cost += LOOKUP_COST_RECORD;
	candidate->list = row.list;
	candidate->sealed = row.entry.sealed;
	*record = opened;
	return 0;
}

static int add(const struct finding_run *f, uint64_t ref,
	const struct person_score *score, bool *added)
{
	struct lookup_candidates *candidates = f->candidates;
	const struct cordon_record *record;
	int error = open_row(f, ref, &candidates->all[candidates->count], &record);

	*added = error == 0 && record != NULL;
	if (*added) {
		candidates->scores[candidates->count] = score;
		candidates->records[candidates->count++] = record;
	}
	return error;
}

/* ---- 1. by name ------------------------------------------------------------------ */

static bool answers(const struct finding_run *f, const struct person_score *score)
{
	const struct lookup_candidates *candidates = f->candidates;
	const struct cordon_record *record = candidates->records[candidates->count - 1];

	return screen_in_force(record, f->screening->now_s) &&
	       score->score >= screen_least(f->screening, record->kind);
}

static int take_found(struct finding_run *f, uint32_t limit)
{
	const struct search_result *found = &f->run->lookups->found;
	size_t shown = 0;
	uint32_t last = 0;
	int error = 0;

	for (size_t i = 0; error == 0 && i < found->count; i++) {
		const struct person_score *score = &found->found[i].score;
		bool added;

		if (shown > limit && score->score < last) {
			f->candidates->more = true;
			break;
		}
		error = add(f, found->found[i].ref, score, &added);
		if (error == 0 && added && answers(f, score)) {
			last = score->score;
			shown++;
		}
		f->taken = i + 1;
	}
	return error;
}

static int search(const struct finding_run *f, uint32_t limit)
{
	struct lookup_run *run = f->run;
	struct search_result *found = &run->lookups->found;
	int error = lookup_persons(run, f->msg);

	if (error != 0) {
		return error;
	}
	if (search_person(&run->persons.source, &f->screening->question->person,
		    screen_least(f->screening, 0), limit + LOOKUP_SPARE,
		    &run->lookups->work, found) != 0) {
		return lookup_store_failed(run, f->msg);
	}
	run->cost += found->compared + found->scanned / LOOKUP_COST_POSTINGS;
	f->candidates->namesakes = found->namesakes;
	f->candidates->cut |= found->cut;
	f->candidates->more |= found->more;
	return 0;
}

/* ---- 2. by number ---------------------------------------------------------------- */

/* Its place among those found by name; their count: it is not among them. */
static size_t place_found(const struct search_result *found, uint64_t ref)
{
	size_t i = 0;

	while (i < found->count && found->found[i].ref != ref) {
		i++;
	}
	return i;
}

/* NULL in *out: the record is about nobody. */
static int compare(const struct finding_run *f, const struct compare_person *asked,
	uint64_t ref, const struct person_score **out)
{
	struct posting_source *source = &f->run->persons.source;
	struct person_score *score;
	struct bytes packed;
	struct card card;
	int error;

	if (source->card(source->data, ref, &packed) != 0) {
		return lookup_store_failed(f->run, f->msg);
	}
	if (packed.size == 0) {
		return 0;
	}
	error = card_open(packed, &card);
	if (error != 0) {
		return errmsg_set(f->msg, error, "a card of the index of persons");
	}
	score = arena_alloc(&f->run->lookups->scratch, sizeof(*score));
	if (score == NULL) {
		return errmsg_set(f->msg, CORDON_ENOMEM, "out of memory");
	}
	compare_person(asked, &card, score);
	f->run->cost++;
	*out = score;
	return 0;
}

/* As the search weighs it. */
static int weigh(const struct finding_run *f, struct compare_person *asked)
{
	int error = lookup_persons(f->run, f->msg);

	*asked = f->screening->question->person;
	if (error == 0 && search_weigh(&f->run->persons.source, &asked->name) != 0) {
		error = lookup_store_failed(f->run, f->msg);
	}
	return error;
}

static int take_numbers(const struct finding_run *f, size_t count)
{
	struct lookups *l = f->run->lookups;
	bool of_person = count > 0 && f->screening->question->has_name;
	struct compare_person asked;
	int error = of_person ? weigh(f, &asked) : 0;

	for (size_t i = 0; error == 0 && i < count; i++) {
		size_t place = place_found(&l->found, l->refs[i]);
		const struct person_score *score = NULL;
		bool added;

		if (place < f->taken) {
			continue;
		}
		if (l->scratch.used_bytes > LOOKUP_RECORDS_BYTES) {
			f->candidates->cut = true;
			break;
		}
		if (place < l->found.count) {
			score = &l->found.found[place].score;
		} else if (of_person) {
			error = compare(f, &asked, l->refs[i], &score);
		}
		if (error == 0) {
			error = add(f, l->refs[i], score, &added);
		}
	}
	return error;
}

int lookup_candidates_find(struct lookup_run *run, const struct screening *screening,
	uint32_t limit, struct lookup_candidates *candidates, struct errmsg *msg)
{
	struct finding_run f = {
		.run = run, .screening = screening, .candidates = candidates, .msg = msg
	};
	struct lookups *l = run->lookups;
	size_t count, most;
	int error = 0;

	l->found.count = 0;
	if (store_candidates(run->txn, screening->question, l->refs,
		    LOOKUP_CANDIDATES_MAX, &count, &candidates->cut) != 0) {
		return lookup_store_failed(run, msg);
	}
	if (screening->question->has_name) {
		error = search(&f, limit);
	}
	if (error != 0) {
		return error;
	}
	most = count + l->found.count;
	candidates->all = arena_array(&l->scratch, most, sizeof(*candidates->all));
	candidates->records =
		arena_array(&l->scratch, most, sizeof(*candidates->records));
	candidates->scores =
		arena_array(&l->scratch, most, sizeof(*candidates->scores));
	if (l->scratch.failed) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	error = take_found(&f, limit);                       /* 1. */
	return error == 0 ? take_numbers(&f, count) : error; /* 2. */
}
