#include "pipeline/output.h"

#include "base/file.h"
#include "formats/format_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Owned by the caller, NULL without memory. */
static char *name_of(spx_format format, const char *photo, const spx_convert_options *options)
{
    const size_t size = spx_format_file_name(NULL, 0, format, photo, options) + 1;
    char *const name = malloc(size);
    if (name != NULL)
        (void)spx_format_file_name(name, size, format, photo, options);
    return name;
}

static spx_status add_file(spx_output_set *set, spx_format format, const char *photo,
                           const spx_convert_options *options, spx_diag *diag)
{
    const char *const folder = options->output_dir;
    spx_output *const file = &set->files[set->count++];
    file->format = format;
    file->name = name_of(format, photo, options);
    if (file->name == NULL)
        return spx_fail_memory(diag, "output names");
    if (folder == NULL)
        return SPX_OK;
    file->path = spx_path_join(folder, file->name);
    return file->path == NULL ? spx_fail_memory(diag, "output names") : SPX_OK;
}

spx_status spx_output_set_init(spx_output_set *set, const char *base,
                               const spx_convert_options *options, spx_diag *diag)
{
    *set = (spx_output_set){ 0 };
    spx_status status = SPX_OK;
    for (size_t i = 0; i < spx_format_count() && status == SPX_OK; i++) {
        const spx_format format = spx_format_at(i)->flag;
        if ((options->formats & format) != 0 && set->count < SPX_OUTPUT_MOST)
            status = add_file(set, format, base, options, diag);
    }
    if (status != SPX_OK)
        spx_output_set_clear(set);
    return status;
}

static void clear_file(spx_output *file)
{
    free(file->name);
    free(file->path);
    spx_bytes_clear(&file->bytes);
}

void spx_output_set_clear(spx_output_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        clear_file(&set->files[i]);
    *set = (spx_output_set){ 0 };
}

void spx_output_set_drop(spx_output_set *set, size_t index)
{
    clear_file(&set->files[index]);
    set->count--;
    memmove(set->files + index, set->files + index + 1, (set->count - index) * sizeof(*set->files));
}

spx_output *spx_output_find(spx_output_set *set, spx_format format)
{
    for (size_t i = 0; i < set->count; i++) {
        if (set->files[i].format == format)
            return &set->files[i];
    }
    return NULL;
}

static int exists(const spx_output *file)
{
    return file->path != NULL && access(file->path, F_OK) == 0;
}

size_t spx_output_set_existing(const spx_output_set *set, const char **first)
{
    size_t count = 0;
    *first = NULL;
    for (size_t i = 0; i < set->count; i++) {
        if (!exists(&set->files[i]))
            continue;
        if (*first == NULL)
            *first = set->files[i].path;
        count++;
    }
    return count;
}

static spx_status stage_all(spx_staged_file *staged, const spx_output_set *set, spx_diag *diag)
{
    for (size_t i = 0; i < set->count; i++) {
        const spx_output *const file = &set->files[i];
        SPX_TRY(spx_staged_file_write(&staged[i], file->path, file->bytes.data, file->bytes.size,
                                      diag));
    }
    return SPX_OK;
}

spx_status spx_output_set_write(spx_output_set *set, const char *folder, spx_diag *diag)
{
    spx_staged_file staged[SPX_OUTPUT_MOST] = { { .path = NULL } };
    if (folder == NULL)
        return SPX_OK;
    SPX_TRY(spx_folder_make(folder, diag));
    spx_folder_sweep(folder, 0);
    spx_status status = stage_all(staged, set, diag);
    for (size_t i = 0; i < set->count && status == SPX_OK; i++)
        status = spx_staged_file_commit(&staged[i], diag);
    for (size_t i = 0; i < set->count && status != SPX_OK; i++)
        spx_staged_file_undo(&staged[i]);
    for (size_t i = 0; i < set->count; i++)
        spx_staged_file_discard(&staged[i]);
    if (status != SPX_OK) {
        (void)rmdir(folder); /* goes only when it is empty */
        return status;
    }
    spx_folder_sync(folder);
    for (size_t i = 0; i < set->count; i++)
        spx_bytes_clear(&set->files[i].bytes);
    return SPX_OK;
}
