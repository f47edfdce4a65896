#ifndef SPX_CLI_MANIFEST_H
#define SPX_CLI_MANIFEST_H

/*
 * Photos from a list in a file, as many as there may be: one a line, its place, and behind a tab
 * the folder for its files, if that is not the usual one. Places are paths, or https://, http:// or
 * s3:// addresses; folders are paths, or s3:// addresses. Empty lines and those that begin with "#"
 * are passed over.
 *
 *     /photos/a.jpg
 *     s3://in/2024/b.heic <tab> s3://out/2024/b
 *
 * Without a folder files go to STEM_output beside a photo that has a path; with -o DIR to
 * DIR/FOLDERS/STEM_output, FOLDERS as in the photo's place. Two lines that want one folder are a
 * mistake: the second fails, whichever shard it is in. The same line twice counts once.
 *
 * Of N shards the Ith takes every Nth line. What became of a line is appended to the results
 * (cli/result_log.h); its key there is a hash of the line and of the options that decide over
 * pictures.
 */
#include "cli/batch.h"
#include "cli/far_file.h"
#include "cli/result_log.h"

typedef struct spx_manifest spx_manifest;

typedef struct spx_manifest_options {
    const char *path;    /* "-" = standard input */
    const char *results; /* NULL = PATH.results.jsonl */
    const char *output;  /* -o; may be NULL */
    int resume;
    unsigned shard; /* 1..shards */
    unsigned shards;
    const char *salt; /* of the options that decide over pictures: part of the keys */
    spx_far far;
} spx_manifest_options;

/** options: borrowed until the end. */
SPX_NODISCARD spx_status spx_manifest_open(spx_manifest **out, const spx_manifest_options *options,
                                           spx_diag *diag);
/** For spx_batch_run(). */
spx_batch_source spx_manifest_source(spx_manifest *manifest);
/** After the run: what reading the list itself came to, and how many lines were passed over as
 * done before. */
SPX_NODISCARD spx_status spx_manifest_end(const spx_manifest *manifest, size_t *done_before,
                                          spx_diag *diag);
void spx_manifest_close(spx_manifest *manifest); /* NULL is fine */

/** "2/8" into shard and shards; 0 when it is not that. */
int spx_manifest_read_shard(const char *text, unsigned *shard, unsigned *shards);

#endif
