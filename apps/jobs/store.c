/*
 * One table; a row is a job. The columns that queries look at are columns, the rest is JSON.
 * `seq` is the order of arrival; a `preview` below 0 counts how often one was begun. The store
 * knows what a job is and what may happen to it; a database (apps/database) runs the statements of
 * its dialect.
 */
#include "base/clock.h"
#include "jobs/store_internal.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MS_PER_DAY = 86400000 };

/* ---- rows ---- */

static void copy_text(char *out, size_t size, const char *text)
{
    (void)snprintf(out, size, "%s", text == NULL ? "" : text);
}

static void copy_column(char *out, size_t size, const spx_row *row, enum column at)
{
    copy_text(out, size, spx_row_text(row, (int)at));
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

/* Returns 0 when they are not what was written. What a newer spx wrote is no damage. */
static int read_options(spx_job *job, const char *text)
{
    spx_diag diag = { 0 };
    json_t *const object = json_loads(text == NULL ? "" : text, 0, NULL);
    spx_job_options_init(&job->options);
    const spx_status status = spx_job_options_set_known(&job->options, object, &diag);
    if (status == SPX_ERR_ARGUMENT)
        (void)snprintf(job->newer, sizeof(job->newer), "%.120s", diag.text);
    json_decref(object);
    return status == SPX_OK || status == SPX_ERR_ARGUMENT;
}

/* The number of an enum of `count`; another one makes the row a damaged one. */
static int read_choice(const spx_row *row, enum column at, int count, int *good)
{
    const int64_t found = spx_row_number(row, (int)at);
    if (found >= 0 && found < count)
        return (int)found;
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

static void read_texts(const spx_row *row, spx_job *job)
{
    copy_column(job->id, sizeof(job->id), row, AT_ID);
    copy_column(job->owner, sizeof(job->owner), row, AT_OWNER);
    copy_column(job->client, sizeof(job->client), row, AT_CLIENT);
    copy_column(job->name, sizeof(job->name), row, AT_NAME);
    copy_column(job->type, sizeof(job->type), row, AT_TYPE);
    copy_column(job->error, sizeof(job->error), row, AT_ERROR);
    copy_column(job->summary, sizeof(job->summary), row, AT_SUMMARY);
    copy_column(job->second, sizeof(job->second), row, AT_SECOND);
    copy_column(job->share, sizeof(job->share), row, AT_SHARE);
    copy_column(job->tag, sizeof(job->tag), row, AT_TAG);
    copy_column(job->key, sizeof(job->key), row, AT_KEY);
    copy_column(job->hook, sizeof(job->hook), row, AT_HOOK);
    copy_column(job->source, sizeof(job->source), row, AT_SOURCE);
    copy_column(job->hook_answer, sizeof(job->hook_answer), row, AT_HOOK_ANSWER);
    copy_column(job->stage, sizeof(job->stage), row, AT_STAGE);
}

static void read_numbers(const spx_row *row, spx_job *job)
{
    job->size = (uint64_t)spx_row_number(row, AT_SIZE);
    job->revision = (uint32_t)spx_row_number(row, AT_REVISION);
    job->attempts = (uint32_t)spx_row_number(row, AT_ATTEMPTS);
    job->created_ms = spx_row_number(row, AT_CREATED);
    job->started_ms = spx_row_number(row, AT_STARTED);
    job->finished_ms = spx_row_number(row, AT_FINISHED);
    job->wanted = (spx_format)spx_row_number(row, AT_WANTED);
    job->hooked = (uint32_t)spx_row_number(row, AT_HOOKED);
    job->hook_attempts = (uint32_t)spx_row_number(row, AT_HOOK_ATTEMPTS);
    job->hook_due_ms = spx_row_number(row, AT_HOOK_DUE);
    job->cost = spx_row_real(row, AT_COST);
    job->position = (uint32_t)spx_row_number(row, AT_POSITION);
    job->ahead = spx_row_real(row, AT_AHEAD);
    job->run = (uint32_t)spx_row_number(row, AT_RUN);
    job->percent = spx_row_real(row, AT_PERCENT);
    job->run_views = (unsigned)spx_row_number(row, AT_VIEWS);
    job->seen_run = (uint32_t)spx_row_number(row, AT_SEEN_RUN);
    job->seen_views = (unsigned)spx_row_number(row, AT_SEEN_VIEWS);
}

void spx_store_read_job(const spx_row *row, spx_job *job)
{
    int good = 1;
    memset(job, 0, sizeof(*job));
    read_texts(row, job);
    read_numbers(row, job);
    const int64_t preview = spx_row_number(row, AT_PREVIEW);
    job->preview = preview <= 0                       ? SPX_PREVIEW_WANTED
                   : preview > SPX_PREVIEW_IMPOSSIBLE ? SPX_PREVIEW_IMPOSSIBLE
                                                      : (spx_preview_state)preview;
    job->kind = (spx_job_kind)read_choice(row, AT_KIND, SPX_JOB_BOTH + 1, &good);
    job->state = (spx_job_state)read_choice(row, AT_STATE, SPX_JOB_STATES, &good);
    job->failure = (spx_status)read_choice(row, AT_FAILURE, SPX_ERR_CRASH + 1, &good);
    job->arrival = (spx_arrival)read_choice(row, AT_ARRIVAL, SPX_FETCHING + 1, &good);
    job->waits_for_version = job->state == SPX_JOB_QUEUED && spx_row_number(row, AT_REFUSED_BY) > 0;
    good &= read_options(job, spx_row_text(row, AT_OPTIONS));
    good &= read_files(job, spx_row_text(row, AT_FILES));
    if (!good)
        give_up(job);
}

/* ---- statements ---- */

/* Where rows go. */
typedef struct job_list {
    spx_job *out;
    size_t limit;
    size_t count;
} job_list;

static spx_status take_row(void *user, const spx_row *row)
{
    job_list *const list = user;
    if (list->count < list->limit)
        spx_store_read_job(row, &list->out[list->count++]);
    return SPX_OK;
}

spx_call spx_store_call(const spx_store *store, enum statement which, const spx_value *values,
                        size_t count, const char *doing)
{
    return (spx_call){ .statement = (int)which,
                       .text = store->dialect->texts[which],
                       .values = values,
                       .count = count,
                       .doing = doing };
}

spx_status spx_store_change(spx_store *store, enum statement which, const spx_value *values,
                            size_t count, int *changed, spx_diag *diag)
{
    spx_call call = spx_store_call(store, which, values, count, "change a job");
    call.changed = changed;
    return spx_database_run(store->database, &call, diag);
}

spx_status spx_store_change_in(spx_store *store, spx_session *session, enum statement which,
                               const spx_value *values, size_t count, spx_diag *diag)
{
    const spx_call call = spx_store_call(store, which, values, count, "change a job");
    return call.text == NULL ? SPX_OK : spx_session_run(store->database, session, &call, diag);
}

/* Runs a query into out[0..limit) of a list; session: NULL = one of its own. */
static spx_status query(spx_store *store, spx_session *session, spx_call *call, job_list *list,
                        spx_diag *diag)
{
    call->row = take_row;
    call->user = list;
    list->count = 0;
    return session == NULL ? spx_database_run(store->database, call, diag)
                           : spx_session_run(store->database, session, call, diag);
}

static spx_status query_one_in(spx_store *store, spx_session *session, spx_call *call, spx_job *out,
                               spx_diag *diag)
{
    job_list list = { .out = out, .limit = 1 };
    SPX_TRY(query(store, session, call, &list, diag));
    return list.count == 1 ? SPX_OK : spx_fail(diag, SPX_ERR_NOT_FOUND, "no such job");
}

spx_status spx_store_query_one(spx_store *store, enum statement which, const spx_value *values,
                               size_t count, spx_job *out, spx_diag *diag)
{
    spx_call call = spx_store_call(store, which, values, count, "read");
    return query_one_in(store, NULL, &call, out, diag);
}

/* A job that is looked for and marked. */
typedef struct taking {
    spx_store *store;
    const enum statement *both;
    spx_call first;
    spx_job *out;
} taking;

static spx_status take_in(void *user, spx_session *session, spx_diag *diag)
{
    taking *const self = user;
    SPX_TRY(query_one_in(self->store, session, &self->first, self->out, diag));
    spx_value values[2] = { SPX_TEXT(self->out->id) };
    const size_t count = self->first.count == 0 ? 1 : 2;
    if (count == 2)
        values[1] = self->first.values[0];
    return spx_store_change_in(self->store, session, self->both[1], values, count, diag);
}

// NOLINTNEXTLINE(readability-function-size): seven
spx_status spx_store_take(spx_store *store, const enum statement both[2], const spx_value *values,
                          size_t count, spx_job *out, int *done, spx_diag *diag)
{
    taking self = { store, both, spx_store_call(store, both[0], values, count, "read"), out };
    *done = store->dialect->texts[both[1]] == NULL;
    return *done ? query_one_in(store, NULL, &self.first, out, diag)
                 : spx_database_transact(store->database, take_in, &self, diag);
}

/* ---- jobs ---- */

static int64_t day_of(int64_t ms)
{
    return ms / MS_PER_DAY;
}

static spx_status take_room(void *user, const spx_row *row)
{
    int64_t *const counts = user;
    for (int i = 0; i < 3; i++)
        counts[i] = spx_row_number(row, i);
    return SPX_OK;
}

/* What one asks for a client's room. */
typedef struct asked {
    const char *client;
    const spx_store_limits *limits;
    int64_t now_ms;
} asked;

/* session: NULL = one of its own. */
static spx_status room_for(spx_store *store, spx_session *session, const asked *who,
                           spx_store_room *out, spx_diag *diag)
{
    int64_t counts[3] = { 0 };
    const spx_store_limits *const limits = who->limits;
    const spx_value values[] = { SPX_TEXT(who->client), SPX_NUMBER(day_of(who->now_ms)),
                                 SPX_NUMBER(limits->queued), SPX_NUMBER(limits->client) };
    spx_call call = spx_store_call(store, SQL_ROOM, SPX_VALUES(values), "count jobs");
    call.row = take_room;
    call.user = counts;
    *out = SPX_ROOM_FREE;
    SPX_TRY(session == NULL ? spx_database_run(store->database, &call, diag)
                            : spx_session_run(store->database, session, &call, diag));
    if (counts[0] >= (int64_t)limits->queued) {
        *out = SPX_ROOM_QUEUE_FULL;
    } else if (counts[1] >= (int64_t)limits->client) {
        *out = SPX_ROOM_CLIENT_FULL;
    } else if (limits->daily != 0 && counts[2] >= (int64_t)limits->daily) {
        *out = SPX_ROOM_DAY_FULL;
    }
    return SPX_OK;
}

// NOLINTNEXTLINE(readability-function-size): six
spx_status spx_store_room_for(spx_store *store, const char *client, const spx_store_limits *limits,
                              int64_t now_ms, spx_store_room *out, spx_diag *diag)
{
    const asked who = { client, limits, now_ms };
    return room_for(store, NULL, &who, out, diag);
}

/* One more job of a client today; earlier days are forgotten. */
static spx_status count_day(spx_store *store, spx_session *session, const spx_job *job,
                            spx_diag *diag)
{
    const spx_value values[] = { SPX_TEXT(job->client), SPX_NUMBER(day_of(job->created_ms)) };
    SPX_TRY(spx_store_change_in(store, session, SQL_COUNT_DAY, SPX_VALUES(values), diag));
    return spx_store_change_in(store, session, SQL_FORGET_DAYS, SPX_VALUES(values), diag);
}

/* The options as text, owned by the caller: free(). */
static spx_status options_text(const spx_job_options *options, char **out, spx_diag *diag)
{
    json_t *const object = spx_job_options_brief(options);
    *out = object == NULL ? NULL : json_dumps(object, JSON_COMPACT);
    json_decref(object);
    return *out == NULL ? spx_fail_memory(diag, "job options") : SPX_OK;
}

/* A job that is to be added. */
typedef struct adding {
    spx_store *store;
    const spx_job *job;
    const spx_store_limits *limits;
    char *options; /* as text, owned */
    spx_store_room *room;
} adding;

enum { ADD_VALUES = 16, LIMIT_VALUES = 4 };

/* What a new row has, and behind it what decides whether there will be one. */
static void list_values(const adding *self, spx_value out[ADD_VALUES + LIMIT_VALUES])
{
    const spx_job *const job = self->job;
    const spx_value values[ADD_VALUES + LIMIT_VALUES] = {
        SPX_TEXT(job->id),
        SPX_TEXT(job->owner),
        SPX_TEXT(job->client),
        SPX_TEXT(job->name),
        SPX_TEXT(job->type),
        SPX_NUMBER(job->size),
        SPX_NUMBER(job->kind),
        SPX_TEXT(self->options),
        SPX_NUMBER(job->created_ms),
        SPX_TEXT(job->second),
        SPX_TEXT(job->tag),
        SPX_TEXT(job->key),
        SPX_TEXT(job->hook),
        SPX_TEXT(job->source),
        SPX_NUMBER(job->arrival),
        SPX_REAL(job->cost),
        SPX_NUMBER(self->limits->queued),
        SPX_NUMBER(self->limits->client),
        SPX_NUMBER(self->limits->daily),
        SPX_NUMBER(day_of(job->created_ms)),
    };
    memcpy(out, values, sizeof(values));
}

static spx_status take_answer(void *user, const spx_row *row)
{
    int64_t *const answer = user;
    *answer = spx_row_number(row, 0);
    return SPX_OK;
}

/* What waits is not counted with every job that is added, but once in an eighth of the room that
 * there was, and in a second: a full queue is counted each time. */
static const int64_t room_share = 8;
static const double count_every_s = 1.0;

/* What to count up to; -1 = there was room enough a moment ago. */
static int64_t most_queued(spx_store *store, const spx_store_limits *limits)
{
    const int is_fresh = spx_clock_s() - atomic_load(&store->counted_s) < count_every_s;
    return is_fresh && atomic_fetch_sub(&store->uncounted, 1) > 0 ? -1 : (int64_t)limits->queued;
}

/* counted: from the database, how many waited. */
static void note_count(spx_store *store, const spx_store_limits *limits, int64_t counted)
{
    atomic_store(&store->uncounted, ((int64_t)limits->queued - counted) / room_share);
    atomic_store(&store->counted_s, spx_clock_s());
}

/* In one statement, where the database has one that does it all. */
static spx_status add_at_once(const adding *self, spx_diag *diag)
{
    enum { COUNTED = 16 }; /* and how many waited, in the answer for a job that was added */
    int64_t answer = SPX_ROOM_QUEUE_FULL;
    spx_value values[ADD_VALUES + LIMIT_VALUES];
    list_values(self, values);
    values[ADD_VALUES] = (spx_value)SPX_NUMBER(most_queued(self->store, self->limits));
    spx_call call = spx_store_call(self->store, SQL_ADD_IF_ROOM, SPX_VALUES(values), "add a job");
    call.row = take_answer;
    call.user = &answer;
    SPX_TRY(spx_database_run(self->store->database, &call, diag));
    if (answer >= COUNTED) {
        note_count(self->store, self->limits, answer - COUNTED);
        answer = SPX_ROOM_FREE;
    }
    *self->room =
        answer >= 0 && answer <= SPX_ROOM_KEY_TAKEN ? (spx_store_room)answer : SPX_ROOM_QUEUE_FULL;
    return SPX_OK;
}

static spx_status note_taken(void *user, const spx_row *row)
{
    spx_store_room *const room = user;
    (void)row;
    *room = SPX_ROOM_KEY_TAKEN;
    return SPX_OK;
}

static spx_status look_for_key(const adding *self, spx_session *session, spx_diag *diag)
{
    const spx_job *const job = self->job;
    const spx_value values[] = { SPX_TEXT(job->key), SPX_TEXT(job->owner), SPX_TEXT(job->client) };
    spx_call call = spx_store_call(self->store, SQL_KEYED, SPX_VALUES(values), "read");
    call.row = note_taken;
    call.user = self->room;
    return spx_session_run(self->store->database, session, &call, diag);
}

/* Looks and adds, within a transaction. */
static spx_status add_in(void *user, spx_session *session, spx_diag *diag)
{
    const adding *const self = user;
    spx_value values[ADD_VALUES + LIMIT_VALUES];
    const asked who = { self->job->client, self->limits, self->job->created_ms };
    SPX_TRY(look_for_key(self, session, diag)); /* none has the empty one */
    if (*self->room == SPX_ROOM_FREE)
        SPX_TRY(room_for(self->store, session, &who, self->room, diag));
    if (*self->room != SPX_ROOM_FREE)
        return SPX_OK;
    list_values(self, values);
    SPX_TRY(spx_store_change_in(self->store, session, SQL_ADD, values, ADD_VALUES, diag));
    return self->limits->daily == 0 ? SPX_OK : count_day(self->store, session, self->job, diag);
}

spx_status spx_store_add(spx_store *store, const spx_job *job, const spx_store_limits *limits,
                         spx_store_room *out, spx_diag *diag)
{
    adding self = { .store = store, .job = job, .limits = limits, .room = out };
    *out = SPX_ROOM_FREE;
    SPX_TRY(options_text(&job->options, &self.options, diag));
    const spx_status status = store->dialect->texts[SQL_ADD_IF_ROOM] != NULL
                                  ? add_at_once(&self, diag)
                                  : spx_database_transact(store->database, add_in, &self, diag);
    free(self.options);
    return status;
}

spx_status spx_store_get(spx_store *store, const char *id, spx_job *out, spx_diag *diag)
{
    const spx_value values[] = { SPX_TEXT(id) };
    return spx_store_query_one(store, SQL_GET, SPX_VALUES(values), out, diag);
}

spx_status spx_store_list(spx_store *store, const spx_job_page *page, spx_job *out, size_t *count,
                          spx_diag *diag)
{
    job_list list = { .out = out, .limit = page->limit };
    const spx_value values[] = { SPX_TEXT(page->owner), SPX_TEXT(page->before),
                                 SPX_NUMBER(page->limit), SPX_NUMBER(page->states),
                                 SPX_TEXT(page->tag == NULL ? "" : page->tag) };
    spx_call call = spx_store_call(store, SQL_LIST, SPX_VALUES(values), "read");
    const spx_status status = query(store, NULL, &call, &list, diag);
    *count = list.count;
    return status;
}

spx_status spx_store_claim(spx_store *store, int64_t now_ms, spx_job *out, spx_diag *diag)
{
    static const enum statement both[] = { SQL_NEXT, SQL_START };
    const spx_value values[] = { SPX_NUMBER(now_ms), SPX_TEXT(store->node),
                                 SPX_NUMBER(store->lease_ms), SPX_NUMBER(store->level) };
    int done = 0;
    SPX_TRY(spx_store_take(store, both, SPX_VALUES(values), out, &done, diag));
    if (done)
        return SPX_OK;
    if (out->state != SPX_JOB_FAILED) /* a damaged entry stays one */
        out->state = SPX_JOB_RUNNING;
    out->attempts++;
    out->started_ms = now_ms > out->created_ms ? now_ms : out->created_ms;
    return SPX_OK;
}

spx_status spx_store_requeue(spx_store *store, const spx_job *job, spx_diag *diag)
{
    const spx_value values[] = { SPX_TEXT(job->id), SPX_NUMBER(job->run) };
    return spx_store_change(store, SQL_REQUEUE, SPX_VALUES(values), NULL, diag);
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

spx_status spx_store_finish(spx_store *store, const spx_job *job, int *done, spx_diag *diag)
{
    char *files = NULL;
    *done = 0;
    SPX_TRY(files_text(job, &files, diag));
    const spx_value values[] = { SPX_TEXT(job->id),
                                 SPX_NUMBER(job->state),
                                 SPX_NUMBER(job->finished_ms),
                                 SPX_NUMBER(job->failure),
                                 SPX_TEXT(job->error),
                                 SPX_TEXT(job->summary),
                                 SPX_TEXT(files),
                                 SPX_NUMBER(spx_store_up_ms(store)),
                                 SPX_NUMBER(job->run),
                                 SPX_NUMBER(job->wanted),
                                 SPX_NUMBER(job->seen_views) };
    const spx_status status = spx_store_change(store, SQL_FINISH, SPX_VALUES(values), done, diag);
    free(files);
    return status;
}

spx_status spx_store_cancel_queued(spx_store *store, const char *id, int64_t now_ms, int *done,
                                   spx_diag *diag)
{
    const spx_value values[] = { SPX_TEXT(id), SPX_NUMBER(now_ms),
                                 SPX_NUMBER(spx_store_up_ms(store)) };
    return spx_store_change(store, SQL_CANCEL, SPX_VALUES(values), done, diag);
}

spx_status spx_store_render(spx_store *store, const spx_job *job, int *done, spx_diag *diag)
{
    char *text = NULL;
    *done = 0;
    SPX_TRY(options_text(&job->options, &text, diag));
    const spx_value values[] = { SPX_TEXT(job->id), SPX_TEXT(text), SPX_NUMBER(job->kind),
                                 SPX_REAL(job->cost) };
    const spx_status status = spx_store_change(store, SQL_RENDER, SPX_VALUES(values), done, diag);
    free(text);
    return status;
}

spx_status spx_store_remove(spx_store *store, const char *id, int *done, spx_diag *diag)
{
    const spx_value values[] = { SPX_TEXT(id) };
    return spx_store_change(store, SQL_REMOVE, SPX_VALUES(values), done, diag);
}

spx_status spx_store_want(spx_store *store, const char *id, spx_format formats, int *done,
                          spx_diag *diag)
{
    const spx_value values[] = { SPX_TEXT(id), SPX_NUMBER(formats) };
    return spx_store_change(store, SQL_WANT, SPX_VALUES(values), done, diag);
}

spx_status spx_store_claim_wanted(spx_store *store, spx_job *out, spx_diag *diag)
{
    static const enum statement both[] = { SQL_NEXT_WANTED, SQL_BEGIN_WANTED };
    const spx_value values[] = { SPX_TEXT(store->node), SPX_NUMBER(store->lease_ms),
                                 SPX_NUMBER(store->level) };
    int done = 0;
    SPX_TRY(spx_store_take(store, both, SPX_VALUES(values), out, &done, diag));
    if (!done)
        out->attempts++;
    return SPX_OK;
}

spx_status spx_store_finish_wanted(spx_store *store, const spx_job *job, spx_format formats,
                                   int *done, spx_diag *diag)
{
    char *files = NULL;
    *done = 0;
    SPX_TRY(files_text(job, &files, diag));
    const spx_value values[] = { SPX_TEXT(job->id),    SPX_NUMBER(formats),
                                 SPX_TEXT(files),      SPX_TEXT(job->summary),
                                 SPX_TEXT(job->error), SPX_NUMBER(job->revision),
                                 SPX_NUMBER(job->run) };
    const spx_status status =
        spx_store_change(store, SQL_FINISH_WANTED, SPX_VALUES(values), done, diag);
    free(files);
    return status;
}

spx_status spx_store_share(spx_store *store, const char *id, const char *share, int *done,
                           spx_diag *diag)
{
    const spx_value values[] = { SPX_TEXT(id), SPX_TEXT(share) };
    return spx_store_change(store, SQL_SHARE, SPX_VALUES(values), done, diag);
}

spx_status spx_store_get_shared(spx_store *store, const char *share, spx_job *out, spx_diag *diag)
{
    const spx_value values[] = { SPX_TEXT(share) };
    return spx_store_query_one(store, SQL_SHARED, SPX_VALUES(values), out, diag);
}

spx_status spx_store_get_keyed(spx_store *store, const spx_job *like, spx_job *out, spx_diag *diag)
{
    const spx_value values[] = { SPX_TEXT(like->key), SPX_TEXT(like->owner),
                                 SPX_TEXT(like->client) };
    return spx_store_query_one(store, SQL_KEYED, SPX_VALUES(values), out, diag);
}

/* Who hears of jobs that nobody works on any more. */
typedef struct recovery {
    void (*told)(void *user, const spx_job *job);
    void *user;
    spx_job *job;
} recovery;

static spx_status tell_row(void *user, const spx_row *row)
{
    const recovery *const self = user;
    if (self->told == NULL)
        return SPX_OK;
    spx_store_read_job(row, self->job);
    self->told(self->user, self->job);
    return SPX_OK;
}

// NOLINTNEXTLINE(readability-function-size): six
spx_status spx_store_recover(spx_store *store, uint32_t most_attempts, int64_t now_ms,
                             void (*told)(void *user, const spx_job *job), void *user,
                             spx_diag *diag)
{
    const int64_t up_ms = spx_store_up_ms(store);
    const spx_value failing[] = {
        SPX_NUMBER(most_attempts), SPX_NUMBER(now_ms), SPX_NUMBER(SPX_ERR_INTERNAL),
        SPX_TEXT("the server stopped each time that it worked on this photo"), SPX_NUMBER(up_ms)
    };
    const spx_value waiting[] = { SPX_NUMBER(now_ms), SPX_NUMBER(up_ms),
                                  SPX_NUMBER(most_attempts) };
    recovery self = { .told = told, .user = user, .job = malloc(sizeof(*self.job)) };
    if (self.job == NULL)
        return spx_fail_memory(diag, "job");
    static const char doing[] = "recover jobs";
    spx_call fail = spx_store_call(store, SQL_RECOVER_FAIL, SPX_VALUES(failing), doing);
    spx_call again = spx_store_call(store, SQL_RECOVER, SPX_VALUES(waiting), doing);
    fail.row = again.row = tell_row;
    fail.user = again.user = &self;
    spx_status status = spx_database_run(store->database, &fail, diag);
    if (status == SPX_OK)
        status = spx_database_run(store->database, &again, diag);
    free(self.job);
    return status;
}

spx_status spx_store_refuse(spx_store *store, const spx_job *job, int64_t now_ms, spx_diag *diag)
{
    const spx_value values[] = { SPX_TEXT(job->id), SPX_NUMBER(job->run), SPX_NUMBER(store->level),
                                 SPX_NUMBER(now_ms), SPX_TEXT(job->newer) };
    return spx_store_change(store, SQL_REFUSE, SPX_VALUES(values), NULL, diag);
}

// NOLINTNEXTLINE(readability-function-size): five and where the failure is told
spx_status spx_store_give_up(spx_store *store, int64_t now_ms,
                             void (*told)(void *user, const spx_job *job), void *user,
                             spx_diag *diag)
{
    const spx_value values[] = { SPX_NUMBER(now_ms - SPX_STORE_VERSION_WAIT_MS),
                                 SPX_NUMBER(SPX_ERR_REMOTE), SPX_NUMBER(now_ms),
                                 SPX_NUMBER(spx_store_up_ms(store)),
                                 SPX_TEXT("; no worker came that knows more: they are older than "
                                          "the server that took the job") };
    recovery self = { .told = told, .user = user, .job = malloc(sizeof(*self.job)) };
    if (self.job == NULL)
        return spx_fail_memory(diag, "job");
    spx_call call = spx_store_call(store, SQL_GIVE_UP, SPX_VALUES(values), "give up jobs");
    call.row = tell_row;
    call.user = &self;
    const spx_status status = spx_database_run(store->database, &call, diag);
    free(self.job);
    return status;
}

static spx_status take_id(void *user, const spx_row *row)
{
    copy_text(user, SPX_ID_SIZE, spx_row_text(row, 0));
    return SPX_OK;
}

spx_status spx_store_expired(spx_store *store, int64_t before_up_ms, char id[SPX_ID_SIZE],
                             spx_diag *diag)
{
    const spx_value values[] = { SPX_NUMBER(before_up_ms) };
    spx_call call = spx_store_call(store, SQL_EXPIRED, SPX_VALUES(values), "look for old jobs");
    call.row = take_id;
    call.user = id;
    id[0] = '\0';
    SPX_TRY(spx_database_run(store->database, &call, diag));
    return id[0] == '\0' ? SPX_ERR_NOT_FOUND : SPX_OK;
}

spx_status spx_store_claim_preview(spx_store *store, uint32_t most_attempts, spx_job *out,
                                   spx_diag *diag)
{
    static const enum statement both[] = { SQL_PREVIEW_WANTED, SQL_PREVIEW_BEGUN };
    const spx_value values[] = { SPX_NUMBER(-(int64_t)most_attempts) };
    int done = 0;
    return spx_store_take(store, both, SPX_VALUES(values), out, &done, diag);
}

spx_status spx_store_set_preview(spx_store *store, const char *id, spx_preview_state preview,
                                 spx_diag *diag)
{
    int changed = 0;
    const spx_value values[] = { SPX_TEXT(id), SPX_NUMBER(preview) };
    const spx_status status =
        spx_store_change(store, SQL_SET_PREVIEW, SPX_VALUES(values), &changed, diag);
    return status == SPX_OK && changed == 0 ? SPX_ERR_NOT_FOUND : status;
}

spx_status spx_store_sweep(spx_store *store, int64_t now_ms, spx_diag *diag)
{
    const spx_value day = SPX_NUMBER(day_of(now_ms));
    const spx_value day_ago = SPX_NUMBER(now_ms - MS_PER_DAY);
    SPX_TRY(spx_store_change(store, SQL_SWEEP_DAYS, &day, 1, NULL, diag));
    if (store->dialect->texts[SQL_SWEEP_TURNS] == NULL)
        return SPX_OK; /* one process alone needs no list of turns, nor of nodes */
    SPX_TRY(spx_store_change(store, SQL_SWEEP_TURNS, &day_ago, 1, NULL, diag));
    return spx_store_change(store, SQL_SWEEP_NODES, NULL, 0, NULL, diag);
}

static spx_status take_count(void *user, const spx_row *row)
{
    uint32_t *const counts = user;
    const int64_t state = spx_row_number(row, 0);
    if (state >= 0 && state < SPX_JOB_STATES)
        counts[state] = (uint32_t)spx_row_number(row, 1);
    return SPX_OK;
}

spx_status spx_store_counts(spx_store *store, uint32_t counts[SPX_JOB_STATES], spx_diag *diag)
{
    spx_call call = spx_store_call(store, SQL_COUNTS, NULL, 0, "count jobs");
    call.row = take_count;
    call.user = counts;
    memset(counts, 0, SPX_JOB_STATES * sizeof(counts[0]));
    return spx_database_run(store->database, &call, diag);
}
