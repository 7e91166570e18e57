/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_CLIENT_CAPTURE_H
#define TESTS_CLIENT_CAPTURE_H

/* What is written to standard output and standard error between begin and end. */
struct capture {
	int out_fd, err_fd; /* the real ones */
	char out[65536], err[65536];
};

void capture_begin(struct capture *capture);
/* Fills out and err, each ended by a NUL. */
void capture_end(struct capture *capture);

/* Fails, and shows the text, unless it has the words. */
void assert_has(const char *text, const char *words);

/* A new file with this content below /tmp; good until the next but three. */
const char *capture_file(const char *content, unsigned long bytes);

#endif
