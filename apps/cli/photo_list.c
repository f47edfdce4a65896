#include "cli/photo_list.h"

#include "base/file.h"

#include <errno.h>
#include <fts.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

static const char output_suffix[] = "_output";

static int compare_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void keep(void *node)
{
    (void)node; /* the tree borrows its texts */
}

void spx_photo_list_clear(spx_photo_list *list)
{
    tdestroy(list->seen, keep);
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].path);
        free(list->items[i].output_dir);
        free(list->items[i].key);
        free(list->items[i].below);
    }
    free(list->items);
    *list = (spx_photo_list){ 0 };
}

static const char *last_part(const char *path)
{
    const char *const slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

static int ends_with(const char *text, const char *end)
{
    const size_t size = strlen(text);
    const size_t end_size = strlen(end);
    return size >= end_size && strcasecmp(text + size - end_size, end) == 0;
}

static int has_photo_extension(const char *name)
{
    static const char *const extensions[] = { ".jpg",  ".jpeg", ".jpe",  ".jfif", ".png",
                                              ".webp", ".tif",  ".tiff", ".heic", ".heif",
                                              ".hif",  ".avif", NULL };
    for (const char *const *extension = extensions; *extension != NULL; extension++) {
        if (ends_with(name, *extension) && strlen(name) > strlen(*extension))
            return 1;
    }
    return 0;
}

/* What a search below a folder takes; see the header. */
static int is_wanted_photo(const char *name)
{
    return name[0] != '.' && has_photo_extension(name) && !ends_with(name, "_spatial.heic");
}

static int is_wanted_folder(const char *name)
{
    return name[0] != '.' && !ends_with(name, output_suffix);
}

/* The folder of `path` with its slash, or "": borrowed size. */
static int folder_size(const char *path)
{
    return (int)(last_part(path) - path);
}

static char *make_key(const char *path)
{
    char *key = NULL;
    char *folder = NULL;
    if (asprintf(&folder, "%.*s.", folder_size(path), path) < 0)
        return NULL;
    char *const real = realpath(folder, NULL);
    if (asprintf(&key, "%s/%s", real == NULL ? folder : real, last_part(path)) < 0)
        key = NULL;
    free(real);
    free(folder);
    return key;
}

static int grow(spx_photo_list *list)
{
    enum { FIRST_CAPACITY = 16 };
    if (list->count < list->capacity)
        return 1;
    const size_t capacity = list->capacity == 0 ? FIRST_CAPACITY : 2 * list->capacity;
    spx_listed_photo *const items = reallocarray(list->items, capacity, sizeof(*items));
    if (items == NULL)
        return 0;
    list->items = items;
    list->capacity = capacity;
    return 1;
}

/* below: of `below_size` bytes. */
static spx_status add_photo(spx_photo_list *list, const char *path, const char *below,
                            size_t below_size, spx_diag *diag)
{
    if (!grow(list))
        return spx_fail_memory(diag, path);
    spx_listed_photo photo = { .key = make_key(path),
                               .path = strdup(path),
                               .below = strndup(below, below_size) };
    char *const *const entry =
        photo.key == NULL ? NULL : tsearch(photo.key, &list->seen, compare_text);
    const int known = entry != NULL && *entry != photo.key;
    if (entry != NULL && !known && photo.path != NULL && photo.below != NULL) {
        list->items[list->count++] = photo;
        return SPX_OK;
    }
    if (entry != NULL && !known)
        (void)tdelete(photo.key, &list->seen, compare_text);
    free(photo.path);
    free(photo.key);
    free(photo.below);
    return known ? SPX_OK : spx_fail_memory(diag, path);
}

static int compare_entries(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static int is_file(const FTSENT *entry)
{
    struct stat about;
    if (entry->fts_info == FTS_SL) /* links to files count, links to folders could run in circles */
        return stat(entry->fts_accpath, &about) == 0 && S_ISREG(about.st_mode);
    return entry->fts_info == FTS_F;
}

static spx_status fail_folder(spx_diag *diag, const FTSENT *entry)
{
    char text[128] = "";
    return spx_fail(diag, SPX_ERR_IO, "%s: cannot read the folder: %s", entry->fts_path,
                    strerror_r(entry->fts_errno, text, sizeof(text)));
}

/* The path from the folder that was named to the entry's own folder, without slashes around it. */
static spx_status add_found(spx_photo_list *list, const char *root, const FTSENT *entry,
                            spx_diag *diag)
{
    const char *const below = entry->fts_path + strlen(root) + (ends_with(root, "/") ? 0 : 1);
    const int size = folder_size(below);
    return add_photo(list, entry->fts_path, below, size == 0 ? 0 : (size_t)size - 1, diag);
}

static spx_status visit(spx_photo_list *list, FTS *tree, const char *root, FTSENT *entry,
                        int recursive, spx_diag *diag)
{
    if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR)
        return fail_folder(diag, entry);
    if (entry->fts_info == FTS_D && entry->fts_level > 0) {
        if (!recursive || !is_wanted_folder(entry->fts_name))
            (void)fts_set(tree, entry, FTS_SKIP);
        return SPX_OK;
    }
    if (!is_wanted_photo(entry->fts_name) || !is_file(entry))
        return SPX_OK;
    return add_found(list, root, entry, diag);
}

static spx_status add_folder(spx_photo_list *list, const char *path, int recursive, spx_diag *diag)
{
    char *const root = strdup(path);
    if (root == NULL)
        return spx_fail_memory(diag, path);
    char *const roots[] = { root, NULL };
    const size_t before = list->count;
    spx_status status = SPX_OK;
    FTS *const tree = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, compare_entries);
    if (tree == NULL) {
        status = spx_fail_memory(diag, path);
        goto out;
    }
    for (FTSENT *entry = fts_read(tree); entry != NULL; entry = fts_read(tree)) {
        const spx_status visited = visit(list, tree, path, entry, recursive, diag);
        if (status == SPX_OK)
            status = visited;
    }
    if (status == SPX_OK && list->count == before) {
        status = spx_fail(diag, SPX_ERR_NOT_FOUND, "%s: no photos in this folder%s", path,
                          recursive ? "" : " (-r looks into the folders below it)");
    }

out:
    if (tree != NULL)
        (void)fts_close(tree);
    free(root);
    return status;
}

spx_status spx_photo_list_add(spx_photo_list *list, const char *path, int recursive, spx_diag *diag)
{
    struct stat about;
    if (stat(path, &about) == 0 && S_ISDIR(about.st_mode))
        return add_folder(list, path, recursive, diag);
    return add_photo(list, path, "", 0, diag);
}

/* The folder that holds the photo's output folder, ending with a slash or empty. */
static char *make_parent(const spx_listed_photo *photo, const char *folder)
{
    char *parent = NULL;
    const int put = folder == NULL
                        ? asprintf(&parent, "%.*s", folder_size(photo->path), photo->path)
                        : asprintf(&parent, "%s%s%s%s", folder, ends_with(folder, "/") ? "" : "/",
                                   photo->below, photo->below[0] == '\0' ? "" : "/");
    return put < 0 ? NULL : parent;
}

/* The turn-th choice of a folder name for the photo. */
static char *make_place(const char *parent, const char *name, unsigned turn)
{
    char *place = NULL;
    int put = 0;
    const char *const dot = strrchr(name, '.');
    const int stem_size = dot == NULL || dot == name ? (int)strlen(name) : (int)(dot - name);
    if (turn == 0) {
        put = asprintf(&place, "%s%.*s%s", parent, stem_size, name, output_suffix);
    } else if (turn == 1) {
        put = asprintf(&place, "%s%s%s", parent, name, output_suffix);
    } else {
        put = asprintf(&place, "%s%s-%u%s", parent, name, turn, output_suffix);
    }
    return put < 0 ? NULL : place;
}

/* Two paths to one folder must not count as two places: compared without symbolic links. */
static int claim(void **places, const char *place, int *taken)
{
    char *const key = make_key(place);
    char *const *const entry = key == NULL ? NULL : tsearch(key, places, compare_text);
    *taken = entry != NULL && *entry != key;
    if (entry == NULL || *taken)
        free(key);
    return entry != NULL;
}

static spx_status place_photo(spx_listed_photo *photo, const char *folder, void **places,
                              spx_diag *diag)
{
    spx_status status = SPX_OK;
    char *const parent = make_parent(photo, folder);
    char *place = NULL;
    int taken = parent != NULL;
    for (unsigned turn = 0; taken; turn++) {
        free(place);
        place = make_place(parent, last_part(photo->path), turn);
        if (place == NULL || !claim(places, place, &taken)) {
            status = spx_fail_memory(diag, photo->path);
            goto out;
        }
    }
    if (place == NULL) {
        status = spx_fail_memory(diag, photo->path);
        goto out;
    }
    free(photo->output_dir);
    photo->output_dir = place;
    place = NULL; /* moved into the list */

out:
    free(place);
    free(parent);
    return status;
}

spx_status spx_photo_list_place(spx_photo_list *list, const char *folder, spx_diag *diag)
{
    void *places = NULL; /* tsearch() tree of owned keys */
    spx_status status = SPX_OK;
    for (size_t i = 0; i < list->count && status == SPX_OK; i++)
        status = place_photo(&list->items[i], folder, &places, diag);
    tdestroy(places, free);
    return status;
}
