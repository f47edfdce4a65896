#include "pipeline/encode.h"

#include "formats/format_table.h"

#include <stdio.h>
#include <string.h>

static spx_status encode_one(spx_output *file, const spx_master *master, const spx_task *task,
                             spx_diag *diag)
{
    const spx_format_row *const row = spx_format_row_of(file->format);
    if (row == NULL)
        return spx_fail(diag, SPX_ERR_ARGUMENT, "%s: unknown format", file->name);
    return spx_format_write(&file->bytes, row, master, task, diag);
}

/* Why the first of the formats that the photo does not allow is not made. */
typedef struct left_out {
    spx_status status; /* SPX_OK = all are made */
    spx_diag reason;
} left_out;

enum { LEFT_OUT_BYTES = 160, REST_BYTES = 16 };

/* Leaves a file out when its format is one of those that may be. status: why it failed. */
static spx_status leave_out(left_out *self, const spx_output *file, const spx_master *master,
                            spx_status status, const spx_diag *reason)
{
    const int can = status == SPX_ERR_UNSUPPORTED || status == SPX_ERR_LIMIT;
    if (!can || (master->options->optional_formats & file->format) == 0)
        return status;
    if (self->status == SPX_OK) {
        self->status = status;
        self->reason = *reason;
    }
    return SPX_OK;
}

/* Whole words, as many as fit, and how many more there are. */
static void name_formats(spx_format formats, char out[LEFT_OUT_BYTES])
{
    size_t used = 0;
    unsigned rest = 0;
    out[0] = '\0';
    for (size_t i = 0; i < spx_format_count(); i++) {
        const spx_format_info *const format = spx_format_at(i);
        if ((formats & format->flag) == 0)
            continue;
        if (rest != 0 || used + strlen(format->word) + 2 > LEFT_OUT_BYTES - REST_BYTES) {
            rest++;
            continue;
        }
        used += (size_t)snprintf(out + used, LEFT_OUT_BYTES - used, "%s%s", used == 0 ? "" : ", ",
                                 format->word);
    }
    if (rest != 0)
        (void)snprintf(out + used, LEFT_OUT_BYTES - used, " and %u more", rest);
}

/* At least one file has to come of a conversion. */
static spx_status tell_left_out(const left_out *self, const spx_output_set *set,
                                const spx_master *master, const spx_task *task, spx_diag *diag)
{
    const size_t name = strlen(master->name);
    const char *text = self->reason.text;
    char words[LEFT_OUT_BYTES];
    if (self->status == SPX_OK)
        return SPX_OK;
    if (set->count == 0)
        return spx_fail(diag, self->status, "%s", text);
    if (strncmp(text, master->name, name) == 0 && strncmp(text + name, ": ", 2) == 0)
        text += name + 2;
    name_formats(set->left_out, words);
    spx_task_warn(task, SPX_WARNING_LEFT_OUT, "not made: %s (%s)", words, text);
    return SPX_OK;
}

spx_status spx_encode_outputs(spx_output_set *set, const spx_master *master, const spx_task *task,
                              spx_diag *diag)
{
    const double share = 1.0 / (double)(set->count == 0 ? 1 : set->count);
    double done = 0.0;
    left_out out = { .status = SPX_OK };
    for (size_t i = 0; i < set->count;) {
        spx_diag reason = { 0 };
        spx_output *const file = &set->files[i];
        SPX_TRY(spx_task_check(task, diag));
        spx_task_span span;
        const spx_task *const part = spx_task_part(&span, task, done, share);
        const spx_status status = encode_one(file, master, part, &reason);
        done += share;
        spx_task_progress(task, done);
        if (status == SPX_OK) {
            file->size = file->bytes.size;
            i++;
            continue;
        }
        if (leave_out(&out, file, master, status, &reason) != SPX_OK)
            return spx_fail(diag, status, "%s", reason.text);
        spx_output_set_drop(set, i);
    }
    return tell_left_out(&out, set, master, task, diag);
}
