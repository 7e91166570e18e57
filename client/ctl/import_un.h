/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CTL_IMPORT_UN_H
#define CTL_IMPORT_UN_H

#include "client/ctl/import_draft.h"
#include "client/ctl/import_xml.h"

/* The consolidated list of the UN Security Council: what an INDIVIDUAL says. */

/* Begins draft and fills it; import's arena, where the element is, is not reset. */
void un_person_read(struct draft *draft, struct import *import,
	const struct import_countries *countries, const struct xml_node *person);

/* Its elements, one by one. */
void un_primary_name(struct draft *draft, const struct xml_node *person);
void un_alias(struct draft *draft, const struct xml_node *alias);
void un_birth(struct draft *draft, const struct xml_node *birth);
void un_birth_place(struct draft *draft, const struct xml_node *place);
void un_nationality(struct draft *draft, const struct xml_node *nationality);
void un_document(struct draft *draft, const struct xml_node *document);

/* A date of birth as text; what is no date goes to the note. */
void un_birth_text(struct draft *draft, const char *text, bool approximate);
/* A name that a note gives in another script. */
void un_noted_name(struct draft *draft, enum cordon_name_type type, const char *note);
/* The texts of the named children (NULL ends), those that there are, with commas
 * between; NULL when there are none. */
const char *un_join(
	struct draft *draft, const struct xml_node *node, const char *const *names);

#endif
