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

/* Every key of every section, none with its default. */
#define EVERYTHING                                                                     \
	"node = \"KAZ/almaty-1\"\n"                                                    \
	"data_dir = '/srv/cordon'\n"                                                   \
	"listen = {\"[2001:db8::7]:7701\", 127.0.0.1:0, \"*:7702\"}\n"                 \
	"local_socket = run/socket\n"                                                  \
	"metrics = localhost:7780\n"                                                   \
	"certificate = pki/node.pem\n"                                                 \
	"key = /etc/keys/node.key\n"                                                   \
	"head_key = pki/heads.key\n"                                                   \
	"standby = yes\n"                                                              \
	"ciphersuites = TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256\n"         \
	"groups = X25519:P-256\n"                                                      \
	"user = cordon\n"                                                              \
	"seccomp = no\n"                                                               \
	"log_level = debug\n"                                                          \
	"workers = 3\n"                                                                \
	"map_size = 10GiB\n"                                                           \
	"utc_offset = \"+05:00\"\n"                                                    \
	"range_max = 5000000\n"                                                        \
	"head_interval = 2s\n"                                                         \
	"follow_wait = 500ms\n"                                                        \
	"copies = 2\n"                                                                 \
	"copies_timeout = 7s\n"                                                        \
	"upkeep_interval = 2s\n"                                                       \
	"tombstone_days = 30d\n"                                                       \
	"erase_after = 4d\n"                                                           \
	"brake_percent = 5\n"                                                          \
	"brake_least = 20\n"                                                           \
	"two_eyes = {detain, export}\n"                                                \
	"two_eyes_range = 200\n"                                                       \
	"two_eyes_withdrawals = 20\n"                                                  \
	"pending_expires = 3d\n"                                                       \
	"warn_certificates = 20d\n"                                                    \
	"warn_head_keys = 40d\n"                                                       \
	"compact_interval = 1d\n"                                                      \
	"scrub_interval = 30d\n"                                                       \
	"connections_max = 77\n"                                                       \
	"connections_per_identity = 7\n"                                               \
	"requests_in_flight_max = 17\n"                                                \
	"connections_per_address = 9\n"                                                \
	"handshakes_per_address = 11\n"                                                \
	"handshakes_per_identity = 12\n"                                               \
	"requests_per_address = 13\n"                                                  \
	"requests_per_identity = 14\n"                                                 \
	"requests_per_node = 15\n"                                                     \
	"bytes_per_address = 1GiB\n"                                                   \
	"bytes_per_identity = 512MiB\n"                                                \
	"in_flight_per_identity = 170\n"                                               \
	"handshake_timeout = 3s\n"                                                     \
	"frame_timeout = 4s\n"                                                         \
	"request_timeout = 10min\n"                                                    \
	"idle_timeout = 1h\n"                                                          \
	"reconnect_min = 20ms\n"                                                       \
	"reconnect_max = 2min\n"                                                       \
	"demand_purpose = yes\n"                                                       \
	"demand_officer = yes\n"                                                       \
	"demand_checkpoint = yes\n"                                                    \
	"member KAZ { ca = kaz.pem head_keys = {kaz-1.pub, \"kaz 2.pub\"} }\n"         \
	"member RUS { ca = rus.pem crl = rus.crl }\n"                                  \
	"member BLR { ca = blr.pem }\n"                                                \
	"peer RUS/moscow-1 { address = \"[2001:db8::8]:7700\" }\n"                     \
	"peer KAZ/astana-1 { address = astana.example:7711 }\n"                        \
	"list entry_ban { share_with = {RUS, BLR} retention = 3650d }\n"               \
	"list invalid_document { share_with = {BLR} }\n"                               \
	"recognise { binding = {RUS/entry_ban} inform = {BLR/entry_ban, BLR/kind-9} "  \
	"}\n"                                                                          \
	"objection RUS-2026-9 { why = \"residence permit 17/2026\" }\n"                \
	"agency \"migration-*\" { kinds = {deportation, entry_ban} }\n"                \
	"agency passports { kinds = invalid_document }\n"                              \
	"access \"checkpoint/gate-*\" { queries = {document, mrz} lookups_daily = "    \
	"500 allow = {record_show} records = whole }\n"                                \
	"access auditor/one { deny = {verify} }\n"                                     \
	"access_log { auditors = a.pem key = log.key directory = log sync = interval " \
	"checkpoint_interval = 3s segment_size = 64MiB segment_age = 2h reserve = "    \
	"1GiB keep_empty = 30d keep = 400d disk_warn = 2GiB }\n"                       \
	"match { entry_ban = 450 deportation = 550 illegal_stay = 899 }\n"

#endif
