/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_CONFIG_BUILD_H
#define BASE_CONFIG_BUILD_H

#include "daemon/base/config.h"
#include "daemon/base/config_file.h"

/*
 * Reads every value of blocks (the top first) into config, defaults where there is
 * none.  config->path is set; memory comes from config->arena; dir is what relative
 * paths are relative to.  CORDON_ECONFIG with file, line, key, value and what was
 * expected; CORDON_ENOMEM.
 */
int config_build(const struct config_block *blocks, const char *dir,
	struct config *config, struct errmsg *msg);

/*
 * Refuses what each value allows but all together do not, naming both keys.
 * blocks tell the lines.  CORDON_ECONFIG.
 */
int config_check(const struct config_block *blocks, const struct config *config,
	struct errmsg *msg);

#endif
