/*
 * One table; a row is a job. The columns that queries look at are columns, the rest is JSON.
 * `seq` is the order of arrival; a `preview` below 0 counts how often one was begun. Each statement
 * is prepared once, when first wanted, and all run under one lock: a step takes microseconds, and
 * no reader ever waits for a worker.
 */
#include "jobs/store_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

spx_status spx_store_fail(const spx_store *store, const char *doing, spx_diag *diag)
{
    const int code = sqlite3_errcode(store->database);
    const spx_status status = code == SQLITE_NOMEM                              ? SPX_ERR_NO_MEMORY
                              : code == SQLITE_CORRUPT || code == SQLITE_NOTADB ? SPX_ERR_CORRUPT
                                                                                : SPX_ERR_IO;
    return spx_fail(diag, status, "job database: cannot %s: %s", doing,
                    sqlite3_errmsg(store->database));
}

void spx_store_lock(spx_store *store)
{
    (void)pthread_mutex_lock(&store->lock);
}

void spx_store_unlock(spx_store *store)
{
    (void)pthread_mutex_unlock(&store->lock);
}

sqlite3_stmt *spx_store_prepare(spx_store *store, enum statement which)
{
    sqlite3_stmt **const at = &store->statements[which];
    if (*at == NULL) {
        (void)sqlite3_prepare_v3(store->database, texts[which], -1, SQLITE_PREPARE_PERSISTENT, at,
                                 NULL);
    }
    return *at;
}

void spx_store_bind_number(sqlite3_stmt *statement, int index, int64_t value)
{
    if (statement != NULL)
        (void)sqlite3_bind_int64(statement, index, value);
}

void spx_store_bind_text(sqlite3_stmt *statement, int index, const char *text)
{
    if (statement != NULL)
        (void)sqlite3_bind_text(statement, index, text, -1, SQLITE_TRANSIENT);
}

spx_status spx_store_run(spx_store *store, sqlite3_stmt *statement, const char *doing, int *changed,
                         spx_diag *diag)
{
    int code = statement == NULL ? SQLITE_ERROR : sqlite3_step(statement);
    /* On a full disk what ends a job, or lets it go, gets through: that is what makes room. */
    if (code == SQLITE_FULL && store->relief != NULL &&
        sqlite3_get_autocommit(store->database) != 0 && store->relief(store->relief_user)) {
        (void)sqlite3_reset(statement);
        code = sqlite3_step(statement);
    }
    const spx_status status = code == SQLITE_DONE ? SPX_OK : spx_store_fail(store, doing, diag);
    if (changed != NULL)
        *changed = status == SPX_OK ? sqlite3_changes(store->database) : 0;
    if (statement != NULL) {
        (void)sqlite3_reset(statement);
        (void)sqlite3_clear_bindings(statement);
    }
    return status;
}

spx_status spx_store_run_plain(spx_store *store, enum statement which, spx_diag *diag)
{
    return spx_store_run(store, spx_store_prepare(store, which), texts[which], NULL, diag);
}

spx_status spx_store_begin(spx_store *store, spx_diag *diag)
{
    return spx_store_run_plain(store, SQL_BEGIN, diag);
}

spx_status spx_store_end(spx_store *store, spx_status status, spx_diag *diag)
{
    if (status == SPX_OK)
        status = spx_store_run_plain(store, SQL_COMMIT, diag);
    if (status != SPX_OK && sqlite3_get_autocommit(store->database) == 0) {
        const spx_status undone = spx_store_run_plain(store, SQL_ROLLBACK, NULL);
        (void)undone; /* the first failure is the one to tell */
    }
    return status;
}

enum { MS_PER_DAY = 86400000 };

static void copy_text(char *out, size_t size, const char *text)
{
    (void)snprintf(out, size, "%s", text == NULL ? "" : text);
}

static void copy_column(char *out, size_t size, sqlite3_stmt *row, enum column at)
{
    copy_text(out, size, (const char *)sqlite3_column_text(row, (int)at));
}

/* A path that stays within the job's folders: no part of it is empty or begins with a dot. */
static int is_within(const char *path)
{
    for (const char *part = path; part != NULL;) {
        if (part[0] == '\0' || part[0] == '/' || part[0] == '.')
            return 0;
        part = strchr(part, '/');
        part = part == NULL ? NULL : part + 1;
    }
    return 1;
}

/* Returns 0 when they are not what was written. */
static int read_files(spx_job *job, const char *text)
{
    json_t *const list = json_loads(text == NULL ? "" : text, 0, NULL);
    int good = json_is_array(list);
    job->file_count = 0;
    for (size_t i = 0; i < json_array_size(list) && i < SPX_JOB_FILE_MAX; i++) {
        const json_t *const item = json_array_get(list, i);
        spx_job_file *const file = &job->files[job->file_count];
        copy_text(file->name, sizeof(file->name), json_string_value(json_object_get(item, "name")));
        copy_text(file->role, sizeof(file->role), json_string_value(json_object_get(item, "role")));
        copy_text(file->type, sizeof(file->type), json_string_value(json_object_get(item, "type")));
        copy_text(file->disk, sizeof(file->disk), json_string_value(json_object_get(item, "disk")));
        file->size = (uint64_t)json_integer_value(json_object_get(item, "size"));
        const int within =
            is_within(file->disk) && is_within(file->name) && strchr(file->name, '/') == NULL;
        good &= within;
        job->file_count += within ? 1 : 0;
    }
    json_decref(list);
    return good;
}

static int read_options(spx_job *job, const char *text)
{
    json_t *const object = json_loads(text == NULL ? "" : text, 0, NULL);
    spx_job_options_init(&job->options);
    const int good = spx_job_options_set_json(&job->options, object, NULL) == SPX_OK;
    if (!good)
        spx_job_options_init(&job->options);
    json_decref(object);
    return good;
}

/* The number of an enum of `count`; another one makes the row a damaged one. */
static int read_choice(sqlite3_stmt *row, enum column at, int count, int *good)
{
    const int found = sqlite3_column_int(row, (int)at);
    if (found >= 0 && found < count)
        return found;
    *good = 0;
    return 0;
}

/* One entry that is not as it was written must not hide the others, nor stop the queue: it is a
 * job that failed. */
static void give_up(spx_job *job)
{
    job->state = SPX_JOB_FAILED;
    job->failure = SPX_ERR_INTERNAL;
    copy_text(job->error, sizeof(job->error), "its entry in the job database is damaged");
}

static void read_job(sqlite3_stmt *row, spx_job *job)
{
    int good = 1;
    memset(job, 0, sizeof(*job));
    copy_column(job->id, sizeof(job->id), row, AT_ID);
    copy_column(job->owner, sizeof(job->owner), row, AT_OWNER);
    copy_column(job->client, sizeof(job->client), row, AT_CLIENT);
    copy_column(job->name, sizeof(job->name), row, AT_NAME);
    copy_column(job->type, sizeof(job->type), row, AT_TYPE);
    job->size = (uint64_t)sqlite3_column_int64(row, AT_SIZE);
    job->kind = (spx_job_kind)read_choice(row, AT_KIND, SPX_JOB_BOTH + 1, &good);
    job->state = (spx_job_state)read_choice(row, AT_STATE, SPX_JOB_STATES, &good);
    job->revision = (uint32_t)sqlite3_column_int(row, AT_REVISION);
    job->attempts = (uint32_t)sqlite3_column_int(row, AT_ATTEMPTS);
    const int preview = sqlite3_column_int(row, AT_PREVIEW);
    job->preview = preview <= 0                       ? SPX_PREVIEW_WANTED
                   : preview > SPX_PREVIEW_IMPOSSIBLE ? SPX_PREVIEW_IMPOSSIBLE
                                                      : (spx_preview_state)preview;
    job->created_ms = sqlite3_column_int64(row, AT_CREATED);
    job->started_ms = sqlite3_column_int64(row, AT_STARTED);
    job->finished_ms = sqlite3_column_int64(row, AT_FINISHED);
    job->failure = (spx_status)read_choice(row, AT_FAILURE, SPX_ERR_CRASH + 1, &good);
    copy_column(job->error, sizeof(job->error), row, AT_ERROR);
    copy_column(job->summary, sizeof(job->summary), row, AT_SUMMARY);
    job->wanted = (spx_format)sqlite3_column_int64(row, AT_WANTED);
    copy_column(job->second, sizeof(job->second), row, AT_SECOND);
    copy_column(job->share, sizeof(job->share), row, AT_SHARE);
    copy_column(job->tag, sizeof(job->tag), row, AT_TAG);
    copy_column(job->key, sizeof(job->key), row, AT_KEY);
    copy_column(job->hook, sizeof(job->hook), row, AT_HOOK);
    copy_column(job->source, sizeof(job->source), row, AT_SOURCE);
    job->arrival = (spx_arrival)read_choice(row, AT_ARRIVAL, SPX_FETCHING + 1, &good);
    job->hooked = (uint32_t)sqlite3_column_int(row, AT_HOOKED);
    job->hook_attempts = (uint32_t)sqlite3_column_int(row, AT_HOOK_ATTEMPTS);
    job->hook_due_ms = sqlite3_column_int64(row, AT_HOOK_DUE);
    copy_column(job->hook_answer, sizeof(job->hook_answer), row, AT_HOOK_ANSWER);
    job->cost = sqlite3_column_double(row, AT_COST);
    job->position = (uint32_t)sqlite3_column_int(row, AT_POSITION);
    job->ahead = sqlite3_column_double(row, AT_AHEAD);
    good &= read_options(job, (const char *)sqlite3_column_text(row, AT_OPTIONS));
    good &= read_files(job, (const char *)sqlite3_column_text(row, AT_FILES));
    if (!good)
        give_up(job);
}

/* Runs a query into out[0..limit); *count rows were read. */
static spx_status query(spx_store *store, sqlite3_stmt *statement, spx_job *out, size_t limit,
                        size_t *count, spx_diag *diag)
{
    spx_status status = SPX_OK;
    int code = SQLITE_ERROR;
    *count = 0;
    while (statement != NULL && *count < limit && status == SPX_OK &&
           (code = sqlite3_step(statement)) == SQLITE_ROW) {
        read_job(statement, &out[*count]);
        (*count)++;
    }
    if (status == SPX_OK && code != SQLITE_DONE && code != SQLITE_ROW)
        status = spx_store_fail(store, "read", diag);
    if (statement != NULL) {
        (void)sqlite3_reset(statement);
        (void)sqlite3_clear_bindings(statement);
    }
    return status;
}

spx_status spx_store_query_one(spx_store *store, sqlite3_stmt *statement, spx_job *out,
                               spx_diag *diag)
{
    size_t count = 0;
    SPX_TRY(query(store, statement, out, 1, &count, diag));
    return count == 1 ? SPX_OK : spx_fail(diag, SPX_ERR_NOT_FOUND, "no such job");
}

static int64_t day_of(int64_t ms)
{
    return ms / MS_PER_DAY;
}

/* The lock is held. */
static spx_status room_for(spx_store *store, const char *client, const spx_store_limits *limits,
                           int64_t now_ms, spx_store_room *out, spx_diag *diag)
{
    sqlite3_stmt *const ask = spx_store_prepare(store, SQL_ROOM);
    spx_status status = SPX_OK;
    *out = SPX_ROOM_FREE;
    spx_store_bind_text(ask, 1, client);
    spx_store_bind_number(ask, 2, day_of(now_ms));
    if (ask == NULL || sqlite3_step(ask) != SQLITE_ROW) {
        status = spx_store_fail(store, "count jobs", diag);
    } else if (sqlite3_column_int64(ask, 0) >= (sqlite3_int64)limits->queued) {
        *out = SPX_ROOM_QUEUE_FULL;
    } else if (sqlite3_column_int64(ask, 1) >= (sqlite3_int64)limits->client) {
        *out = SPX_ROOM_CLIENT_FULL;
    } else if (limits->daily != 0 && sqlite3_column_int64(ask, 2) >= (sqlite3_int64)limits->daily) {
        *out = SPX_ROOM_DAY_FULL;
    }
    (void)sqlite3_reset(ask);
    return status;
}

// NOLINTNEXTLINE(readability-function-size): six
spx_status spx_store_room_for(spx_store *store, const char *client, const spx_store_limits *limits,
                              int64_t now_ms, spx_store_room *out, spx_diag *diag)
{
    spx_store_lock(store);
    const spx_status status = room_for(store, client, limits, now_ms, out, diag);
    spx_store_unlock(store);
    return status;
}

/* One more job of a client today; earlier days are forgotten. The lock is held. */
static spx_status count_day(spx_store *store, const spx_job *job, spx_diag *diag)
{
    static const enum statement both[] = { SQL_COUNT_DAY, SQL_FORGET_DAYS };
    for (size_t i = 0; i < sizeof(both) / sizeof(both[0]); i++) {
        sqlite3_stmt *const statement = spx_store_prepare(store, both[i]);
        spx_store_bind_text(statement, 1, job->client);
        spx_store_bind_number(statement, 2, day_of(job->created_ms));
        SPX_TRY(spx_store_run(store, statement, "count jobs", NULL, diag));
    }
    return SPX_OK;
}

/* The options as text, owned by the caller: free(). */
static spx_status options_text(const spx_job_options *options, char **out, spx_diag *diag)
{
    json_t *const object = spx_job_options_json(options);
    *out = object == NULL ? NULL : json_dumps(object, JSON_COMPACT);
    json_decref(object);
    return *out == NULL ? spx_fail_memory(diag, "job options") : SPX_OK;
}

static spx_status add(spx_store *store, const spx_job *job, const char *options, spx_diag *diag)
{
    sqlite3_stmt *const insert = spx_store_prepare(store, SQL_ADD);
    if (insert == NULL)
        return spx_store_fail(store, "add a job", diag);
    spx_store_bind_text(insert, 1, job->id);
    spx_store_bind_text(insert, 2, job->owner);
    spx_store_bind_text(insert, 3, job->client);
    spx_store_bind_text(insert, 4, job->name);
    spx_store_bind_text(insert, 5, job->type);
    (void)sqlite3_bind_int64(insert, 6, (sqlite3_int64)job->size);
    (void)sqlite3_bind_int(insert, 7, (int)job->kind);
    spx_store_bind_text(insert, 8, options);
    (void)sqlite3_bind_int64(insert, 9, job->created_ms);
    spx_store_bind_text(insert, 10, job->second);
    spx_store_bind_text(insert, 11, job->tag);
    spx_store_bind_text(insert, 12, job->key);
    spx_store_bind_text(insert, 13, job->hook);
    spx_store_bind_text(insert, 14, job->source);
    (void)sqlite3_bind_int(insert, 15, (int)job->arrival);
    (void)sqlite3_bind_double(insert, 16, job->cost);
    return spx_store_run(store, insert, "add a job", NULL, diag);
}

spx_status spx_store_add(spx_store *store, const spx_job *job, const spx_store_limits *limits,
                         spx_store_room *out, spx_diag *diag)
{
    char *options = NULL;
    *out = SPX_ROOM_FREE;
    SPX_TRY(options_text(&job->options, &options, diag));
    spx_store_lock(store);
    spx_status status = spx_store_begin(store, diag);
    if (status == SPX_OK) {
        status = room_for(store, job->client, limits, job->created_ms, out, diag);
        if (status == SPX_OK && *out == SPX_ROOM_FREE)
            status = add(store, job, options, diag);
        if (status == SPX_OK && *out == SPX_ROOM_FREE && limits->daily != 0)
            status = count_day(store, job, diag);
        status = spx_store_end(store, status, diag);
    }
    spx_store_unlock(store);
    free(options);
    return status;
}

spx_status spx_store_get(spx_store *store, const char *id, spx_job *out, spx_diag *diag)
{
    spx_store_lock(store);
    sqlite3_stmt *const get = spx_store_prepare(store, SQL_GET);
    if (get != NULL)
        spx_store_bind_text(get, 1, id);
    const spx_status status = spx_store_query_one(store, get, out, diag);
    spx_store_unlock(store);
    return status;
}

spx_status spx_store_list(spx_store *store, const spx_job_page *page, spx_job *out, size_t *count,
                          spx_diag *diag)
{
    spx_store_lock(store);
    sqlite3_stmt *const list = spx_store_prepare(store, SQL_LIST);
    if (list != NULL) {
        spx_store_bind_text(list, 1, page->owner);
        spx_store_bind_text(list, 2, page->before);
        (void)sqlite3_bind_int64(list, 3, (sqlite3_int64)page->limit);
        (void)sqlite3_bind_int(list, 4, (int)page->states);
        spx_store_bind_text(list, 5, page->tag == NULL ? "" : page->tag);
    }
    const spx_status status = query(store, list, out, page->limit, count, diag);
    spx_store_unlock(store);
    return status;
}

spx_status spx_store_change(spx_store *store, enum statement which, const char *id, int *changed,
                            spx_diag *diag)
{
    sqlite3_stmt *const statement = spx_store_prepare(store, which);
    if (statement != NULL)
        spx_store_bind_text(statement, 1, id);
    return spx_store_run(store, statement, "change a job", changed, diag);
}

spx_status spx_store_claim(spx_store *store, int64_t now_ms, spx_job *out, spx_diag *diag)
{
    spx_store_lock(store);
    spx_status status = spx_store_begin(store, diag);
    if (status == SPX_OK) {
        status = spx_store_query_one(store, spx_store_prepare(store, SQL_NEXT), out, diag);
        if (status == SPX_OK) {
            spx_store_bind_number(spx_store_prepare(store, SQL_START), 2, now_ms);
            status = spx_store_change(store, SQL_START, out->id, NULL, diag);
        }
        status = spx_store_end(store, status, diag);
    }
    spx_store_unlock(store);
    if (status == SPX_OK) {
        if (out->state != SPX_JOB_FAILED) /* a damaged entry stays one */
            out->state = SPX_JOB_RUNNING;
        out->attempts++;
        out->started_ms = now_ms > out->created_ms ? now_ms : out->created_ms;
    }
    return status;
}

spx_status spx_store_requeue(spx_store *store, const char *id, spx_diag *diag)
{
    spx_store_lock(store);
    const spx_status status = spx_store_change(store, SQL_REQUEUE, id, NULL, diag);
    spx_store_unlock(store);
    return status;
}

/* The files as JSON text, owned by the caller: free(). */
static spx_status files_text(const spx_job *job, char **out, spx_diag *diag)
{
    json_t *const list = json_array();
    int failed = list == NULL;
    for (size_t i = 0; i < job->file_count && !failed; i++) {
        const spx_job_file *const file = &job->files[i];
        failed = json_array_append_new(
            list, json_pack("{ss, ss, ss, ss, sI}", "name", file->name, "role", file->role, "type",
                            file->type, "disk", file->disk, "size", (json_int_t)file->size));
    }
    *out = failed ? NULL : json_dumps(list, JSON_COMPACT);
    json_decref(list);
    return *out == NULL ? spx_fail_memory(diag, "job files") : SPX_OK;
}

spx_status spx_store_finish(spx_store *store, const spx_job *job, spx_diag *diag)
{
    char *files = NULL;
    SPX_TRY(files_text(job, &files, diag));
    spx_store_lock(store);
    sqlite3_stmt *const finish = spx_store_prepare(store, SQL_FINISH);
    if (finish != NULL) {
        (void)sqlite3_bind_int(finish, 2, (int)job->state);
        (void)sqlite3_bind_int64(finish, 3, job->finished_ms);
        (void)sqlite3_bind_int(finish, 4, (int)job->failure);
        spx_store_bind_text(finish, 5, job->error);
        spx_store_bind_text(finish, 6, job->summary);
        spx_store_bind_text(finish, 7, files);
        spx_store_bind_number(finish, 8, spx_store_up_ms(store));
    }
    const spx_status status = spx_store_change(store, SQL_FINISH, job->id, NULL, diag);
    spx_store_unlock(store);
    free(files);
    return status;
}

spx_status spx_store_cancel_queued(spx_store *store, const char *id, int64_t now_ms, int *done,
                                   spx_diag *diag)
{
    spx_store_lock(store);
    spx_store_bind_number(spx_store_prepare(store, SQL_CANCEL), 2, now_ms);
    spx_store_bind_number(spx_store_prepare(store, SQL_CANCEL), 3, spx_store_up_ms(store));
    const spx_status status = spx_store_change(store, SQL_CANCEL, id, done, diag);
    spx_store_unlock(store);
    return status;
}

spx_status spx_store_render(spx_store *store, const spx_job *job, int *done, spx_diag *diag)
{
    char *text = NULL;
    *done = 0;
    SPX_TRY(options_text(&job->options, &text, diag));
    spx_store_lock(store);
    sqlite3_stmt *const render = spx_store_prepare(store, SQL_RENDER);
    if (render != NULL) {
        spx_store_bind_text(render, 2, text);
        (void)sqlite3_bind_int64(render, 3, (int64_t)job->kind);
        (void)sqlite3_bind_double(render, 4, job->cost);
    }
    const spx_status status = spx_store_change(store, SQL_RENDER, job->id, done, diag);
    spx_store_unlock(store);
    free(text);
    return status;
}

spx_status spx_store_remove(spx_store *store, const char *id, int *done, spx_diag *diag)
{
    spx_store_lock(store);
    const spx_status status = spx_store_change(store, SQL_REMOVE, id, done, diag);
    spx_store_unlock(store);
    return status;
}

spx_status spx_store_want(spx_store *store, const char *id, spx_format formats, int *done,
                          spx_diag *diag)
{
    spx_store_lock(store);
    spx_store_bind_number(spx_store_prepare(store, SQL_WANT), 2, (int64_t)formats);
    const spx_status status = spx_store_change(store, SQL_WANT, id, done, diag);
    spx_store_unlock(store);
    return status;
}

spx_status spx_store_claim_wanted(spx_store *store, spx_job *out, spx_diag *diag)
{
    spx_store_lock(store);
    spx_status status =
        spx_store_query_one(store, spx_store_prepare(store, SQL_NEXT_WANTED), out, diag);
    if (status == SPX_OK)
        status = spx_store_change(store, SQL_BEGIN_WANTED, out->id, NULL, diag);
    spx_store_unlock(store);
    if (status == SPX_OK)
        out->attempts++;
    return status;
}

spx_status spx_store_finish_wanted(spx_store *store, const spx_job *job, spx_format formats,
                                   int *done, spx_diag *diag)
{
    char *files = NULL;
    *done = 0;
    SPX_TRY(files_text(job, &files, diag));
    spx_store_lock(store);
    sqlite3_stmt *const finish = spx_store_prepare(store, SQL_FINISH_WANTED);
    if (finish != NULL) {
        (void)sqlite3_bind_int64(finish, 2, (sqlite3_int64)formats);
        spx_store_bind_text(finish, 3, files);
        spx_store_bind_text(finish, 4, job->summary);
        spx_store_bind_text(finish, 5, job->error);
        (void)sqlite3_bind_int64(finish, 6, (sqlite3_int64)job->revision);
    }
    const spx_status status = spx_store_change(store, SQL_FINISH_WANTED, job->id, done, diag);
    spx_store_unlock(store);
    free(files);
    return status;
}

spx_status spx_store_share(spx_store *store, const char *id, const char *share, int *done,
                           spx_diag *diag)
{
    spx_store_lock(store);
    sqlite3_stmt *const statement = spx_store_prepare(store, SQL_SHARE);
    if (statement != NULL)
        spx_store_bind_text(statement, 2, share);
    const spx_status status = spx_store_change(store, SQL_SHARE, id, done, diag);
    spx_store_unlock(store);
    return status;
}

spx_status spx_store_get_shared(spx_store *store, const char *share, spx_job *out, spx_diag *diag)
{
    spx_store_lock(store);
    sqlite3_stmt *const get = spx_store_prepare(store, SQL_SHARED);
    if (get != NULL)
        spx_store_bind_text(get, 1, share);
    const spx_status status = spx_store_query_one(store, get, out, diag);
    spx_store_unlock(store);
    return status;
}

spx_status spx_store_get_keyed(spx_store *store, const spx_job *like, spx_job *out, spx_diag *diag)
{
    spx_store_lock(store);
    sqlite3_stmt *const get = spx_store_prepare(store, SQL_KEYED);
    if (get != NULL) {
        spx_store_bind_text(get, 1, like->key);
        spx_store_bind_text(get, 2, like->owner);
        spx_store_bind_text(get, 3, like->client);
    }
    const spx_status status = spx_store_query_one(store, get, out, diag);
    spx_store_unlock(store);
    return status;
}

spx_status spx_store_recover(spx_store *store, uint32_t most_attempts, int64_t now_ms,
                             spx_diag *diag)
{
    spx_store_lock(store);
    sqlite3_stmt *const fail = spx_store_prepare(store, SQL_RECOVER_FAIL);
    if (fail != NULL) {
        (void)sqlite3_bind_int64(fail, 1, (sqlite3_int64)most_attempts);
        (void)sqlite3_bind_int64(fail, 2, now_ms);
        (void)sqlite3_bind_int(fail, 3, (int)SPX_ERR_INTERNAL);
        spx_store_bind_text(fail, 4, "the server stopped each time that it worked on this photo");
        spx_store_bind_number(fail, 5, spx_store_up_ms(store));
    }
    spx_status status = spx_store_run(store, fail, "recover jobs", NULL, diag);
    if (status == SPX_OK)
        status = spx_store_run_plain(store, SQL_RECOVER, diag);
    spx_store_unlock(store);
    return status;
}

spx_status spx_store_expired(spx_store *store, int64_t before_up_ms, char id[SPX_ID_SIZE],
                             spx_diag *diag)
{
    spx_status status = SPX_OK;
    id[0] = '\0';
    spx_store_lock(store);
    spx_store_bind_number(spx_store_prepare(store, SQL_EXPIRED), 1, before_up_ms);
    sqlite3_stmt *const ask = spx_store_prepare(store, SQL_EXPIRED);
    const int code = ask == NULL ? SQLITE_ERROR : sqlite3_step(ask);
    if (code == SQLITE_ROW) {
        copy_text(id, SPX_ID_SIZE, (const char *)sqlite3_column_text(ask, 0));
    } else if (code == SQLITE_DONE) {
        status = SPX_ERR_NOT_FOUND;
    } else {
        status = spx_store_fail(store, "look for old jobs", diag);
    }
    (void)sqlite3_reset(ask);
    spx_store_unlock(store);
    return status;
}

spx_status spx_store_claim_preview(spx_store *store, uint32_t most_attempts, spx_job *out,
                                   spx_diag *diag)
{
    spx_store_lock(store);
    spx_store_bind_number(spx_store_prepare(store, SQL_PREVIEW_WANTED), 1, -(int64_t)most_attempts);
    spx_status status =
        spx_store_query_one(store, spx_store_prepare(store, SQL_PREVIEW_WANTED), out, diag);
    if (status == SPX_OK)
        status = spx_store_change(store, SQL_PREVIEW_BEGUN, out->id, NULL, diag);
    spx_store_unlock(store);
    return status;
}

spx_status spx_store_set_preview(spx_store *store, const char *id, spx_preview_state preview,
                                 spx_diag *diag)
{
    int changed = 0;
    spx_store_lock(store);
    spx_store_bind_number(spx_store_prepare(store, SQL_SET_PREVIEW), 2, (int64_t)preview);
    const spx_status status = spx_store_change(store, SQL_SET_PREVIEW, id, &changed, diag);
    spx_store_unlock(store);
    return status == SPX_OK && changed == 0 ? SPX_ERR_NOT_FOUND : status;
}

spx_status spx_store_counts(spx_store *store, uint32_t counts[SPX_JOB_STATES], spx_diag *diag)
{
    int code = SQLITE_ERROR;
    memset(counts, 0, SPX_JOB_STATES * sizeof(counts[0]));
    spx_store_lock(store);
    sqlite3_stmt *const ask = spx_store_prepare(store, SQL_COUNTS);
    while (ask != NULL && (code = sqlite3_step(ask)) == SQLITE_ROW) {
        const int state = sqlite3_column_int(ask, 0);
        if (state >= 0 && state < SPX_JOB_STATES)
            counts[state] = (uint32_t)sqlite3_column_int64(ask, 1);
    }
    const spx_status status =
        code == SQLITE_DONE ? SPX_OK : spx_store_fail(store, "count jobs", diag);
    (void)sqlite3_reset(ask);
    spx_store_unlock(store);
    return status;
}
