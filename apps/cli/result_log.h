#ifndef SPX_CLI_RESULT_LOG_H
#define SPX_CLI_RESULT_LOG_H

/*
 * What became of each line of a manifest: a file of JSON lines that only grows, so that work which
 * was cut off goes on where it was. A line is on the disk before the next photo begins; one that a
 * loss of power cut is passed over.
 */
#include "base/sha256.h"
#include "base/status.h"

#include <jansson.h>
#include <pthread.h>

/** Zero-initialise. */
typedef struct spx_result_log {
    int fd; /* 0 = not open */
    char *path;
    void *done; /* tsearch() tree of keys that need not be worked on again */
    pthread_mutex_t lock;
} spx_result_log;

/**
 * Opens or makes the file. resume: reads it first; what it says "ok" of, and what failed by the
 * photo's own fault, counts as done.
 */
SPX_NODISCARD spx_status spx_result_log_open(spx_result_log *log, const char *path, int resume,
                                             spx_diag *diag);
void spx_result_log_close(spx_result_log *log); /* an empty one is fine */
int spx_result_log_has(const spx_result_log *log, const char key[SPX_SHA256_HEX]);
/** Appends a line, moved; any thread. */
SPX_NODISCARD spx_status spx_result_log_add(spx_result_log *log, json_t *line, spx_diag *diag);

#endif
