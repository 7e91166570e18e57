/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/mailbox.h"

#include <pthread.h>
#include <stdlib.h>

struct mailbox {
	pthread_mutex_t lock;
	struct letter *first, **last;
	struct event *event; /* activated by posters */
};

static void deliver_all(struct mailbox *mailbox)
{
	struct letter *letter;

	pthread_mutex_lock(&mailbox->lock);
	letter = mailbox->first;
	mailbox->first = NULL;
	mailbox->last = &mailbox->first;
	pthread_mutex_unlock(&mailbox->lock);
	while (letter != NULL) {
		struct letter *next = letter->next;

		letter->deliver(letter);
		letter = next;
	}
}

static void on_event(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	deliver_all(context);
}

int mailbox_create(
	struct event_base *base, struct mailbox **mailbox, struct errmsg *msg)
{
	struct mailbox *m = calloc(1, sizeof(*m));

	if (m == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	m->event = event_new(base, -1, EV_PERSIST, on_event, m);
	if (m->event == NULL) {
		free(m);
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	pthread_mutex_init(&m->lock, NULL);
	m->last = &m->first;
	*mailbox = m;
	return 0;
}

void mailbox_destroy(struct mailbox *mailbox)
{
	if (mailbox == NULL) {
		return;
	}
	deliver_all(mailbox);
	event_free(mailbox->event);
	pthread_mutex_destroy(&mailbox->lock);
	free(mailbox);
}

void mailbox_post(struct mailbox *mailbox, struct letter *letter)
{
	bool first;

	letter->next = NULL;
	pthread_mutex_lock(&mailbox->lock);
	first = mailbox->first == NULL;
	*mailbox->last = letter;
	mailbox->last = &letter->next;
	/* inside the lock, so that the mailbox cannot be destroyed in between */
	if (first) {
		event_active(mailbox->event, EV_READ, 1);
	}
	pthread_mutex_unlock(&mailbox->lock);
}
