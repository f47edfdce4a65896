#include "server/metrics.h"

#include <stdarg.h>
#include <stdio.h>

void spx_metrics_line(spx_bytes *out, const char *format, ...)
{
    char line[256];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    spx_bytes_text(out, line);
    spx_bytes_text(out, "\n");
}

void spx_metrics_jobs(spx_bytes *out, spx_jobs *jobs)
{
    uint32_t counts[SPX_JOB_STATES];
    spx_jobs_totals totals;
    if (spx_jobs_counts(jobs, counts, NULL) != SPX_OK)
        return;
    spx_jobs_read_totals(jobs, &totals);
    spx_metrics_line(out, "# HELP spx_jobs Jobs in the database by state.\n# TYPE spx_jobs gauge");
    for (unsigned i = 0; i < SPX_JOB_STATES; i++) {
        spx_metrics_line(out, "spx_jobs{state=\"%s\"} %u", spx_job_state_name((spx_job_state)i),
                         counts[i]);
    }
    spx_metrics_line(out, "# HELP spx_jobs_finished_total Jobs finished since the start.\n"
                          "# TYPE spx_jobs_finished_total counter");
    spx_metrics_line(out, "spx_jobs_finished_total{state=\"done\"} %llu",
                     (unsigned long long)totals.done);
    spx_metrics_line(out, "spx_jobs_finished_total{state=\"failed\"} %llu",
                     (unsigned long long)totals.failed);
    spx_metrics_line(out, "spx_jobs_finished_total{state=\"cancelled\"} %llu",
                     (unsigned long long)totals.cancelled);
    spx_metrics_line(out,
                     "# HELP spx_workers Jobs that may run at once, on all nodes.\n"
                     "# TYPE spx_workers gauge\nspx_workers %u",
                     spx_jobs_workers(jobs));
    spx_metrics_line(out, "# HELP spx_job_seconds Time that workers spent on jobs that are done.\n"
                          "# TYPE spx_job_seconds summary");
    spx_metrics_line(out, "spx_job_seconds_sum %.3f", totals.work_s);
    spx_metrics_line(out, "spx_job_seconds_count %llu", (unsigned long long)totals.done);
}
