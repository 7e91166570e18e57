/* SPDX-License-Identifier: Apache-2.0 */
#include "client/client_private.h"
#include "client/reading.h"
#include "proto/lookup_codec.h"

/* An explanation is read from the words up: pairs point at words, best at a name. */

static void read_word(struct reading *r, const Cordon__ExplainWord *message,
	struct cordon_explained_word *word)
{
	*word = (struct cordon_explained_word){
		.sound = reading_mandatory(r, message->sound),
		.part = (enum cordon_word_part)message->part,
		.flags = message->flags,
		.key = message->key,
		.persons = message->persons,
		.weight = message->weight,
	};
}

static void read_words(struct reading *r, const Cordon__ExplainName *message,
	struct cordon_explained_name *name)
{
	struct cordon_explained_word *words =
		reading_array(r, message->n_words, sizeof(*words));

	for (size_t i = 0; words != NULL && i < message->n_words; i++) {
		read_word(r, message->words[i], &words[i]);
	}
	name->words = words;
	name->words_count = words == NULL ? 0 : message->n_words;
}

/* place from 1; 0: none */
static const struct cordon_explained_word *word_at(
	struct reading *r, const struct cordon_explained_name *name, uint32_t place)
{
	if (place > name->words_count) {
		reading_fault(r, "a pair names a word that is not there");
		return NULL;
	}
	return place == 0 ? NULL : &name->words[place - 1];
}

static void read_pair(struct reading *r, const Cordon__ExplainPair *message,
	const struct cordon_explained_name *asked,
	const struct cordon_explained_name *listed, struct cordon_explained_pair *pair)
{
	*pair = (struct cordon_explained_pair){
		.fate = (enum cordon_word_fate)message->fate,
		.asked = word_at(r, asked, message->asked),
		.listed = word_at(r, listed, message->listed),
		.permille = message->permille,
		.weight = message->weight,
		.evidence = message->evidence,
	};
	if (message->joined == 1) {
		pair->joined = word_at(r, asked, message->asked + 1);
	} else if (message->joined == 2) {
		pair->joined = word_at(r, listed, message->listed + 1);
	}
}

static void read_name(struct reading *r, const Cordon__ExplainName *message,
	const struct cordon_explained_name *asked, struct cordon_explained_name *name)
{
	struct cordon_explained_pair *pairs =
		reading_array(r, message->n_pairs, sizeof(*pairs));

	*name = (struct cordon_explained_name){
		.type = message->type,
		.text = reading_text(r, message->text),
		.permille = message->permille,
		.evidence = message->evidence,
		.score = message->score,
		.pairs = pairs,
		.pairs_count = pairs == NULL ? 0 : message->n_pairs,
	};
	read_words(r, message, name);
	for (size_t i = 0; i < name->pairs_count; i++) {
		read_pair(r, message->pairs[i], asked, name, &pairs[i]);
	}
}

static void read_names(struct reading *r, const Cordon__ExplainAnswer *message,
	struct cordon_explanation *explanation)
{
	struct cordon_explained_name *asked = reading_array(r, 1, sizeof(*asked));
	struct cordon_explained_name *listed =
		reading_array(r, message->n_listed, sizeof(*listed));

	if (asked == NULL || listed == NULL) {
		return;
	}
	if (message->asked == NULL || message->asked->n_pairs > 0) {
		reading_fault(r, "the name that was asked for");
		return;
	}
	read_name(r, message->asked, asked, asked);
	for (size_t i = 0; i < message->n_listed; i++) {
		read_name(r, message->listed[i], asked, &listed[i]);
	}
	explanation->asked = asked;
	explanation->listed = listed;
	explanation->listed_count = message->n_listed;
	if (message->best > message->n_listed) {
		reading_fault(r, "the best name is none of those listed");
	} else if (message->best > 0) {
		explanation->best = &listed[message->best - 1];
	}
}

static void read_keys(struct reading *r, const Cordon__ExplainAnswer *message,
	struct cordon_explanation *explanation)
{
	struct cordon_explained_key *keys =
		reading_array(r, message->n_keys, sizeof(*keys));

	for (size_t i = 0; keys != NULL && i < message->n_keys; i++) {
		const Cordon__ExplainKey *m = message->keys[i];

		keys[i] = (struct cordon_explained_key){
			.text = reading_mandatory(r, m->text),
			.is_date = m->is_date,
			.key = m->key,
			.postings = m->postings,
			.asked = m->asked,
			.listed = m->listed,
			.stored = m->stored,
		};
	}
	explanation->keys = keys;
	explanation->keys_count = keys == NULL ? 0 : message->n_keys;
}

static int read_answer(
	struct request *request, const struct request_frame *frame, struct errmsg *msg)
{
	const Cordon__ExplainAnswer *message =
		(const Cordon__ExplainAnswer *)frame->message;
	struct cordon_explanation *explanation =
		question_object(request, sizeof(*explanation));
	struct reading r = { NULL, "EXPLAIN_ANSWER", msg, 0 };

	if (explanation == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	r.arena = question_arena(request);
	*explanation = (struct cordon_explanation){
		.id = reading_mandatory(&r, message->id),
		.kind = message->kind,
		.outcome = (enum cordon_explained_outcome)message->outcome,
		.score = message->score,
		.min_score = message->min_score,
		.because = reading_texts(&r, message->because, message->n_because),
		.because_count = message->n_because,
		.asked_born = reading_text(&r, message->asked_born),
		.listed_born =
			reading_texts(&r, message->listed_born, message->n_listed_born),
		.listed_born_count = message->n_listed_born,
		.born_approximate = message->born_approximate,
		.born = (enum cordon_born_likeness)message->born,
		.persons = message->persons,
		.place = message->place,
		.scanned = message->scanned,
		.compared = message->compared,
		.cut = message->cut,
	};
	read_names(&r, message, explanation);
	read_keys(&r, message, explanation);
	return reading_end(&r);
}

static const struct request_type explain_type = {
	.message = MESSAGE_EXPLAIN,
	.answer = MESSAGE_EXPLAIN_ANSWER,
	.read = read_answer,
	.destroy = question_destroy,
};

int cordon_explain(struct cordon_client *client, const struct cordon_context *context,
	const struct cordon_query *query, const char *id,
	struct cordon_explanation **explanation)
{
	Cordon__ExplainRequest *message;
	struct arena arena;
	void *object;
	int error;

	client_begin(client);
	arena_init(&arena, 0);
	error = lookup_explain_to_message(
		context, query, id, &arena, &message, &client->msg);
	if (error == 0) {
		error = client_ask(client, &explain_type, &message->base, &object);
	}
	arena_finish(&arena);
	if (error == 0) {
		*explanation = object;
	}
	return error;
}
