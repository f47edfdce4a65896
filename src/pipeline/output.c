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
    set->left_out |= set->files[index].format;
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

const char *spx_output_set_existing(const spx_output_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        if (exists(&set->files[i]))
            return set->files[i].path;
    }
    return NULL;
}

/* ---- what was left out ---- */

static const char left_out_name[] = ".spx_left_out"; /* in the folder of the files: a word a line */

enum { LEFT_OUT_BYTES = 4096 };

/* What an earlier conversion left out there. Words of formats that are no more mean nothing. */
static spx_format read_left_out(const char *folder)
{
    spx_bytes text = { 0 };
    spx_format found = 0;
    char *const path = spx_path_join(folder, left_out_name);
    if (path != NULL && spx_file_read(path, LEFT_OUT_BYTES, &text, NULL) == SPX_OK) {
        spx_bytes_u8(&text, 0);
        char *left = text.failed ? NULL : (char *)text.data;
        for (const char *word = strsep(&left, "\n"); word != NULL; word = strsep(&left, "\n"))
            found |= spx_format_named(word);
    }
    spx_bytes_clear(&text);
    free(path);
    return found;
}

static spx_status keep_left_out(const char *folder, spx_format left_out, spx_diag *diag)
{
    spx_status status = SPX_OK;
    spx_bytes text = { 0 };
    char *const path = spx_path_join(folder, left_out_name);
    for (size_t i = 0; i < spx_format_count(); i++) {
        if ((left_out & spx_format_at(i)->flag) == 0)
            continue;
        spx_bytes_text(&text, spx_format_at(i)->word);
        spx_bytes_u8(&text, '\n');
    }
    if (path == NULL || text.failed) {
        status = spx_fail_memory(diag, folder);
    } else if (text.size == 0) {
        (void)unlink(path); /* mostly there is none */
    } else {
        status = spx_file_write(path, text.data, text.size, diag);
    }
    spx_bytes_clear(&text);
    free(path);
    return status;
}

int spx_output_set_is_done(spx_output_set *set, const char *folder, spx_format optional)
{
    spx_format missing = 0;
    for (size_t i = 0; i < set->count; i++)
        missing |= exists(&set->files[i]) ? 0 : set->files[i].format;
    if (missing != 0 && (folder == NULL || (missing & ~(optional & read_left_out(folder))) != 0))
        return 0;
    for (size_t i = set->count; i > 0; i--) {
        if ((missing & set->files[i - 1].format) != 0)
            spx_output_set_drop(set, i - 1);
    }
    return 1;
}

/* ---- writing ---- */

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
    if (folder == NULL || (set->count == 0 && set->left_out == 0))
        return SPX_OK; /* what is there belongs to an earlier conversion */
    SPX_TRY(spx_folder_make(folder, diag));
    spx_folder_sweep(folder, 0);
    spx_status status = stage_all(staged, set, diag);
    if (status == SPX_OK)
        status = keep_left_out(folder, set->left_out, diag);
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
