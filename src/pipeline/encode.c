#include "pipeline/encode.h"

#include "formats/format_table.h"

static spx_status encode_one(spx_output *file, const spx_master *master, const spx_task *task,
                             spx_diag *diag)
{
    const spx_format_row *const row = spx_format_row_of(file->format);
    if (row == NULL)
        return spx_fail(diag, SPX_ERR_ARGUMENT, "%s: unknown format", file->name);
    return row->write(&file->bytes, master, task, diag);
}

/* One file's share of the whole progress. */
typedef struct share {
    const spx_task *task;
    double done;
    double part;
} share;

static void progress_share(void *user, double fraction)
{
    const share *const self = user;
    spx_task_progress(self->task, self->done + self->part * fraction);
}

spx_status spx_encode_outputs(spx_output_set *set, const spx_master *master, const spx_task *task,
                              spx_diag *diag)
{
    share own = { .task = task, .part = 1.0 / (double)(set->count == 0 ? 1 : set->count) };
    const spx_task part = { .pool = task->pool,
                            .cancel = task->cancel,
                            .progress = progress_share,
                            .user = &own,
                            .warnings = task->warnings };
    for (size_t i = 0; i < set->count; i++) {
        own.done = own.part * (double)i;
        SPX_TRY(spx_task_check(task, diag));
        SPX_TRY(encode_one(&set->files[i], master, &part, diag));
        set->files[i].size = set->files[i].bytes.size;
        spx_task_progress(task, own.done + own.part);
    }
    return SPX_OK;
}
