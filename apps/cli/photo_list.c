/*
 * Folders are walked with fts(3) in order of names. What a photo is called and where it goes are
 * settled apart: first all photos are gathered, with the folder without links and the name as the
 * key by which one that is named twice is known; then each claims its place in a tree of places.
 */
#include "cli/photo_list.h"

#include "base/file.h"
#include "cli/error_line.h"
#include "cli/standard_input.h"
#include "cli/text.h"
#include "spx/info.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

static const char output_suffix[] = "_output";

static void keep(void *node)
{
    (void)node; /* the tree borrows its texts */
}

void spx_photo_list_clear(spx_photo_list *list)
{
    tdestroy(list->seen, keep);
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].path);
        free(list->items[i].file);
        free(list->items[i].output);
        free(list->items[i].key);
        free(list->items[i].below);
        free(list->items[i].right);
    }
    free(list->items);
    *list = (spx_photo_list){ 0 };
}

void spx_photo_list_drop(spx_photo_list *list, size_t index)
{
    spx_listed_photo *const item = &list->items[index];
    (void)tdelete(item->key, &list->seen, spx_text_order);
    free(item->path);
    free(item->file);
    free(item->output);
    free(item->key);
    free(item->below);
    free(item->right);
    list->count--;
    memmove(item, item + 1, (list->count - index) * sizeof(*item));
}

static int ends_with(const char *text, const char *end)
{
    const size_t size = strlen(text);
    const size_t end_size = strlen(end);
    return size >= end_size && strcasecmp(text + size - end_size, end) == 0;
}

/* What spx made is no photo to begin with; see the header. */
static int is_own(const spx_photo_list *list, const char *name)
{
    static const char grown[] = "_outpainted.";
    return ends_with(name, "_spatial.heic") ||
           (list->skip_outpainted && strstr(name, grown) != NULL);
}

int spx_photo_list_enters(const char *name)
{
    return name[0] != '.' && !ends_with(name, output_suffix);
}

/* The folder of `path` with its slash, or "": borrowed size. */
static int folder_size(const char *path)
{
    return (int)(spx_path_name(path) - path);
}

static char *make_key(const char *path)
{
    char *key = NULL;
    char *folder = NULL;
    if (asprintf(&folder, "%.*s.", folder_size(path), path) < 0)
        return NULL;
    char *const real = realpath(folder, NULL);
    if (asprintf(&key, "%s/%s", real == NULL ? folder : real, spx_path_name(path)) < 0)
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
        photo.key == NULL ? NULL : tsearch(photo.key, &list->seen, spx_text_order);
    const int known = entry != NULL && *entry != photo.key;
    if (entry != NULL && !known && photo.path != NULL && photo.below != NULL) {
        list->items[list->count++] = photo;
        return SPX_OK;
    }
    if (entry != NULL && !known)
        (void)tdelete(photo.key, &list->seen, spx_text_order);
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

/* Whether the file is a photo. One that cannot be read counts as one: reading it says why. */
static int is_photo(const char *path, spx_kind *kind)
{
    uint8_t head[SPX_KIND_BYTES];
    *kind = (spx_kind){ NULL, 0 };
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return 1;
    const ssize_t size = read(fd, head, sizeof(head));
    (void)close(fd);
    if (size < 0)
        return 1;
    *kind = spx_kind_of(head, (size_t)size);
    return kind->is_photo;
}

/* "PDF document", or the extension of a file that nobody knows. */
static void name_kind(char *out, const spx_kind *kind, const char *file_name)
{
    const char *name = kind->name;
    if (name == NULL) {
        const char *const dot = strrchr(file_name, '.');
        name = dot == NULL || dot == file_name ? "unknown" : dot;
    } else if (strchr(name, ' ') != NULL) {
        name = strchr(name, ' ') + 1; /* without its article */
    }
    (void)snprintf(out, SPX_LEFT_OUT_NAME_BYTES, "%s", name);
    for (char *at = out; kind->name == NULL && *at != '\0'; at++)
        *at = (char)tolower((unsigned char)*at);
}

static void leave_out(spx_photo_list *list, const spx_kind *kind, const char *file_name)
{
    spx_left_out found = { .count = 1 };
    name_kind(found.kind, kind, file_name);
    for (size_t i = 0; i < list->left_out_kinds; i++) {
        if (strcmp(list->left_out[i].kind, found.kind) == 0 || i + 1 == SPX_LEFT_OUT_KINDS) {
            list->left_out[i].count++;
            return;
        }
    }
    if (list->left_out_kinds + 1 == SPX_LEFT_OUT_KINDS)
        (void)snprintf(found.kind, sizeof(found.kind), "others");
    list->left_out[list->left_out_kinds++] = found;
}

char *spx_photo_list_left_out(const spx_photo_list *list)
{
    char *text = NULL;
    size_t size = 0;
    size_t total = 0;
    for (size_t i = 0; i < list->left_out_kinds; i++)
        total += list->left_out[i].count;
    FILE *const out = total == 0 ? NULL : open_memstream(&text, &size);
    if (out == NULL)
        return NULL;
    (void)fprintf(out, "%zu file%s not taken:", total, total == 1 ? "" : "s");
    for (size_t i = 0; i < list->left_out_kinds; i++) {
        (void)fprintf(out, "%s %zu %s", i == 0 ? "" : ",", list->left_out[i].count,
                      list->left_out[i].kind);
    }
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

static spx_status visit(spx_photo_list *list, FTS *tree, const char *root, FTSENT *entry,
                        spx_diag *diag)
{
    if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR)
        return fail_folder(diag, entry);
    if (entry->fts_info == FTS_D && entry->fts_level > 0) {
        if (!list->recursive || !spx_photo_list_enters(entry->fts_name))
            (void)fts_set(tree, entry, FTS_SKIP);
        return SPX_OK;
    }
    if (entry->fts_name[0] == '.' || is_own(list, entry->fts_name) || !is_file(entry))
        return SPX_OK;
    spx_kind kind;
    if (is_photo(entry->fts_accpath, &kind) || spx_kind_has_name(entry->fts_name))
        return add_found(list, root, entry, diag);
    leave_out(list, &kind, entry->fts_name);
    return SPX_OK;
}

static spx_status add_folder(spx_photo_list *list, const char *path, spx_diag *diag)
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
        const spx_status visited = visit(list, tree, path, entry, diag);
        if (status == SPX_OK)
            status = visited;
    }
    if (status == SPX_OK && list->count == before) {
        status = spx_fail(diag, SPX_ERR_NOT_FOUND, "%s: no photos in this folder%s", path,
                          list->recursive ? "" : " (-r looks into the folders below it)");
    }

out:
    if (tree != NULL)
        (void)fts_close(tree);
    free(root);
    return status;
}

spx_status spx_photo_list_add(spx_photo_list *list, const char *path, spx_diag *diag)
{
    struct stat about;
    if (!spx_is_standard_input(path) && stat(path, &about) == 0 && S_ISDIR(about.st_mode))
        return add_folder(list, path, diag);
    return add_photo(list, path, "", 0, diag);
}

size_t spx_photo_list_add_all(spx_photo_list *list, size_t count, char *const *paths)
{
    size_t failed = 0;
    for (size_t i = 0; i < count; i++) {
        spx_diag diag = { 0 };
        if (spx_photo_list_add(list, paths[i], &diag) == SPX_OK)
            continue;
        spx_error_line_print(stderr, paths[i], diag.text);
        failed++;
    }
    char *const left_out = list->count == 0 ? NULL : spx_photo_list_left_out(list);
    if (left_out != NULL) {
        (void)fputs("spx: ", stderr);
        spx_text_print(stderr, left_out);
        (void)fputc('\n', stderr);
    }
    free(left_out);
    return failed;
}

/* The folder that holds the photo's output, ending with a slash or empty. */
static char *make_parent(const spx_listed_photo *photo, const char *folder)
{
    char *parent = NULL;
    const int put = folder == NULL
                        ? asprintf(&parent, "%.*s", folder_size(photo->path), photo->path)
                        : asprintf(&parent, "%s%s%s%s", folder, ends_with(folder, "/") ? "" : "/",
                                   photo->below, photo->below[0] == '\0' ? "" : "/");
    return put < 0 ? NULL : parent;
}

/* The turn-th choice of a name for what the photo becomes. */
static char *make_place(const char *parent, const char *name, const char *suffix, unsigned turn)
{
    char *place = NULL;
    int put = 0;
    const char *const dot = strrchr(name, '.');
    const int stem_size = dot == NULL || dot == name ? (int)strlen(name) : (int)(dot - name);
    if (turn == 0) {
        put = asprintf(&place, "%s%.*s%s", parent, stem_size, name, suffix);
    } else if (turn == 1) {
        put = asprintf(&place, "%s%s%s", parent, name, suffix);
    } else {
        put = asprintf(&place, "%s%s-%u%s", parent, name, turn, suffix);
    }
    return put < 0 ? NULL : place;
}

/* Two paths to one folder must not count as two places: compared without symbolic links. */
static int claim(void **places, const char *place, int *taken)
{
    char *const key = make_key(place);
    char *const *const entry = key == NULL ? NULL : tsearch(key, places, spx_text_order);
    *taken = entry != NULL && *entry != key;
    if (entry == NULL || *taken)
        free(key);
    return entry != NULL;
}

static spx_status place_photo(spx_listed_photo *photo, const char *suffix, const char *folder,
                              void **places, spx_diag *diag)
{
    const char *const name =
        spx_is_standard_input(photo->path) ? SPX_STANDARD_INPUT_NAME : spx_path_name(photo->path);
    spx_status status = SPX_OK;
    char *const parent = make_parent(photo, folder);
    char *place = NULL;
    int taken = parent != NULL;
    for (unsigned turn = 0; taken; turn++) {
        free(place);
        place = make_place(parent, name, suffix, turn);
        if (place == NULL || !claim(places, place, &taken)) {
            status = spx_fail_memory(diag, photo->path);
            goto out;
        }
    }
    if (place == NULL) {
        status = spx_fail_memory(diag, photo->path);
        goto out;
    }
    free(photo->output);
    photo->output = place;
    place = NULL; /* moved into the list */

out:
    free(place);
    free(parent);
    return status;
}

spx_status spx_photo_list_place(spx_photo_list *list, spx_photo_place place, const char *folder,
                                spx_diag *diag)
{
    const char *const suffix = place == SPX_PLACE_FOLDER ? output_suffix : "_outpainted.png";
    void *places = NULL; /* tsearch() tree of owned keys */
    spx_status status = SPX_OK;
    for (size_t i = 0; i < list->count && status == SPX_OK; i++)
        status = place_photo(&list->items[i], suffix, folder, &places, diag);
    tdestroy(places, free);
    return status;
}
