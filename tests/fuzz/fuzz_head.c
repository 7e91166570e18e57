/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "proto/head.h"

/* Signed statements of others: a head, or a node's acknowledgement. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes packed = { data, size }, certificate;
	struct errmsg msg = { "" };
	struct head head;
	struct ack ack;

	if (head_parse(packed, &head, &msg) == 0) {
		FUZZ_CHECK(head.epoch.number != 0 && head.floor <= head.sequence);
		FUZZ_CHECK(head.live_count <= head.sequence && head.time_s > 0);
		FUZZ_CHECK(head_compare(&head, &head) == 0);
	} else {
		FUZZ_CHECK(bytes_are_text(msg.text, strlen(msg.text)));
	}
	FUZZ_CHECK(head_verify(packed, NULL, 0, &msg) != 0);
	if (ack_open(packed, &ack, &certificate, &msg) == 0) {
		FUZZ_CHECK(certificate.data > data &&
			   certificate.data + certificate.size <= data + size);
	}
	return 0;
}
