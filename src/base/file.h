#ifndef SPX_BASE_FILE_H
#define SPX_BASE_FILE_H

#include "base/bytes.h"
#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

/** Says why a system call on a file failed: "PATH: cannot DOING: REASON". cause: its errno.
 * SPX_ERR_NOT_FOUND where nothing is there, else SPX_ERR_IO. */
SPX_NODISCARD spx_status spx_file_fail(int cause, const char *path, const char *doing,
                                       spx_diag *diag);

/** Opens a regular file for reading; *out is the caller's to close, -1 on failure. */
SPX_NODISCARD spx_status spx_file_open(const char *path, int *out, spx_diag *diag);

/** Reads a whole regular file of at most `max_bytes` (SPX_ERR_LIMIT above) into *out, which must be
 * empty. */
SPX_NODISCARD spx_status spx_file_read(const char *path, uint64_t max_bytes, spx_bytes *out,
                                       spx_diag *diag);

/** Writes all bytes to an open file, pipe or socket, however often it takes. 0 = it cannot, and
 * errno says why. */
int spx_fd_write(int fd, const void *data, size_t size);

/**
 * Writes a file as a whole or not at all: a temporary name in the same folder, fsync, rename. An
 * existing file at `path` is replaced; on failure it stays as it was and nothing else is left
 * behind.
 */
SPX_NODISCARD spx_status spx_file_write(const char *path, const void *data, size_t size,
                                        spx_diag *diag);

/**
 * A file whose bytes are on the disk beside its place, under a temporary name. Several files that
 * belong together are all written first and then all committed, so that a full disk leaves the old
 * ones whole. Zero-initialise.
 */
typedef struct spx_staged_file {
    const char *path; /* borrowed from the caller until the end */
    char *temporary;  /* owned by the struct; NULL = nothing is staged */
    int fd;           /* of the temporary file: its lock says that somebody still means it */
    int committed;    /* the bytes have their own name */
    int replaced;     /* the file that had it before now lies under the temporary name */
} spx_staged_file;

/** Writes and syncs the temporary file. On failure nothing is left behind and *out is empty. */
SPX_NODISCARD spx_status spx_staged_file_write(spx_staged_file *out, const char *path,
                                               const void *data, size_t size, spx_diag *diag);
/** Gives the file its name; one of that name is replaced, and kept until the discard where the file
 * system can swap names. On failure it stays staged. */
SPX_NODISCARD spx_status spx_staged_file_commit(spx_staged_file *file, spx_diag *diag);
/** Takes a commit back: what was there before is there again, or nothing. For an uncommitted file
 * it does nothing. */
void spx_staged_file_undo(spx_staged_file *file);
/** The end, committed or not: takes away what has the temporary name. An empty one is fine. */
void spx_staged_file_discard(spx_staged_file *file);

/** A folder with a temporary name beside a file that is to be made, for somebody who may write
 * nowhere else. Zero-initialise. */
typedef struct spx_staged_folder {
    char *path; /* owned by the struct; NULL = there is none */
    int fd;     /* its lock says that somebody still means it */
} spx_staged_folder;

/** path: of the file to come. On failure nothing is left behind and *out is empty. */
SPX_NODISCARD spx_status spx_staged_folder_make(spx_staged_folder *out, const char *path,
                                                spx_diag *diag);
/** Gives the file `name` in it its place; no_overwrite: SPX_ERR_EXISTS where there is one. */
SPX_NODISCARD spx_status spx_staged_folder_commit(const spx_staged_folder *folder, const char *name,
                                                  const char *path, int no_overwrite,
                                                  spx_diag *diag);
/** Takes it away with all files in it. An empty one is fine. */
void spx_staged_folder_discard(spx_staged_folder *folder);

/**
 * Takes temporary files and folders away that processes left in a folder when they were killed:
 * those named as spx names them, whose process is gone and whose lock nobody holds. of_process: 0 =
 * of every process that is gone, else only of that one, which is gone.
 */
void spx_folder_sweep(const char *path, long of_process);
/** The same in the folder of a file, of every process that is gone. */
void spx_folder_sweep_of(const char *file);

/** Takes a folder away with all that is in it; follows no links. What cannot go stays. */
void spx_folder_remove(const char *path);

/** Makes the names in a folder survive a loss of power, where the file system can do that. */
void spx_folder_sync(const char *path);

/** Makes a folder and the missing ones above it; an existing folder is fine. */
SPX_NODISCARD spx_status spx_folder_make(const char *path, spx_diag *diag);

/** A file mapped read-only. Zero-initialise; data stays valid until spx_mapping_close(). */
typedef struct spx_mapping {
    const uint8_t *data;
    size_t size;
} spx_mapping;

SPX_NODISCARD spx_status spx_mapping_open(spx_mapping *out, const char *path, spx_diag *diag);
void spx_mapping_close(spx_mapping *mapping); /* an empty one is fine */

/** The part of a path after its last slash: borrowed from it. */
const char *spx_path_name(const char *path);
/** The folder that a path's last part lies in ("." without a slash) in malloc'ed memory, owned by
 * the caller; NULL when there is no memory. */
char *spx_path_folder(const char *path);
/** "FOLDER/NAME" in malloc'ed memory, owned by the caller; NULL when there is no memory. */
char *spx_path_join(const char *folder, const char *name);

#endif
