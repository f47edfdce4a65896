#ifndef SPX_JOBS_TABLE_JSON_H
#define SPX_JOBS_TABLE_JSON_H

/*
 * The tables of options and formats as JSON: what the server tells its clients, what the page
 * builds its controls from, and what the tests compare every surface with. All are owned by the
 * caller: json_decref(); NULL without memory.
 */
#include "spx/option.h"

#include <jansson.h>

/** One row: name, old spellings, type, unit, range, default, words, who may set it, help. */
json_t *spx_table_option(const spx_option *row);
/** The words of a choice, but for old ones. */
json_t *spx_table_words(const spx_option *row);
/** The words of formats, in the table's order. */
json_t *spx_table_words_of(spx_format formats);
/** The options of a conversion that any of `who` (SPX_BY_...) may set, each with its section. */
json_t *spx_table_options(unsigned who);
/** Every format: word, old words, file, type, needs, groups, shelf, label, help. */
json_t *spx_table_formats(void);
/** Every group: word, help, the words of its formats. */
json_t *spx_table_groups(void);
/** The shelves on which people look for formats: word, label, the words of their formats. */
json_t *spx_table_shelves(void);

/** How a value of the option looks in JSON, as a JSON Schema; form: as a field of a form. */
json_t *spx_table_schema(const spx_option *row, int form);

#endif
