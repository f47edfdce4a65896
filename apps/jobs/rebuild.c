#include "jobs/rebuild.h"

#include "base/file.h"
#include "jobs/folders.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { RECORD_MOST = 1 << 20, ASIDE_SIZE = 256 };

void spx_record_keep(const char *data_dir, spx_store *store, const char *id)
{
    char *text = NULL;
    char *const path = spx_folders_path(data_dir, "records", id, NULL);
    if (path != NULL && spx_store_record(store, id, &text, NULL) == SPX_OK)
        (void)!spx_file_write(path, text, strlen(text), NULL);
    free(text);
    free(path);
}

spx_status spx_rebuild_set_aside(const char *data_dir, const char *path, char *aside,
                                 spx_diag *diag)
{
    static const char *const parts[] = { "", "-wal", "-shm" };
    char when[32];
    struct tm broken = { 0 };
    const time_t now = time(NULL);
    (void)gmtime_r(&now, &broken);
    (void)strftime(when, sizeof(when), "%Y%m%d-%H%M%S", &broken);
    (void)snprintf(aside, ASIDE_SIZE, "jobs.damaged-%s.sqlite", when);
    char *const to = spx_path_join(data_dir, aside);
    spx_status status = to == NULL ? spx_fail_memory(diag, path) : SPX_OK;
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && status == SPX_OK; i++) {
        char *from_part = NULL;
        char *to_part = NULL;
        if (asprintf(&from_part, "%s%s", path, parts[i]) < 0 ||
            asprintf(&to_part, "%s%s", to, parts[i]) < 0) {
            status = spx_fail_memory(diag, path);
        } else if (rename(from_part, to_part) != 0 && i == 0) {
            status = spx_fail(diag, SPX_ERR_IO, "%s: it is damaged and cannot be set aside", path);
        }
        free(to_part);
        free(from_part);
    }
    free(to);
    return status;
}

static spx_status restore(const char *data_dir, spx_store *store, const char *id)
{
    spx_bytes text = { 0 };
    char *const path = spx_folders_path(data_dir, "records", id, NULL);
    spx_status status =
        path == NULL ? SPX_ERR_NO_MEMORY : spx_file_read(path, RECORD_MOST, &text, NULL);
    if (status == SPX_OK) {
        spx_bytes_u8(&text, 0);
        status = text.failed ? SPX_ERR_NO_MEMORY
                             : spx_store_restore(store, id, (const char *)text.data, NULL);
    }
    spx_bytes_clear(&text);
    free(path);
    return status;
}

void spx_rebuild(const char *data_dir, spx_store *store, unsigned *found, unsigned *lost)
{
    const struct dirent *entry = NULL;
    char *const path = spx_path_join(data_dir, "records");
    DIR *const folder = path == NULL ? NULL : opendir(path);
    *found = 0;
    *lost = 0;
    while (folder != NULL && (entry = readdir(folder)) != NULL) { // NOLINT(concurrency-mt-unsafe)
        if (!spx_id_valid(entry->d_name))
            continue;
        const int restored = restore(data_dir, store, entry->d_name) == SPX_OK;
        *found += restored != 0;
        *lost += restored == 0;
    }
    if (folder != NULL)
        (void)closedir(folder);
    free(path);
}
