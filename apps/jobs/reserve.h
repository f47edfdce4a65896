#ifndef SPX_JOBS_RESERVE_H
#define SPX_JOBS_RESERVE_H

#include <stdint.h>

/*
 * Room on the disk that is kept for the hour when there is none: letting jobs go writes a little
 * before it frees a lot. The file "reserve" in the data folder holds it, and is made again as soon
 * as it fits.
 */

/** Makes the reserve where it is missing and there is room for much more. */
void spx_reserve_make(const char *data_dir);
/** Gives it up: 1 = there was one, and there is room now. */
int spx_reserve_release(const char *data_dir);
/** Bytes that are free on the disk of a folder; all there could be when that cannot be told. */
uint64_t spx_reserve_free(const char *data_dir);
/** 1 when the disk of a folder has no room for another job's files. */
int spx_reserve_is_needed(const char *data_dir);

#endif
