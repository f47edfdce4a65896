/* Rows of the job database that somebody else wrote: lines COLUMN=VALUE change a good row, then it
 * is read and told. */
#include "jobs/store_internal.h"
#include "server/job_json.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char id[] = "00000000000000000000000000000000";

static void check(int right)
{
    if (!right)
        abort();
}

static spx_store *open_store(void)
{
    static spx_job job;
    spx_store *store = NULL;
    spx_store_room room = SPX_ROOM_FREE;
    const spx_store_limits limits = { .queued = 10, .client = 10 };
    check(spx_store_open(&store, ":memory:", NULL) == SPX_OK);
    (void)snprintf(job.id, sizeof(job.id), "%s", id);
    spx_job_set_name(&job, "photo.jpg");
    spx_job_options_init(&job.options);
    check(spx_store_add(store, &job, &limits, &room, NULL) == SPX_OK && room == SPX_ROOM_FREE);
    return store;
}

static void set_column(const spx_store *store, const char *name, const char *value, int as_number)
{
    char text[128];
    if (strspn(name, "abcdefghijklmnopqrstuvwxyz_") != strlen(name) || strlen(name) > 32)
        return;
    (void)snprintf(text, sizeof(text), "UPDATE jobs SET %s = ?1", name);
    const spx_value number = SPX_NUMBER(strtoll(value, NULL, 10));
    const spx_value words = SPX_TEXT(value);
    const spx_call call = { .statement = SPX_ANY_STATEMENT,
                            .text = text,
                            .values = as_number ? &number : &words,
                            .count = 1,
                            .doing = "change a row" };
    (void)!spx_database_run(store->database, &call, NULL);
}

static void run_script(const spx_store *store, const char *script)
{
    spx_session *session = NULL;
    check(spx_database_enter(store->database, &session, NULL) == SPX_OK);
    check(store->database->functions->script(session, script, NULL) == SPX_OK);
    spx_database_leave(store->database, session);
}

static void tell(const spx_job *job)
{
    json_t *const told[] = { spx_job_json(job), spx_job_event_json(job), spx_job_depth_json(job),
                             spx_job_shared_json(job) };
    check(memchr(job->name, '\0', sizeof(job->name)) != NULL &&
          job->file_count <= SPX_JOB_FILE_MAX);
    for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++)
        json_decref(told[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static spx_store *store;
    static spx_job jobs[2];
    size_t count = 0;
    if (store == NULL)
        store = open_store();
    char *const text = malloc(size + 1);
    if (text == NULL)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    run_script(store, "SAVEPOINT whole");
    char *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        char *const value = strpbrk(line, "=:"); /* NAME=TEXT, NAME:NUMBER */
        if (value == NULL)
            continue;
        const int as_number = *value == ':';
        *value = '\0';
        set_column(store, line, value + 1, as_number);
    }
    const spx_job_page page = { .owner = "", .limit = 2 };
    if (spx_store_list(store, &page, jobs, &count, NULL) == SPX_OK && count != 0)
        tell(&jobs[0]);
    if (spx_store_get(store, id, &jobs[0], NULL) == SPX_OK)
        tell(&jobs[0]);
    if (spx_store_next_hook(store, 1, &jobs[0], NULL) == SPX_OK)
        tell(&jobs[0]);
    run_script(store, "ROLLBACK TO whole; RELEASE whole");
    free(text);
    return 0;
}
