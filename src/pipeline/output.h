#ifndef SPX_PIPELINE_OUTPUT_H
#define SPX_PIPELINE_OUTPUT_H

#include "base/bytes.h"
#include "spx/spx.h"

enum { SPX_OUTPUT_MOST = 64 /* one for each flag */ };

/** One wanted file: first only named, then with bytes, then perhaps written. */
typedef struct spx_output {
    spx_format format;
    char *name;      /* owned */
    char *path;      /* owned; NULL when the file stays in memory */
    spx_bytes bytes; /* owned; empty again when written */
    size_t size;     /* of bytes, also after they were written */
} spx_output;

/** The files of one conversion. Zero-initialise; spx_output_set_clear(). */
typedef struct spx_output_set {
    size_t count;
    spx_format left_out; /* what could not be made, and did not have to be */
    spx_output files[SPX_OUTPUT_MOST];
} spx_output_set;

/** Names every wanted file. base: photo's file name or path. */
SPX_NODISCARD spx_status spx_output_set_init(spx_output_set *set, const char *base,
                                             const spx_convert_options *options, spx_diag *diag);
void spx_output_set_clear(spx_output_set *set);

/** Takes away the entry with that index, and remembers its format as left out. */
void spx_output_set_drop(spx_output_set *set, size_t index);

/** The entry of a format, or NULL when it is not wanted. */
spx_output *spx_output_find(spx_output_set *set, spx_format format);

/** The first of the set's files that exists on disk, borrowed, or NULL. */
const char *spx_output_set_existing(const spx_output_set *set);

/** 1: nothing of the set is left to do: all files are in their folder, but for those of optional
 * formats that an earlier conversion left out there; these go out of the set. */
int spx_output_set_is_done(spx_output_set *set, const char *folder, spx_format optional);

/** Writes every file under a temporary name, then gives all of them their own: when one cannot be
 * written, the files that were there before stay whole and no new one appears. */
SPX_NODISCARD spx_status spx_output_set_write(spx_output_set *set, const char *folder,
                                              spx_diag *diag);

#endif
