#include "test_support.h"

#include "base/file.h"
#include "jobs/folders.h"
#include "jobs/jobs.h"
#include "test_files.h"

#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WAIT_STEP_US = 2000, WAIT_STEPS = 30000 };
#define SMALL_SUMMARY "{\"width\":4,\"strength\":2.5,\"filled_share\":0}"
#define WHOLE_SUMMARY "{\"width\":4,\"strength\":7,\"filled_share\":1}"

/* A maker that is quick, and does what the name of the photo says. */
typedef struct fake {
    atomic_int made;
    atomic_int running;
    atomic_int hold; /* photos called hold.jpg wait for 0 */
    atomic_int logged;
    atomic_int
        shows; /* of photos called show.jpg: small pictures that a later revision may write */
    int preview_kills;
    atomic_int preview_holds; /* until it is cancelled */
    atomic_int previews;      /* begun */
    atomic_int views;         /* runs that were to make no files */
    _Atomic double strength;  /* that the last run was asked for */
    char data_dir[512];
} fake;

/* Depth and then eyes for screens; a later revision waits for the word between them, and behind. */
static spx_status show(const fake *self, const spx_make *what, spx_diag *diag)
{
    static const char *const names[] = { "depth_preview.jpg", "left_preview.jpg",
                                         "right_preview.jpg" };
    SPX_TRY(spx_folder_make(what->output_dir, diag));
    for (int i = 0; i < 2; i++) {
        for (int n = 2 * i; n >= i; n--) { /* both eyes, the left one last */
            char path[700];
            (void)snprintf(path, sizeof(path), "%s/%s", what->output_dir, names[n]);
            SPX_TRY(spx_file_write(path, "small", 5, diag));
        }
        what->progress(what->user, "depth", 0.5);
        while (what->job->revision > 1 && atomic_load(&self->shows) <= i)
            (void)usleep(WAIT_STEP_US);
    }
    return SPX_OK;
}

static spx_status fake_make(void *user, const spx_make *what, spx_job *made, spx_diag *diag)
{
    fake *const self = user;
    (void)atomic_fetch_add(&self->running, 1);
    what->progress(what->user, "read", 0.25);
    atomic_store(&self->strength, what->job->options.convert.strength_pct);
    while (strncmp(what->job->name, "hold", 4) == 0 && atomic_load(&self->hold)) {
        if (spx_cancel_requested(what->cancel)) {
            (void)atomic_fetch_sub(&self->running, 1);
            return spx_fail(diag, SPX_ERR_CANCELLED, "stopped");
        }
        (void)usleep(WAIT_STEP_US);
    }
    (void)atomic_fetch_sub(&self->running, 1);
    if (strcmp(what->job->name, "crash.jpg") == 0)
        _exit(9);
    if (strcmp(what->job->name, "bad.jpg") == 0)
        return spx_fail(diag, SPX_ERR_CORRUPT, "%s: not a picture", what->photo_path);
    if (strcmp(what->job->name, "full.jpg") == 0)
        return spx_fail(diag, SPX_ERR_IO, "photo: disk full in %s/x and %s/y", self->data_dir,
                        what->output_dir);
    if (strcmp(what->job->name, "show.jpg") == 0)
        SPX_TRY(show(self, what, diag));
    (void)snprintf(made->summary, sizeof(made->summary), "%s",
                   what->views_only ? SMALL_SUMMARY : WHOLE_SUMMARY);
    if (what->views_only) {
        (void)atomic_fetch_add(&self->views, 1);
        (void)atomic_fetch_add(&self->made, 1);
        return SPX_OK;
    }
    char path[700];
    SPX_TRY(spx_folder_make(what->output_dir, diag));
    (void)snprintf(path, sizeof(path), "%s/depth_image.jpg", what->output_dir);
    SPX_TRY(spx_file_write(path, "depth", 5, diag));
    made->files[0] = (spx_job_file){ .name = "depth_image.jpg",
                                     .role = "depth",
                                     .type = "image/jpeg",
                                     .disk = "depth_image.jpg",
                                     .size = 5 };
    made->file_count = 1;
    (void)atomic_fetch_add(&self->made, 1);
    return SPX_OK;
}

static spx_status fake_preview(void *user, const char *photo_path, uint32_t side_px,
                               const char *out_path, const spx_cancel *cancel, spx_diag *diag)
{
    fake *const self = user;
    (void)side_px;
    spx_bytes bytes = { 0 };
    (void)atomic_fetch_add(&self->previews, 1);
    if (self->preview_kills)
        _exit(9);
    while (atomic_load(&self->preview_holds)) {
        if (spx_cancel_requested(cancel))
            return spx_fail(diag, SPX_ERR_CANCELLED, "stopped");
        (void)usleep(WAIT_STEP_US);
    }
    SPX_TRY(spx_file_read(photo_path, 100, &bytes, diag));
    const spx_status status = spx_file_write(out_path, bytes.data, bytes.size, diag);
    spx_bytes_clear(&bytes);
    return status;
}

static void init_fake(fake *self, const char *name)
{
    memset(self, 0, sizeof(*self));
    (void)snprintf(self->data_dir, sizeof(self->data_dir), "%s", test_out_path(name));
    spx_folder_remove(self->data_dir);
}

static void count_line(void *user, const char *line)
{
    fake *const self = user;
    assert_non_null(line);
    (void)atomic_fetch_add(&self->logged, 1);
}

static spx_jobs_options queue_options(fake *self)
{
    return (spx_jobs_options){
        .data_dir = self->data_dir,
        .workers = 2,
        .limits = { .queued = 30, .client = 30 },
        .retention_s = 3600,
        .maker = { .make = fake_make, .preview = fake_preview, .user = self },
        .log = count_line,
        .user = self,
    };
}

static spx_jobs *open_queue(fake *self, int start)
{
    spx_jobs *jobs = NULL;
    spx_diag diag = { 0 };
    const spx_jobs_options options = queue_options(self);
    if (spx_jobs_open(&jobs, &options, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    if (start)
        assert_int_equal(spx_jobs_start(jobs, &diag), SPX_OK);
    return jobs;
}

static spx_store_room add(spx_jobs *jobs, const char *name, const char *client,
                          char id[SPX_ID_SIZE])
{
    spx_job *const job = calloc(1, sizeof(*job));
    spx_store_room room = SPX_ROOM_FREE;
    spx_diag diag = { 0 };
    char *path = NULL;
    assert_non_null(job);
    assert_int_equal(spx_id_make(job->id, &diag), SPX_OK);
    assert_int_equal(spx_jobs_incoming_path(jobs, job->id, &path, &diag), SPX_OK);
    assert_int_equal(spx_file_write(path, "pixels", 6, &diag), SPX_OK);
    spx_job_set_name(job, name);
    spx_job_options_init(&job->options);
    (void)snprintf(job->client, sizeof(job->client), "%s", client);
    (void)snprintf(job->owner, sizeof(job->owner), "owner");
    if (spx_jobs_add(jobs, job, &room, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    memcpy(id, job->id, SPX_ID_SIZE);
    free(path);
    free(job);
    return room;
}

static void read_job(spx_jobs *jobs, const char *id, spx_job *job)
{
    spx_diag diag = { 0 };
    if (spx_jobs_get(jobs, id, job, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
}

/* Waits until a job has that state. */
static void await(spx_jobs *jobs, const char *id, spx_job_state state, spx_job *job)
{
    for (int i = 0; i < WAIT_STEPS; i++) {
        read_job(jobs, id, job);
        if (job->state == state)
            return;
        (void)usleep(WAIT_STEP_US);
    }
    fail_msg("%s: %s, not %s", job->name, spx_job_state_name(job->state),
             spx_job_state_name(state));
}

static int exists(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0;
}

static void makes_a_job_and_keeps_its_files(void **state)
{
    (void)state;
    static fake self;
    static spx_job job;
    char id[SPX_ID_SIZE];
    char *path = NULL;
    init_fake(&self, "jobs_made");
    spx_jobs *const jobs = open_queue(&self, 1);

    assert_int_equal(add(jobs, "boats.jpg", "c", id), SPX_ROOM_FREE);
    await(jobs, id, SPX_JOB_DONE, &job);

    assert_int_equal(job.file_count, 1);
    assert_string_equal(job.files[0].disk, "output-1/depth_image.jpg");
    assert_string_equal(job.summary, WHOLE_SUMMARY);
    assert_true(job.finished_ms >= job.started_ms && job.started_ms >= job.created_ms);
    assert_true(job.percent == 100.0);
    assert_int_equal(spx_jobs_file_path(jobs, &job, &job.files[0], &path, NULL), SPX_OK);
    assert_true(exists(path));
    free(path);
    for (int i = 0; i < WAIT_STEPS && job.preview == SPX_PREVIEW_WANTED; i++) {
        (void)usleep(WAIT_STEP_US);
        read_job(jobs, id, &job);
    }
    assert_int_equal(job.preview, SPX_PREVIEW_MADE);
    spx_jobs_close(jobs);
}

/* Waits until a job's small pictures are of that revision. */
static void await_views(spx_jobs *jobs, const char *id, uint32_t revision, spx_job *job)
{
    for (int i = 0; i < WAIT_STEPS; i++) {
        read_job(jobs, id, job);
        if (job->views_revision == revision)
            return;
        (void)usleep(WAIT_STEP_US);
    }
    fail_msg("views of revision %u, not %u", job->views_revision, revision);
}

/* What is saved again is seen before its files are made, and never less than there was. */
static void shows_a_new_revision_before_its_files(void **state)
{
    (void)state;
    static fake self;
    static spx_job job;
    char id[SPX_ID_SIZE];
    char *path = NULL;
    int done = 0;
    init_fake(&self, "jobs_shown");
    spx_jobs *const jobs = open_queue(&self, 1);
    assert_int_equal(add(jobs, "show.jpg", "c", id), SPX_ROOM_FREE);
    await(jobs, id, SPX_JOB_DONE, &job);
    assert_int_equal(job.views, SPX_VIEW_DEPTH | SPX_VIEW_EYES);
    assert_int_equal(job.views_revision, 1);

    assert_int_equal(spx_jobs_render(jobs, &job, &done, NULL), SPX_OK);
    assert_int_equal(done, 1);
    await(jobs, id, SPX_JOB_RUNNING, &job);
    for (int i = 0; i < WAIT_STEPS && strcmp(job.stage, "depth") != 0; i++) {
        (void)usleep(WAIT_STEP_US);
        read_job(jobs, id, &job);
    }
    assert_string_equal(job.stage, "depth"); /* its depth lies there, its eyes do not */
    assert_int_equal(job.views, SPX_VIEW_DEPTH | SPX_VIEW_EYES);
    assert_int_equal(job.views_revision, 1);
    self.shows = 1;
    await_views(jobs, id, 2, &job);
    assert_int_equal(job.state, SPX_JOB_RUNNING);
    assert_int_equal(job.views, SPX_VIEW_DEPTH | SPX_VIEW_EYES);
    assert_int_equal(job.files_revision, 1);
    assert_int_equal(spx_jobs_view_path(jobs, &job, "right_preview.jpg", &path, NULL), SPX_OK);
    assert_non_null(strstr(path, "/output-2/"));
    assert_true(exists(path));
    free(path);
    self.shows = 2;
    await(jobs, id, SPX_JOB_DONE, &job);
    assert_int_equal(job.files_revision, 2);
    assert_int_equal(job.views_revision, 2);
    spx_jobs_close(jobs);
}

/* Done when it can be seen: the files follow by themselves, with the numbers of what is seen. */
static void files_may_follow_what_is_seen(void **state)
{
    (void)state;
    static fake self;
    static spx_job job;
    char id[SPX_ID_SIZE];
    int done = 0;
    init_fake(&self, "jobs_follow");
    spx_jobs *const jobs = open_queue(&self, 1);
    assert_int_equal(add(jobs, "boats.jpg", "c", id), SPX_ROOM_FREE);
    await(jobs, id, SPX_JOB_DONE, &job);
    assert_int_equal(job.file_count, 1);
    assert_int_equal(self.views, 0);

    job.options.files_follow = 1;
    job.options.convert.formats = SPX_FORMAT_DEPTH;
    assert_int_equal(spx_jobs_render(jobs, &job, &done, NULL), SPX_OK);
    for (int i = 0; i < WAIT_STEPS && (job.files_revision != 2 || job.file_count == 0); i++) {
        (void)usleep(WAIT_STEP_US);
        read_job(jobs, id, &job);
    }
    assert_int_equal(job.state, SPX_JOB_DONE);
    assert_int_equal(self.views, 1);
    assert_int_equal(self.made, 3);
    assert_int_equal(job.wanted, 0);
    assert_string_equal(job.files[0].role, "depth");
    assert_true(self.strength == 2.5);
    assert_string_equal(job.summary, "{\"width\":4,\"strength\":2.5,\"filled_share\":1}");
    spx_jobs_close(jobs);
}

static void fails_only_the_photo_that_fails_and_names_no_path(void **state)
{
    (void)state;
    static fake self;
    static spx_job job;
    char bad[SPX_ID_SIZE];
    char full[SPX_ID_SIZE];
    char good[SPX_ID_SIZE];
    init_fake(&self, "jobs_failing");
    spx_jobs *const jobs = open_queue(&self, 1);

    (void)add(jobs, "bad.jpg", "c", bad);
    (void)add(jobs, "full.jpg", "c", full);
    (void)add(jobs, "good.jpg", "c", good);

    await(jobs, good, SPX_JOB_DONE, &job);
    await(jobs, bad, SPX_JOB_FAILED, &job);
    assert_int_equal(job.failure, SPX_ERR_CORRUPT);
    assert_string_equal(job.error, "bad.jpg: not a picture");
    await(jobs, full, SPX_JOB_FAILED, &job);
    assert_string_equal(job.error, "full.jpg: disk full in /x and y");
    spx_jobs_close(jobs);
    assert_int_equal(atomic_load(&self.logged), 1); /* the full disk, not the bad photo */
}

static void cancels_what_waits_and_what_runs(void **state)
{
    (void)state;
    static fake self;
    static spx_job job;
    char ids[3][SPX_ID_SIZE];
    spx_jobs_removal removal = SPX_REMOVAL_REMOVED;
    init_fake(&self, "jobs_cancel");
    self.hold = 1;
    spx_jobs *const jobs = open_queue(&self, 1);
    for (size_t i = 0; i < 3; i++)
        (void)add(jobs, "hold.jpg", "c", ids[i]);
    await(jobs, ids[0], SPX_JOB_RUNNING, &job);
    await(jobs, ids[1], SPX_JOB_RUNNING, &job);

    assert_int_equal(spx_jobs_remove(jobs, ids[2], &removal, NULL), SPX_OK);
    assert_int_equal(removal, SPX_REMOVAL_CANCELLED);
    assert_int_equal(spx_jobs_remove(jobs, ids[0], &removal, NULL), SPX_OK);
    assert_int_equal(removal, SPX_REMOVAL_CANCELLING);

    await(jobs, ids[2], SPX_JOB_CANCELLED, &job);
    await(jobs, ids[0], SPX_JOB_CANCELLED, &job);
    self.hold = 0;
    await(jobs, ids[1], SPX_JOB_DONE, &job);
    spx_jobs_close(jobs);
}

static void removes_row_and_files_together(void **state)
{
    (void)state;
    static fake self;
    static spx_job job;
    char id[SPX_ID_SIZE];
    spx_jobs_removal removal = SPX_REMOVAL_CANCELLED;
    init_fake(&self, "jobs_removal");
    spx_jobs *const jobs = open_queue(&self, 1);
    (void)add(jobs, "boats.jpg", "c", id);
    await(jobs, id, SPX_JOB_DONE, &job);
    char *const folder = spx_folders_path(self.data_dir, "uploads", id, NULL);
    assert_true(exists(folder));

    assert_int_equal(spx_jobs_remove(jobs, id, &removal, NULL), SPX_OK);

    assert_int_equal(removal, SPX_REMOVAL_REMOVED);
    assert_false(exists(folder));
    assert_int_equal(spx_jobs_get(jobs, id, &job, NULL), SPX_ERR_NOT_FOUND);
    assert_int_equal(spx_jobs_remove(jobs, id, &removal, NULL), SPX_ERR_NOT_FOUND);
    free(folder);
    spx_jobs_close(jobs);
}

static void lets_old_jobs_go_and_keeps_young_ones(void **state)
{
    (void)state;
    static fake self;
    static spx_job job;
    char id[SPX_ID_SIZE];
    init_fake(&self, "jobs_retention");
    spx_jobs *const jobs = open_queue(&self, 1);
    (void)add(jobs, "boats.jpg", "c", id);
    await(jobs, id, SPX_JOB_DONE, &job);

    const int64_t up_ms = spx_jobs_up_ms(jobs); /* it ended a moment ago */
    spx_jobs_expire(jobs, up_ms + 3590 * 1000);
    read_job(jobs, id, &job);
    spx_jobs_expire(jobs, up_ms + 3601 * 1000);

    assert_int_equal(spx_jobs_get(jobs, id, &job, NULL), SPX_ERR_NOT_FOUND);
    char *const folder = spx_folders_path(self.data_dir, "uploads", id, NULL);
    assert_false(exists(folder));
    free(folder);
    spx_jobs_close(jobs);
}

static void holds_to_the_limits_of_queue_and_client(void **state)
{
    (void)state;
    static fake self;
    static spx_job job;
    char id[SPX_ID_SIZE];
    char *path = NULL;
    init_fake(&self, "jobs_limits");
    spx_jobs_options options = queue_options(&self);
    options.limits = (spx_store_limits){ .queued = 3, .client = 2 };
    spx_jobs *jobs = NULL;
    assert_int_equal(spx_jobs_open(&jobs, &options, NULL), SPX_OK);

    assert_int_equal(add(jobs, "1.jpg", "a", id), SPX_ROOM_FREE);
    assert_int_equal(add(jobs, "2.jpg", "a", id), SPX_ROOM_FREE);
    assert_int_equal(add(jobs, "3.jpg", "a", id), SPX_ROOM_CLIENT_FULL);
    assert_int_equal(spx_jobs_get(jobs, id, &job, NULL), SPX_ERR_NOT_FOUND);
    assert_int_equal(spx_jobs_incoming_path(jobs, id, &path, NULL), SPX_OK);
    assert_true(exists(path));
    free(path);
    assert_int_equal(add(jobs, "4.jpg", "b", id), SPX_ROOM_FREE);
    assert_int_equal(add(jobs, "5.jpg", "c", id), SPX_ROOM_QUEUE_FULL);
    spx_jobs_close(jobs);
}

static void lets_clients_take_turns(void **state)
{
    (void)state;
    static fake self;
    static spx_job job;
    char ids[3][SPX_ID_SIZE];
    char other[SPX_ID_SIZE];
    init_fake(&self, "jobs_turns");
    spx_jobs_options options = queue_options(&self);
    options.workers = 1;
    spx_jobs *jobs = NULL;
    self.hold = 1;
    assert_int_equal(spx_jobs_open(&jobs, &options, NULL), SPX_OK);
    for (size_t i = 0; i < 3; i++)
        (void)add(jobs, "hold.jpg", "many", ids[i]);
    (void)add(jobs, "hold_other.jpg", "one", other);
    assert_int_equal(spx_jobs_start(jobs, NULL), SPX_OK);
    await(jobs, ids[0], SPX_JOB_RUNNING, &job);

    self.hold = 0;
    await(jobs, ids[2], SPX_JOB_DONE, &job);
    const int64_t third_ms = job.finished_ms;
    await(jobs, other, SPX_JOB_DONE, &job);

    assert_true(job.finished_ms <= third_ms);
    spx_jobs_close(jobs);
}

static void renders_again_with_new_options(void **state)
{
    (void)state;
    static fake self;
    static spx_job job;
    char id[SPX_ID_SIZE];
    int done = 0;
    init_fake(&self, "jobs_render");
    spx_jobs *const jobs = open_queue(&self, 1);
    (void)add(jobs, "boats.jpg", "c", id);
    await(jobs, id, SPX_JOB_DONE, &job);
    job.options.convert.strength_pct = 4.0;

    assert_int_equal(spx_jobs_render(jobs, &job, &done, NULL), SPX_OK);
    assert_int_equal(done, 1);
    await(jobs, id, SPX_JOB_DONE, &job);

    assert_int_equal(job.revision, 2);
    assert_true(job.options.convert.strength_pct == 4.0);
    assert_string_equal(job.files[0].disk, "output-2/depth_image.jpg");
    char *const old = spx_folders_path(self.data_dir, "uploads", id, "output-1");
    for (int i = 0; i < WAIT_STEPS && exists(old); i++)
        (void)usleep(WAIT_STEP_US);
    assert_false(exists(old));
    free(old);
    spx_jobs_close(jobs);
}

static void does_not_render_what_waits(void **state)
{
    (void)state;
    static fake self;
    char id[SPX_ID_SIZE];
    int done = 1;
    static spx_job job;
    init_fake(&self, "jobs_busy");
    spx_jobs *const jobs = open_queue(&self, 0);
    (void)add(jobs, "boats.jpg", "c", id);
    assert_int_equal(spx_jobs_get(jobs, id, &job, NULL), SPX_OK);

    assert_int_equal(spx_jobs_render(jobs, &job, &done, NULL), SPX_OK);

    assert_int_equal(done, 0);
    spx_jobs_close(jobs);
}

static void lists_newest_first_page_by_page(void **state)
{
    (void)state;
    static fake self;
    static spx_job list[3];
    char ids[5][SPX_ID_SIZE];
    size_t count = 0;
    init_fake(&self, "jobs_list");
    spx_jobs *const jobs = open_queue(&self, 0);
    for (size_t i = 0; i < 5; i++)
        (void)add(jobs, "boats.jpg", "c", ids[i]);

    assert_int_equal(spx_jobs_list(jobs,
                                   &(spx_job_page){ .owner = "owner", .before = NULL, .limit = 3 },
                                   list, &count, NULL),
                     SPX_OK);
    assert_int_equal(count, 3);
    assert_string_equal(list[0].id, ids[4]);
    assert_int_equal(list[0].position, 5);
    assert_int_equal(
        spx_jobs_list(jobs, &(spx_job_page){ .owner = "owner", .before = list[2].id, .limit = 3 },
                      list, &count, NULL),
        SPX_OK);
    assert_int_equal(count, 2);
    assert_string_equal(list[1].id, ids[0]);
    assert_int_equal(
        spx_jobs_list(jobs, &(spx_job_page){ .owner = "stranger", .before = NULL, .limit = 3 },
                      list, &count, NULL),
        SPX_OK);
    assert_int_equal(count, 0);
    assert_int_equal(spx_jobs_list(jobs, &(spx_job_page){ .owner = "", .before = NULL, .limit = 3 },
                                   list, &count, NULL),
                     SPX_OK);
    assert_int_equal(count, 0);
    spx_jobs_close(jobs);
}

static void returns_running_jobs_to_the_queue_at_a_stop(void **state)
{
    (void)state;
    static fake self;
    static spx_job job;
    char id[SPX_ID_SIZE];
    init_fake(&self, "jobs_stop");
    self.hold = 1;
    spx_jobs *jobs = open_queue(&self, 1);
    (void)add(jobs, "hold.jpg", "c", id);
    await(jobs, id, SPX_JOB_RUNNING, &job);

    spx_jobs_stop(jobs, 20);

    read_job(jobs, id, &job);
    assert_int_equal(job.state, SPX_JOB_QUEUED);
    assert_int_equal(job.attempts, 0);
    spx_jobs_close(jobs);
    self.hold = 0;
    jobs = open_queue(&self, 1);
    await(jobs, id, SPX_JOB_DONE, &job);
    spx_jobs_close(jobs);
}

/* Works on the queue in a process of its own, which exits with 1 after 20 s. */
static pid_t start_child(fake *self)
{
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child != 0)
        return child;
    spx_jobs *jobs = NULL;
    const spx_jobs_options options = queue_options(self);
    if (spx_jobs_open(&jobs, &options, NULL) == SPX_OK && spx_jobs_start(jobs, NULL) == SPX_OK)
        (void)sleep(20);
    _exit(1);
}

/* Runs the queue in a child that dies in the middle of a job, as kill -9 would have it. */
static void die_at_work(fake *self)
{
    const pid_t child = start_child(self);
    int how = 0;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_int_equal(WEXITSTATUS(how), 9);
}

static void finds_jobs_again_and_gives_up_on_the_one_that_kills(void **state)
{
    (void)state;
    static fake self;
    static spx_job job;
    char killer[SPX_ID_SIZE];
    char good[SPX_ID_SIZE];
    init_fake(&self, "jobs_killed");
    spx_jobs *jobs = open_queue(&self, 0);
    (void)add(jobs, "crash.jpg", "c", killer);
    (void)add(jobs, "good.jpg", "d", good);
    char *const orphan =
        spx_folders_path(self.data_dir, "uploads", "00000000000000000000000000000000", NULL);
    assert_int_equal(spx_folder_make(orphan, NULL), SPX_OK);
    spx_jobs_close(jobs);

    for (int i = 0; i < 5; i++)
        die_at_work(&self);
    jobs = open_queue(&self, 1);

    await(jobs, good, SPX_JOB_DONE, &job);
    await(jobs, killer, SPX_JOB_FAILED, &job);
    assert_int_equal(job.failure, SPX_ERR_INTERNAL);
    assert_false(exists(orphan));
    free(orphan);
    spx_jobs_close(jobs);
}

/* Begins what waits in a child and kills it in the middle of both jobs. */
static void kill_at_two_jobs(fake *shared)
{
    const pid_t child = start_child(shared);
    for (int i = 0; i < WAIT_STEPS && atomic_load(&shared->running) < 2; i++)
        (void)usleep(WAIT_STEP_US);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(atomic_load(&shared->running), 2);
    atomic_store(&shared->running, 0);
}

static void what_was_begun_and_did_not_end_runs_alone(void **state)
{
    (void)state;
    enum { LOOKS = 30 };
    static spx_job job;
    char ids[3][SPX_ID_SIZE];
    fake *const self =
        mmap(NULL, sizeof(*self), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(self != MAP_FAILED);
    init_fake(self, "jobs_alone");
    atomic_store(&self->hold, 1);
    spx_jobs *jobs = open_queue(self, 0);
    (void)add(jobs, "hold_a.jpg", "a", ids[0]);
    (void)add(jobs, "hold_b.jpg", "b", ids[1]);
    spx_jobs_close(jobs);
    kill_at_two_jobs(self);

    jobs = open_queue(self, 1);
    (void)add(jobs, "good.jpg", "c", ids[2]);
    int most = 0;
    for (int i = 0; i < WAIT_STEPS && atomic_load(&self->running) == 0; i++)
        (void)usleep(WAIT_STEP_US);
    for (int i = 0; i < LOOKS; i++) {
        const int running = atomic_load(&self->running);
        most = running > most ? running : most;
        (void)usleep(WAIT_STEP_US);
    }
    atomic_store(&self->hold, 0);

    assert_int_equal(most, 1);
    for (int i = 0; i < 3; i++)
        await(jobs, ids[i], SPX_JOB_DONE, &job);
    spx_jobs_close(jobs);
    (void)munmap(self, sizeof(*self));
}

static void gives_up_on_a_preview_that_kills(void **state)
{
    (void)state;
    static fake self;
    static spx_job job;
    char id[SPX_ID_SIZE];
    init_fake(&self, "jobs_preview_killed");
    self.preview_kills = 1;
    spx_jobs *jobs = open_queue(&self, 0);
    (void)add(jobs, "boats.jpg", "c", id);
    spx_jobs_close(jobs);

    for (int i = 0; i < 3; i++)
        die_at_work(&self);
    jobs = open_queue(&self, 1);

    await(jobs, id, SPX_JOB_DONE, &job);
    assert_int_equal(job.preview, SPX_PREVIEW_WANTED);
    spx_jobs_close(jobs);
}

static void a_stop_leaves_a_preview_to_the_next_start(void **state)
{
    (void)state;
    static fake self;
    static spx_job job;
    char id[SPX_ID_SIZE];
    init_fake(&self, "jobs_preview_stopped");
    atomic_store(&self.preview_holds, 1);
    spx_jobs *jobs = open_queue(&self, 1);
    (void)add(jobs, "boats.jpg", "c", id);
    await(jobs, id, SPX_JOB_DONE, &job);
    for (int i = 0; i < WAIT_STEPS && atomic_load(&self.previews) == 0; i++)
        (void)usleep(WAIT_STEP_US);
    assert_int_equal(atomic_load(&self.previews), 1);

    spx_jobs_close(jobs);

    atomic_store(&self.preview_holds, 0);
    jobs = open_queue(&self, 0);
    read_job(jobs, id, &job);
    assert_int_equal(job.preview, SPX_PREVIEW_WANTED);
    assert_int_equal(spx_jobs_start(jobs, NULL), SPX_OK);
    for (int i = 0; i < WAIT_STEPS && job.preview != SPX_PREVIEW_MADE; i++) {
        (void)usleep(WAIT_STEP_US);
        read_job(jobs, id, &job);
    }
    assert_int_equal(job.preview, SPX_PREVIEW_MADE);
    spx_jobs_close(jobs);
}

static void empties_incoming_of_its_own_files_only(void **state)
{
    (void)state;
    static fake self;
    init_fake(&self, "jobs_incoming");
    spx_jobs *jobs = open_queue(&self, 0);
    spx_jobs_close(jobs);
    char *const own =
        spx_folders_path(self.data_dir, "incoming", "00000000000000000000000000000000", NULL);
    char *const other = spx_folders_path(self.data_dir, "incoming", "letters.txt", NULL);
    assert_int_equal(spx_file_write(own, "half", 4, NULL), SPX_OK);
    assert_int_equal(spx_file_write(other, "mine", 4, NULL), SPX_OK);

    jobs = open_queue(&self, 0);

    assert_false(exists(own));
    assert_true(exists(other));
    spx_jobs_close(jobs);
    free(other);
    free(own);
}

/* As a disk, or somebody with an editor, may leave it. */
static void damage(const fake *self, const char *change, const char *id)
{
    sqlite3 *database = NULL;
    char text[256];
    char *const path = spx_path_join(self->data_dir, "jobs.sqlite");
    (void)snprintf(text, sizeof(text), "UPDATE jobs SET %s WHERE id = '%s'", change, id);
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    if (sqlite3_exec(database, text, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s", sqlite3_errmsg(database));
    (void)sqlite3_close(database);
    free(path);
}

static void a_damaged_entry_hurts_no_other(void **state)
{
    (void)state;
    static const char *const changes[] = { "options = 'no JSON'", "kind = 99", "arrival = -1",
                                           "files = '[{\"name\":\"a\",\"disk\":\"../../b\"}]'" };
    static fake self;
    static spx_job job;
    char bad[4][SPX_ID_SIZE];
    char good[SPX_ID_SIZE];
    init_fake(&self, "jobs_damaged");
    spx_jobs *jobs = open_queue(&self, 0);
    for (size_t i = 0; i < 4; i++)
        (void)add(jobs, "boats.jpg", "c", bad[i]);
    (void)add(jobs, "good.jpg", "c", good);
    spx_jobs_close(jobs);
    for (size_t i = 0; i < 4; i++)
        damage(&self, changes[i], bad[i]);

    jobs = open_queue(&self, 1);

    await(jobs, good, SPX_JOB_DONE, &job);
    for (size_t i = 0; i < 4; i++) {
        await(jobs, bad[i], SPX_JOB_FAILED, &job);
        assert_non_null(strstr(job.error, "damaged"));
        assert_int_equal(job.file_count, 0);
    }
    spx_jobs_close(jobs);
}

static void refuses_a_folder_that_is_in_use(void **state)
{
    (void)state;
    static fake self;
    spx_jobs *second = NULL;
    spx_diag diag = { 0 };
    init_fake(&self, "jobs_locked");
    spx_jobs *const jobs = open_queue(&self, 0);
    const spx_jobs_options options = queue_options(&self);

    assert_int_equal(spx_jobs_open(&second, &options, &diag), SPX_ERR_EXISTS);

    assert_null(second);
    spx_jobs_close(jobs);
}

/* The server has been up for 100 days, and the job ended that far back. */
static void make_older(const char *data_dir, const char *id, double days)
{
    enum { UP_DAYS = 100 };
    static const double day_ms = 86400e3;
    char path[600];
    char sql[300];
    sqlite3 *database = NULL;
    (void)snprintf(path, sizeof(path), "%s/jobs.sqlite", data_dir);
    (void)snprintf(sql, sizeof(sql),
                   "UPDATE jobs SET finished_up_ms = %.0f WHERE id = '%.32s'; "
                   "UPDATE facts SET value = %.0f WHERE name = 'up_ms'",
                   (UP_DAYS - days) * day_ms, id, UP_DAYS * day_ms);
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(database), SQLITE_OK);
}

static int is_there(spx_jobs *jobs, const char *id)
{
    static spx_job job;
    return spx_jobs_get(jobs, id, &job, NULL) == SPX_OK;
}

static void lets_no_more_than_a_day_s_worth_go_at_once(void **state)
{
    (void)state;
    static fake self;
    static spx_job job;
    char ids[3][SPX_ID_SIZE];
    static const double days[] = { 9.0, 8.5, 3.0 };
    init_fake(&self, "jobs_retention_day");
    spx_jobs *jobs = open_queue(&self, 1);
    for (size_t i = 0; i < 3; i++) {
        (void)add(jobs, "boats.jpg", "c", ids[i]);
        await(jobs, ids[i], SPX_JOB_DONE, &job);
    }
    spx_jobs_close(jobs);
    for (size_t i = 0; i < 3; i++)
        make_older(self.data_dir, ids[i], days[i]);

    jobs = open_queue(&self, 0); /* retention is an hour */
    const int64_t up_ms = spx_jobs_up_ms(jobs);
    spx_jobs_expire(jobs, up_ms);
    assert_false(is_there(jobs, ids[0]));
    assert_false(is_there(jobs, ids[1]));
    assert_true(is_there(jobs, ids[2]));
    spx_jobs_expire(jobs, up_ms + 4 * 3600 * 1000);
    assert_true(is_there(jobs, ids[2]));
    spx_jobs_expire(jobs, up_ms + 7 * 3600 * 1000);
    assert_false(is_there(jobs, ids[2]));
    spx_jobs_close(jobs);

    /* Where there was nothing, what comes goes after its own time. */
    jobs = open_queue(&self, 1);
    (void)add(jobs, "boats.jpg", "c", ids[0]);
    await(jobs, ids[0], SPX_JOB_DONE, &job);
    spx_jobs_expire(jobs, spx_jobs_up_ms(jobs) + 3590 * 1000);
    assert_true(is_there(jobs, ids[0]));
    spx_jobs_expire(jobs, spx_jobs_up_ms(jobs) + 3601 * 1000);
    assert_false(is_there(jobs, ids[0]));
    spx_jobs_close(jobs);
}

static void write_over(const char *data_dir, const char *name, size_t at)
{
    char path[600];
    (void)snprintf(path, sizeof(path), "%s/%s", data_dir, name);
    FILE *const file = fopen(path, "r+b");
    if (file == NULL)
        return;
    for (size_t i = 0; i < 400; i++) {
        assert_int_equal(fseek(file, (long)(at + i * 50), SEEK_SET), 0);
        (void)fputs("damage!", file);
    }
    assert_int_equal(fclose(file), 0);
}

static void rebuilds_a_damaged_database(void **state)
{
    (void)state;
    static fake self;
    static spx_job job;
    char done[SPX_ID_SIZE];
    char waiting[SPX_ID_SIZE];
    char share[SPX_ID_SIZE];
    static const size_t places[] = { 0, 4096 }; /* no database any more; one that is damaged */
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        init_fake(&self, "jobs_damaged");
        spx_jobs *jobs = open_queue(&self, 1);
        (void)add(jobs, "boats.jpg", "c", done);
        await(jobs, done, SPX_JOB_DONE, &job);
        assert_int_equal(spx_jobs_share(jobs, &job, 1, NULL), SPX_OK);
        memcpy(share, job.share, sizeof(share));
        spx_jobs_close(jobs);
        make_older(self.data_dir, done, 1.0);
        jobs = open_queue(&self, 0);
        (void)add(jobs, "later.jpg", "c", waiting);
        assert_int_equal(spx_jobs_share(jobs, &job, 0, NULL), SPX_OK); /* its record is new */
        assert_int_equal(spx_jobs_share(jobs, &job, 1, NULL), SPX_OK);
        memcpy(share, job.share, sizeof(share));
        spx_jobs_close(jobs);
        write_over(self.data_dir, "jobs.sqlite", places[i]);
        char forged[700];
        (void)snprintf(forged, sizeof(forged), "%s/records/%032d", self.data_dir, 7);
        assert_int_equal(spx_file_write(forged, "{\"id\":\"no\"}", 11, NULL), SPX_OK);

        const int logged = atomic_load(&self.logged);
        jobs = open_queue(&self, 1);

        assert_int_equal(atomic_load(&self.logged), logged + 1);
        assert_true(spx_jobs_up_ms(jobs) >= (int64_t)99 * 86400 * 1000); /* as long as before */
        read_job(jobs, done, &job);
        assert_int_equal(job.state, SPX_JOB_DONE);
        assert_string_equal(job.name, "boats.jpg");
        assert_string_equal(job.share, share);
        assert_int_equal(job.file_count, 1);
        assert_string_equal(job.summary, WHOLE_SUMMARY);
        await(jobs, waiting, SPX_JOB_DONE, &job);
        assert_string_equal(job.name, "later.jpg");
        spx_jobs_removal removal;
        assert_int_equal(spx_jobs_remove(jobs, done, &removal, NULL), SPX_OK);
        char *const record = spx_folders_path(self.data_dir, "records", done, NULL);
        assert_false(exists(record));
        free(record);
        spx_jobs_close(jobs);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_a_job_and_keeps_its_files),
        cmocka_unit_test(shows_a_new_revision_before_its_files),
        cmocka_unit_test(files_may_follow_what_is_seen),
        cmocka_unit_test(fails_only_the_photo_that_fails_and_names_no_path),
        cmocka_unit_test(cancels_what_waits_and_what_runs),
        cmocka_unit_test(removes_row_and_files_together),
        cmocka_unit_test(lets_old_jobs_go_and_keeps_young_ones),
        cmocka_unit_test(lets_no_more_than_a_day_s_worth_go_at_once),
        cmocka_unit_test(rebuilds_a_damaged_database),
        cmocka_unit_test(holds_to_the_limits_of_queue_and_client),
        cmocka_unit_test(lets_clients_take_turns),
        cmocka_unit_test(renders_again_with_new_options),
        cmocka_unit_test(does_not_render_what_waits),
        cmocka_unit_test(lists_newest_first_page_by_page),
        cmocka_unit_test(returns_running_jobs_to_the_queue_at_a_stop),
        cmocka_unit_test(finds_jobs_again_and_gives_up_on_the_one_that_kills),
        cmocka_unit_test(what_was_begun_and_did_not_end_runs_alone),
        cmocka_unit_test(gives_up_on_a_preview_that_kills),
        cmocka_unit_test(a_stop_leaves_a_preview_to_the_next_start),
        cmocka_unit_test(empties_incoming_of_its_own_files_only),
        cmocka_unit_test(a_damaged_entry_hurts_no_other),
        cmocka_unit_test(refuses_a_folder_that_is_in_use),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
