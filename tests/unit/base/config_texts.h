/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_CONFIG_TEXTS_H
#define TESTS_CONFIG_TEXTS_H

/* The least that a configuration says, in four lines. */
#define LEAST                                                                          \
	"node = KAZ/almaty-1\n"                                                        \
	"certificate = node.pem\n"                                                     \
	"key = node.key\n"                                                             \
	"member KAZ { ca = kaz.pem }\n"

/* And in a union of two: five lines. */
#define UNION LEAST "member RUS { ca = rus.pem }\n"

#endif
