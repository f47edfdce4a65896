/*
 * A job outside of the database: an object with a member for each column, so that a damaged
 * database can be made anew. Columns that this version does not know are passed over, those that
 * are missing get their defaults. A database with a server of its own has backups of its own: there
 * are no records of its jobs.
 */
#include "jobs/store_internal.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS_MOST = SPX_VALUES_MOST + 16, SQL_BYTES = 4096 };

static json_t *column_json(const spx_row *row, int at)
{
    switch (spx_row_type(row, at)) {
    case SPX_VALUE_NUMBER:
        return json_integer(spx_row_number(row, at));
    case SPX_VALUE_REAL:
        return json_real(spx_row_real(row, at));
    default:
        return json_string(spx_row_text(row, at));
    }
}

static spx_status take_columns(void *user, const spx_row *row)
{
    json_t *const object = user;
    for (int i = 0; i < row->columns; i++)
        (void)json_object_set_new(object, spx_row_name(row, i), column_json(row, i));
    return SPX_OK;
}

spx_status spx_store_record(spx_store *store, const char *id, char **out, spx_diag *diag)
{
    json_t *const object = json_object();
    const spx_value values[] = { SPX_TEXT(id) };
    spx_call call = spx_store_call(store, SQL_RECORD, SPX_VALUES(values), "read");
    call.row = take_columns;
    call.user = object;
    *out = NULL;
    spx_status status = object == NULL ? spx_fail_memory(diag, "record")
                                       : spx_database_run(store->database, &call, diag);
    if (status == SPX_OK && json_object_size(object) == 0) {
        status = spx_fail(diag, SPX_ERR_NOT_FOUND, "no such job");
    } else if (status == SPX_OK) {
        *out = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(17));
        status = *out == NULL ? spx_fail_memory(diag, "record") : SPX_OK;
    }
    json_decref(object);
    return status;
}

/* The columns that the record has, as lists for an INSERT; values in their order. */
typedef struct columns {
    const json_t *record;
    char names[SQL_BYTES / 4];
    char marks[SQL_BYTES / 8];
    size_t names_size;
    size_t marks_size;
    spx_value values[COLUMNS_MOST];
    size_t count;
} columns;

static spx_value value_of(const json_t *value)
{
    if (json_is_integer(value))
        return (spx_value)SPX_NUMBER(json_integer_value(value));
    if (json_is_real(value))
        return (spx_value)SPX_REAL(json_real_value(value));
    return (spx_value)SPX_TEXT(json_is_string(value) ? json_string_value(value) : "");
}

static spx_status take_column(void *user, const spx_row *row)
{
    columns *const self = user;
    const char *const name = spx_row_text(row, 0);
    const json_t *const value = json_object_get(self->record, name);
    const char *const comma = self->count == 0 ? "" : ",";
    if (value == NULL || self->count == COLUMNS_MOST ||
        self->names_size + strlen(name) + 2 > sizeof(self->names))
        return SPX_OK;
    self->names_size +=
        (size_t)snprintf(self->names + self->names_size, sizeof(self->names) - self->names_size,
                         "%s%s", comma, name);
    self->marks_size += (size_t)snprintf(self->marks + self->marks_size,
                                         sizeof(self->marks) - self->marks_size, "%s?", comma);
    self->values[self->count++] = value_of(value);
    return SPX_OK;
}

static spx_status insert_record(spx_store *store, spx_session *session, const json_t *record,
                                spx_diag *diag)
{
    columns found = { .record = record };
    char sql[SQL_BYTES];
    const spx_call ask = { .statement = SPX_ANY_STATEMENT,
                           .text = "SELECT name FROM pragma_table_info('jobs')",
                           .doing = "restore a job",
                           .row = take_column,
                           .user = &found };
    SPX_TRY(spx_session_run(store->database, session, &ask, diag));
    (void)snprintf(sql, sizeof(sql), "INSERT INTO jobs (%s) VALUES (%s)", found.names, found.marks);
    const spx_call insert = { .statement = SPX_ANY_STATEMENT,
                              .text = sql,
                              .values = found.values,
                              .count = found.count,
                              .doing = "restore a job" };
    return spx_session_run(store->database, session, &insert, diag);
}

static spx_status take_job(void *user, const spx_row *row)
{
    spx_store_read_job(row, user);
    return SPX_OK;
}

/* A record that goes back into its database. */
typedef struct restoring {
    spx_store *store;
    const json_t *record;
    const char *id;
} restoring;

/* What cannot be read again does not stay. */
static spx_status restore_in(void *user, spx_session *session, spx_diag *diag)
{
    const restoring *const self = user;
    spx_job *const job = calloc(1, sizeof(*job));
    const spx_value values[] = { SPX_TEXT(self->id) };
    spx_call get = spx_store_call(self->store, SQL_GET, SPX_VALUES(values), "read");
    get.row = take_job;
    get.user = job;
    if (job == NULL)
        return spx_fail_memory(diag, "job");
    spx_status status = insert_record(self->store, session, self->record, diag);
    if (status == SPX_OK)
        status = spx_session_run(self->store->database, session, &get, diag);
    if (status == SPX_OK && job->id[0] == '\0')
        status = spx_fail(diag, SPX_ERR_NOT_FOUND, "no such job");
    free(job);
    return status;
}

spx_status spx_store_restore(spx_store *store, const char *id, const char *text, spx_diag *diag)
{
    json_t *const record = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    const char *const named = json_string_value(json_object_get(record, "id"));
    restoring self = { store, record, id };
    const spx_status status =
        named == NULL || strcmp(named, id) != 0
            ? spx_fail(diag, SPX_ERR_CORRUPT, "this is no record of job %s", id)
            : spx_database_transact(store->database, restore_in, &self, diag);
    json_decref(record);
    return status;
}
