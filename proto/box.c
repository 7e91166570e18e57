/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/envelope.h"

#include <stdlib.h>

#include <openssl/err.h>

#define NONCE_BYTES 12

struct box {
	EVP_CIPHER_CTX *closing, *opening; /* with the key; a block sets its nonce */
};

int box_create(const uint8_t key[BOX_KEY_BYTES], struct box **box, struct errmsg *msg)
{
	struct box *b = calloc(1, sizeof(*b));

	if (b == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	b->closing = EVP_CIPHER_CTX_new();
	b->opening = EVP_CIPHER_CTX_new();
	if (b->closing == NULL || b->opening == NULL ||
		EVP_EncryptInit_ex(b->closing, EVP_aes_256_gcm(), NULL, key, NULL) !=
			1 ||
		EVP_DecryptInit_ex(b->opening, EVP_aes_256_gcm(), NULL, key, NULL) !=
			1) {
		ERR_clear_error();
		box_destroy(b);
		return errmsg_set(
			msg, CORDON_EINTERNAL, "AES-256-GCM is not to be had");
	}
	*box = b;
	return 0;
}

void box_destroy(struct box *box)
{
	if (box != NULL) {
		EVP_CIPHER_CTX_free(box->closing);
		EVP_CIPHER_CTX_free(box->opening);
		free(box);
	}
}

static void make_nonce(uint64_t number, uint32_t lane, uint8_t nonce[NONCE_BYTES])
{
	struct writer w;

	writer_init(&w, nonce, NONCE_BYTES);
	writer_u64(&w, number);
	writer_u32(&w, lane);
}

int box_close(struct box *box, uint64_t number, uint32_t lane, uint8_t *data,
	size_t size, uint8_t tag[BOX_TAG_BYTES])
{
	uint8_t nonce[NONCE_BYTES];
	int got;

	make_nonce(number, lane, nonce);
	if (size > INT32_MAX ||
		EVP_EncryptInit_ex(box->closing, NULL, NULL, NULL, nonce) != 1 ||
		EVP_EncryptUpdate(box->closing, data, &got, data, (int)size) != 1 ||
		EVP_EncryptFinal_ex(box->closing, data + got, &got) != 1 ||
		EVP_CIPHER_CTX_ctrl(
			box->closing, EVP_CTRL_GCM_GET_TAG, BOX_TAG_BYTES, tag) != 1) {
		ERR_clear_error();
		return CORDON_EINTERNAL;
	}
	return 0;
}

int box_open(struct box *box, uint64_t number, uint32_t lane, struct bytes data,
	const uint8_t tag[BOX_TAG_BYTES], uint8_t *out)
{
	uint8_t nonce[NONCE_BYTES];
	int got = 0;

	make_nonce(number, lane, nonce);
	if (data.size > INT32_MAX ||
		EVP_DecryptInit_ex(box->opening, NULL, NULL, NULL, nonce) != 1 ||
		EVP_DecryptUpdate(box->opening, out, &got, data.data, (int)data.size) !=
			1 ||
		EVP_CIPHER_CTX_ctrl(box->opening, EVP_CTRL_GCM_SET_TAG, BOX_TAG_BYTES,
			(void *)(uintptr_t)tag) != 1 ||
		EVP_DecryptFinal_ex(box->opening, out + got, &got) != 1) {
		ERR_clear_error();
		return CORDON_ECORRUPT;
	}
	return 0;
}
