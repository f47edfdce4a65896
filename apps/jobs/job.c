#include "jobs/job.h"

#include "jobs/utf8.h"

#include <stdio.h>
#include <string.h>

static const char *const state_names[SPX_JOB_STATES] = { "queued", "running", "done", "failed",
                                                         "cancelled" };

const char *spx_job_state_name(spx_job_state state)
{
    return state_names[state];
}

int spx_job_active(spx_job_state state)
{
    return state == SPX_JOB_QUEUED || state == SPX_JOB_RUNNING;
}

/* Controls (C0, DEL, C1 and the marks that turn the direction of writing) lie to the reader. */
static int is_misleading(const unsigned char *text, size_t size)
{
    if (size == 1)
        return text[0] < 0x20 || text[0] == 0x7f || strchr("/\\:*?\"<>|", text[0]) != NULL;
    if (size == 2)
        return text[0] == 0xc2 && text[1] < 0xa0;
    if (size == 3 && text[0] == 0xe2 && text[1] == 0x80)
        return (text[2] >= 0x8b && text[2] <= 0x8f) || (text[2] >= 0xa8 && text[2] <= 0xae);
    return size == 3 && text[0] == 0xe2 && text[1] == 0x81 && text[2] >= 0xa6 && text[2] <= 0xa9;
}

static const char *last_part(const char *path)
{
    const char *part = path;
    for (const char *at = path; *at != '\0'; at++) {
        if (*at == '/' || *at == '\\')
            part = at + 1;
    }
    return part;
}

void spx_job_set_name(spx_job *job, const char *client_name)
{
    const unsigned char *at = (const unsigned char *)last_part(client_name);
    size_t used = 0;
    while (*at == '.' || *at == ' ')
        at++;
    while (*at != '\0') {
        const size_t size = spx_utf8_size((const char *)at);
        const int kept = size != 0 && !is_misleading(at, size);
        const size_t needed = kept ? size : 1;
        if (used + needed >= sizeof(job->name))
            break;
        if (kept) {
            memcpy(job->name + used, at, size);
        } else {
            job->name[used] = '_';
        }
        used += needed;
        at += size == 0 ? 1 : size;
    }
    job->name[used] = '\0';
    if (used == 0)
        (void)snprintf(job->name, sizeof(job->name), "photo");
}

void spx_job_stem(const spx_job *job, char out[SPX_JOB_NAME_SIZE])
{
    const char *const dot = strrchr(job->name, '.');
    const size_t size =
        dot == NULL || dot == job->name ? strlen(job->name) : (size_t)(dot - job->name);
    memcpy(out, job->name, size);
    out[size] = '\0';
}

void spx_job_base(const spx_job *job, char out[SPX_JOB_NAME_SIZE])
{
    static const char suffix[] = "_outpainted";
    spx_job_stem(job, out);
    const size_t size = strlen(out);
    const size_t cut = sizeof(suffix) - 1;
    if (size > cut && strcmp(out + size - cut, suffix) == 0)
        out[size - cut] = '\0';
}

void spx_job_file_name(const spx_job *job, const spx_format_info *format,
                       char out[SPX_JOB_FILE_NAME_SIZE])
{
    (void)spx_format_file_name(out, SPX_JOB_FILE_NAME_SIZE, format->flag, job->name,
                               &job->options.convert);
}

spx_format spx_job_format_named(const spx_job *job, const char *name)
{
    char known[SPX_JOB_FILE_NAME_SIZE];
    for (size_t i = 0; i < spx_format_count() && job->kind != SPX_JOB_OUTPAINT; i++) {
        spx_job_file_name(job, spx_format_at(i), known);
        if (strcmp(known, name) == 0 || strcmp(spx_format_at(i)->word, name) == 0)
            return spx_format_at(i)->flag;
    }
    return 0;
}

int spx_job_files_follow(const spx_job *job)
{
    return job->options.files_follow && job->kind != SPX_JOB_OUTPAINT;
}

spx_format spx_job_made(const spx_job *job)
{
    spx_format made = 0;
    for (size_t i = 0; i < job->file_count; i++)
        made |= spx_format_named(job->files[i].role);
    return made;
}

const spx_job_file *spx_job_find_file(const spx_job *job, const char *name)
{
    for (size_t i = 0; i < job->file_count; i++) {
        if (strcmp(job->files[i].name, name) == 0)
            return &job->files[i];
    }
    return NULL;
}

const spx_job_file *spx_job_find_role(const spx_job *job, const char *role)
{
    for (size_t i = 0; i < job->file_count; i++) {
        if (strcmp(job->files[i].role, role) == 0)
            return &job->files[i];
    }
    return NULL;
}
