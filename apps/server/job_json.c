#include "server/job_json.h"

#include "jobs/table_json.h"
#include "server/http_text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MS_PER_S = 1000, TIME_SIZE = 40 };

static json_t *text_or_null(const char *text)
{
    return text[0] == '\0' ? json_null() : json_string(text);
}

json_t *spx_time_json(int64_t ms)
{
    char seconds[TIME_SIZE];
    char text[TIME_SIZE + 8];
    struct tm parts;
    const time_t time = (time_t)(ms / MS_PER_S);
    if (ms == 0 || gmtime_r(&time, &parts) == NULL ||
        strftime(seconds, sizeof(seconds), "%Y-%m-%dT%H:%M:%S", &parts) == 0)
        return json_null();
    (void)snprintf(text, sizeof(text), "%s.%03dZ", seconds, (int)(ms % MS_PER_S));
    return json_string(text);
}

/* "/api/v1/jobs/ID/PART" with NAME (may be NULL) escaped, and the revision for caches, 0 = none; to
 * others "/api/v1/shared/SHARE/PART". */
static json_t *url_json(const spx_job *job, const char *part, const char *name, uint32_t revision)
{
    spx_bytes url = { 0 };
    char text[64];
    const int shared = job->id[0] == '\0';
    spx_bytes_text(&url, shared ? "/api/v1/shared/" : "/api/v1/jobs/");
    spx_bytes_text(&url, shared ? job->share : job->id);
    spx_bytes_text(&url, part);
    if (name != NULL)
        spx_append_escaped(&url, name);
    if (revision != 0) {
        (void)snprintf(text, sizeof(text), "?r=%u", revision);
        spx_bytes_text(&url, text);
    }
    spx_bytes_u8(&url, 0);
    json_t *const value = url.failed ? NULL : json_string((const char *)url.data);
    spx_bytes_clear(&url);
    return value;
}

static json_t *preview_json(const spx_job *job, const char *name)
{
    return job->preview == SPX_PREVIEW_MADE ? url_json(job, "/files/", name, 0) : json_null();
}

static json_t *view_json(const spx_job *job, unsigned view, const char *name)
{
    return (job->views & view) != 0 ? url_json(job, "/files/", name, job->views_revision)
                                    : json_null();
}

/* The best that there is. */
static json_t *depth_view_json(const spx_job *job)
{
    return (job->views & SPX_VIEW_DEPTH) != 0 ? view_json(job, SPX_VIEW_DEPTH, "depth_preview.jpg")
                                              : view_json(job, SPX_VIEW_FIRST, "depth_first.jpg");
}

static json_t *views_json(const spx_job *job)
{
    return json_pack("{so, so, so, so}", "photo",
                     job->kind == SPX_JOB_BOTH ? view_json(job, SPX_VIEW_PHOTO, "photo_preview.jpg")
                                               : preview_json(job, "preview.jpg"),
                     "depth", depth_view_json(job), "left",
                     view_json(job, SPX_VIEW_EYES, "left_preview.jpg"), "right",
                     view_json(job, SPX_VIEW_EYES, "right_preview.jpg"));
}

/* Why the files that were asked for last could not be made. */
static json_t *making_error_json(const spx_job *job)
{
    return job->state == SPX_JOB_DONE ? text_or_null(job->error) : json_null();
}

json_t *spx_job_depth_json(const spx_job *job)
{
    return json_pack("{ss, sI, so}", "id", job->id, "revision", (json_int_t)job->revision, "views",
                     views_json(job));
}

static json_t *files_json(const spx_job *job)
{
    json_t *const list = json_array();
    for (size_t i = 0; i < job->file_count; i++) {
        const spx_job_file *const file = &job->files[i];
        if (json_array_append_new(
                list, json_pack("{ss, ss, ss, sI, so}", "name", file->name, "role", file->role,
                                "type", file->type, "size", (json_int_t)file->size, "url",
                                url_json(job, "/files/", file->name, job->files_revision))) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *error_json(const spx_job *job)
{
    if (job->state != SPX_JOB_FAILED)
        return json_null();
    return json_pack("{ss, ss, ss}", "code", spx_status_name(job->failure), "message", job->error,
                     "fault", spx_fault_name(spx_status_fault(job->failure)));
}

static json_t *summary_json(const spx_job *job)
{
    json_t *const summary = job->summary[0] == '\0' ? NULL : json_loads(job->summary, 0, NULL);
    return summary == NULL ? json_null() : summary;
}

/* The warnings stand in the summary. Those of an earlier revision say nothing of this one. */
static void split_summary(const spx_job *job, json_t **summary, json_t **warnings)
{
    json_t *const whole = summary_json(job);
    json_t *const kept = job->state == SPX_JOB_DONE ? json_object_get(whole, "warnings") : NULL;
    *warnings = kept == NULL ? json_array() : json_incref(kept);
    (void)json_object_del(whole, "warnings");
    *summary = json_object_size(whole) == 0 ? json_null() : json_incref(whole);
    json_decref(whole);
}

static json_t *percent_json(const spx_job *job)
{
    return json_real(round(job->percent * 10.0) / 10.0);
}

static json_t *eta_json(const spx_job *job)
{
    return job->eta_s < 0.0 || !spx_job_active(job->state) ? json_null()
                                                           : json_real(ceil(job->eta_s));
}

static json_t *position_json(const spx_job *job)
{
    return job->state == SPX_JOB_QUEUED ? json_integer((json_int_t)job->position) : json_null();
}

/* What a queued job waits for. */
static json_t *waits_json(const spx_job *job)
{
    if (job->state != SPX_JOB_QUEUED)
        return json_null();
    return json_string(job->arrival != SPX_ARRIVED ? "photo"
                       : job->waits_for_version    ? "version"
                       : job->waits_for_disk       ? "disk"
                                                   : "turn");
}

json_t *spx_job_event_json(const spx_job *job)
{
    return json_pack("{ss, ss, so, so, so, so, so, sI, so, so, so}", "id", job->id, "state",
                     spx_job_state_name(job->state), "stage", text_or_null(job->stage), "percent",
                     percent_json(job), "position", position_json(job), "waits_for",
                     waits_json(job), "eta_s", eta_json(job), "revision", (json_int_t)job->revision,
                     "thumbnail", preview_json(job, "thumbnail.jpg"), "views", views_json(job),
                     "making", spx_table_words_of(job->wanted));
}

/* Who hears of the job's end, and what came of it. */
static json_t *webhook_json(const spx_job *job)
{
    const char *state = "waiting"; /* for the job's end */
    if (job->hook[0] == '\0')
        return json_null();
    if (job->hooked >= job->revision) {
        state = strncmp(job->hook_answer, "HTTP 2", strlen("HTTP 2")) == 0 ? "delivered" : "failed";
    } else if (!spx_job_active(job->state)) {
        state = "pending";
    }
    return json_pack("{ss, ss, sI, so, so}", "url", job->hook, "state", state, "attempts",
                     (json_int_t)job->hook_attempts, "answer", text_or_null(job->hook_answer),
                     "next", spx_time_json(strcmp(state, "pending") == 0 ? job->hook_due_ms : 0));
}

json_t *spx_job_json(const spx_job *job)
{
    json_t *summary = NULL;
    json_t *warnings = NULL;
    split_summary(job, &summary, &warnings);
    json_t *const object = json_pack(
        "{ss, ss, ss, sI, sI, so, so, so, so, so, so, so, so}", "id", job->id, "kind",
        spx_job_kind_name(job->kind), "name", job->name, "size", (json_int_t)job->size, "revision",
        (json_int_t)job->revision, "options", spx_job_options_json(&job->options), "summary",
        summary, "warnings", warnings, "error", error_json(job), "created",
        spx_time_json(job->created_ms), "started", spx_time_json(job->started_ms), "finished",
        spx_time_json(job->finished_ms), "files", files_json(job));
    json_t *const live = spx_job_event_json(job);
    char base[SPX_JOB_NAME_SIZE];
    spx_job_base(job, base);
    char share[64];
    (void)snprintf(share, sizeof(share), "/s/%s", job->share);
    json_t *const links = json_pack(
        "{so, ss, so, so, so, so, so, so, so, so, so}", "share",
        job->share[0] == '\0' ? json_null() : json_string(share), "base", base, "making_error",
        making_error_json(job), "second", text_or_null(job->second), "cost", json_real(job->cost),
        "tag", text_or_null(job->tag), "source_url", text_or_null(job->source), "webhook",
        webhook_json(job), "preview", preview_json(job, "preview.jpg"), "original",
        url_json(job, "/original", NULL, 0), "archive",
        job->file_count == 0 ? json_null()
                             : url_json(job, "/archive.zip", NULL, job->files_revision));
    const int failed = object == NULL || json_object_update_missing(object, live) != 0 ||
                       json_object_update_missing(object, links) != 0;
    json_decref(live);
    json_decref(links);
    if (!failed)
        return object;
    json_decref(object);
    return NULL;
}

json_t *spx_job_shared_json(const spx_job *job)
{
    spx_job *const shown = malloc(sizeof(*shown));
    if (shown == NULL)
        return NULL;
    *shown = *job;
    shown->id[0] = '\0'; /* whose id is not known to those who look */
    json_t *summary = NULL;
    json_t *warnings = NULL;
    split_summary(shown, &summary, &warnings);
    json_decref(warnings);
    json_t *const object = json_pack("{ss, ss, so, so, so}", "name", shown->name, "state",
                                     spx_job_state_name(shown->state), "summary", summary, "views",
                                     views_json(shown), "files", files_json(shown));
    free(shown);
    return object;
}
