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

/* Formats that the photo does not allow, and why the first of them is not made. */
typedef struct left_out {
    spx_status status; /* of the first one */
    spx_diag reason;
    char words[160];
} left_out;

/* Leaves a file out when its format is one of those that may be. status: why it failed. */
static spx_status leave_out(left_out *self, const spx_output *file, const spx_master *master,
                            spx_status status, const spx_diag *reason)
{
    const int can = status == SPX_ERR_UNSUPPORTED || status == SPX_ERR_LIMIT;
    const size_t used = strlen(self->words);
    if (!can || (master->options->optional_formats & file->format) == 0)
        return status;
    (void)snprintf(self->words + used, sizeof(self->words) - used, "%s%s", used == 0 ? "" : ", ",
                   spx_format_of(file->format)->word);
    if (used == 0) {
        self->status = status;
        self->reason = *reason;
    }
    return SPX_OK;
}

/* At least one file has to come of a conversion. */
static spx_status tell_left_out(const left_out *self, const spx_output_set *set,
                                const spx_master *master, const spx_task *task, spx_diag *diag)
{
    const size_t name = strlen(master->name);
    const char *text = self->reason.text;
    if (self->words[0] == '\0')
        return SPX_OK;
    if (set->count == 0)
        return spx_fail(diag, self->status, "%s", text);
    if (strncmp(text, master->name, name) == 0 && strncmp(text + name, ": ", 2) == 0)
        text += name + 2;
    spx_task_warn(task, SPX_WARNING_LEFT_OUT, "not made: %s (%s)", self->words, text);
    return SPX_OK;
}

spx_status spx_encode_outputs(spx_output_set *set, const spx_master *master, const spx_task *task,
                              spx_diag *diag)
{
    const double share = 1.0 / (double)(set->count == 0 ? 1 : set->count);
    double done = 0.0;
    left_out out = { .words = "" };
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
