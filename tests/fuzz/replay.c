/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

/* Feeds every file of the given directories to one fuzz target, as a test: what was
 * found once stays fixed. */

#define INPUT_BYTES_MAX (1u << 20)

/* In memory of exactly its size, so that a sanitizer sees a read beyond it. */
static void replay(const uint8_t *data, size_t size)
{
	uint8_t *input = calloc(1, size == 0 ? 1 : size);

	if (input == NULL) {
		abort();
	}
	if (size > 0) {
		memcpy(input, data, size);
	}
	LLVMFuzzerTestOneInput(input, size);
	free(input);
}

static int replay_file(const char *directory, const char *name)
{
	static uint8_t data[INPUT_BYTES_MAX];
	char path[4096];
	size_t size;
	FILE *file;
	int failed;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "rb");
	if (file == NULL) {
		perror(path);
		return -1;
	}
	size = fread(data, 1, sizeof(data), file);
	failed = ferror(file);
	fclose(file);
	if (failed) {
		perror(path);
		return -1;
	}
	printf("%s: %zu bytes\n", path, size);
	fflush(stdout); /* names the input should it end the process */
	replay(data, size);
	return 0;
}

/* How many files; -1 when one or the directory cannot be read. */
static int replay_directory(const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *entry;
	int count = 0;

	if (directory == NULL) {
		perror(path);
		return -1;
	}
	while (count >= 0 && (entry = readdir(directory)) != NULL) {
		if (entry->d_name[0] == '.') {
			continue;
		}
		count = replay_file(path, entry->d_name) == 0 ? count + 1 : -1;
	}
	closedir(directory);
	return count;
}

int main(int argc, char **argv)
{
	int total = 0;

	replay(NULL, 0);
	for (int i = 1; i < argc; i++) {
		int count = replay_directory(argv[i]);

		if (count < 0) {
			return EXIT_FAILURE;
		}
		total += count;
	}
	if (total == 0) {
		fprintf(stderr,
			"usage: %s CORPUS-DIRECTORY…, with at least one input\n",
			argv[0]);
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}
