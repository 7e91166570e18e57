/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include <openssl/err.h>

#include "proto/bytes.h"
#include "proto/tls_x509.h"

/* A certificate as it comes in a handshake or an acknowledgement: its identity is one
 * that is written as it was read, or there is a reason why it has none. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const unsigned char *at = data;
	X509 *certificate = size > 65536 ? NULL : d2i_X509(NULL, &at, (long)size);
	struct identity identity, again;
	struct errmsg msg = { "" };
	char uri[IDENT_URI_MAX];

	ERR_clear_error();
	if (certificate == NULL) {
		return 0;
	}
	if (tls_x509_identity(certificate, &identity, &msg) == 0) {
		ident_uri_text(&identity, uri);
		FUZZ_CHECK(ident_uri_parse(&again, uri, strlen(uri), NULL) == 0);
		FUZZ_CHECK(ident_equal(&identity, &again));
	} else {
		FUZZ_CHECK(msg.text[0] != '\0');
		FUZZ_CHECK(bytes_are_text(msg.text, strlen(msg.text)));
	}
	X509_free(certificate);
	return 0;
}
