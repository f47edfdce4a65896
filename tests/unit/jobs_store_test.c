/* What a store of jobs does, whichever database is below it: each test runs with both. */
#include "test_support.h"

#include "base/file.h"
#include "jobs/store.h"
#include "postgres/postgres.h"
#include "test_files.h"
#include "test_postgres.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LEASE_MS = 60000, NOW_MS = 1000000, MOST_ATTEMPTS = 3 };

static const spx_store_limits wide = { .queued = 1000, .client = 1000 };

typedef struct fixture {
    int shared;
    spx_store *store;
    unsigned added;
} fixture;

static spx_store *open_file(int keep)
{
    spx_store *store = NULL;
    spx_diag diag = { 0 };
    char path[600];
    (void)snprintf(path, sizeof(path), "%s", test_out_path("store.sqlite"));
    if (!keep) {
        char wal[620];
        (void)snprintf(wal, sizeof(wal), "%s-wal", path);
        (void)unlink(path);
        (void)unlink(wal);
    }
    if (spx_store_open(&store, path, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    return store;
}

static spx_store *open_shared(uint32_t lease_ms)
{
    spx_store *store = NULL;
    spx_diag diag = { 0 };
    if (spx_store_open_shared(&store, test_postgres_url(), lease_ms, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    return store;
}

static int open_sqlite(void **state)
{
    static fixture self;
    self = (fixture){ .store = open_file(0) };
    *state = &self;
    return 0;
}

static int open_postgres(void **state)
{
    static fixture self;
    self = (fixture){ .shared = 1 };
    *state = &self;
    if (test_postgres_url() == NULL)
        return 0;
    test_postgres_empty();
    self.store = open_shared(LEASE_MS);
    return 0;
}

static int close_store(void **state)
{
    fixture *const self = *state;
    spx_store_close(self->store);
    self->store = NULL;
    return 0;
}

static fixture *begin(void **state)
{
    fixture *const self = *state;
    if (self->store == NULL)
        skip();
    return self;
}

/* A job of a client, with an id that tells when it was added. */
static spx_job new_job(fixture *self, const char *client)
{
    spx_job job;
    memset(&job, 0, sizeof(job));
    (void)snprintf(job.id, sizeof(job.id), "%032x", ++self->added);
    (void)snprintf(job.client, sizeof(job.client), "%s", client);
    (void)snprintf(job.owner, sizeof(job.owner), "%032x", 1);
    (void)snprintf(job.type, sizeof(job.type), "image/jpeg");
    spx_job_set_name(&job, "Möwe ‒ 鸟.jpg");
    spx_job_options_init(&job.options);
    job.created_ms = NOW_MS;
    job.size = 5000000000;
    job.cost = 12.25;
    return job;
}

static spx_store_room put(fixture *self, spx_job *job, const spx_store_limits *limits)
{
    spx_store_room room = SPX_ROOM_FREE;
    spx_diag diag = { 0 };
    if (spx_store_add(self->store, job, limits, &room, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    return room;
}

static spx_job add(fixture *self, const char *client)
{
    spx_job job = new_job(self, client);
    assert_int_equal(put(self, &job, &wide), SPX_ROOM_FREE);
    return job;
}

static spx_job read_job(const fixture *self, const char *id)
{
    spx_job job;
    spx_diag diag = { 0 };
    if (spx_store_get(self->store, id, &job, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    return job;
}

static spx_job claim(const fixture *self, int64_t now_ms)
{
    spx_job job;
    spx_diag diag = { 0 };
    if (spx_store_claim(self->store, now_ms, &job, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    return job;
}

static void end(const fixture *self, spx_job *job, spx_job_state state)
{
    int done = 0;
    job->state = state;
    job->finished_ms = NOW_MS + 5000;
    job->files[0] = (spx_job_file){ .name = "x_spatial.heic",
                                    .role = "spatial",
                                    .type = "image/heic",
                                    .disk = "output-1/x.heic",
                                    .size = 7 };
    job->file_count = state == SPX_JOB_DONE;
    (void)snprintf(job->summary, sizeof(job->summary), "{\"width\":4}");
    assert_int_equal(spx_store_finish(self->store, job, &done, NULL), SPX_OK);
    assert_int_equal(done, 1);
}

static spx_job add_done(fixture *self, const char *client)
{
    const spx_job added = add(self, client);
    spx_job job = claim(self, NOW_MS);
    assert_string_equal(job.id, added.id);
    end(self, &job, SPX_JOB_DONE);
    return read_job(self, job.id);
}

static void keeps_all_that_a_job_is(void **state)
{
    fixture *const self = begin(state);
    spx_job job = new_job(self, "client \"one\" 'two'");
    job.kind = SPX_JOB_BOTH;
    job.options.convert.strength_pct = 3.5;
    (void)snprintf(job.second, sizeof(job.second), "right.jpg");
    (void)snprintf(job.tag, sizeof(job.tag), "tag");
    (void)snprintf(job.key, sizeof(job.key), "key");
    (void)snprintf(job.hook, sizeof(job.hook), "https://example.com/?a=1");
    (void)put(self, &job, &wide);

    const spx_job back = read_job(self, job.id);

    assert_string_equal(back.client, job.client);
    assert_string_equal(back.owner, job.owner);
    assert_string_equal(back.name, job.name);
    assert_string_equal(back.second, "right.jpg");
    assert_string_equal(back.tag, "tag");
    assert_string_equal(back.hook, job.hook);
    assert_true(back.size == 5000000000);
    assert_int_equal(back.kind, SPX_JOB_BOTH);
    assert_int_equal(back.state, SPX_JOB_QUEUED);
    assert_true(back.options.convert.strength_pct == 3.5);
    assert_true(back.cost == 12.25);
    assert_int_equal(back.revision, 1);
    assert_int_equal(back.position, 1);
    assert_int_equal(back.preview, SPX_PREVIEW_WANTED);
    assert_true(back.created_ms == NOW_MS);
}

static void says_that_there_is_no_such_job(void **state)
{
    const fixture *const self = begin(state);
    spx_job job;
    int done = 1;
    assert_int_equal(spx_store_get(self->store, "nobody", &job, NULL), SPX_ERR_NOT_FOUND);
    assert_int_equal(spx_store_claim(self->store, NOW_MS, &job, NULL), SPX_ERR_NOT_FOUND);
    assert_int_equal(spx_store_claim_wanted(self->store, &job, NULL), SPX_ERR_NOT_FOUND);
    assert_int_equal(spx_store_claim_awaited(self->store, &job, NULL), SPX_ERR_NOT_FOUND);
    assert_int_equal(spx_store_claim_preview(self->store, 3, &job, NULL), SPX_ERR_NOT_FOUND);
    assert_int_equal(spx_store_next_hook(self->store, NOW_MS, &job, NULL), SPX_ERR_NOT_FOUND);
    assert_int_equal(spx_store_get_shared(self->store, "", &job, NULL), SPX_ERR_NOT_FOUND);
    assert_int_equal(spx_store_remove(self->store, "nobody", &done, NULL), SPX_OK);
    assert_int_equal(done, 0);
}

static void holds_to_limits_of_queue_client_and_day(void **state)
{
    fixture *const self = begin(state);
    const spx_store_limits limits = { .queued = 3, .client = 2 };
    const spx_store_limits daily = { .queued = 100, .client = 100, .daily = 1 };
    spx_store_room room = SPX_ROOM_FREE;
    spx_job first = new_job(self, "a");
    spx_job second = new_job(self, "a");
    spx_job third = new_job(self, "a");
    spx_job fourth = new_job(self, "b");
    spx_job fifth = new_job(self, "c");
    spx_job day_one = new_job(self, "d");
    spx_job day_two = new_job(self, "d");

    assert_int_equal(put(self, &first, &limits), SPX_ROOM_FREE);
    assert_int_equal(put(self, &second, &limits), SPX_ROOM_FREE);
    assert_int_equal(put(self, &third, &limits), SPX_ROOM_CLIENT_FULL);
    assert_int_equal(put(self, &fourth, &limits), SPX_ROOM_FREE);
    assert_int_equal(put(self, &fifth, &limits), SPX_ROOM_QUEUE_FULL);
    assert_int_equal(spx_store_room_for(self->store, "c", &limits, NOW_MS, &room, NULL), SPX_OK);
    assert_int_equal(room, SPX_ROOM_QUEUE_FULL);
    assert_int_equal(put(self, &day_one, &daily), SPX_ROOM_FREE);
    assert_int_equal(put(self, &day_two, &daily), SPX_ROOM_DAY_FULL);
    day_two.created_ms += 86400000;
    assert_int_equal(put(self, &day_two, &daily), SPX_ROOM_FREE);
    assert_int_equal(spx_store_get(self->store, third.id, &third, NULL), SPX_ERR_NOT_FOUND);
}

static void clients_take_turns_by_what_they_have_running(void **state)
{
    fixture *const self = begin(state);
    for (int i = 0; i < 3; i++)
        (void)add(self, "many");
    (void)add(self, "one");
    (void)add(self, "two");
    static const char *const order[] = { "many", "one", "two", "many", "many" };

    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        const spx_job job = claim(self, NOW_MS + (int64_t)i);
        assert_string_equal(job.client, order[i]);
        assert_int_equal(job.state, SPX_JOB_RUNNING);
        assert_int_equal(job.attempts, 1);
        assert_true(job.started_ms == NOW_MS + (int64_t)i);
    }
}

static void lists_newest_first_by_state_and_tag(void **state)
{
    fixture *const self = begin(state);
    spx_job list[4];
    size_t count = 0;
    spx_job ids[3];
    for (size_t i = 0; i < 3; i++) {
        ids[i] = new_job(self, "c");
        (void)snprintf(ids[i].tag, sizeof(ids[i].tag), "%s", i == 1 ? "middle" : "");
        (void)put(self, &ids[i], &wide);
    }
    const spx_job running = claim(self, NOW_MS);
    spx_job_page page = { .owner = ids[0].owner, .limit = 2 };

    assert_int_equal(spx_store_list(self->store, &page, list, &count, NULL), SPX_OK);
    assert_int_equal(count, 2);
    assert_string_equal(list[0].id, ids[2].id);
    page.before = list[1].id;
    assert_int_equal(spx_store_list(self->store, &page, list, &count, NULL), SPX_OK);
    assert_int_equal(count, 1);
    assert_string_equal(list[0].id, running.id);
    page = (spx_job_page){ .owner = ids[0].owner, .limit = 4, .states = 1U << SPX_JOB_QUEUED };
    assert_int_equal(spx_store_list(self->store, &page, list, &count, NULL), SPX_OK);
    assert_int_equal(count, 2);
    page = (spx_job_page){ .owner = ids[0].owner, .limit = 4, .tag = "middle" };
    assert_int_equal(spx_store_list(self->store, &page, list, &count, NULL), SPX_OK);
    assert_int_equal(count, 1);
    assert_string_equal(list[0].id, ids[1].id);
}

static void ends_jobs_and_puts_them_back(void **state)
{
    fixture *const self = begin(state);
    uint32_t counts[SPX_JOB_STATES];
    double cost = 0.0;
    (void)add(self, "c");
    (void)add(self, "c");
    spx_job first = claim(self, NOW_MS);
    spx_job second = claim(self, NOW_MS);

    assert_int_equal(spx_store_requeue(self->store, &second, NULL), SPX_OK);
    end(self, &first, SPX_JOB_DONE);

    const spx_job done = read_job(self, first.id);
    assert_int_equal(done.state, SPX_JOB_DONE);
    assert_int_equal(done.file_count, 1);
    assert_string_equal(done.files[0].disk, "output-1/x.heic");
    assert_string_equal(done.summary, "{\"width\":4}");
    assert_int_equal(read_job(self, second.id).attempts, 0);
    assert_int_equal(spx_store_counts(self->store, counts, NULL), SPX_OK);
    assert_int_equal(counts[SPX_JOB_QUEUED], 1);
    assert_int_equal(counts[SPX_JOB_DONE], 1);
    assert_int_equal(spx_store_queued_cost(self->store, &cost, NULL), SPX_OK);
    assert_true(cost == 12.25);
}

static void cancels_what_waits_and_removes_what_ended(void **state)
{
    fixture *const self = begin(state);
    int done = 0;
    const spx_job waiting = add(self, "c");
    assert_int_equal(spx_store_remove(self->store, waiting.id, &done, NULL), SPX_OK);
    assert_int_equal(done, 0);
    assert_int_equal(spx_store_cancel_queued(self->store, waiting.id, NOW_MS, &done, NULL), SPX_OK);
    assert_int_equal(done, 1);
    assert_int_equal(read_job(self, waiting.id).state, SPX_JOB_CANCELLED);
    assert_int_equal(spx_store_cancel_queued(self->store, waiting.id, NOW_MS, &done, NULL), SPX_OK);
    assert_int_equal(done, 0);
    assert_int_equal(spx_store_remove(self->store, waiting.id, &done, NULL), SPX_OK);
    assert_int_equal(done, 1);
}

static void renders_again_what_has_ended(void **state)
{
    fixture *const self = begin(state);
    int done = 1;
    spx_job job = add(self, "c");
    assert_int_equal(spx_store_render(self->store, &job, &done, NULL), SPX_OK);
    assert_int_equal(done, 0);
    job = claim(self, NOW_MS);
    end(self, &job, SPX_JOB_FAILED);
    job.options.convert.strength_pct = 1.5;

    assert_int_equal(spx_store_render(self->store, &job, &done, NULL), SPX_OK);

    assert_int_equal(done, 1);
    job = claim(self, NOW_MS);
    assert_int_equal(job.revision, 2);
    assert_int_equal(job.attempts, 1);
    assert_int_equal(job.run, 2);
    assert_true(job.options.convert.strength_pct == 1.5);
}

static void makes_more_files_of_what_is_done(void **state)
{
    fixture *const self = begin(state);
    int done = 0;
    spx_job job = add_done(self, "c");
    const spx_format wanted = (spx_format)1 << 40 | 1;

    assert_int_equal(spx_store_want(self->store, job.id, wanted, &done, NULL), SPX_OK);
    assert_int_equal(done, 1);
    assert_int_equal(spx_store_claim_wanted(self->store, &job, NULL), SPX_OK);
    assert_true(job.wanted == wanted);
    assert_int_equal(job.attempts, 1);
    (void)snprintf(job.error, sizeof(job.error), "one failed");
    assert_int_equal(spx_store_finish_wanted(self->store, &job, wanted, &done, NULL), SPX_OK);

    assert_int_equal(done, 1);
    job = read_job(self, job.id);
    assert_true(job.wanted == 0);
    assert_string_equal(job.error, "one failed");
    assert_int_equal(spx_store_claim_wanted(self->store, &job, NULL), SPX_ERR_NOT_FOUND);
}

/* Of a job that was made again, and of one whose files follow. */
static void remembers_which_run_is_seen(void **state)
{
    fixture *const self = begin(state);
    int done = 0;
    spx_job job = add(self, "c");
    assert_int_equal(read_job(self, job.id).seen_run, 0);
    job = claim(self, NOW_MS);
    job.seen_views = 3;
    job.wanted = 1;
    end(self, &job, SPX_JOB_DONE);
    job = read_job(self, job.id);
    assert_int_equal(job.seen_run, job.run);
    assert_int_equal(job.seen_views, 3);
    assert_int_equal(spx_store_claim_wanted(self->store, &job, NULL), SPX_OK);
    assert_int_equal(job.seen_run, 1);
    assert_int_equal(spx_store_finish_wanted(self->store, &job, 1, &done, NULL), SPX_OK);
    assert_int_equal(read_job(self, job.id).seen_run, 1);

    assert_int_equal(spx_store_render(self->store, &job, &done, NULL), SPX_OK);
    job = claim(self, NOW_MS);
    assert_int_equal(job.run, self->shared ? 3 : 2);
    assert_int_equal(job.seen_run, 1);
    assert_int_equal(job.seen_views, 3);
    job.seen_views = 7;
    end(self, &job, SPX_JOB_FAILED);
    job = read_job(self, job.id);
    assert_int_equal(job.seen_run, 1);
    assert_int_equal(job.seen_views, 3);

    assert_int_equal(spx_store_render(self->store, &job, &done, NULL), SPX_OK);
    job = claim(self, NOW_MS);
    job.seen_views = 11;
    end(self, &job, SPX_JOB_DONE);
    job = read_job(self, job.id);
    assert_int_equal(job.seen_run, self->shared ? 4 : 3);
    assert_int_equal(job.seen_views, 11);
}

static void finds_jobs_by_share_and_key(void **state)
{
    fixture *const self = begin(state);
    int done = 0;
    spx_job found;
    spx_job job = new_job(self, "c");
    (void)snprintf(job.key, sizeof(job.key), "again");
    (void)put(self, &job, &wide);
    spx_job stranger = { .client = "d", .owner = "x", .key = "again" };

    assert_int_equal(spx_store_share(self->store, job.id, "look", &done, NULL), SPX_OK);
    assert_int_equal(spx_store_get_shared(self->store, "look", &found, NULL), SPX_OK);
    assert_string_equal(found.id, job.id);
    assert_int_equal(spx_store_get_keyed(self->store, &job, &found, NULL), SPX_OK);
    assert_string_equal(found.id, job.id);
    assert_int_equal(spx_store_get_keyed(self->store, &stranger, &found, NULL), SPX_ERR_NOT_FOUND);
}

static void waits_for_photos_that_are_fetched(void **state)
{
    fixture *const self = begin(state);
    int done = 0;
    spx_job job = new_job(self, "c");
    spx_job found;
    (void)snprintf(job.source, sizeof(job.source), "https://example.com/a.jpg");
    job.arrival = SPX_AWAITED;
    (void)put(self, &job, &wide);
    spx_job failing = new_job(self, "c");
    failing.arrival = SPX_AWAITED;
    (void)put(self, &failing, &wide);

    assert_int_equal(spx_store_claim(self->store, NOW_MS, &found, NULL), SPX_ERR_NOT_FOUND);
    assert_int_equal(spx_store_claim_awaited(self->store, &found, NULL), SPX_OK);
    assert_string_equal(found.id, job.id);
    assert_int_equal(spx_store_claim_awaited(self->store, &failing, NULL), SPX_OK);
    (void)snprintf(found.type, sizeof(found.type), "image/png");
    assert_int_equal(spx_store_arrived(self->store, &found, &done, NULL), SPX_OK);
    assert_int_equal(done, 1);
    failing.failure = SPX_ERR_NETWORK;
    assert_int_equal(spx_store_lost(self->store, &failing, &done, NULL), SPX_OK);
    assert_int_equal(done, 1);

    assert_int_equal(read_job(self, failing.id).state, SPX_JOB_FAILED);
    const spx_job claimed = claim(self, NOW_MS);
    assert_string_equal(claimed.id, job.id);
    assert_string_equal(claimed.type, "image/png");
}

static void tells_hooks_once_in_a_revision(void **state)
{
    fixture *const self = begin(state);
    spx_job job = new_job(self, "c");
    (void)snprintf(job.hook, sizeof(job.hook), "https://example.com/");
    (void)put(self, &job, &wide);
    assert_int_equal(spx_store_next_hook(self->store, NOW_MS, &job, NULL), SPX_ERR_NOT_FOUND);
    job = claim(self, NOW_MS);
    end(self, &job, SPX_JOB_DONE);

    assert_int_equal(spx_store_next_hook(self->store, NOW_MS, &job, NULL), SPX_OK);
    job.hooked = job.revision;
    (void)snprintf(job.hook_answer, sizeof(job.hook_answer), "HTTP 200");
    assert_int_equal(spx_store_set_hook(self->store, &job, NULL), SPX_OK);

    assert_int_equal(spx_store_next_hook(self->store, INT64_MAX / 2, &job, NULL),
                     SPX_ERR_NOT_FOUND);
    assert_string_equal(read_job(self, job.id).hook_answer, "HTTP 200");
}

static void makes_previews_oldest_first(void **state)
{
    fixture *const self = begin(state);
    spx_job job;
    const spx_job first = add(self, "c");
    (void)add(self, "c");
    assert_int_equal(spx_store_claim_preview(self->store, 3, &job, NULL), SPX_OK);
    assert_string_equal(job.id, first.id);
    assert_int_equal(spx_store_set_preview(self->store, job.id, SPX_PREVIEW_MADE, NULL), SPX_OK);
    assert_int_equal(read_job(self, first.id).preview, SPX_PREVIEW_MADE);
    assert_int_equal(spx_store_set_preview(self->store, "nobody", SPX_PREVIEW_MADE, NULL),
                     SPX_ERR_NOT_FOUND);
    assert_int_equal(spx_store_claim_preview(self->store, 3, &job, NULL), SPX_OK);
    assert_string_not_equal(job.id, first.id);
}

static void knows_what_is_old(void **state)
{
    fixture *const self = begin(state);
    char id[SPX_ID_SIZE];
    int64_t oldest_ms = 0;
    const int64_t up_ms = spx_store_up_ms(self->store);
    const spx_job job = add_done(self, "c");

    assert_int_equal(spx_store_expired(self->store, up_ms - 1, id, NULL), SPX_ERR_NOT_FOUND);
    assert_int_equal(spx_store_expired(self->store, up_ms + 60000, id, NULL), SPX_OK);
    assert_string_equal(id, job.id);
    assert_int_equal(spx_store_oldest(self->store, &oldest_ms, NULL), SPX_OK);
    assert_true(oldest_ms >= up_ms && oldest_ms <= spx_store_up_ms(self->store));
}

static spx_store_room put_on(fixture *self, const char *client, int64_t created_ms)
{
    const spx_store_limits daily = { .queued = 100, .client = 100, .daily = 1 };
    spx_job job = new_job(self, client);
    job.created_ms = created_ms;
    return put(self, &job, &daily);
}

static void forgets_the_counts_of_days_that_are_over(void **state)
{
    fixture *const self = begin(state);
    const int64_t day_ms = 86400000;
    assert_int_equal(put_on(self, "a", NOW_MS), SPX_ROOM_FREE);
    assert_int_equal(put_on(self, "b", NOW_MS + day_ms), SPX_ROOM_FREE);

    assert_int_equal(spx_store_sweep(self->store, NOW_MS, NULL), SPX_OK);
    assert_int_equal(put_on(self, "a", NOW_MS), SPX_ROOM_DAY_FULL);
    assert_int_equal(spx_store_sweep(self->store, NOW_MS + day_ms, NULL), SPX_OK);
    assert_int_equal(put_on(self, "b", NOW_MS + day_ms), SPX_ROOM_DAY_FULL);
    assert_int_equal(put_on(self, "a", NOW_MS), SPX_ROOM_FREE); /* that day is forgotten */
}

static void remembers_numbers(void **state)
{
    const fixture *const self = begin(state);
    double number = 1.0;
    assert_int_equal(spx_store_get_fact(self->store, "spent_s", &number, NULL), SPX_OK);
    assert_true(number == 0.0);
    assert_int_equal(spx_store_set_fact(self->store, "spent_s", 0.1, NULL), SPX_OK);
    assert_int_equal(spx_store_set_fact(self->store, "spent_s", 1e-300, NULL), SPX_OK);
    assert_int_equal(spx_store_get_fact(self->store, "spent_s", &number, NULL), SPX_OK);
    assert_true(number == 1e-300);
}

static void what_nobody_works_on_waits_again_until_it_is_given_up(void **state)
{
    fixture *const self = begin(state);
    const spx_job job = add(self, "c");
    for (int i = 0; i < MOST_ATTEMPTS; i++) {
        spx_store *const died = self->shared ? open_shared(0) : self->store;
        spx_job taken;
        assert_int_equal(spx_store_claim(died, NOW_MS, &taken, NULL), SPX_OK);
        assert_int_equal(taken.attempts, i + 1);
        assert_int_equal(spx_store_recover(self->store, MOST_ATTEMPTS, NOW_MS, NULL, NULL, NULL),
                         SPX_OK);
        if (died != self->store)
            spx_store_close(died);
    }
    const spx_job back = read_job(self, job.id);
    assert_int_equal(back.state, SPX_JOB_FAILED);
    assert_non_null(strstr(back.error, "stopped each time"));
}

/* ---- of shared stores alone ---- */

static void who_lost_a_job_cannot_end_it(void **state)
{
    fixture *const self = begin(state);
    spx_store *const slow = open_shared(0);
    spx_job lost;
    int done = 1;
    (void)add(self, "c");
    assert_int_equal(spx_store_claim(slow, NOW_MS, &lost, NULL), SPX_OK);
    assert_int_equal(spx_store_recover(self->store, 9, NOW_MS, NULL, NULL, NULL), SPX_OK);
    spx_job taken = claim(self, NOW_MS);
    assert_int_equal(taken.run, lost.run + 1);

    spx_beat beat = { .run = lost.run, .stage = "depth" };
    memcpy(beat.id, lost.id, sizeof(beat.id));
    assert_int_equal(spx_store_beat(slow, &beat, NULL), SPX_OK);
    assert_int_equal(beat.is_ours, 0);
    lost.state = SPX_JOB_FAILED;
    assert_int_equal(spx_store_finish(slow, &lost, &done, NULL), SPX_OK);
    assert_int_equal(done, 0);
    assert_int_equal(spx_store_requeue(slow, &lost, NULL), SPX_OK);
    end(self, &taken, SPX_JOB_DONE);

    assert_int_equal(read_job(self, taken.id).state, SPX_JOB_DONE);
    spx_store_close(slow);
}

static void a_beat_keeps_the_lease_and_hears_of_a_cancel(void **state)
{
    fixture *const self = begin(state);
    int done = 0;
    const spx_job added = add(self, "c");
    assert_int_equal(spx_store_ask_cancel(self->store, added.id, &done, NULL), SPX_OK);
    assert_int_equal(done, 0);
    const spx_job job = claim(self, NOW_MS);
    spx_beat beat = { .run = job.run, .stage = "depth", .percent = 40.0, .views = 2 };
    memcpy(beat.id, job.id, sizeof(beat.id));

    assert_int_equal(spx_store_beat(self->store, &beat, NULL), SPX_OK);
    assert_int_equal(beat.is_ours, 1);
    assert_int_equal(beat.is_cancelled, 0);
    assert_int_equal(spx_store_ask_cancel(self->store, job.id, &done, NULL), SPX_OK);
    assert_int_equal(done, 1);
    assert_int_equal(spx_store_beat(self->store, &beat, NULL), SPX_OK);
    assert_int_equal(beat.is_cancelled, 1);
    assert_int_equal(spx_store_recover(self->store, 9, NOW_MS, NULL, NULL, NULL), SPX_OK);

    const spx_job seen = read_job(self, job.id);
    assert_int_equal(seen.state, SPX_JOB_RUNNING); /* its lease holds */
    assert_string_equal(seen.stage, "depth");
    assert_true(seen.percent == 40.0);
    assert_int_equal(seen.run_views, 2);
}

static void a_cancelled_job_stays_so_when_its_worker_dies(void **state)
{
    fixture *const self = begin(state);
    spx_store *const died = open_shared(0);
    spx_job job;
    int done = 0;
    (void)add(self, "c");
    assert_int_equal(spx_store_claim(died, NOW_MS, &job, NULL), SPX_OK);
    assert_int_equal(spx_store_ask_cancel(self->store, job.id, &done, NULL), SPX_OK);
    spx_store_close(died);

    assert_int_equal(spx_store_recover(self->store, 9, NOW_MS, NULL, NULL, NULL), SPX_OK);

    assert_int_equal(read_job(self, job.id).state, SPX_JOB_CANCELLED);
}

/* What waits is not counted with each job; near the limit it is. */
static void a_full_queue_is_full_for_one_node_and_nearly_so_for_two(void **state)
{
    enum { MOST = 40, NEARLY = MOST / 8 };
    fixture *const self = begin(state);
    const spx_store_limits limits = { .queued = MOST, .client = 1000 };
    spx_store *const own = self->store;
    spx_store *const other = open_shared(LEASE_MS);
    spx_store_room room = SPX_ROOM_FREE;
    int taken = 0;
    while (room == SPX_ROOM_FREE) {
        spx_job job = new_job(self, "c");
        room = put(self, &job, &limits);
        taken += room == SPX_ROOM_FREE;
    }
    assert_int_equal(room, SPX_ROOM_QUEUE_FULL);
    assert_int_equal(taken, MOST);

    test_postgres_run("DELETE FROM jobs");
    taken = 0;
    for (int refused = 0; refused < 2;) {
        spx_job job = new_job(self, "c");
        self->store = taken % 2 == 0 ? other : own;
        room = put(self, &job, &limits);
        taken += room == SPX_ROOM_FREE;
        refused = room == SPX_ROOM_FREE ? 0 : refused + 1;
    }
    self->store = own;
    assert_true(taken >= MOST && taken <= MOST + NEARLY);
    spx_store_close(other);
}

enum { THREADS = 4, JOBS_EACH = 25 };

typedef struct taker {
    spx_store *store;
    unsigned taken[THREADS * JOBS_EACH + 1];
    pthread_t thread;
} taker;

static void *take_all(void *user)
{
    taker *const self = user;
    spx_job job;
    while (spx_store_claim(self->store, NOW_MS, &job, NULL) == SPX_OK) {
        int done = 0;
        self->taken[strtoul(job.id, NULL, 16)]++;
        job.state = SPX_JOB_DONE;
        if (spx_store_finish(self->store, &job, &done, NULL) != SPX_OK || !done)
            break;
    }
    return NULL;
}

static void each_job_goes_to_one_worker(void **state)
{
    fixture *const self = begin(state);
    static taker takers[THREADS];
    uint32_t counts[SPX_JOB_STATES];
    for (int i = 0; i < THREADS * JOBS_EACH; i++)
        (void)add(self, i % 3 == 0 ? "a" : "b");
    memset(takers, 0, sizeof(takers));
    for (size_t i = 0; i < THREADS; i++) {
        takers[i].store = open_shared(LEASE_MS);
        assert_int_equal(pthread_create(&takers[i].thread, NULL, take_all, &takers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        (void)pthread_join(takers[i].thread, NULL);
        spx_store_close(takers[i].store);
    }
    for (size_t job = 1; job <= THREADS * JOBS_EACH; job++) {
        unsigned times = 0;
        for (size_t i = 0; i < THREADS; i++)
            times += takers[i].taken[job];
        assert_int_equal(times, 1);
    }
    assert_int_equal(spx_store_counts(self->store, counts, NULL), SPX_OK);
    assert_int_equal(counts[SPX_JOB_DONE], THREADS * JOBS_EACH);
}

static void count_told(void *user, const spx_job *job)
{
    int *const told = user;
    (void)job;
    (*told)++;
}

/* Options of a newer spx, in a job and in one that more files are wanted of. */
static void who_does_not_know_an_option_leaves_the_job_to_who_does(void **state)
{
    fixture *const self = begin(state);
    int done = 0;
    int told = 0;
    spx_job found;
    const int64_t late_ms = NOW_MS + SPX_STORE_VERSION_WAIT_MS;
    spx_job ended = add_done(self, "c");
    assert_int_equal(spx_store_want(self->store, ended.id, SPX_FORMAT_LEFT, &done, NULL), SPX_OK);
    (void)add(self, "c");
    test_postgres_run("UPDATE jobs SET options = '{\"strength\": 2.5, \"holes\": \"none\"}'");
    const spx_job known = add(self, "c");

    spx_job newer = claim(self, NOW_MS);
    assert_string_equal(newer.newer, "there is no option \"holes\"");
    assert_true(newer.options.convert.strength_pct == 2.5);
    assert_int_equal(read_job(self, newer.id).state, SPX_JOB_RUNNING);
    assert_int_equal(spx_store_refuse(self->store, &newer, NOW_MS, NULL), SPX_OK);
    assert_int_equal(spx_store_claim_wanted(self->store, &ended, NULL), SPX_OK);
    assert_int_equal(ended.attempts, 1);
    assert_int_equal(spx_store_refuse(self->store, &ended, NOW_MS, NULL), SPX_OK);

    /* It waits, and is offered to no other of this version. */
    assert_string_equal(claim(self, NOW_MS).id, known.id);
    assert_int_equal(spx_store_claim(self->store, NOW_MS, &found, NULL), SPX_ERR_NOT_FOUND);
    assert_int_equal(spx_store_claim_wanted(self->store, &found, NULL), SPX_ERR_NOT_FOUND);
    found = read_job(self, newer.id);
    assert_int_equal(found.state, SPX_JOB_QUEUED);
    assert_int_equal(found.attempts, 0);
    assert_int_equal(found.waits_for_version, 1);
    assert_int_equal(read_job(self, known.id).waits_for_version, 0);

    /* Who knows more than the one who refused it gets it. */
    test_postgres_run("UPDATE jobs SET refused_by = 1 WHERE refused_by > 0");
    newer = claim(self, NOW_MS);
    assert_string_equal(newer.id, found.id);
    assert_int_equal(spx_store_refuse(self->store, &newer, NOW_MS, NULL), SPX_OK);

    /* Until nobody came for too long. */
    assert_int_equal(spx_store_give_up(self->store, late_ms, count_told, &told, NULL), SPX_OK);
    assert_int_equal(told, 0);
    assert_int_equal(spx_store_give_up(self->store, late_ms + 1, count_told, &told, NULL), SPX_OK);
    assert_int_equal(told, 2);
    found = read_job(self, newer.id);
    assert_int_equal(found.state, SPX_JOB_FAILED);
    assert_int_equal(found.failure, SPX_ERR_REMOTE);
    assert_true(found.finished_ms == late_ms + 1);
    assert_string_equal(found.error,
                        "there is no option \"holes\"; no worker came that knows more: "
                        "they are older than the server that took the job");
    found = read_job(self, ended.id);
    assert_int_equal(found.state, SPX_JOB_DONE);
    assert_int_equal(found.file_count, 1);
    assert_true(found.wanted == 0);
    assert_non_null(strstr(found.error, "no worker came that knows more"));

    /* What a newer one made may be asked for more long after. */
    spx_job made = add(self, "c");
    made = claim(self, NOW_MS);
    assert_int_equal(spx_store_refuse(self->store, &made, NOW_MS, NULL), SPX_OK);
    test_postgres_run("UPDATE jobs SET refused_by = 1 WHERE refused_by > 0");
    made = claim(self, NOW_MS);
    end(self, &made, SPX_JOB_DONE);
    assert_int_equal(spx_store_want(self->store, made.id, SPX_FORMAT_LEFT, &done, NULL), SPX_OK);
    assert_int_equal(spx_store_give_up(self->store, late_ms + 1, count_told, &told, NULL), SPX_OK);
    assert_int_equal(told, 2);
    assert_true(read_job(self, made.id).wanted == SPX_FORMAT_LEFT);
}

static void a_damaged_entry_is_a_job_that_failed(void **state)
{
    fixture *const self = begin(state);
    const spx_job job = add(self, "c");
    test_postgres_run("UPDATE jobs SET options = '{\"strength\": 2'");
    const spx_job found = read_job(self, job.id);
    assert_int_equal(found.state, SPX_JOB_FAILED);
    assert_non_null(strstr(found.error, "damaged"));
    assert_string_equal(found.newer, "");
}

typedef struct ear {
    char heard[4][64];
    size_t count;
} ear;

static void hear(void *user, const char *line)
{
    ear *const self = user;
    if (self->count < 4)
        (void)snprintf(self->heard[self->count++], sizeof(self->heard[0]), "%s", line);
}

static void news_reach_other_nodes_and_not_their_own(void **state)
{
    const fixture *const self = begin(state);
    static const char *const lines[] = { "one", "two" };
    spx_store *const other = open_shared(LEASE_MS);
    ear ours = { .count = 0 };
    ear theirs = { .count = 0 };
    spx_store_set_news(self->store, hear, &ours);
    spx_store_set_news(other, hear, &theirs);
    assert_int_equal(spx_store_exchange(other, NULL, 0, 0, NULL), SPX_OK);

    assert_int_equal(spx_store_exchange(self->store, lines, 2, 0, NULL), SPX_OK);
    for (int i = 0; i < 100 && theirs.count < 3; i++)
        assert_int_equal(spx_store_exchange(other, NULL, 0, 100, NULL), SPX_OK);

    assert_int_equal(theirs.count, 3);
    assert_string_equal(theirs.heard[0], "*"); /* before it listened */
    assert_string_equal(theirs.heard[1], "one");
    assert_string_equal(theirs.heard[2], "two");
    assert_int_equal(ours.count, 1);
    spx_store_close(other);
}

static void counts_the_workers_of_all_nodes(void **state)
{
    const fixture *const self = begin(state);
    spx_store *const other = open_shared(LEASE_MS);
    unsigned workers = 0;
    assert_int_equal(spx_store_keep_node(self->store, 0, NULL), SPX_OK);
    assert_int_equal(spx_store_keep_node(other, 3, NULL), SPX_OK);
    assert_int_equal(spx_store_keep_node(other, 4, NULL), SPX_OK);
    assert_int_equal(spx_store_workers(self->store, &workers, NULL), SPX_OK);
    assert_int_equal(workers, 4);
    spx_store_close(other);
}

static int64_t count_rows(const char *table)
{
    int64_t count = -1;
    char text[80];
    spx_database *database = NULL;
    assert_int_equal(spx_postgres_open(&database, test_postgres_url(), NULL), SPX_OK);
    (void)snprintf(text, sizeof(text), "SELECT COUNT(*) FROM %s", table);
    assert_int_equal(spx_database_number(database, NULL, text, &count, NULL), SPX_OK);
    spx_database_close(database);
    return count;
}

static void forgets_turns_and_nodes_of_long_ago(void **state)
{
    fixture *const self = begin(state);
    const int64_t day_ms = 86400000;
    spx_store *const other = open_shared(LEASE_MS);
    (void)add(self, "early");
    (void)claim(self, NOW_MS);
    (void)add(self, "late");
    (void)claim(self, NOW_MS + 1);
    assert_int_equal(spx_store_keep_node(self->store, 1, NULL), SPX_OK);
    assert_int_equal(spx_store_keep_node(other, 3, NULL), SPX_OK);
    test_postgres_run("UPDATE nodes SET seen = seen - interval '59 minutes'");

    assert_int_equal(spx_store_sweep(self->store, NOW_MS + day_ms, NULL), SPX_OK);
    assert_int_equal(count_rows("turns"), 2);
    assert_int_equal(count_rows("nodes"), 2);
    test_postgres_run("UPDATE nodes SET seen = seen - interval '2 minutes' WHERE workers = 3");
    assert_int_equal(spx_store_sweep(self->store, NOW_MS + day_ms + 1, NULL), SPX_OK);
    assert_int_equal(count_rows("turns WHERE client = 'late'"), 1);
    assert_int_equal(count_rows("turns"), 1);
    assert_int_equal(count_rows("nodes WHERE workers = 1"), 1);
    assert_int_equal(count_rows("nodes"), 1);
    spx_store_close(other);
}

/* What the first layout had, and not the latest. */
static const char first_layout[] =
    "DROP TABLE nodes, turns; DROP FUNCTION spx_add; DROP INDEX jobs_in_turn, jobs_begun_again, "
    "jobs_with_key_of_owner, jobs_with_key_of_client; ALTER TABLE jobs DROP CONSTRAINT jobs_pkey, "
    "ADD CONSTRAINT jobs_pkey PRIMARY KEY (seq), ADD CONSTRAINT jobs_id_key UNIQUE (id); CREATE "
    "INDEX jobs_waiting ON jobs (client, seq) WHERE state = 0 AND arrival = 0; CREATE INDEX "
    "jobs_with_key ON jobs (key) WHERE key <> ''; CREATE FUNCTION spx_claim_preview(BIGINT) "
    "RETURNS BIGINT LANGUAGE sql AS 'SELECT 1'; ALTER TABLE jobs DROP COLUMN seen_run, DROP COLUMN "
    "seen_views, DROP COLUMN refused_by, DROP COLUMN refused_ms; UPDATE spx_schema SET version = 1";

static void brings_an_older_layout_up_to_date_and_refuses_a_newer_one(void **state)
{
    fixture *const self = begin(state);
    spx_diag diag = { 0 };
    spx_store *store = NULL;
    unsigned workers = 9;
    spx_job same[3] = { new_job(self, "a"), new_job(self, "b"), new_job(self, "c") };
    const spx_job ended = add_done(self, "e");
    const spx_job bare = add_done(self, "f");
    spx_job failed = add(self, "g");
    failed = claim(self, NOW_MS);
    end(self, &failed, SPX_JOB_FAILED);
    test_postgres_run("UPDATE jobs SET views = 3, run = 9 WHERE state = 2; UPDATE jobs SET files = "
                      "'[]' WHERE client = 'f'");
    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(same[i].owner, sizeof(same[i].owner), "%032zx", i == 2 ? 7 : i + 8);
        assert_int_equal(put(self, &same[i], &wide), SPX_ROOM_FREE);
    }
    const spx_job taken = claim(self, NOW_MS + 7);
    test_postgres_run(first_layout);
    /* Two nodes were asked at the same moment: by one owner, and by one client. */
    test_postgres_run(
        "UPDATE jobs SET key = 'k', owner = 'o' WHERE client IN ('a', 'b'); UPDATE jobs SET "
        "key = 'k', client = 'b' WHERE client = 'c'");

    spx_store *const again = open_shared(LEASE_MS);

    assert_int_equal(spx_store_workers(again, &workers, NULL), SPX_OK);
    assert_int_equal(workers, 0);
    assert_string_equal(read_job(self, same[0].id).key, "k");
    assert_string_equal(read_job(self, same[1].id).key, "");
    assert_string_equal(read_job(self, same[2].id).key, "");
    assert_int_equal(read_job(self, taken.id).state, SPX_JOB_RUNNING);
    assert_int_equal(read_job(self, ended.id).seen_run, 1); /* whose files it has */
    assert_int_equal(read_job(self, ended.id).seen_views, 3);
    assert_int_equal(read_job(self, bare.id).seen_run, 9);
    assert_int_equal(read_job(self, failed.id).seen_run, 0);
    (void)add(self, taken.client); /* who had a turn waits for others */
    assert_string_not_equal(claim(self, NOW_MS + 8).client, taken.client);
    spx_store_close(again);

    test_postgres_run("UPDATE spx_schema SET version = 99");
    assert_int_equal(spx_store_open_shared(&store, test_postgres_url(), LEASE_MS, &diag),
                     SPX_ERR_UNSUPPORTED);
    assert_null(store);
    assert_non_null(strstr(diag.text, "made by a newer spx (layout 99"));
}

static void names_what_is_wrong_and_no_password(void **state)
{
    static const struct {
        const char *url;
        spx_status status;
        const char *says;
    } bad[] = {
        { "mysql://u:pass-word@h/d", SPX_ERR_ARGUMENT, "not like postgres://" },
        { "postgres://u:pass-word@[::1/d", SPX_ERR_ARGUMENT, "not like postgres://" },
        { "postgres://u:pass-word@h/d?nonsense=1", SPX_ERR_ARGUMENT, "not like postgres://" },
        { "postgres://u:pass-word@127.0.0.1:1/d", SPX_ERR_NETWORK, "port 1 failed" },
        { "postgres://u:pass-word@nobody.invalid/d", SPX_ERR_NETWORK, "nobody.invalid" },
    };
    spx_store *store = NULL;
    (void)begin(state);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        spx_diag diag = { 0 };
        assert_int_equal(spx_store_open_shared(&store, bad[i].url, 1, &diag), bad[i].status);
        assert_non_null(strstr(diag.text, bad[i].says));
        assert_null(strstr(diag.text, "pass-word"));
    }
    spx_diag diag = { 0 };
    char url[300];
    (void)snprintf(url, sizeof(url), "%s_missing", test_postgres_url());
    assert_int_equal(spx_store_open_shared(&store, url, 1, &diag), SPX_ERR_NETWORK);
    assert_non_null(strstr(diag.text, "database \"postgres_missing\" does not exist"));
}

#define BOTH(test)                                                                                 \
    { #test " (file)", test, open_sqlite, close_store, NULL },                                     \
    {                                                                                              \
#test " (shared)", test, open_postgres, close_store, NULL                                  \
    }
#define SHARED(test)                                                                               \
    {                                                                                              \
#test, test, open_postgres, close_store, NULL                                              \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(keeps_all_that_a_job_is),
        BOTH(says_that_there_is_no_such_job),
        BOTH(holds_to_limits_of_queue_client_and_day),
        BOTH(clients_take_turns_by_what_they_have_running),
        BOTH(lists_newest_first_by_state_and_tag),
        BOTH(ends_jobs_and_puts_them_back),
        BOTH(cancels_what_waits_and_removes_what_ended),
        BOTH(renders_again_what_has_ended),
        BOTH(makes_more_files_of_what_is_done),
        BOTH(remembers_which_run_is_seen),
        BOTH(finds_jobs_by_share_and_key),
        BOTH(waits_for_photos_that_are_fetched),
        BOTH(tells_hooks_once_in_a_revision),
        BOTH(makes_previews_oldest_first),
        BOTH(knows_what_is_old),
        BOTH(forgets_the_counts_of_days_that_are_over),
        BOTH(remembers_numbers),
        BOTH(what_nobody_works_on_waits_again_until_it_is_given_up),
        SHARED(who_lost_a_job_cannot_end_it),
        SHARED(a_beat_keeps_the_lease_and_hears_of_a_cancel),
        SHARED(a_cancelled_job_stays_so_when_its_worker_dies),
        SHARED(a_full_queue_is_full_for_one_node_and_nearly_so_for_two),
        SHARED(each_job_goes_to_one_worker),
        SHARED(who_does_not_know_an_option_leaves_the_job_to_who_does),
        SHARED(a_damaged_entry_is_a_job_that_failed),
        SHARED(news_reach_other_nodes_and_not_their_own),
        SHARED(counts_the_workers_of_all_nodes),
        SHARED(forgets_turns_and_nodes_of_long_ago),
        SHARED(brings_an_older_layout_up_to_date_and_refuses_a_newer_one),
        SHARED(names_what_is_wrong_and_no_password),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    test_postgres_stop();
    return failed;
}
