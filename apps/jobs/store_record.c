/*
 * A job outside of the database: an object with a member for each column, so that a damaged
 * database can be made anew. Columns that this version does not know are passed over, those that
 * are missing get their defaults.
 */
#include "jobs/store_internal.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS_MOST = 64, SQL_BYTES = 4096 };

static json_t *column_json(sqlite3_stmt *row, int at)
{
    switch (sqlite3_column_type(row, at)) {
    case SQLITE_INTEGER:
        return json_integer(sqlite3_column_int64(row, at));
    case SQLITE_FLOAT:
        return json_real(sqlite3_column_double(row, at));
    default:
        return json_string((const char *)sqlite3_column_text(row, at));
    }
}

spx_status spx_store_record(spx_store *store, const char *id, char **out, spx_diag *diag)
{
    json_t *const object = json_object();
    spx_status status = SPX_OK;
    *out = NULL;
    spx_store_lock(store);
    sqlite3_stmt *const ask = spx_store_prepare(store, SQL_RECORD);
    spx_store_bind_text(ask, 1, id);
    const int code = ask == NULL ? SQLITE_ERROR : sqlite3_step(ask);
    if (code == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(ask); i++)
            (void)json_object_set_new(object, sqlite3_column_name(ask, i), column_json(ask, i));
        *out = object == NULL ? NULL : json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(17));
        status = *out == NULL ? spx_fail_memory(diag, "record") : SPX_OK;
    } else if (code == SQLITE_DONE) {
        status = spx_fail(diag, SPX_ERR_NOT_FOUND, "no such job");
    } else {
        status = spx_store_fail(store, "read", diag);
    }
    (void)sqlite3_reset(ask);
    spx_store_unlock(store);
    json_decref(object);
    return status;
}

/* The columns that the record has, as lists for an INSERT; values in their order. */
typedef struct columns {
    char names[SQL_BYTES / 4];
    char marks[SQL_BYTES / 8];
    const json_t *values[COLUMNS_MOST];
    int count;
} columns;

static spx_status find_columns(spx_store *store, const json_t *record, columns *out, spx_diag *diag)
{
    sqlite3_stmt *ask = NULL;
    size_t names = 0;
    size_t marks = 0;
    if (sqlite3_prepare_v2(store->database, "SELECT name FROM pragma_table_info('jobs')", -1, &ask,
                           NULL) != SQLITE_OK)
        return spx_store_fail(store, "restore a job", diag);
    while (sqlite3_step(ask) == SQLITE_ROW && out->count < COLUMNS_MOST) {
        const char *const name = (const char *)sqlite3_column_text(ask, 0);
        const json_t *const value = json_object_get(record, name);
        if (value == NULL || names + strlen(name) + 2 > sizeof(out->names))
            continue;
        const char *const comma = out->count == 0 ? "" : ",";
        names +=
            (size_t)snprintf(out->names + names, sizeof(out->names) - names, "%s%s", comma, name);
        marks += (size_t)snprintf(out->marks + marks, sizeof(out->marks) - marks, "%s?", comma);
        out->values[out->count++] = value;
    }
    (void)sqlite3_finalize(ask);
    return SPX_OK;
}

static void bind(sqlite3_stmt *insert, int at, const json_t *value)
{
    if (json_is_integer(value)) {
        (void)sqlite3_bind_int64(insert, at, json_integer_value(value));
    } else if (json_is_real(value)) {
        (void)sqlite3_bind_double(insert, at, json_real_value(value));
    } else {
        spx_store_bind_text(insert, at, json_is_string(value) ? json_string_value(value) : "");
    }
}

/* The lock is held. */
static spx_status insert_record(spx_store *store, const json_t *record, spx_diag *diag)
{
    columns found = { .count = 0 };
    char sql[SQL_BYTES];
    sqlite3_stmt *insert = NULL;
    SPX_TRY(find_columns(store, record, &found, diag));
    (void)snprintf(sql, sizeof(sql), "INSERT INTO jobs (%s) VALUES (%s)", found.names, found.marks);
    spx_status status = SPX_OK;
    if (sqlite3_prepare_v2(store->database, sql, -1, &insert, NULL) != SQLITE_OK)
        status = spx_store_fail(store, "restore a job", diag);
    for (int i = 0; i < found.count && status == SPX_OK; i++)
        bind(insert, i + 1, found.values[i]);
    if (status == SPX_OK && sqlite3_step(insert) != SQLITE_DONE)
        status = spx_store_fail(store, "restore a job", diag);
    (void)sqlite3_finalize(insert);
    return status;
}

spx_status spx_store_restore(spx_store *store, const char *id, const char *text, spx_diag *diag)
{
    json_t *const record = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    const char *const named = json_string_value(json_object_get(record, "id"));
    if (named == NULL || strcmp(named, id) != 0) {
        json_decref(record);
        return spx_fail(diag, SPX_ERR_CORRUPT, "this is no record of job %s", id);
    }
    spx_job *const job = malloc(sizeof(*job));
    spx_store_lock(store);
    spx_status status = job == NULL ? spx_fail_memory(diag, "job") : spx_store_begin(store, diag);
    if (status == SPX_OK) {
        status = insert_record(store, record, diag);
        if (status == SPX_OK) { /* what cannot be read again does not stay */
            sqlite3_stmt *const get = spx_store_prepare(store, SQL_GET);
            spx_store_bind_text(get, 1, id);
            status = spx_store_query_one(store, get, job, diag);
        }
        status = spx_store_end(store, status, diag);
    }
    spx_store_unlock(store);
    json_decref(record);
    free(job);
    return status;
}
