/*
 * The API's description: openapi.json, with what the tables of options and formats say put in. The
 * document is a part of the program and the rows are too, so they cannot drift apart.
 */
#include "jobs/job_options.h"
#include "jobs/table_json.h"
#include "server/assets.h"
#include "server/route.h"

#include <string.h>

static void put_old(json_t *properties, const spx_option *row, int form)
{
    for (const spx_option_old *old = row->old; old != NULL && old->name != NULL; old++) {
        json_t *const schema = spx_table_schema(row, form);
        if (schema == NULL)
            continue;
        (void)json_object_set_new(schema, "deprecated", json_true());
        (void)json_object_set_new(properties, old->name, schema);
    }
}

/* What a schema is for. */
typedef enum use {
    USE_ANSWER, /* all options come back, none else */
    USE_CHANGE, /* a client may send them, under their old spellings too */
    USE_FORM,   /* so too, as fields of a form */
} use;

/* A list of formats in which there is none unless somebody asks. */
static int is_list_of_none(const spx_option *row)
{
    spx_convert_options options;
    spx_format formats = 0;
    spx_convert_options_init(&options);
    if (row->type == SPX_OPTION_FORMATS)
        memcpy(&formats, (const char *)&options + row->offset, sizeof(formats));
    return row->type == SPX_OPTION_FORMATS && formats == 0;
}

static void put_options(json_t *schema, const spx_option *row, use what, int is_border)
{
    json_t *const properties = json_object_get(schema, "properties");
    json_t *const required = json_object_get(schema, "required");
    for (; row->name != NULL; row++) {
        if ((row->who & SPX_BY_API) == 0)
            continue;
        (void)json_object_set_new(properties, row->name, spx_table_schema(row, what == USE_FORM));
        if (what != USE_ANSWER)
            put_old(properties, row, what == USE_FORM);
        /* Of a border, what counts comes back; a list that is empty does not. */
        if (what == USE_ANSWER && !is_border && !is_list_of_none(row))
            (void)json_array_append_new(required, json_string(row->name));
    }
}

static void put_all(json_t *schema, use what)
{
    /* A job's kind stands beside its options, not among them. */
    put_options(schema, &spx_job_rows[what == USE_ANSWER ? SPX_JOB_ROW_PAINTER : SPX_JOB_ROW_KIND],
                what, 0);
    for (int section = 0; section < SPX_OPTIONS_LIMITS; section++) {
        if (section == SPX_OPTIONS_PICTURE)
            continue;
        put_options(schema, spx_options_of((spx_option_section)section), what,
                    section == SPX_OPTIONS_BORDER);
    }
}

static json_t *at(json_t *object, const char *const *path)
{
    for (; *path != NULL; path++)
        object = json_object_get(object, *path);
    return object;
}

static void put_formats(json_t *document)
{
    static const char *const offered[] = { "components", "schemas", "Server", "properties",
                                           "formats",    "items",   NULL };
    static const char *const role[] = {
        "components", "schemas", "File", "properties", "role", NULL
    };
    json_t *const roles = spx_table_words_of(spx_formats_all());
    (void)json_array_append_new(roles, json_string("outpainted"));
    (void)json_object_set_new(at(document, offered), "enum", spx_table_words_of(spx_formats_all()));
    (void)json_object_set_new(at(document, role), "enum", roles);
}

/* Files have the media types of the table. */
static void put_file_types(json_t *document)
{
    static const char *const paths[] = { "/api/v1/jobs/{id}/files/{name}",
                                         "/api/v1/shared/{id}/files/{name}" };
    static const char *const statuses[] = { "200", "206" };
    for (size_t i = 0; i < 4; i++) {
        const char *const path[] = { "paths",         paths[i / 2], "get", "responses",
                                     statuses[i % 2], "content",    NULL };
        json_t *const content = at(document, path);
        for (size_t k = 0; content != NULL && k < spx_format_count(); k++) {
            (void)json_object_set_new(
                content, spx_format_at(k)->media_type,
                json_pack("{s{ss, ss}}", "schema", "type", "string", "format", "binary"));
        }
    }
}

static void put_job_words(json_t *document)
{
    static const char *const kind[] = {
        "components", "schemas", "Job", "properties", "kind", NULL
    };
    static const char *const kinds[] = { "components", "schemas", "Server", "properties",
                                         "kinds",      "items",   NULL };
    static const char *const painters[] = { "components", "schemas", "Server", "properties",
                                            "painters",   "items",   NULL };
    json_t *const kind_words = spx_table_words(&spx_job_rows[SPX_JOB_ROW_KIND]);
    (void)json_object_set(at(document, kind), "enum", kind_words);
    (void)json_object_set_new(at(document, kinds), "enum", kind_words);
    (void)json_object_set_new(at(document, painters), "enum",
                              spx_table_words(&spx_job_rows[SPX_JOB_ROW_PAINTER]));
}

spx_answer spx_openapi(spx_exchange *exchange)
{
    static const char *const answers[] = { "components", "schemas", "Options", NULL };
    static const char *const changes[] = { "components", "schemas", "Changes", NULL };
    static const char *const form[] = { "paths",   "/api/v1/jobs",        "post",   "requestBody",
                                        "content", "multipart/form-data", "schema", NULL };
    const spx_asset *const asset = spx_asset_find("/api/openapi.json");
    json_t *const document =
        asset == NULL ? NULL : json_loadb((const char *)asset->data, asset->size, 0, NULL);
    put_all(at(document, answers), USE_ANSWER);
    put_all(at(document, changes), USE_CHANGE);
    put_all(at(document, form), USE_FORM);
    put_job_words(document);
    put_formats(document);
    put_file_types(document);
    return spx_reply_json(exchange, MHD_HTTP_OK, document);
}
