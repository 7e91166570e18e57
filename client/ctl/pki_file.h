/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CTL_PKI_FILE_H
#define CTL_PKI_FILE_H

#include <openssl/x509.h>

#include "proto/errmsg.h"

/*
 * PEM files of a certificate authority: there whole or not there, and on disk when
 * the call returns.  Errors name the file: CORDON_EIO, CORDON_EFULL, CORDON_ENOMEM.
 */

/* These never overwrite: CORDON_EINVAL when path exists. */
int pki_file_certificate(const char *path, X509 *certificate, struct errmsg *msg);
int pki_file_key(const char *path, EVP_PKEY *key, struct errmsg *msg); /* mode 0600 */
int pki_file_public_key(const char *path, EVP_PKEY *key, struct errmsg *msg);

/* Puts the new list in the old one's place at once. */
int pki_file_crl(const char *path, X509_CRL *crl, struct errmsg *msg);

/* What path's directory lists is on disk. */
int pki_file_sync_parent(const char *path, struct errmsg *msg);

/* "WHAT PATH: No such file or directory", by errno. */
int pki_file_error(const char *what, const char *path, struct errmsg *msg);

#endif
