#include "cli/photo_pairs.h"

#include "base/file.h"
#include "cli/eye_name.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What a name says: which eye, and of which picture. */
typedef struct eye_entry {
    char eye;          /* 'L', 'R' or 0 */
    const char *path;  /* borrowed */
    size_t stem_bytes; /* of path: the folder and what both eyes' names have in common */
    int taken;         /* in a pair */
    int gone;          /* as its right eye */
    size_t right;      /* of a left eye: the right one's place; itself = none */
} eye_entry;

static eye_entry entry_of(const spx_listed_photo *photo, size_t place)
{
    size_t stem = 0;
    const size_t folder = (size_t)(spx_path_name(photo->path) - photo->path);
    const char eye = spx_eye_of_name(photo->path, &stem);
    return (
        eye_entry){ .eye = eye, .path = photo->path, .stem_bytes = folder + stem, .right = place };
}

static int are_one_picture(const eye_entry *a, const eye_entry *b)
{
    return a->stem_bytes == b->stem_bytes && strncmp(a->path, b->path, a->stem_bytes) == 0;
}

static void join(eye_entry *entries, size_t left, size_t right)
{
    entries[left].right = right;
    entries[left].taken = 1;
    entries[right].taken = 1;
    entries[right].gone = 1;
}

static void pair_by_name(eye_entry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < count && entries[i].eye == 'L' && !entries[i].taken; k++) {
            if (entries[k].eye == 'R' && !entries[k].taken &&
                are_one_picture(&entries[i], &entries[k]))
                join(entries, i, k);
        }
    }
}

static void pair_by_order(eye_entry *entries, size_t count)
{
    size_t left = count;
    for (size_t i = 0; i < count; i++) {
        if (entries[i].taken)
            continue;
        if (left == count) {
            left = i;
        } else {
            join(entries, left, i);
            left = count;
        }
    }
}

/* Gives the left eyes their right ones' paths and takes these out of the list. */
static spx_status apply(spx_photo_list *list, const eye_entry *entries, spx_diag *diag)
{
    for (size_t i = 0; i < list->count; i++) {
        if (entries[i].right == i)
            continue;
        list->items[i].right = strdup(list->items[entries[i].right].path);
        if (list->items[i].right == NULL)
            return spx_fail_memory(diag, "pairs");
    }
    for (size_t i = list->count; i > 0; i--) {
        if (entries[i - 1].gone)
            spx_photo_list_drop(list, i - 1);
    }
    return SPX_OK;
}

spx_status spx_photo_list_pair(spx_photo_list *list, spx_diag *diag)
{
    if (list->count == 0)
        return SPX_OK;
    eye_entry *const entries = calloc(list->count, sizeof(*entries));
    if (entries == NULL)
        return spx_fail_memory(diag, "pairs");
    for (size_t i = 0; i < list->count; i++)
        entries[i] = entry_of(&list->items[i], i);
    pair_by_name(entries, list->count);
    pair_by_order(entries, list->count);
    const spx_status status = apply(list, entries, diag);
    free(entries);
    return status;
}
