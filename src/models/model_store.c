/*
 * Which file a network's name means. Folders are searched in order: the caller's, $SPX_MODEL_DIR,
 * the user's, those beside the program, the system's. "auto" is the best known network that lies
 * in one of them, an own path is taken as it is.
 */
#include "models/model_store.h"

#include "base/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, CACHE_BYTES = 1 << 20, FOLDERS_TEXT = 384, BUILD_LEVELS = 3 };

static const char suffix[] = ".safetensors";

/* Version 3's sums: several independent programs pin them. Mono before Metric: trained for order,
 * not for one scale over all scenes. */
const spx_model_known spx_models_known[] = {
    { .name = "depth-anything-3-mono",
      .url_path = "depth-anything/DA3MONO-LARGE/resolve/main/model.safetensors",
      .size = 1336734448,
      .sha256 = "7a799a7f95eb8d4c404c2ca8be3dc3276b350a417ddc4420db72ba850cc0e960",
      .licence = "Apache-2.0" },
    { .name = "depth-anything-3-metric",
      .url_path = "depth-anything/DA3METRIC-LARGE/resolve/main/model.safetensors",
      .size = 1336734448,
      .sha256 = "bbea5b0b3ee389849cffa7ddae89de064a90abd2b055fc5aa99aac68db324776",
      .licence = "Apache-2.0" },
    { .name = "depth-anything-v2-large",
      .url_path = "depth-anything/Depth-Anything-V2-Large-hf/resolve/main/model.safetensors",
      .licence = "CC-BY-NC-4.0",
      .needs_acceptance = 1 },
    { .name = "depth-anything-v2-base",
      .url_path = "depth-anything/Depth-Anything-V2-Base-hf/resolve/main/model.safetensors",
      .licence = "CC-BY-NC-4.0",
      .needs_acceptance = 1 },
    { .name = "depth-anything-v2-small",
      .url_path = "depth-anything/Depth-Anything-V2-Small-hf/resolve/main/model.safetensors",
      .size = 99173660,
      .sha256 = "3152477ce0d8d6978d76b995120de97cb5b928701fd0f817769f59e249a16b70",
      .licence = "Apache-2.0",
      .recommended = 1 },
    { .name = "spx-lite", .licence = "GPL-3.0-or-later" },
    { 0 },
};

static const spx_model_known *find_recommended(void)
{
    for (const spx_model_known *known = spx_models_known; known->name != NULL; known++) {
        if (known->recommended)
            return known;
    }
    return NULL;
}

const char *spx_model_recommended(const char *model_dir, uint64_t *size)
{
    const spx_model_known *const best = find_recommended();
    spx_model_folders folders = { 0 };
    int is_as_good = best == NULL || spx_model_folders_init(&folders, model_dir, NULL) != SPX_OK;
    for (const spx_model_known *known = spx_models_known; !is_as_good && known->name != NULL;
         known++) {
        char *path = NULL;
        is_as_good =
            spx_model_folders_find(&folders, known->name, &path, NULL) != SPX_OK || path != NULL;
        free(path);
        if (known == best)
            break;
    }
    spx_model_folders_clear(&folders);
    *size = is_as_good ? 0 : best->size;
    return is_as_good ? NULL : best->name;
}

const spx_model_known *spx_model_known_find(const char *name)
{
    if (strcmp(name, "recommended") == 0)
        return find_recommended();
    for (const spx_model_known *known = spx_models_known; known->name != NULL; known++) {
        if (strcmp(known->name, name) == 0)
            return known;
    }
    return NULL;
}

const spx_model_known *spx_model_known_by_sum(const char *sha256)
{
    for (const spx_model_known *known = spx_models_known; known->name != NULL; known++) {
        if (known->sha256 != NULL && strcmp(known->sha256, sha256) == 0)
            return known;
    }
    return NULL;
}

char *spx_model_fetchable_text(char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (const spx_model_known *known = spx_models_known; known->name != NULL; known++) {
        if (known->url_path == NULL || used >= size)
            continue;
        const int wrote =
            snprintf(text + used, size - used, "%s%s", used == 0 ? "" : ", ", known->name);
        used += wrote > 0 ? (size_t)wrote : 0;
    }
    return text;
}

int spx_model_name_is_valid(const char *name)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    const size_t size = strlen(name);
    return size != 0 && size < 64 && name[0] != '.' && name[0] != '-' &&
           strspn(name, allowed) == size;
}

/* Takes `path` (malloc'ed; NULL = no memory) into the list, unless it stands there already. */
static spx_status add_folder(spx_model_folders *folders, char *path, spx_diag *diag)
{
    if (path == NULL)
        return spx_fail_memory(diag, "model folders");
    for (size_t i = 0; i < folders->count; i++) {
        if (strcmp(folders->path[i], path) == 0) {
            free(path);
            return SPX_OK;
        }
    }
    folders->path[folders->count++] = path;
    return SPX_OK;
}

static const char *environment(const char *name)
{
    const char *const value = getenv(name); // NOLINT(concurrency-mt-unsafe)
    return value != NULL && value[0] != '\0' ? value : NULL;
}

static spx_status add_user_folder(spx_model_folders *folders, spx_diag *diag)
{
    const char *const own = environment("SPX_MODEL_DIR");
    if (own != NULL)
        return add_folder(folders, strdup(own), diag);
    const char *const data = environment("XDG_DATA_HOME");
    if (data != NULL && data[0] == '/')
        return add_folder(folders, spx_path_join(data, "spx/models"), diag);
    const char *const home = environment("HOME");
    if (home != NULL)
        return add_folder(folders, spx_path_join(home, ".local/share/spx/models"), diag);
    return SPX_OK;
}

static void cut_last_part(char *path)
{
    char *const slash = strrchr(path, '/');
    if (slash != NULL)
        *slash = '\0';
}

/* models/ of the source tree, which a build folder names in its CMakeCache.txt. */
static spx_status add_source_folder(spx_model_folders *folders, const char *build, spx_diag *diag)
{
    static const char key[] = "\nCMAKE_HOME_DIRECTORY:INTERNAL=";
    spx_bytes cache = { 0 };
    spx_status status = SPX_OK;
    char *const path = spx_path_join(build, "CMakeCache.txt");
    if (path == NULL)
        return spx_fail_memory(diag, "model folders");
    if (spx_file_read(path, CACHE_BYTES, &cache, NULL) != SPX_OK)
        goto out; /* not a build folder */
    spx_bytes_u8(&cache, 0);
    SPX_TRY_OUT(spx_bytes_check(&cache, path, diag));
    char *const found = strstr((char *)cache.data, key);
    if (found == NULL)
        goto out;
    char *const source = found + sizeof(key) - 1;
    source[strcspn(source, "\r\n")] = '\0';
    status = add_folder(folders, spx_path_join(source, "models"), diag);

out:
    spx_bytes_clear(&cache);
    free(path);
    return status;
}

static spx_status add_program_folders(spx_model_folders *folders, spx_diag *diag)
{
    char folder[PATH_BYTES];
    const ssize_t size = readlink("/proc/self/exe", folder, sizeof(folder) - 1);
    if (size <= 0)
        return SPX_OK;
    folder[size] = '\0';
    cut_last_part(folder);
    char above[PATH_BYTES];
    (void)snprintf(above, sizeof(above), "%s", folder);
    cut_last_part(above);
    SPX_TRY(add_folder(folders, spx_path_join(above, "share/spx/models"), diag));
    const size_t before = folders->count;
    for (int level = 0; level < BUILD_LEVELS && folders->count == before; level++) {
        SPX_TRY(add_source_folder(folders, folder, diag));
        cut_last_part(folder);
    }
    return SPX_OK;
}

static spx_status collect_folders(spx_model_folders *folders, const char *model_dir, spx_diag *diag)
{
    if (model_dir != NULL)
        SPX_TRY(add_folder(folders, strdup(model_dir), diag));
    SPX_TRY(add_user_folder(folders, diag));
    SPX_TRY(add_program_folders(folders, diag));
    SPX_TRY(add_folder(folders, spx_path_join(SPX_DATADIR, "spx/models"), diag));
    return add_folder(folders, strdup("/usr/share/spx/models"), diag);
}

spx_status spx_model_folders_init(spx_model_folders *out, const char *model_dir, spx_diag *diag)
{
    *out = (spx_model_folders){ 0 };
    const spx_status status = collect_folders(out, model_dir, diag);
    if (status != SPX_OK)
        spx_model_folders_clear(out);
    return status;
}

void spx_model_folders_clear(spx_model_folders *folders)
{
    for (size_t i = 0; i < folders->count; i++)
        free(folders->path[i]);
    *folders = (spx_model_folders){ 0 };
}

char *spx_model_folders_text(const spx_model_folders *folders, char *text, size_t size)
{
    size_t at = 0;
    text[0] = '\0';
    for (size_t i = 0; i < folders->count && at < size; i++) {
        const int put =
            snprintf(text + at, size - at, "%s%s", i == 0 ? "" : ", ", folders->path[i]);
        at += put > 0 ? (size_t)put : 0;
    }
    return text;
}

spx_status spx_model_folders_find(const spx_model_folders *folders, const char *name, char **out,
                                  spx_diag *diag)
{
    *out = NULL;
    char file[PATH_BYTES];
    (void)snprintf(file, sizeof(file), "%s%s", name, suffix);
    for (size_t i = 0; i < folders->count; i++) {
        char *const path = spx_path_join(folders->path[i], file);
        if (path == NULL)
            return spx_fail_memory(diag, name);
        if (access(path, R_OK) == 0) {
            *out = path;
            return SPX_OK;
        }
        free(path);
    }
    return SPX_OK;
}

static int is_path(const char *model)
{
    const size_t size = strlen(model);
    const size_t end = sizeof(suffix) - 1;
    return strchr(model, '/') != NULL || (size > end && strcmp(model + size - end, suffix) == 0);
}

static spx_status resolve_path(const char *path, char **out_path, spx_diag *diag)
{
    if (access(path, R_OK) != 0)
        return spx_file_fail(errno, path, "read the weights", diag);
    *out_path = strdup(path);
    return *out_path == NULL ? spx_fail_memory(diag, path) : SPX_OK;
}

static spx_status resolve_auto(const spx_model_folders *folders, char **out_path, spx_diag *diag)
{
    for (const spx_model_known *known = spx_models_known; known->name != NULL; known++) {
        SPX_TRY(spx_model_folders_find(folders, known->name, out_path, diag));
        if (*out_path != NULL)
            return SPX_OK;
    }
    char looked[FOLDERS_TEXT];
    return spx_fail(diag, SPX_ERR_NOT_FOUND, "no depth model is installed; looked in %s",
                    spx_model_folders_text(folders, looked, sizeof(looked)));
}

static spx_status resolve_name(const spx_model_folders *folders, const char *name, char **out_path,
                               spx_diag *diag)
{
    if (!spx_model_name_is_valid(name))
        return spx_fail(diag, SPX_ERR_ARGUMENT, "\"%.80s\" is not a name of a model", name);
    SPX_TRY(spx_model_folders_find(folders, name, out_path, diag));
    if (*out_path != NULL)
        return SPX_OK;
    char looked[FOLDERS_TEXT];
    const spx_model_known *const known = spx_model_known_find(name);
    const int can_fetch = known != NULL && known->url_path != NULL;
    return spx_fail(diag, SPX_ERR_NOT_FOUND, "no %s%s%s%s; looked in %s", name, suffix,
                    can_fetch ? ", get it with: spx model fetch " : "", can_fetch ? name : "",
                    spx_model_folders_text(folders, looked, sizeof(looked)));
}

spx_status spx_model_resolve(const char *model, const char *model_dir, char **out_path,
                             spx_diag *diag)
{
    *out_path = NULL;
    if (model != NULL && is_path(model))
        return resolve_path(model, out_path, diag);

    spx_model_folders folders = { 0 };
    SPX_TRY(spx_model_folders_init(&folders, model_dir, diag));
    const spx_status status = model == NULL || strcmp(model, "auto") == 0
                                  ? resolve_auto(&folders, out_path, diag)
                                  : resolve_name(&folders, model, out_path, diag);
    spx_model_folders_clear(&folders);
    return status;
}
