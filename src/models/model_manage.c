/* Which models there are; taking one in, checking it, deleting it. Fetching is in model_fetch.c. */
#include "base/file.h"
#include "depth/depth_model.h"
#include "models/model_store.h"
#include "models/model_sums.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_NAME = 128, NAME_BYTES = 64 };

static const char suffix[] = ".safetensors";

typedef struct listed {
    spx_model_info info; /* its texts are those below */
    char *name;
    char *path;
} listed;

struct spx_model_list {
    listed *items;
    size_t count;
};

static char *text_copy(const char *text, size_t size)
{
    char *const copy = malloc(size + 1);
    if (copy != NULL) {
        memcpy(copy, text, size);
        copy[size] = '\0';
    }
    return copy;
}

static int is_listed(const spx_model_list *list, const char *name, size_t size)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strlen(list->items[i].name) == size && memcmp(list->items[i].name, name, size) == 0)
            return 1;
    }
    return 0;
}

static spx_status list_file(spx_model_list *list, const char *folder, const char *file,
                            spx_diag *diag)
{
    const size_t end = sizeof(suffix) - 1;
    const size_t size = strlen(file);
    struct stat about;
    if (size <= end || strcmp(file + size - end, suffix) != 0 || file[0] == '.' ||
        is_listed(list, file, size - end))
        return SPX_OK;
    char *const path = spx_path_join(folder, file);
    char *const name = text_copy(file, size - end);
    listed *const items = realloc(list->items, (list->count + 1) * sizeof(*items));
    if (items != NULL)
        list->items = items;
    if (path == NULL || name == NULL || items == NULL || stat(path, &about) != 0 ||
        !S_ISREG(about.st_mode) || !spx_model_name_is_valid(name)) {
        const int no_memory = path == NULL || name == NULL || items == NULL;
        free(path);
        free(name);
        return no_memory ? spx_fail_memory(diag, "list of models") : SPX_OK;
    }
    const char *const licence = spx_model_licence(name);
    list->items[list->count++] = (listed){
        .info = { .name = name,
                  .path = path,
                  .size = (uint64_t)about.st_size,
                  .licence = licence == NULL ? "unknown" : licence },
        .name = name,
        .path = path,
    };
    return SPX_OK;
}

static spx_status list_folder(spx_model_list *list, const char *folder, spx_diag *diag)
{
    DIR *const entries = opendir(folder);
    if (entries == NULL)
        return SPX_OK; /* most of the folders do not exist */
    spx_status status = SPX_OK;
    while (status == SPX_OK) {
        const struct dirent *const entry = readdir(entries); // NOLINT(concurrency-mt-unsafe)
        if (entry == NULL)
            break;
        status = list_file(list, folder, entry->d_name, diag);
    }
    (void)closedir(entries);
    return status;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const listed *)a)->name, ((const listed *)b)->name);
}

static spx_status fill_list(spx_model_list *list, const char *model_dir, spx_diag *diag)
{
    spx_model_folders folders = { 0 };
    SPX_TRY(spx_model_folders_init(&folders, model_dir, diag));
    spx_status status = SPX_OK;
    for (size_t i = 0; i < folders.count && status == SPX_OK; i++)
        status = list_folder(list, folders.path[i], diag);
    spx_model_folders_clear(&folders);
    SPX_TRY(status);
    if (list->count != 0)
        qsort(list->items, list->count, sizeof(*list->items), by_name);
    char *automatic = NULL;
    if (spx_model_resolve("auto", model_dir, &automatic, NULL) == SPX_OK) {
        for (size_t i = 0; i < list->count; i++)
            list->items[i].info.is_auto = strcmp(list->items[i].path, automatic) == 0;
    }
    free(automatic);
    return SPX_OK;
}

spx_status spx_model_list_create(spx_model_list **out, const char *model_dir, spx_diag *diag)
{
    *out = NULL;
    spx_model_list *const list = calloc(1, sizeof(*list));
    if (list == NULL)
        return spx_fail_memory(diag, "list of models");
    const spx_status status = fill_list(list, model_dir, diag);
    if (status == SPX_OK) {
        *out = list;
    } else {
        spx_model_list_destroy(list);
    }
    return status;
}

void spx_model_list_destroy(spx_model_list *list)
{
    if (list == NULL)
        return;
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].name);
        free(list->items[i].path);
    }
    free(list->items);
    free(list);
}

size_t spx_model_list_count(const spx_model_list *list)
{
    return list->count;
}

const spx_model_info *spx_model_list_at(const spx_model_list *list, size_t index)
{
    return &list->items[index].info;
}

const char *spx_model_licence(const char *name)
{
    const spx_model_known *const known = spx_model_known_find(name);
    return known == NULL ? NULL : known->licence;
}

static void file_of(const char *name, char file[FILE_NAME])
{
    (void)snprintf(file, FILE_NAME, "%.64s%s", name, suffix);
}

/* The checksum a model must have: spx's own knowledge, else the list beside the file. */
static spx_status expected_sum(const char *name, const char *path, char hex[SPX_SHA256_HEX],
                               spx_diag *diag)
{
    const spx_model_known *const known = spx_model_known_find(name);
    if (known != NULL && known->sha256 != NULL) {
        (void)snprintf(hex, SPX_SHA256_HEX, "%s", known->sha256);
        return SPX_OK;
    }
    char file[FILE_NAME];
    file_of(name, file);
    char *const folder = spx_path_folder(path);
    if (folder == NULL)
        return spx_fail_memory(diag, name);
    const spx_status status = spx_model_sums_find(folder, file, hex, diag);
    free(folder);
    return status;
}

static spx_status verify_path(const char *name, const char *path, spx_model_report *out,
                              spx_diag *diag)
{
    char expected[SPX_SHA256_HEX] = "";
    (void)snprintf(out->name, sizeof(out->name), "%s", name);
    SPX_TRY(expected_sum(name, path, expected, diag));
    SPX_TRY(spx_model_sum_file(path, out->sha256, &out->size, diag));
    out->pinned = expected[0] != '\0';
    if (out->pinned && strcmp(expected, out->sha256) != 0) {
        return spx_fail(diag, SPX_ERR_CORRUPT,
                        "%s: damaged: its SHA-256 is %s and should be %s; remove it and fetch it "
                        "again",
                        path, out->sha256, expected);
    }
    spx_depth_model *model = NULL;
    SPX_TRY(spx_depth_model_open(&model, path, NULL, diag));
    spx_depth_model_close(model);
    return SPX_OK;
}

spx_status spx_model_verify(const char *name, const char *model_dir, spx_model_report *out,
                            spx_diag *diag)
{
    *out = (spx_model_report){ 0 };
    char *path = NULL;
    if (!spx_model_name_is_valid(name))
        return spx_fail(diag, SPX_ERR_ARGUMENT, "\"%.80s\" is not a name of a model", name);
    SPX_TRY(spx_model_resolve(name, model_dir, &path, diag));
    const spx_status status = verify_path(name, path, out, diag);
    free(path);
    return status;
}

static spx_status copy_file(const char *from, const char *to, spx_diag *diag)
{
    spx_mapping source = { 0 };
    SPX_TRY(spx_mapping_open(&source, from, diag));
    const spx_status status = spx_file_write(to, source.data, source.size, diag);
    spx_mapping_close(&source);
    return status;
}

static spx_status add_to(const char *folder, const char *path, const char *name,
                         spx_model_report *out, spx_diag *diag)
{
    char file[FILE_NAME];
    file_of(name, file);
    char *const target = spx_path_join(folder, file);
    if (target == NULL)
        return spx_fail_memory(diag, name);
    spx_status status = SPX_OK;
    (void)snprintf(out->name, sizeof(out->name), "%s", name);
    if (access(target, F_OK) == 0) {
        status =
            spx_fail(diag, SPX_ERR_EXISTS, "%s exists; remove it first, or choose --name", target);
        goto out;
    }
    SPX_TRY_OUT(spx_folder_make(folder, diag));
    SPX_TRY_OUT(copy_file(path, target, diag));
    SPX_TRY_OUT(spx_model_sum_file(target, out->sha256, &out->size, diag));
    const spx_model_known *const known = spx_model_known_find(name);
    out->pinned = known != NULL && known->sha256 != NULL && strcmp(known->sha256, out->sha256) == 0;
    SPX_TRY_OUT(spx_model_sums_set(folder, file, out->sha256, diag));

out:
    free(target);
    return status;
}

/* Opens the weights as a network and tells which it is. A known file's sum says more: two networks
 * may differ in nothing but their numbers. given: its name where somebody chose one, or NULL. */
static spx_status name_of(const char *path, const char *given, char name[NAME_BYTES],
                          spx_diag *diag)
{
    spx_depth_model *model = NULL;
    char hex[SPX_SHA256_HEX];
    uint64_t size = 0;
    SPX_TRY(spx_depth_model_open(&model, path, NULL, diag));
    (void)snprintf(name, NAME_BYTES, "%s", given == NULL ? spx_depth_model_name(model) : given);
    spx_depth_model_close(model);
    if (given != NULL)
        return SPX_OK;
    SPX_TRY(spx_model_sum_file(path, hex, &size, diag));
    const spx_model_known *const known = spx_model_known_by_sum(hex);
    if (known != NULL)
        (void)snprintf(name, NAME_BYTES, "%s", known->name);
    return SPX_OK;
}

spx_status spx_model_add(const char *path, const char *name, const char *model_dir,
                         spx_model_report *out, spx_diag *diag)
{
    *out = (spx_model_report){ 0 };
    char full_name[NAME_BYTES];
    if (name != NULL && !spx_model_name_is_valid(name))
        return spx_fail(diag, SPX_ERR_ARGUMENT, "\"%.80s\" is not a name of a model", name);
    SPX_TRY(name_of(path, name, full_name, diag));
    spx_model_folders folders = { 0 };
    SPX_TRY(spx_model_folders_init(&folders, model_dir, diag));
    const spx_status status = add_to(folders.path[0], path, full_name, out, diag);
    spx_model_folders_clear(&folders);
    return status;
}

static spx_status remove_path(const char *name, const char *path, spx_diag *diag)
{
    char file[FILE_NAME];
    file_of(name, file);
    if (unlink(path) != 0)
        return spx_file_fail(errno, path, "delete", diag);
    char *const folder = spx_path_folder(path);
    if (folder == NULL)
        return spx_fail_memory(diag, name);
    const spx_status status = spx_model_sums_set(folder, file, NULL, diag);
    free(folder);
    return status;
}

spx_status spx_model_remove(const char *name, const char *model_dir, spx_diag *diag)
{
    char *path = NULL;
    const spx_model_known *const known = spx_model_known_find(name);
    if (!spx_model_name_is_valid(name))
        return spx_fail(diag, SPX_ERR_ARGUMENT, "\"%.80s\" is not a name of a model", name);
    if (known != NULL && known->url_path == NULL)
        return spx_fail(diag, SPX_ERR_ARGUMENT, "%s comes with spx and stays", name);
    SPX_TRY(spx_model_resolve(name, model_dir, &path, diag));
    const spx_status status = remove_path(name, path, diag);
    free(path);
    return status;
}
