#ifndef SPX_CLI_PHOTO_LIST_H
#define SPX_CLI_PHOTO_LIST_H

/*
 * The photos of one command line and where each one's files go.
 *
 * A file that is named is taken whatever it is; "-" is a photo on standard input. Of a folder every
 * file that is a photo by its content is taken, in order of names, and every file that is called
 * like one: when it is none, reading says so. Nothing hidden is taken and nothing that spx made: no
 * NAME_spatial.heic and nothing below NAME_output. What else was there is counted by kind. A photo
 * that is named twice counts once.
 *
 * Files go to STEM_output beside the photo (STEM: name without extension), or to one file
 * STEM_outpainted.png. Below an output folder the folders between a folder that was named and the
 * photo are kept: `-r trip -o out` makes out/day1/a_output of trip/day1/a.jpg. Where two photos
 * want one place (a.jpg and a.png), the first has it and the next gets its whole name:
 * a.png_output, then a.png-2_output and so on.
 */
#include "base/status.h"

#include <stddef.h>

typedef struct spx_listed_photo {
    char *path;   /* as the user would name it */
    char *file;   /* where its bytes lie; NULL = at `path` */
    char *output; /* folder or file, set by spx_photo_list_place() */
    char *key;    /* its folder without symbolic links, and its name: tells photos apart */
    char *below;  /* folders between the folder that was named and the photo; "" = none */
    char *right;  /* of a pair in two files the right eye (cli/photo_pairs.h); NULL = none */
} spx_listed_photo;

enum { SPX_LEFT_OUT_KINDS = 12, SPX_LEFT_OUT_NAME_BYTES = 32 };

/** Files of one kind that a search passed over. */
typedef struct spx_left_out {
    char kind[SPX_LEFT_OUT_NAME_BYTES]; /* "PDF document", ".txt" */
    size_t count;
} spx_left_out;

/** Zero-initialise; the first two fields may be set. */
typedef struct spx_photo_list {
    int recursive;       /* of a folder, the folders below it too */
    int skip_outpainted; /* of a folder, no NAME_outpainted.* */
    spx_listed_photo *items;
    size_t count;
    size_t capacity;
    void *seen;                                /* tsearch() tree of the items' keys */
    spx_left_out left_out[SPX_LEFT_OUT_KINDS]; /* the last one counts all further kinds */
    size_t left_out_kinds;
} spx_photo_list;

void spx_photo_list_clear(spx_photo_list *list); /* an empty one is fine */
/** Takes an item out; the others keep their order. */
void spx_photo_list_drop(spx_photo_list *list, size_t index);

/**
 * Adds a photo, or the photos of a folder. A file that does not exist is added as well: reading it
 * will say so. SPX_ERR_NOT_FOUND for a folder without photos, SPX_ERR_IO for one that cannot be
 * read; what was found is in the list all the same.
 */
SPX_NODISCARD spx_status spx_photo_list_add(spx_photo_list *list, const char *path, spx_diag *diag);

/** Adds every argument; failures go to stderr, and so does what folders held beside photos.
 * Returns how many arguments failed. */
size_t spx_photo_list_add_all(spx_photo_list *list, size_t count, char *const *paths);

/** Whether photos are looked for in a folder of this name. */
int spx_photo_list_enters(const char *name);

/** "3 files not taken: 2 PDF document, 1 .txt"; owned by the caller. NULL when nothing was left
 * out, or without memory. */
char *spx_photo_list_left_out(const spx_photo_list *list);

/** What a photo becomes. */
typedef enum spx_photo_place {
    SPX_PLACE_FOLDER, /* STEM_output */
    SPX_PLACE_FILE,   /* STEM_outpainted.png */
} spx_photo_place;

/** Chooses every photo's output below `folder` or, when that is NULL, beside the photo. */
SPX_NODISCARD spx_status spx_photo_list_place(spx_photo_list *list, spx_photo_place place,
                                              const char *folder, spx_diag *diag);

#endif
