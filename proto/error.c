/* SPDX-License-Identifier: Apache-2.0 */
#include <cordon/error.h>

#include <stddef.h>

static const struct {
	int error;
	int status;
	const char *name;
	const char *text;
} table[] = {
#define X(name, code, status, text) { -(code), status, #name, text },
	CORDON_ERRORS(X)
#undef X
};

static int find(int error)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (table[i].error == error) {
			return (int)i;
		}
	}
	return -1;
}

const char *cordon_error_text(int error)
{
	int i = find(error);

	if (error == 0) {
		return "no error";
	}
	return i < 0 ? "unknown error" : table[i].text;
}

const char *cordon_error_name(int error)
{
	int i = find(error);

	if (error == 0) {
		return "OK";
	}
	return i < 0 ? "UNKNOWN" : table[i].name;
}

int cordon_error_exit_status(int error)
{
	int i = find(error);

	if (error == 0) {
		return 0;
	}
	return i < 0 ? 1 : table[i].status;
}
