#ifndef SPX_CLI_PHOTO_LIST_H
#define SPX_CLI_PHOTO_LIST_H

/*
 * The photos of one command line and the folder that each one's files go to.
 *
 * A file that is named is taken whatever it is called. Of a folder every file with a photo's
 * extension is taken, in order of names, but nothing hidden and nothing that spx made: no
 * NAME_spatial.heic and nothing below NAME_output. A photo that is named twice counts once.
 *
 * Files go to STEM_output beside the photo (STEM: name without extension). Below an output folder
 * the folders between a folder that was named and the photo are kept: `-r trip -o out` makes
 * out/day1/a_output of trip/day1/a.jpg. Where two photos want one folder (a.jpg and a.png), the
 * first has it and the next gets its whole name: a.png_output, then a.png-2_output and so on.
 */
#include "base/status.h"

#include <stddef.h>

typedef struct spx_listed_photo {
    char *path;       /* as the user would name it */
    char *output_dir; /* set by spx_photo_list_place() */
    char *key;        /* its folder without symbolic links, and its name: tells photos apart */
    char *below;      /* folders between the folder that was named and the photo; "" = none */
} spx_listed_photo;

/** Zero-initialise. */
typedef struct spx_photo_list {
    spx_listed_photo *items;
    size_t count;
    size_t capacity;
    void *seen; /* tsearch() tree of the items' keys */
} spx_photo_list;

void spx_photo_list_clear(spx_photo_list *list); /* an empty one is fine */

/**
 * Adds a photo, or the photos of a folder and, when recursive, of the folders below it. A file that
 * does not exist is added as well: reading it will say so. SPX_ERR_NOT_FOUND for a folder without
 * photos, SPX_ERR_IO for one that cannot be read; what was found is in the list all the same.
 */
SPX_NODISCARD spx_status spx_photo_list_add(spx_photo_list *list, const char *path, int recursive,
                                            spx_diag *diag);

/** Chooses every photo's output folder, below `folder` or, when that is NULL, beside the photo. */
SPX_NODISCARD spx_status spx_photo_list_place(spx_photo_list *list, const char *folder,
                                              spx_diag *diag);

#endif
