/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/import_ofac.h"

#include <string.h>

#include "client/ctl/import_text.h"

/* Documents and numbers in remarks: "National ID No. 960000 73767 (Belgium) issued …"
 */

#define PASSPORT CORDON_DOCUMENT_PASSPORT
#define CARD CORDON_DOCUMENT_IDENTITY_CARD
#define PERMIT CORDON_DOCUMENT_RESIDENCE_PERMIT
#define OTHER 0

static const struct label {
	const char *text;
	uint32_t type;
	bool personal;       /* the number goes with the person, not the paper */
	const char *country; /* where the label alone tells; NULL: in brackets behind */
} labels[] = {
	{ "Passport", PASSPORT, false, NULL },
	{ "Diplomatic Passport", PASSPORT, false, NULL },
	{ "Official Passport", PASSPORT, false, NULL },
	{ "Service Passport", PASSPORT, false, NULL },
	{ "Travel Document Number", OTHER, false, NULL },
	{ "VisaNumberID", CORDON_DOCUMENT_VISA, false, NULL },
	{ "Seafarer's Identification Document", CORDON_DOCUMENT_SEAFARER, false, NULL },
	{ "Residency Number", PERMIT, true, NULL },
	{ "Cedula de Residencia", PERMIT, false, NULL },
	{ "National Foreign ID Number", PERMIT, true, NULL },
	{ "National ID No.", CARD, true, NULL },
	{ "National ID", CARD, true, NULL },
	{ "Identification Number", CARD, true, NULL },
	{ "Cedula No.", CARD, true, NULL },
	{ "D.N.I.", CARD, true, NULL },
	{ "Personal ID Card", CARD, true, NULL },
	{ "Personal ID No.", CARD, true, NULL },
	{ "Citizen's Card Number", CARD, true, NULL },
	{ "Stateless Person ID Card", CARD, false, NULL },
	{ "Refugee ID Card", CARD, false, NULL },
	{ "Turkish Identification Number", CARD, true, "Turkey" },
	{ "Kenyan ID No.", CARD, true, "Kenya" },
	{ "Tazkira National ID Card", CARD, true, "Afghanistan" },
	{ "Moroccan Personal ID No.", CARD, true, "Morocco" },
	{ "Bosnian Personal ID No.", CARD, true, "Bosnia and Herzegovina" },
	{ "C.U.R.P.", OTHER, true, "Mexico" },
	{ "R.F.C.", OTHER, true, "Mexico" },
	{ "SSN", OTHER, true, "United States" },
	{ "Italian Fiscal Code", OTHER, true, "Italy" },
	{ "Tax ID No.", OTHER, true, NULL },
	{ "NIT #", OTHER, true, NULL },
	{ "RUC #", OTHER, true, NULL },
	{ "LE Number", OTHER, true, NULL },
	{ "Electoral Registry No.", OTHER, false, NULL },
	{ "Credencial electoral", OTHER, false, NULL },
	{ "I.F.E.", OTHER, false, NULL },
	{ "Driver's License No.", OTHER, false, NULL },
	{ "Birth Certificate Number", OTHER, false, NULL },
	{ "Cartilla de Servicio Militar Nacional", OTHER, false, NULL },
	{ "Pilot License Number", OTHER, false, NULL },
	{ "Registration ID", OTHER, false, NULL },
	{ "Immigration No.", OTHER, false, NULL },
	{ "Public Security and Immigration No.", OTHER, false, NULL },
};

static const struct label *find_label(const char *segment)
{
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		size_t size = strlen(labels[i].text);

		if (strncmp(segment, labels[i].text, size) == 0 &&
			segment[size] == ' ') {
			return &labels[i];
		}
	}
	return NULL;
}

/* Where the number's own text ends: at " issued", " expires", or the country's bracket.
 */
static size_t number_bytes(const char *text, const char **country)
{
	const char *issued = import_text_find(text, " issued");
	const char *expires = import_text_find(text, " expires");
	size_t bytes = strlen(text);
	size_t open;

	if (issued != NULL && issued < text + bytes) {
		bytes = (size_t)(issued - text);
	}
	if (expires != NULL && expires < text + bytes) {
		bytes = (size_t)(expires - text);
	}
	*country = NULL;
	open = bytes;
	while (open > 0 && text[open] != '(') {
		open--;
	}
	if (open == 0 || bytes < 2 || text[bytes - 1] != ')') {
		return bytes;
	}
	*country = text + open + 1;
	return open;
}

bool ofac_paper(struct draft *draft, const char *segment)
{
	static const char *const issued[] = { " issued ", NULL };
	static const char *const expires[] = { " expires ", NULL };
	struct arena *arena = &draft->import->arena;
	const struct label *label = find_label(segment);
	struct draft_paper paper = { .number = NULL };
	const char *text, *country;
	size_t bytes;

	if (label == NULL) {
		return false;
	}
	text = segment + strlen(label->text) + 1;
	bytes = number_bytes(text, &country);
	paper.type = label->type;
	paper.personal = label->personal;
	paper.label = label->text;
	paper.number = import_text_clean(arena, text, bytes);
	paper.country = country == NULL ? label->country
					: import_text_clean(arena, country,
						  strcspn(country, ")"));
	import_text_date_after(text, issued, &paper.issued_on);
	import_text_date_after(text, expires, &paper.expires_on);
	if (paper.number == NULL) {
		return false;
	}
	draft_paper(draft, &paper);
	return true;
}
