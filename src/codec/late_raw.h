#ifndef SPX_CODEC_LATE_RAW_H
#define SPX_CODEC_LATE_RAW_H

/* LibRaw, opened late (base/late.h). */
#include "base/late.h"

#include <libraw/libraw.h>

/* clang-format off */
#define SPX_LATE_RAW(X) \
    X(libraw_close) \
    X(libraw_dcraw_clear_mem) \
    X(libraw_dcraw_make_mem_image) \
    X(libraw_dcraw_process) \
    X(libraw_init) \
    X(libraw_open_buffer) \
    X(libraw_set_dataerror_handler) \
    X(libraw_set_progress_handler) \
    X(libraw_strerror) \
    X(libraw_unpack) \
    X(libraw_unpack_thumb)

SPX_LATE_DECLARE(raw, SPX_LATE_RAW);

/* NOLINTBEGIN(readability-identifier-naming): the libraries' own names */
#define libraw_close (*spx_late_raw.libraw_close_)
#define libraw_dcraw_clear_mem (*spx_late_raw.libraw_dcraw_clear_mem_)
#define libraw_dcraw_make_mem_image (*spx_late_raw.libraw_dcraw_make_mem_image_)
#define libraw_dcraw_process (*spx_late_raw.libraw_dcraw_process_)
#define libraw_init (*spx_late_raw.libraw_init_)
#define libraw_open_buffer (*spx_late_raw.libraw_open_buffer_)
#define libraw_set_dataerror_handler (*spx_late_raw.libraw_set_dataerror_handler_)
#define libraw_set_progress_handler (*spx_late_raw.libraw_set_progress_handler_)
#define libraw_strerror (*spx_late_raw.libraw_strerror_)
#define libraw_unpack (*spx_late_raw.libraw_unpack_)
#define libraw_unpack_thumb (*spx_late_raw.libraw_unpack_thumb_)
/* NOLINTEND(readability-identifier-naming) */
/* clang-format on */

#endif
