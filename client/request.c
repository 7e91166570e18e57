/* SPDX-License-Identifier: Apache-2.0 */
#include "client/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

int request_init(struct request *request, const struct request_type *type,
	const ProtobufCMessage *message, struct errmsg *msg)
{
	size_t size = message == NULL ? 0 : protobuf_c_message_get_packed_size(message);
	uint8_t *payload;

	if (size > FRAME_MAX_CLIENT) {
		return errmsg_set(msg, CORDON_ETOOBIG,
			"the request has %zu bytes, %d are possible: send less at a "
			"time",
			size, FRAME_MAX_CLIENT);
	}
	payload = malloc(size + 1);
	if (payload == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	if (message != NULL) {
		protobuf_c_message_pack(message, payload);
	}
	*request = (struct request){
		.type = type,
		.payload = payload,
		.payload_bytes = size,
	};
	return 0;
}

void request_finish(struct request *request)
{
	/* it says who is at the border */
	if (request->payload != NULL) {
		OPENSSL_cleanse(request->payload, request->payload_bytes);
	}
	free(request->payload);
	request->payload = NULL;
}

int request_stop(struct request *request, int result)
{
	request->stopped = true;
	request->error = result;
	return CORDON_ECLOSED;
}

void request_refuse(struct request *request, const struct failure *failure)
{
	request->error = failure->error;
	request->retry_after_ms = failure->retry_after_ms;
	errmsg_set(&request->msg, failure->error, "%s", failure->text);
	snprintf(request->field, sizeof(request->field), "%s",
		failure->field == NULL ? "" : failure->field);
}

void request_blame(struct request *request, size_t server, int error, const char *text)
{
	struct errmsg *msg = &request->msg;
	size_t used = strlen(msg->text);

	request->tried |= UINT32_C(1) << server;
	request->error = error;
	snprintf(msg->text + used, sizeof(msg->text) - used, "%s%s",
		used > 0 ? "; " : "", text);
}

void request_destroy(struct request *request)
{
	if (request != NULL) {
		request->type->destroy(request);
	}
}
