#ifndef SPX_CODEC_DAMAGE_H
#define SPX_CODEC_DAMAGE_H

#include "codec/photo_type.h"

#include "base/task.h"

#include <stdint.h>

/*
 * One rule for damaged files, whatever their format: where at most 5 % of the picture are missing
 * at its end, it opens and a warning says so. Where more is missing, or the damage lies in the
 * middle, it opens only when the caller accepts damage, with a warning; never silently.
 */
typedef struct spx_damage {
    int found;
    int middle;         /* pixels before the end are wrong, or nobody can tell which */
    int sums_only;      /* all pixels are there, and only a checksum beside them is wrong */
    double missing;     /* share of the picture at its end, 0..1 */
    size_t sum_end;     /* where a PNG's sum over all rows ends in the file; 0 = it is not wrong */
    uint32_t sum;       /* … and what it should be */
    const char *unread; /* not damaged, but of a kind that no decoder here reads: which; static
                           storage; NULL = it is damaged */
    uint32_t rows; /* so many rows are there, where the decoder cannot go on by itself; 0 = it can,
                      or nobody can tell */
} spx_damage;

/** Looks for damage in the coded pixels without making pictures of them. Formats it knows nothing
 * of, and files that are whole, have none; of TIFF and GIF only what lies within the file is told,
 * of WebP its length. Harmless oddities (bytes between segments or
 * behind the end) do not count. */
spx_damage spx_damage_find(spx_photo_type type, const void *data, size_t size);

/** A copy of a PNG with the right sum over all rows: newer libpng leaves out the last row when it
 * is wrong. damage: what was found in these bytes. *out: `size` bytes, owned by the caller
 * (free()), or NULL where the sum is right or cannot be mended. SPX_ERR_MEMORY. */
SPX_NODISCARD spx_status spx_png_mend(uint8_t **out, const spx_damage *damage, const void *data,
                                      size_t size, spx_diag *diag);

/** 1 when a WebP file is shorter than its header says. */
int spx_webp_is_cut(const void *data, size_t size);

/** What the rule says. name: of the file; accept: the caller takes any damage. SPX_OK after
 * SPX_WARNING_DAMAGED, or a failure with the amount; SPX_ERR_UNSUPPORTED for what is not read. */
SPX_NODISCARD spx_status spx_damage_judge(const spx_damage *damage, spx_photo_type type,
                                          const char *name, int accept, const spx_task *task,
                                          spx_diag *diag);

/** Whether a JPEG's pixels are in one scan, so that a reader needs a few rows at once and not all
 * of the picture. 0 for what is no JPEG. */
int spx_jpeg_has_one_scan(const void *data, size_t size);

#endif
