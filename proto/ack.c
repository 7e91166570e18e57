/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* memmem */
#include "proto/head.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/x509.h>

#include "proto/head_content.h"
#include "proto/signature.h"
#include "proto/tls_x509.h"

#define DOMAIN "cordon ack 1" /* with its NUL */
#define SIGNED_BYTES (sizeof(DOMAIN) + HASH_BYTES)
#define UNPACKED_BYTES_MAX (16 * ACK_BYTES_MAX)

/* What the signature is over, written to out. */
static int signed_bytes(
	struct bytes content, uint8_t out[SIGNED_BYTES], struct bytes *signed_data)
{
	memcpy(out, DOMAIN, sizeof(DOMAIN));
	signed_data->data = out;
	signed_data->size = SIGNED_BYTES;
	return hash_bytes(content.data, content.size, out + sizeof(DOMAIN));
}

static int pack_content(
	const struct ack *ack, struct arena *arena, struct bytes *content)
{
	Cordon__AckContent message = CORDON__ACK_CONTENT__INIT;
	struct bytes head_hash = { ack->head_hash, HASH_BYTES };
	char uri[IDENT_URI_MAX];
	Cordon__ListId list;
	Cordon__Epoch epoch;

	list_to_message(&ack->list, &list);
	epoch_to_message(&ack->epoch, &epoch);
	ident_uri_text(&ack->node, uri);
	message.list = &list;
	message.epoch = &epoch;
	message.sequence = ack->sequence;
	message.head_hash = message_data_bytes(head_hash);
	message.node = message_data(uri);
	message.time_s = ack->time_s;
	return message_pack(&message.base, arena, content);
}

int ack_sign(const struct ack *ack, EVP_PKEY *key, struct bytes certificate,
	struct arena *arena, struct bytes *packed, struct errmsg *msg)
{
	Cordon__Ack message = CORDON__ACK__INIT;
	struct bytes content, data, signature;
	uint8_t signed_data[SIGNED_BYTES];
	int error = pack_content(ack, arena, &content);

	if (error == 0) {
		error = signed_bytes(content, signed_data, &data);
	}
	if (error == 0) {
		error = signature_make(key, data, arena, &signature, msg);
	}
	if (error != 0) {
		return error;
	}
	message.content = message_data_bytes(content);
	message.certificate = message_data_bytes(certificate);
	message.signature = message_data_bytes(signature);
	return message_pack(&message.base, arena, packed);
}

static int read_node(ProtobufCBinaryData uri, struct identity *node, struct errmsg *msg)
{
	if (ident_uri_parse(node, uri.len == 0 ? "" : (const char *)uri.data, uri.len,
		    msg) != 0) {
		return errmsg_wrap(msg, CORDON_EPROTO, "node");
	}
	if (node->role != ROLE_NODE) {
		return errmsg_set(msg, CORDON_EPROTO,
			"node: \"%s\" is not in the role of one",
			ident_role_text(node->role));
	}
	return 0;
}

static int read_content(
	const Cordon__AckContent *message, struct ack *ack, struct errmsg *msg)
{
	int error = list_from_message(message->list, &ack->list, msg);

	if (error == 0) {
		error = epoch_from_message(message->epoch, &ack->epoch, msg);
	}
	if (error == 0 &&
		(message->head_hash.len != HASH_BYTES || message->time_s <= 0)) {
		error = errmsg_set(msg, CORDON_EPROTO,
			"no hash of 32 bytes or no time of signing");
	}
	if (error == 0) {
		error = read_node(message->node, &ack->node, msg);
	}
	if (error != 0) {
		return error;
	}
	ack->sequence = message->sequence;
	memcpy(ack->head_hash, message->head_hash.data, HASH_BYTES);
	ack->time_s = message->time_s;
	return 0;
}

static int unpack_content(
	struct bytes content, struct arena *arena, struct ack *ack, struct errmsg *msg)
{
	ProtobufCMessage *message;
	int error = message_unpack(
		&cordon__ack_content__descriptor, content, arena, &message, msg);

	return error != 0 ? error
			  : read_content((const Cordon__AckContent *)message, ack, msg);
}

static X509 *read_certificate(struct bytes der)
{
	const unsigned char *end = der.data;
	X509 *certificate = d2i_X509(NULL, &end, (long)der.size);

	if (certificate != NULL && end != der.data + der.size) {
		X509_free(certificate);
		certificate = NULL;
	}
	ERR_clear_error();
	return certificate;
}

/* The certificate is the named node's, and its key made the signature. */
static int check_signer(
	const Cordon__Ack *message, const struct ack *ack, struct errmsg *msg)
{
	struct bytes der = { message->certificate.data, message->certificate.len };
	struct bytes content = { message->content.data, message->content.len };
	struct bytes signature = { message->signature.data, message->signature.len };
	uint8_t signed_data[SIGNED_BYTES];
	X509 *certificate = read_certificate(der);
	EVP_PKEY *key = certificate == NULL ? NULL : X509_get0_pubkey(certificate);
	struct identity holder;
	struct bytes data;
	int error;

	if (key == NULL) {
		error = errmsg_set(
			msg, CORDON_EPROTO, "the certificate inside is not readable");
		goto free_certificate;
	}
	error = tls_x509_identity(certificate, &holder, msg);
	if (error == 0 && !ident_equal(&holder, &ack->node)) {
		error = errmsg_set(msg, CORDON_EIDENTITY,
			"the certificate inside is not that of the node named");
	}
	if (error == 0) {
		error = signed_bytes(content, signed_data, &data);
	}
	if (error == 0) {
		error = signature_check(key, data, signature, msg);
	}
free_certificate:
	ERR_clear_error();
	X509_free(certificate);
	return error;
}

static int open_ack(struct bytes packed, struct arena *arena, struct ack *ack,
	struct bytes *certificate, struct errmsg *msg)
{
	ProtobufCMessage *base;
	const Cordon__Ack *message;
	struct bytes content;
	int error = message_unpack(&cordon__ack__descriptor, packed, arena, &base, msg);

	if (error != 0) {
		return error;
	}
	message = (const Cordon__Ack *)base;
	content.data = message->content.data;
	content.size = message->content.len;
	error = unpack_content(content, arena, ack, msg);
	if (error == 0) {
		error = check_signer(message, ack, msg);
	}
	if (error != 0) {
		return error;
	}
	/* the unpacked copy ends with the arena; its bytes stand in packed, too */
	certificate->size = message->certificate.len;
	certificate->data = memmem(packed.data, packed.size, message->certificate.data,
		message->certificate.len);
	return 0;
}

int ack_open(struct bytes packed, struct ack *ack, struct bytes *certificate,
	struct errmsg *msg)
{
	struct ack found = { .sequence = 0 };
	struct bytes der = { NULL, 0 };
	struct arena arena;
	int error;

	if (packed.size > ACK_BYTES_MAX) {
		return errmsg_set(msg, CORDON_EPROTO,
			"acknowledgement: %zu bytes, at most %d are allowed",
			packed.size, ACK_BYTES_MAX);
	}
	arena_init(&arena, UNPACKED_BYTES_MAX);
	error = open_ack(packed, &arena, &found, &der, msg);
	error = error == CORDON_ENOMEM ? CORDON_EPROTO : error;
	arena_finish(&arena);
	if (error != 0) {
		return errmsg_wrap(msg, error, "acknowledgement");
	}
	*ack = found;
	*certificate = der;
	return 0;
}
