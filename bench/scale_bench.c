/*
 * What many nodes cost: jobs a second of the store alone, the time from a submit to the start on an
 * idle worker, what four workers do more than one, and what a thousand would ask of the database.
 *
 *     scale [--jobs N] [--store postgres://...] [--only
 * steps|store|floor|latency|scaling|beats|news]
 *
 * Without --store it starts a server of its own (tests/support/postgres.py), which writes to the
 * disk for sure as in service. Client and database share the processors: with a database of its own
 * the numbers would be higher. The store is emptied.
 */
#include "base/clock.h"
#include "base/file.h"
#include "base/order.h"
#include "jobs/jobs.h"
#include "test_maker.h"
#include "test_postgres.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    THREADS = 8,
    LEASE_MS = 30000,
    SAMPLES = 100,
    WAIT_MS = 100, /* of a job that waits */
    JOBS_EACH = 40,
    LISTENERS = 50,
    LINES = 200,
};

static const char *store_url;

static void die(const char *what, const spx_diag *diag)
{
    (void)fprintf(stderr, "scale: %s: %s\n", what, diag->text);
    exit(1); // NOLINT(concurrency-mt-unsafe)
}

static spx_store *open_store(void)
{
    spx_store *store = NULL;
    spx_diag diag = { 0 };
    if (spx_store_open_shared(&store, store_url, LEASE_MS, &diag) != SPX_OK)
        die("store", &diag);
    return store;
}

/* ---- the store alone ---- */

typedef struct party {
    spx_store *store;
    pthread_t thread;
    int number;
    int count; /* to add, or that were done */
    atomic_int *left;
    atomic_int *ahead; /* jobs that wait; NULL = nobody takes them */
} party;

static void fill_job(spx_job *job, int client)
{
    spx_diag diag = { 0 };
    memset(job, 0, sizeof(*job));
    if (spx_id_make(job->id, &diag) != SPX_OK)
        die("id", &diag);
    (void)snprintf(job->client, sizeof(job->client), "client %d", client);
    (void)snprintf(job->owner, sizeof(job->owner), "%032d", client);
    spx_job_set_name(job, "photo.jpg");
    spx_job_options_init(&job->options);
    job->created_ms = spx_jobs_now_ms();
    job->cost = 1.0;
}

enum { WAITING = 100, CLIENTS = 8 }; /* while the steps are measured */

static void add_one(spx_store *store, spx_job *job, int client)
{
    spx_diag diag = { 0 };
    spx_store_room room = SPX_ROOM_FREE;
    const spx_store_limits limits = { .queued = 200, .client = 100 }; /* those of spx serve */
    fill_job(job, client);
    if (spx_store_add(store, job, &limits, &room, &diag) != SPX_OK || room != SPX_ROOM_FREE)
        die("add", &diag);
}

static void *add_jobs(void *user)
{
    party *const self = user;
    spx_job *const job = malloc(sizeof(*job));
    for (int i = 0; job != NULL && i < self->count; i++) {
        while (self->ahead != NULL && atomic_load(self->ahead) >= WAITING)
            (void)usleep(1000);
        add_one(self->store, job, self->number);
        if (self->ahead != NULL)
            (void)atomic_fetch_add(self->ahead, 1);
    }
    free(job);
    return NULL;
}

static void *do_jobs(void *user)
{
    party *const self = user;
    spx_job *const job = malloc(sizeof(*job));
    while (job != NULL && atomic_load(self->left) > 0) {
        spx_diag diag = { 0 };
        int done = 0;
        const spx_status status = spx_store_claim(self->store, spx_jobs_now_ms(), job, &diag);
        if (status == SPX_ERR_NOT_FOUND) {
            (void)usleep(10000); /* a worker waits for news */
            continue;
        }
        job->state = SPX_JOB_DONE;
        if (status != SPX_OK || spx_store_finish(self->store, job, &done, &diag) != SPX_OK)
            die("claim", &diag);
        (void)atomic_fetch_sub(self->left, 1);
        (void)atomic_fetch_sub(self->ahead, 1);
    }
    free(job);
    return NULL;
}

/* Processor time of this process, or of those that it waited for. */
static double spent_s(int who)
{
    struct rusage spent;
    (void)getrusage(who, &spent);
    return (double)(spent.ru_utime.tv_sec + spent.ru_stime.tv_sec) +
           (double)(spent.ru_utime.tv_usec + spent.ru_stime.tv_usec) * 1e-6;
}

static double own_s(void)
{
    return spent_s(RUSAGE_SELF);
}

/* ---- one job after the other ---- */

static void claim_one(spx_store *store, spx_job *job, int client)
{
    spx_diag diag = { 0 };
    (void)client;
    if (spx_store_claim(store, spx_jobs_now_ms(), job, &diag) != SPX_OK)
        die("claim", &diag);
}

static void finish_one(spx_store *store, spx_job *job, int client)
{
    int done = 0;
    spx_diag diag = { 0 };
    (void)client;
    job->state = SPX_JOB_DONE;
    if (spx_store_finish(store, job, &done, &diag) != SPX_OK || !done)
        die("finish", &diag);
}

/* How long each step of a job takes when nobody else asks. */
static void measure_steps(spx_store *store, const char *name, int jobs)
{
    static const struct {
        const char *name;
        void (*run)(spx_store *store, spx_job *job, int client);
    } steps[] = { { "added", add_one }, { "claimed", claim_one }, { "ended", finish_one } };
    double took_s[3] = { 0.0 };
    spx_job *const job = malloc(sizeof(*job));
    if (job == NULL)
        exit(1); // NOLINT(concurrency-mt-unsafe)
    for (int i = 0; i < WAITING; i++)
        add_one(store, job, i % CLIENTS);
    const double own_begin_s = own_s();
    for (int i = 0; i < jobs; i++) {
        for (size_t step = 0; step < 3; step++) {
            const double begin_s = spx_clock_s();
            steps[step].run(store, job, i % CLIENTS);
            took_s[step] += spx_clock_s() - begin_s;
        }
    }
    const double node_ms = (own_s() - own_begin_s) * 1000.0 / jobs;
    (void)printf("%s, one job after the other:", name);
    for (size_t step = 0; step < 3; step++)
        (void)printf(" %s in %.3f ms,", steps[step].name, took_s[step] * 1000.0 / jobs);
    (void)printf(" %.0f jobs/s; %.3f ms of this process each\n",
                 jobs / (took_s[0] + took_s[1] + took_s[2]), node_ms);
    free(job);
}

static void measure_file(const char *root, int jobs)
{
    char path[600];
    spx_store *store = NULL;
    spx_diag diag = { 0 };
    (void)snprintf(path, sizeof(path), "%s/jobs.sqlite", root);
    if (spx_store_open(&store, path, &diag) != SPX_OK)
        die("store", &diag);
    measure_steps(store, "file", jobs);
    spx_store_close(store);
}

static void measure_one_by_one(const char *root, int all_jobs)
{
    const int jobs = all_jobs / 4;
    measure_file(root, jobs);
    test_postgres_empty();
    spx_store_close(open_store()); /* which makes the tables */
    (void)usleep(300000);
    spx_store *const store = open_store();
    const double base_begin_s = test_postgres_spent_s();
    measure_steps(store, "server", jobs);
    spx_store_close(store);
    (void)usleep(300000);
    (void)printf("  processor time of the database for each: %.3f ms\n",
                 (test_postgres_spent_s() - base_begin_s) * 1000.0 / jobs);
}

static void print_spent(double base_s, double node_s, int jobs)
{
    const double base_ms = base_s * 1000.0 / jobs;
    const double node_ms = node_s * 1000.0 / jobs;
    (void)printf("  processor time for each: %.2f ms of the database, %.2f ms of who asks it; two "
                 "processors that do nothing else: %.0f jobs/s\n",
                 base_ms, node_ms, 2000.0 / (base_ms + node_ms));
}

static void measure_store(const char *root, int jobs)
{
    (void)root;
    static party adders[THREADS];
    static party doers[THREADS];
    atomic_int left = jobs / THREADS * THREADS;
    atomic_int ahead = 0;
    test_postgres_empty();
    spx_store_close(open_store()); /* which makes the tables */
    for (int i = 0; i < THREADS; i++) {
        adders[i] =
            (party){ .store = open_store(), .number = i, .count = jobs / THREADS, .ahead = &ahead };
        doers[i] = (party){ .store = open_store(), .left = &left, .ahead = &ahead };
    }
    const double own_begin_s = own_s();
    const double base_begin_s = test_postgres_spent_s();
    const double begin_s = spx_clock_s();
    for (int i = 0; i < THREADS; i++) {
        (void)pthread_create(&adders[i].thread, NULL, add_jobs, &adders[i]);
        (void)pthread_create(&doers[i].thread, NULL, do_jobs, &doers[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        (void)pthread_join(adders[i].thread, NULL);
        (void)pthread_join(doers[i].thread, NULL);
    }
    const double took_s = spx_clock_s() - begin_s;
    for (int i = 0; i < THREADS; i++) {
        spx_store_close(adders[i].store);
        spx_store_close(doers[i].store);
    }
    (void)printf("store alone: %.0f jobs/s (each added, claimed, ended; %d clients and workers)\n",
                 jobs / took_s, THREADS);
    (void)usleep(300000); /* until the database has waited for its processes */
    print_spent(test_postgres_spent_s() - base_begin_s, own_s() - own_begin_s, jobs);
}

/* The least that a job can be: one row added, locked and ended in a table with one index and what
 * finds the next. Rows are as wide as a job's, and the lock's commit waits for no disk either. */
static void measure_floor(const char *root, int jobs)
{
    static const char table[] =
        "CREATE TABLE least (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, state BIGINT NOT "
        "NULL DEFAULT 0, data TEXT NOT NULL) WITH (fillfactor = 70); CREATE INDEX least_waiting ON "
        "least (id) WHERE state = 0; INSERT INTO least (data) SELECT repeat('x', 900) FROM "
        "generate_series(1, 100)";
    static const char script[] =
        "INSERT INTO least (data) VALUES (repeat('x', 900));\n"
        "UPDATE least SET state = 1 WHERE id = (SELECT id FROM least WHERE state = 0 ORDER BY id "
        "LIMIT 1 FOR UPDATE SKIP LOCKED) AND set_config('synchronous_commit', 'off', true) <> '' "
        "RETURNING id AS taken \\gset\n"
        "UPDATE least SET state = 2 WHERE id = :taken;\n";
    char path[600];
    char command[2000];
    spx_diag diag = { 0 };
    test_postgres_empty();
    test_postgres_run(table);
    (void)snprintf(path, sizeof(path), "%s/least.sql", root);
    if (spx_file_write(path, script, strlen(script), &diag) != SPX_OK)
        die("script", &diag);
    (void)snprintf(command, sizeof(command),
                   "$(ls -d /usr/lib/postgresql/*/bin | tail -1)/pgbench -n -M prepared -c %d -j 2 "
                   "-t %d -f %s '%s' >/dev/null 2>&1",
                   2 * THREADS, jobs / (2 * THREADS), path, store_url);
    const double child_begin_s = spent_s(RUSAGE_CHILDREN);
    const double base_begin_s = test_postgres_spent_s();
    const double begin_s = spx_clock_s();
    const int code = system(command); // NOLINT(concurrency-mt-unsafe,cert-env33-c)
    const double took_s = spx_clock_s() - begin_s;
    (void)usleep(300000);
    if (code != 0) {
        (void)printf("pgbench did not run\n");
        return;
    }
    (void)printf("the least that a job can be, by pgbench with %d clients: %.0f jobs/s\n",
                 2 * THREADS, jobs / took_s);
    print_spent(test_postgres_spent_s() - base_begin_s, spent_s(RUSAGE_CHILDREN) - child_begin_s,
                jobs);
}

/* ---- nodes ---- */

typedef struct counter {
    int wait_ms;
    atomic_int made;
    _Atomic double started_s; /* of the job that was begun last */
} counter;

static spx_status make(void *user, const spx_make *what, spx_job *made, spx_diag *diag)
{
    counter *const self = user;
    char path[700];
    atomic_store(&self->started_s, spx_clock_s());
    (void)usleep((unsigned)self->wait_ms * 1000);
    SPX_TRY(spx_folder_make(what->output_dir, diag));
    (void)snprintf(path, sizeof(path), "%s/depth_image.jpg", what->output_dir);
    SPX_TRY(spx_file_write(path, "depth", 5, diag));
    made->files[0] = (spx_job_file){
        .name = "d.jpg", .role = "depth", .type = "image/jpeg", .disk = "depth_image.jpg", .size = 5
    };
    made->file_count = 1;
    (void)atomic_fetch_add(&self->made, 1);
    return SPX_OK;
}

static spx_jobs *open_node(const char *root, const char *name, unsigned workers, counter *count)
{
    char data[600];
    char blobs[600];
    spx_jobs *jobs = NULL;
    spx_diag diag = { 0 };
    (void)snprintf(data, sizeof(data), "%s/%s", root, name);
    (void)snprintf(blobs, sizeof(blobs), "%s/blobs", root);
    const spx_jobs_options options = { .data_dir = data,
                                       .store = store_url,
                                       .blobs = blobs,
                                       .workers = workers,
                                       .limits = { .queued = 10000, .client = 10000 },
                                       .lease_s = LEASE_MS / 1000.0,
                                       .sweep_after_s = 3600.0,
                                       .maker = { make, test_maker_preview, count } };
    if (spx_jobs_open(&jobs, &options, &diag) != SPX_OK || spx_jobs_start(jobs, &diag) != SPX_OK)
        die(name, &diag);
    return jobs;
}

static void submit(spx_jobs *jobs)
{
    spx_diag diag = { 0 };
    char *path = NULL;
    spx_store_room room = SPX_ROOM_FREE;
    spx_job *const job = malloc(sizeof(*job));
    if (job == NULL)
        exit(1); // NOLINT(concurrency-mt-unsafe)
    fill_job(job, 1);
    if (spx_jobs_incoming_path(jobs, job->id, &path, &diag) != SPX_OK ||
        spx_file_write(path, "pixels", 6, &diag) != SPX_OK ||
        spx_jobs_add(jobs, job, &room, &diag) != SPX_OK)
        die("submit", &diag);
    free(path);
    free(job);
}

static void wait_until(const counter *count, int made)
{
    while (atomic_load(&count->made) < made)
        (void)usleep(500);
}

static void measure_latency(const char *root, int jobs)
{
    (void)jobs;
    static double took_ms[SAMPLES];
    static counter count;
    test_postgres_empty();
    spx_jobs *const api = open_node(root, "api", 0, &count);
    spx_jobs *const worker = open_node(root, "worker", 1, &count);
    for (int i = 0; i < SAMPLES; i++) {
        (void)usleep(20000); /* until it is idle */
        const double begin_s = spx_clock_s();
        submit(api);
        wait_until(&count, i + 1);
        took_ms[i] = (atomic_load(&count.started_s) - begin_s) * 1000.0;
    }
    spx_jobs_close(worker);
    spx_jobs_close(api);
    qsort(took_ms, SAMPLES, sizeof(took_ms[0]), spx_order_double);
    (void)printf("submit to start on an idle worker of another node: median %.1f ms, 95 %% within "
                 "%.1f ms (the photo kept in a folder included)\n",
                 took_ms[SAMPLES / 2], took_ms[SAMPLES * 95 / 100]);
}

/* Jobs a second that `nodes` workers get through. */
static double rate_of(const char *root, int nodes)
{
    static counter count;
    spx_jobs *workers[8] = { NULL };
    count = (counter){ .wait_ms = WAIT_MS };
    test_postgres_empty();
    spx_jobs *const api = open_node(root, "api", 0, &count);
    for (int i = 0; i < JOBS_EACH * nodes; i++)
        submit(api);
    const double begin_s = spx_clock_s();
    for (int i = 0; i < nodes; i++) {
        char name[32];
        (void)snprintf(name, sizeof(name), "worker%d", i);
        workers[i] = open_node(root, name, 1, &count);
    }
    wait_until(&count, JOBS_EACH * nodes);
    const double took_s = spx_clock_s() - begin_s;
    for (int i = 0; i < nodes; i++)
        spx_jobs_close(workers[i]);
    spx_jobs_close(api);
    return JOBS_EACH * nodes / took_s;
}

static void measure_scaling(const char *root, int jobs)
{
    (void)jobs;
    const double one = rate_of(root, 1);
    const double four = rate_of(root, 4);
    (void)printf("jobs that wait %d ms: %.2f/s with one worker, %.2f/s with four: %.3f of four "
                 "times as many\n",
                 WAIT_MS, one, four, four / one / 4.0);
}

/* ---- a thousand workers ---- */

static void *beat_on(void *user)
{
    party *const self = user;
    spx_job *const job = malloc(sizeof(*job));
    spx_diag diag = { 0 };
    if (job == NULL || spx_store_claim(self->store, spx_jobs_now_ms(), job, &diag) != SPX_OK)
        die("claim", &diag);
    for (int i = 0; i < self->count; i++) {
        spx_beat beat = { .run = job->run, .stage = "depth", .percent = i % 100 };
        memcpy(beat.id, job->id, sizeof(beat.id));
        if (spx_store_beat(self->store, &beat, &diag) != SPX_OK || !beat.is_ours)
            die("beat", &diag);
    }
    free(job);
    return NULL;
}

static void measure_beats(const char *root, int jobs)
{
    const int each = jobs / THREADS;
    (void)root;
    static party parties[THREADS];
    test_postgres_empty();
    for (int i = 0; i < THREADS; i++) {
        parties[i] = (party){ .store = open_store(), .number = i, .count = 1 };
        (void)add_jobs(&parties[i]);
        parties[i].count = each;
    }
    const double begin_s = spx_clock_s();
    for (int i = 0; i < THREADS; i++)
        (void)pthread_create(&parties[i].thread, NULL, beat_on, &parties[i]);
    for (int i = 0; i < THREADS; i++)
        (void)pthread_join(parties[i].thread, NULL);
    const double rate = THREADS * each / (spx_clock_s() - begin_s);
    for (int i = 0; i < THREADS; i++)
        spx_store_close(parties[i].store);
    (void)printf("signs of life: %.0f/s; 1,000 workers send 100/s for leases of 30 s, and up to "
                 "1,000/s while stages change\n",
                 rate);
}

typedef struct listener {
    spx_store *store;
    pthread_t thread;
    int heard;
} listener;

static void count_line(void *user, const char *line)
{
    listener *const self = user;
    self->heard += line[0] != '*';
}

static void *listen_on(void *user)
{
    listener *const self = user;
    spx_diag diag = { 0 };
    while (self->heard < LINES) {
        if (spx_store_exchange(self->store, NULL, 0, 100, &diag) != SPX_OK)
            die("listen", &diag);
    }
    return NULL;
}

static void measure_news(const char *root, int jobs)
{
    (void)root;
    (void)jobs;
    static listener listeners[LISTENERS];
    spx_diag diag = { 0 };
    test_postgres_empty();
    spx_store *const speaker = open_store();
    for (int i = 0; i < LISTENERS; i++) {
        listeners[i] = (listener){ .store = open_store() };
        spx_store_set_news(listeners[i].store, count_line, &listeners[i]);
        if (spx_store_exchange(listeners[i].store, NULL, 0, 0, &diag) != SPX_OK)
            die("listen", &diag);
        (void)pthread_create(&listeners[i].thread, NULL, listen_on, &listeners[i]);
    }
    const double begin_s = spx_clock_s();
    for (int i = 0; i < LINES; i++) {
        static const char *const line[] = { "0 - 1 0 0 0 0 0" };
        if (spx_store_exchange(speaker, line, 1, 0, &diag) != SPX_OK)
            die("tell", &diag);
    }
    for (int i = 0; i < LISTENERS; i++)
        (void)pthread_join(listeners[i].thread, NULL);
    const double took_s = spx_clock_s() - begin_s;
    for (int i = 0; i < LISTENERS; i++)
        spx_store_close(listeners[i].store);
    spx_store_close(speaker);
    (void)printf("news: %.0f notifications/s to %d listeners, %.0f deliveries/s\n", LINES / took_s,
                 LISTENERS, LINES / took_s * LISTENERS);
}

static const struct {
    const char *name;
    void (*run)(const char *root, int jobs);
} parts[] = { { "steps", measure_one_by_one }, { "store", measure_store },
              { "floor", measure_floor },      { "latency", measure_latency },
              { "scaling", measure_scaling },  { "beats", measure_beats },
              { "news", measure_news } };

int main(int argc, char **argv)
{
    const char *only = NULL;
    int jobs = 8000;
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    char root[] = "/tmp/spx_scale_XXXXXX";
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--jobs") == 0)
            jobs = (int)strtol(argv[i + 1], NULL, 10);
        if (strcmp(argv[i], "--only") == 0)
            only = argv[i + 1];
        if (strcmp(argv[i], "--store") == 0)
            (void)setenv("SPX_TEST_POSTGRES", argv[i + 1], 1); // NOLINT(concurrency-mt-unsafe)
    }
    (void)setenv("SPX_POSTGRES_DURABLE", "1", 0);   // NOLINT(concurrency-mt-unsafe)
    (void)setenv("SPX_TEST_DATA", "tests/data", 0); // NOLINT(concurrency-mt-unsafe)
    store_url = test_postgres_url();
    if (store_url == NULL || mkdtemp(root) == NULL) {
        (void)fprintf(stderr, "scale: there is no PostgreSQL to start (tools/setup --test)\n");
        return 1;
    }
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (only == NULL || strcmp(only, parts[i].name) == 0)
            parts[i].run(root, jobs);
    }
    spx_folder_remove(root);
    test_postgres_stop();
    return 0;
}
