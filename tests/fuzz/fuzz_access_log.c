/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz.h"

#include "daemon/core/audit/entry.h"
#include "daemon/core/audit/walk.h"

static void read_entries(const struct audit_part *part)
{
	struct bytes left = part->plain;

	for (uint32_t i = 0; i < part->entries; i++) {
		struct audit_entry entry;
		uint32_t secret_bytes;
		size_t size;

		if (!audit_entry_read(left, &entry, &size, &secret_bytes)) {
			return;
		}
		FUZZ_CHECK(size > 0 && size <= left.size);
		for (uint16_t k = 0; k < entry.records_count; k++) {
			struct bytes id = audit_records_next(&entry.records);

			FUZZ_CHECK(id.size == 0 ||
				   (id.data >= left.data &&
					   id.data + id.size <= left.data + size));
		}
		(void)audit_entry_sum(
			i, (struct bytes){ left.data, size }, part->secret);
		left.data += size;
		left.size -= size;
	}
}

/* Whatever its hashes say: a reader shows what it finds. */
static void read_frames(struct bytes left)
{
	struct audit_frame frame;

	while (audit_frame_read(left, &frame) == 0) {
		FUZZ_CHECK(frame.whole.size > 0 && frame.whole.size <= left.size);
		for (size_t i = 0; frame.type == AUDIT_GROUP && i < AUDIT_CLASSES;
			i++) {
			if (!frame.parts[i].dropped) {
				read_entries(&frame.parts[i]);
			}
		}
		left.data += frame.whole.size;
		left.size -= frame.whole.size;
	}
}

/* A segment as whoever has the file may have left it: it is read to some end, and a
 * fault in it is found within it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes segment = { data, size };
	struct audit_walk walk = { .now_us = 0 };
	struct audit_fault fault = { .kind = AUDIT_GOOD };
	int error;

	read_frames(segment);
	error = audit_walk_segment(&walk, 1, segment, true, &fault);
	FUZZ_CHECK(error == 0 || fault.kind != AUDIT_GOOD);
	FUZZ_CHECK(walk.good_bytes <= size && fault.offset <= size);
	if (error == 0) {
		(void)audit_walk_finish(&walk, &fault);
	}
	return 0;
}
