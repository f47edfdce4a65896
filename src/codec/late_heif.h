#ifndef SPX_CODEC_LATE_HEIF_H
#define SPX_CODEC_LATE_HEIF_H

/* libheif, opened late (base/late.h). */
#include "base/late.h"

#include <libheif/heif.h>

/* clang-format off */
#define SPX_LATE_HEIF(X) \
    X(heif_context_alloc) \
    X(heif_context_free) \
    X(heif_context_get_primary_image_handle) \
    X(heif_context_read_from_reader) \
    X(heif_context_set_max_decoding_threads) \
    X(heif_decode_image) \
    X(heif_decoding_options_alloc) \
    X(heif_decoding_options_free) \
    X(heif_image_get_bits_per_pixel_range) \
    X(heif_image_get_height) \
    X(heif_image_get_plane_readonly) \
    X(heif_image_get_width) \
    X(heif_image_handle_get_height) \
    X(heif_image_handle_get_luma_bits_per_pixel) \
    X(heif_image_handle_get_width) \
    X(heif_image_handle_has_alpha_channel) \
    X(heif_image_handle_is_premultiplied_alpha) \
    X(heif_image_handle_release) \
    X(heif_image_release)

SPX_LATE_DECLARE(heif, SPX_LATE_HEIF);

/* NOLINTBEGIN(readability-identifier-naming): the libraries' own names */
#define heif_context_alloc (*spx_late_heif.heif_context_alloc_)
#define heif_context_free (*spx_late_heif.heif_context_free_)
#define heif_context_get_primary_image_handle (*spx_late_heif.heif_context_get_primary_image_handle_)
#define heif_context_read_from_reader (*spx_late_heif.heif_context_read_from_reader_)
#define heif_context_set_max_decoding_threads (*spx_late_heif.heif_context_set_max_decoding_threads_)
#define heif_decode_image (*spx_late_heif.heif_decode_image_)
#define heif_decoding_options_alloc (*spx_late_heif.heif_decoding_options_alloc_)
#define heif_decoding_options_free (*spx_late_heif.heif_decoding_options_free_)
#define heif_image_get_bits_per_pixel_range (*spx_late_heif.heif_image_get_bits_per_pixel_range_)
#define heif_image_get_height (*spx_late_heif.heif_image_get_height_)
#define heif_image_get_plane_readonly (*spx_late_heif.heif_image_get_plane_readonly_)
#define heif_image_get_width (*spx_late_heif.heif_image_get_width_)
#define heif_image_handle_get_height (*spx_late_heif.heif_image_handle_get_height_)
#define heif_image_handle_get_luma_bits_per_pixel (*spx_late_heif.heif_image_handle_get_luma_bits_per_pixel_)
#define heif_image_handle_get_width (*spx_late_heif.heif_image_handle_get_width_)
#define heif_image_handle_has_alpha_channel (*spx_late_heif.heif_image_handle_has_alpha_channel_)
#define heif_image_handle_is_premultiplied_alpha (*spx_late_heif.heif_image_handle_is_premultiplied_alpha_)
#define heif_image_handle_release (*spx_late_heif.heif_image_handle_release_)
#define heif_image_release (*spx_late_heif.heif_image_release_)
/* NOLINTEND(readability-identifier-naming) */
/* clang-format on */

#endif
