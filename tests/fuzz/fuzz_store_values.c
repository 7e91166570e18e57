/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "daemon/store/held_codec.h"
#include "daemon/store/list_codec.h"
#include "daemon/store/row.h"

static bool same(struct bytes bytes, const uint8_t *written, size_t size)
{
	return bytes.size == size && memcmp(bytes.data, written, size) == 0;
}

/* A value of an older version is written as one of the newest. */
static bool as_written(struct bytes from, const uint8_t *out, size_t size)
{
	return (size > 0 && from.data[0] < out[0]) || same(from, out, size);
}

/* Values as a damaged page may hold them: no value, or one that is written back to
 * the same bytes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t
		out[ROW_BYTES_MAX > HELD_VALUE_MAX ? ROW_BYTES_MAX : HELD_VALUE_MAX];
	struct bytes bytes;
	struct store_held held;
	struct list_copy copy;
	struct row row;

	if (size == 0) {
		return 0;
	}
	bytes = (struct bytes){ data + 1, size - 1 };
	memset(&copy, 0, sizeof(copy));
	switch (data[0]) {
	case 0:
		FUZZ_CHECK(!row_read(bytes, 1, &row) ||
			   same(bytes, out, row_write(&row, out)));
		break;
	case 1:
		FUZZ_CHECK(!copy_read_live(bytes, &copy) ||
			   as_written(bytes, out, copy_write_live(&copy, out)));
		break;
	case 3:
		FUZZ_CHECK(!held_read_value(bytes, &held) ||
			   same(bytes, out, held_write_value(&held, out)));
		break;
	case 4:
		FUZZ_CHECK(!held_read_key(bytes, &held) ||
			   (held.id.size > 0 && held.id.size <= CORDON_ID_MAX));
		break;
	default:
		FUZZ_CHECK(!copy_read_read(bytes, &copy) ||
			   as_written(bytes, out, copy_write_read(&copy, out)));
	}
	return 0;
}
