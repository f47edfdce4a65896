/*
 * Nodes over one database, where what happens at the same moment matters: the calls of the database
 * pass a gate that lets them through in the order of the test.
 */
#include "test_support.h"

#include "base/clock.h"
#include "base/file.h"
#include "jobs/jobs_internal.h"
#include "jobs/store_internal.h"
#include "postgres/postgres.h"
#include "test_files.h"
#include "test_maker.h"
#include "test_postgres.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WAIT_STEP_US = 2000, WAIT_STEPS = 30000, STEPS = 200 };
static const char owner[] = "0123456789abcdef0123456789abcdef";

/* ---- the gate ---- */

/* One node's way to the database. The end that a run writes down is answered after a sign of life
 * was refused that was sent before. */
typedef struct gate {
    const spx_database_functions *real;
    spx_database_functions ours;
    atomic_int crosses; /* enum statement whose answer is held; SQL_COUNT = none */
    atomic_int ended;   /* it was run */
    atomic_int refused; /* behind it a sign of life was */
    atomic_int taken;   /* and the node knows … */
    atomic_int passed;  /* … and the end was answered */
    atomic_int beats;
} gate;

static gate the_gate;

static void await_flag(atomic_int *flag)
{
    for (int i = 0; i < WAIT_STEPS && !atomic_load(flag); i++)
        (void)usleep(WAIT_STEP_US);
}

static spx_status run_at_gate(spx_session *session, const spx_call *call, spx_diag *diag)
{
    gate *const self = &the_gate;
    const int crosses = atomic_load(&self->crosses);
    if (call->statement == SQL_BEAT && crosses != SQL_COUNT)
        await_flag(&self->ended);
    const spx_status status = self->real->run(session, call, diag);
    if (call->statement == SQL_BEAT) {
        (void)atomic_fetch_add(&self->beats, 1);
        atomic_store(&self->refused, atomic_load(&self->ended));
    } else if (call->statement == crosses) {
        atomic_store(&self->ended, 1);
        await_flag(&self->taken);
        atomic_store(&self->passed, 1);
    }
    return status;
}

/* The herald exchanges news when it has taken the answer to its signs of life. */
// NOLINTNEXTLINE(readability-function-size): five, as the interface has it
static spx_status exchange_at_gate(spx_database *database, const char *const *lines, size_t count,
                                   uint32_t wait_ms, spx_diag *diag)
{
    gate *const self = &the_gate;
    atomic_store(&self->taken, atomic_load(&self->refused));
    return self->real->exchange(database, lines, count, wait_ms, diag);
}

static void put_gate(spx_jobs *jobs, int crosses)
{
    spx_database *const database = jobs->store->database;
    the_gate.real = database->functions;
    the_gate.ours = *database->functions;
    the_gate.ours.run = run_at_gate;
    the_gate.ours.exchange = exchange_at_gate;
    atomic_store(&the_gate.beats, 0);
    atomic_store(&the_gate.crosses, crosses);
    database->functions = &the_gate.ours;
}

static void cross(int statement)
{
    atomic_store(&the_gate.ended, 0);
    atomic_store(&the_gate.refused, 0);
    atomic_store(&the_gate.taken, 0);
    atomic_store(&the_gate.passed, 0);
    atomic_store(&the_gate.crosses, statement);
}

/* ---- nodes ---- */

/* What photos whose files follow wait for. */
static atomic_int holds_eyes;
static atomic_int holds_end;
static atomic_int holds_files;

static spx_status await_leave(atomic_int *hold, const spx_make *what, spx_diag *diag)
{
    while (atomic_load(hold)) {
        if (spx_cancel_requested(what->cancel))
            return spx_fail(diag, SPX_ERR_CANCELLED, "stopped");
        (void)usleep(WAIT_STEP_US);
    }
    return SPX_OK;
}

/* Small pictures of any run; the files of none that is to be seen only. */
static spx_status show(const spx_make *what, spx_diag *diag)
{
    static const char *const names[] = { "depth_preview.jpg", "left_preview.jpg",
                                         "right_preview.jpg" };
    SPX_TRY(await_leave(&holds_eyes, what, diag));
    SPX_TRY(spx_folder_make(what->output_dir, diag));
    for (int i = 0; i < 3; i++) {
        char path[700];
        (void)snprintf(path, sizeof(path), "%s/%s", what->output_dir, names[i]);
        SPX_TRY(spx_file_write(path, "small", 5, diag));
    }
    what->progress(what->user, "stereo", 0.5);
    return await_leave(what->views_only ? &holds_end : &holds_files, what, diag);
}

static spx_status make(void *user, const spx_make *what, spx_job *made, spx_diag *diag)
{
    const int *const steps = user;
    const char *const role = what->job->wanted == 0 ? "depth" : "left";
    char path[700];
    for (int i = 1; i <= *steps; i++)
        what->progress(what->user, "depth", (double)i / *steps);
    if (what->job->options.files_follow)
        SPX_TRY(show(what, diag));
    if (what->views_only)
        return SPX_OK;
    SPX_TRY(spx_folder_make(what->output_dir, diag));
    (void)snprintf(path, sizeof(path), "%s/%s.jpg", what->output_dir, role);
    SPX_TRY(spx_file_write(path, "pixels", 6, diag));
    spx_job_file *const file = &made->files[made->file_count++];
    (void)snprintf(file->name, sizeof(file->name), "%s.jpg", role);
    (void)snprintf(file->disk, sizeof(file->disk), "%s.jpg", role);
    (void)snprintf(file->role, sizeof(file->role), "%s", role);
    (void)snprintf(file->type, sizeof(file->type), "image/jpeg");
    file->size = 6;
    return SPX_OK;
}

// NOLINTNEXTLINE(readability-non-const-parameter): the maker's user, which is anybody's
static spx_jobs *open_node(const char *name, unsigned workers, int *steps)
{
    char data[600];
    char blobs[600];
    spx_jobs *jobs = NULL;
    spx_diag diag = { 0 };
    (void)snprintf(data, sizeof(data), "%s", test_out_path(name));
    (void)snprintf(blobs, sizeof(blobs), "%s", test_out_path("nodes_blobs"));
    const spx_jobs_options options = { .data_dir = data,
                                       .store = test_postgres_url(),
                                       .blobs = blobs,
                                       .workers = workers,
                                       .limits = { .queued = 30, .client = 30 },
                                       .lease_s = 60.0,
                                       .sweep_after_s = 3600.0,
                                       .maker = { make, test_maker_preview, steps } };
    if (spx_jobs_open(&jobs, &options, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    return jobs;
}

static void start(spx_jobs *jobs)
{
    spx_diag diag = { 0 };
    if (spx_jobs_start(jobs, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
}

static spx_job new_job(const char *client, const char *key)
{
    spx_job job;
    spx_diag diag = { 0 };
    memset(&job, 0, sizeof(job));
    assert_int_equal(spx_id_make(job.id, &diag), SPX_OK);
    (void)snprintf(job.client, sizeof(job.client), "%s", client);
    (void)snprintf(job.owner, sizeof(job.owner), "%s", owner);
    (void)snprintf(job.key, sizeof(job.key), "%s", key);
    spx_job_set_name(&job, "photo.jpg");
    spx_job_options_init(&job.options);
    return job;
}

static spx_store_room add(spx_jobs *jobs, spx_job *job)
{
    char *path = NULL;
    spx_diag diag = { 0 };
    spx_store_room room = SPX_ROOM_FREE;
    assert_int_equal(spx_jobs_incoming_path(jobs, job->id, &path, &diag), SPX_OK);
    assert_int_equal(spx_file_write(path, "pixels", 6, &diag), SPX_OK);
    free(path);
    if (spx_jobs_add(jobs, job, &room, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    return room;
}

static int has_blob(const char *id, const char *name)
{
    char path[700];
    struct stat about;
    (void)snprintf(path, sizeof(path), "%s/%s/%s", test_out_path("nodes_blobs"), id, name);
    return stat(path, &about) == 0;
}

/* Waits until a job is done and nothing more is wanted of it. */
static spx_job await_done(spx_jobs *jobs, const char *id)
{
    spx_job job;
    spx_diag diag = { 0 };
    for (int i = 0; i < WAIT_STEPS; i++) {
        if (spx_jobs_get(jobs, id, &job, &diag) != SPX_OK)
            fail_msg("%s", diag.text);
        if (job.state == SPX_JOB_DONE && job.wanted == 0)
            return job;
        (void)usleep(WAIT_STEP_US);
    }
    fail_msg("%s, %s", spx_job_state_name(job.state), job.error);
    return job;
}

static int begin(void **state)
{
    (void)state;
    if (test_postgres_url() == NULL)
        return 0;
    test_postgres_empty();
    spx_folder_remove(test_out_path("nodes_blobs"));
    assert_int_equal(spx_folder_make(test_out_path("nodes_blobs"), NULL), SPX_OK);
    return 0;
}

static void skip_without_server(void)
{
    if (test_postgres_url() == NULL)
        skip();
}

/* ---- signs of life ---- */

static void one_that_crosses_with_the_end_takes_no_files(void **state)
{
    (void)state;
    skip_without_server();
    int steps = 1;
    int done = 0;
    spx_jobs_totals totals;
    spx_job job = new_job("c", "");
    spx_jobs *const node = open_node("nodes_one", 1, &steps);
    cross(SQL_FINISH);
    put_gate(node, SQL_FINISH);
    assert_int_equal(add(node, &job), SPX_ROOM_FREE);
    start(node);

    const spx_job first = await_done(node, job.id);
    await_flag(&the_gate.passed);
    assert_int_equal(atomic_load(&the_gate.taken), 1);
    cross(SQL_FINISH_WANTED);
    assert_int_equal(spx_jobs_want(node, &first, SPX_FORMAT_LEFT, &done, NULL), SPX_OK);
    assert_int_equal(done, 1);
    const spx_job both = await_done(node, job.id);
    await_flag(&the_gate.passed);
    assert_int_equal(atomic_load(&the_gate.taken), 1);
    cross(SQL_COUNT);
    spx_jobs_stop(node, WAIT_STEPS);
    spx_jobs_read_totals(node, &totals);
    spx_jobs_close(node); /* when its worker has left the job */

    assert_int_equal(totals.done, 1); /* it was told, and not taken for another node's */
    assert_int_equal(both.file_count, 2);
    for (size_t i = 0; i < both.file_count; i++)
        assert_true(has_blob(job.id, both.files[i].disk));
}

static void a_stage_is_one_and_its_progress_one_a_second(void **state)
{
    (void)state;
    skip_without_server();
    int steps = STEPS;
    spx_job job = new_job("c", "");
    spx_jobs *const node = open_node("nodes_one", 1, &steps);
    put_gate(node, SQL_COUNT);
    const double begin_s = spx_clock_s();
    assert_int_equal(add(node, &job), SPX_ROOM_FREE);
    start(node);

    (void)await_done(node, job.id);
    const double took_s = spx_clock_s() - begin_s;
    spx_jobs_close(node);

    assert_true(atomic_load(&the_gate.beats) <= 2 + (int)took_s);
}

/* ---- what is seen before its files ---- */

/* Waits until a job is in that state and shows that run. */
static spx_job await_seen(spx_jobs *jobs, const char *id, spx_job_state state, uint32_t run)
{
    spx_job job;
    spx_diag diag = { 0 };
    for (int i = 0; i < WAIT_STEPS; i++) {
        if (spx_jobs_get(jobs, id, &job, &diag) != SPX_OK)
            fail_msg("%s", diag.text);
        if (job.state == state && job.views_revision == run && (job.views & SPX_VIEW_EYES) != 0)
            return job;
        (void)usleep(WAIT_STEP_US);
    }
    fail_msg("%s, views %u of run %u", spx_job_state_name(job.state), job.views,
             job.views_revision);
    return job;
}

static void await_run(spx_jobs *jobs, const char *id, uint32_t run)
{
    spx_job job = { .run = 0 };
    for (int i = 0; i < WAIT_STEPS && job.run != run; i++) {
        (void)usleep(WAIT_STEP_US);
        assert_int_equal(spx_jobs_get(jobs, id, &job, NULL), SPX_OK);
    }
    assert_int_equal(job.run, run);
}

static void assert_shows(spx_jobs *jobs, const spx_job *job)
{
    char *path = NULL;
    struct stat about;
    assert_int_equal(job->views, SPX_VIEW_DEPTH | SPX_VIEW_EYES);
    assert_int_equal(spx_jobs_view_path(jobs, job, "left_preview.jpg", &path, NULL), SPX_OK);
    assert_int_equal(stat(path, &about), 0);
    free(path);
}

/* One node asks, another one works: a job that is done, and whose files are being made. */
static spx_job begin_seen(spx_jobs **one, spx_jobs **two)
{
    static int steps = 1;
    spx_job job = new_job("c", "");
    job.options.files_follow = 1;
    job.options.convert.formats = SPX_FORMAT_LEFT;
    *one = open_node("nodes_one", 0, &steps);
    *two = open_node("nodes_two", 1, &steps);
    atomic_store(&holds_files, 1);
    assert_int_equal(add(*one, &job), SPX_ROOM_FREE);
    start(*one);
    start(*two);
    (void)await_seen(*one, job.id, SPX_JOB_DONE, 1);
    await_run(*one, job.id, 2);
    return job;
}

/* All it shows comes over database and blobs. */
static void files_follow_what_other_nodes_see(void **state)
{
    (void)state;
    skip_without_server();
    int done = 0;
    spx_jobs *one = NULL;
    spx_jobs *two = NULL;
    const spx_job job = begin_seen(&one, &two);

    /* Its files are being made by a run of their own: what is seen is the first one's. */
    spx_job seen = await_seen(one, job.id, SPX_JOB_DONE, 1);
    assert_int_equal(seen.file_count, 0);
    assert_shows(one, &seen);
    atomic_store(&holds_files, 0);
    seen = await_done(one, job.id);
    assert_int_equal(seen.file_count, 1);
    assert_int_equal(seen.files_revision, 2);
    assert_int_equal(seen.views_revision, 1);
    assert_true(has_blob(job.id, seen.files[0].disk));
    assert_false(has_blob(job.id, "output-2/left_preview.jpg")); /* they are there once */

    /* Made again: the earlier run is seen until the new one shows as much. */
    atomic_store(&holds_eyes, 1);
    atomic_store(&holds_end, 1);
    atomic_store(&holds_files, 1);
    assert_int_equal(spx_jobs_render(one, &seen, &done, NULL), SPX_OK);
    seen = await_seen(one, job.id, SPX_JOB_RUNNING, 1);
    assert_shows(one, &seen);
    atomic_store(&holds_eyes, 0);
    seen = await_seen(one, job.id, SPX_JOB_RUNNING, 3);
    assert_shows(one, &seen);
    atomic_store(&holds_end, 0);
    await_run(one, job.id, 4);

    /* And once more before its files came. */
    atomic_store(&holds_eyes, 1);
    assert_int_equal(spx_jobs_render(one, &seen, &done, NULL), SPX_OK);
    assert_int_equal(done, 1);
    await_run(one, job.id, 5);
    seen = await_seen(one, job.id, SPX_JOB_RUNNING, 3);
    assert_shows(one, &seen);
    atomic_store(&holds_eyes, 0);
    atomic_store(&holds_files, 0);
    seen = await_done(one, job.id);
    assert_int_equal(seen.file_count, 1);
    assert_int_equal(seen.views_revision, 5);
    spx_jobs_close(two);
    for (unsigned run = 1; run < 5; run++) {
        char name[40];
        (void)snprintf(name, sizeof(name), "output-%u/left_preview.jpg", run);
        assert_false(has_blob(job.id, name)); /* nobody sees it any more */
    }
    assert_true(has_blob(job.id, "output-5/left_preview.jpg"));
    spx_jobs_close(one);
}

/* Who dies at the files leaves a folder that goes with the end of who makes them. */
static void what_dies_at_the_files_leaves_none(void **state)
{
    (void)state;
    skip_without_server();
    int steps = 1;
    spx_jobs *one = NULL;
    spx_jobs *two = NULL;
    const spx_job job = begin_seen(&one, &two);
    char path[700];
    char folder[600];
    (void)snprintf(folder, sizeof(folder), "%s/%s/output-2", test_out_path("nodes_blobs"), job.id);
    assert_int_equal(spx_folder_make(folder, NULL), SPX_OK);
    (void)snprintf(path, sizeof(path), "%s/half.jpg", folder);
    assert_int_equal(spx_file_write(path, "pixels", 6, NULL), SPX_OK);
    /* Its lease is over: another worker takes the job, as this one may. */
    test_postgres_run("UPDATE jobs SET run = run + 1, node = '', lease_until = '-infinity', "
                      "attempts = 1");
    spx_jobs *const three = open_node("nodes_three", 1, &steps);
    start(three);
    await_run(one, job.id, 4);
    atomic_store(&holds_files, 0);

    const spx_job both = await_done(one, job.id);
    spx_jobs_close(three);
    spx_jobs_close(two);

    assert_int_equal(both.file_count, 1);
    assert_int_equal(both.views_revision, 1);
    assert_true(has_blob(job.id, both.files[0].disk));
    assert_true(has_blob(job.id, "output-1/left_preview.jpg"));
    assert_false(has_blob(job.id, "output-2/half.jpg"));
    spx_jobs_close(one);
}

/* ---- keys ---- */

static void both_nodes_that_are_asked_with_one_give_one_job(void **state)
{
    (void)state;
    skip_without_server();
    int steps = 1;
    spx_diag diag = { 0 };
    spx_job found;
    spx_job first = new_job("c", "key");
    spx_job second = new_job("c", "key");
    spx_jobs *const one = open_node("nodes_one", 0, &steps);
    spx_jobs *const two = open_node("nodes_two", 0, &steps);
    /* Both have looked before either adds. */
    assert_int_equal(spx_jobs_get_keyed(one, &first, &found, &diag), SPX_ERR_NOT_FOUND);
    assert_int_equal(spx_jobs_get_keyed(two, &second, &found, &diag), SPX_ERR_NOT_FOUND);

    assert_int_equal(add(one, &first), SPX_ROOM_FREE);
    assert_int_equal(add(two, &second), SPX_ROOM_KEY_TAKEN);

    assert_int_equal(spx_jobs_get_keyed(two, &second, &found, NULL), SPX_OK);
    assert_string_equal(found.id, first.id);
    assert_true(has_blob(first.id, "photo"));
    assert_false(has_blob(second.id, "photo"));
    spx_jobs_close(one);
    spx_jobs_close(two);
}

typedef struct late {
    spx_jobs *jobs;
    spx_job job;
    spx_store_room room;
    pthread_t thread;
} late;

static void *add_late(void *user)
{
    late *const self = user;
    self->room = add(self->jobs, &self->job);
    return NULL;
}

static spx_status count_waiting(spx_database *database, int64_t *out)
{
    return spx_database_number(database, NULL, "SELECT COUNT(*) FROM pg_locks WHERE NOT granted",
                               out, NULL);
}

/* Of one owner, from two addresses: neither waits for the other's turn, but for his row. */
static void whoever_comes_second_waits_for_who_is_not_there_yet(void **state)
{
    (void)state;
    skip_without_server();
    int steps = 1;
    int64_t waiting = 0;
    static late self;
    spx_database *database = NULL;
    spx_session *session = NULL;
    self = (late){ .job = new_job("two", "key"), .jobs = open_node("nodes_two", 0, &steps) };
    assert_int_equal(spx_postgres_open(&database, test_postgres_url(), NULL), SPX_OK);
    assert_int_equal(spx_database_enter(database, &session, NULL), SPX_OK);
    const spx_call call = {
        .statement = SPX_ANY_STATEMENT,
        .text = "SELECT spx_add('first', '0123456789abcdef0123456789abcdef', 'one', 'a.jpg', '', "
                "1, 0, '{}', 1, '', '', 'key', '', '', 0, 1, 9, 9, 0, 1)",
        .doing = "add"
    };
    assert_int_equal(database->functions->begin(session, NULL), SPX_OK);
    assert_int_equal(spx_session_run(database, session, &call, NULL), SPX_OK);

    assert_int_equal(pthread_create(&self.thread, NULL, add_late, &self), 0);
    for (int i = 0; i < WAIT_STEPS && waiting == 0; i++) {
        (void)usleep(WAIT_STEP_US);
        assert_int_equal(count_waiting(database, &waiting), SPX_OK);
    }
    assert_int_equal(waiting, 1);
    assert_int_equal(database->functions->end(session, SPX_OK, NULL), SPX_OK);
    (void)pthread_join(self.thread, NULL);

    assert_int_equal(self.room, SPX_ROOM_KEY_TAKEN);
    spx_database_leave(database, session);
    spx_database_close(database);
    spx_jobs_close(self.jobs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(one_that_crosses_with_the_end_takes_no_files, begin),
        cmocka_unit_test_setup(a_stage_is_one_and_its_progress_one_a_second, begin),
        cmocka_unit_test_setup(files_follow_what_other_nodes_see, begin),
        cmocka_unit_test_setup(what_dies_at_the_files_leaves_none, begin),
        cmocka_unit_test_setup(both_nodes_that_are_asked_with_one_give_one_job, begin),
        cmocka_unit_test_setup(whoever_comes_second_waits_for_who_is_not_there_yet, begin),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    test_postgres_stop();
    return failed;
}
