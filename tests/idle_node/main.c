/*
 * A node that works on jobs of all nodes and makes next to nothing of them: each takes WAIT_MS, in
 * which the processor rests, so that what is measured and tested is the way of jobs alone. A photo
 * whose name begins with "kill" ends the process.
 *
 *     spx_idle_node STORE BLOBS DATA WORKERS WAIT_MS LEASE_S
 */
#include "base/file.h"
#include "jobs/jobs.h"
#include "test_maker.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STEP_MS = 5, US_PER_MS = 1000 };

static spx_status make(void *user, const spx_make *what, spx_job *made, spx_diag *diag)
{
    const int *const wait_ms = user;
    char path[700];
    char told[128];
    what->progress(what->user, "depth", 0.5);
    if (strncmp(what->job->name, "kill", 4) == 0)
        _exit(9);
    for (int left_ms = *wait_ms; left_ms > 0; left_ms -= STEP_MS) {
        if (spx_cancel_requested(what->cancel))
            return spx_fail(diag, SPX_ERR_CANCELLED, "stopped");
        (void)usleep(STEP_MS * US_PER_MS);
    }
    SPX_TRY(spx_folder_make(what->output_dir, diag));
    (void)snprintf(path, sizeof(path), "%s/depth_image.jpg", what->output_dir);
    const int size = snprintf(told, sizeof(told), "%s, run %u", what->job->id, what->job->run);
    SPX_TRY(spx_file_write(path, told, (size_t)size, diag));
    made->files[0] = (spx_job_file){ .name = "depth_image.jpg",
                                     .role = "depth",
                                     .type = "image/jpeg",
                                     .disk = "depth_image.jpg",
                                     .size = (uint64_t)size };
    made->file_count = 1;
    (void)snprintf(made->summary, sizeof(made->summary), "{}");
    return SPX_OK;
}

static void print_log(void *user, const char *line)
{
    (void)user;
    (void)fprintf(stderr, "idle node: %s\n", line);
}

int main(int argc, char **argv)
{
    static int wait_ms;
    spx_jobs *jobs = NULL;
    spx_diag diag = { 0 };
    sigset_t stops;
    int number = 0;
    if (argc != 7)
        return 2;
    wait_ms = (int)strtol(argv[5], NULL, 10);
    const spx_jobs_options options = { .store = argv[1],
                                       .blobs = argv[2],
                                       .data_dir = argv[3],
                                       .workers = (unsigned)strtoul(argv[4], NULL, 10),
                                       .lease_s = strtod(argv[6], NULL),
                                       .sweep_after_s = 3.0,
                                       .maker = { make, test_maker_preview, &wait_ms },
                                       .log = print_log };
    (void)sigemptyset(&stops);
    (void)sigaddset(&stops, SIGTERM);
    (void)pthread_sigmask(SIG_BLOCK, &stops, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    if (spx_jobs_open(&jobs, &options, &diag) != SPX_OK || spx_jobs_start(jobs, &diag) != SPX_OK) {
        print_log(NULL, diag.text);
        return 1;
    }
    (void)printf("ready\n");
    (void)fflush(stdout);
    (void)sigwait(&stops, &number);
    spx_jobs_stop(jobs, 1000);
    spx_jobs_close(jobs);
    return 0;
}
