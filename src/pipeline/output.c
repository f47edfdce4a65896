#include "pipeline/output.h"

#include "base/file.h"
#include "formats/format_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The photo's name without folder, extension and a trailing "_outpainted"; owned by the caller,
 * NULL without memory. */
static char *stem_of(const char *base)
{
    static const char expanded[] = "_outpainted";
    char *const stem = strdup(spx_path_name(base));
    if (stem == NULL)
        return NULL;
    char *const dot = strrchr(stem, '.');
    if (dot != NULL && dot != stem)
        *dot = '\0';
    const size_t length = strlen(stem);
    const size_t tail = sizeof(expanded) - 1;
    if (length > tail && strcmp(stem + length - tail, expanded) == 0)
        stem[length - tail] = '\0';
    return stem;
}

static char *name_from(const char *form, const char *stem)
{
    const char *const place = strstr(form, "%s");
    if (place == NULL)
        return strdup(form);
    const size_t size = strlen(form) + strlen(stem) - 1;
    char *const name = malloc(size);
    if (name != NULL)
        (void)snprintf(name, size, "%.*s%s%s", (int)(place - form), form, stem, place + 2);
    return name;
}

static spx_status add_file(spx_output_set *set, spx_format format, const char *stem,
                           const spx_convert_options *options, spx_diag *diag)
{
    const char *const folder = options->output_dir;
    spx_output *const file = &set->files[set->count++];
    file->format = format;
    file->name = name_from(spx_format_file(spx_format_row_of(format), options), stem);
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
    char *const stem = stem_of(base);
    if (stem == NULL)
        return spx_fail_memory(diag, "output names");
    spx_status status = SPX_OK;
    for (size_t i = 0; i < spx_format_count() && status == SPX_OK; i++) {
        const spx_format format = spx_format_at(i)->flag;
        if ((options->formats & format) != 0 && set->count < SPX_OUTPUT_MOST)
            status = add_file(set, format, stem, options, diag);
    }
    free(stem);
    if (status != SPX_OK)
        spx_output_set_clear(set);
    return status;
}

void spx_output_set_clear(spx_output_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        free(set->files[i].name);
        free(set->files[i].path);
        spx_bytes_clear(&set->files[i].bytes);
    }
    *set = (spx_output_set){ 0 };
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
