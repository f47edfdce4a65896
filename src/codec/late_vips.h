#ifndef SPX_CODEC_LATE_VIPS_H
#define SPX_CODEC_LATE_VIPS_H

/* libvips and the parts of GLib that go with it, opened late (base/late.h). */
#include "base/late.h"

#include <gmodule.h>
#include <vips/vips.h>

/* clang-format off */
#define SPX_LATE_VIPS(X) \
    X(g_ascii_toupper) \
    X(g_compute_checksum_for_data) \
    X(g_free) \
    X(g_log_set_handler) \
    X(g_module_make_resident) \
    X(g_module_open) \
    X(g_object_unref) \
    X(g_path_get_dirname) \
    X(g_signal_connect_data) \
    X(g_strchomp) \
    X(g_strdup_printf) \
    X(g_try_malloc) \
    X(g_type_check_instance_cast) \
    X(vips_area_free_cb) \
    X(vips_area_unref) \
    X(vips_array_double_new) \
    X(vips_array_double_newv) \
    X(vips_band_format_isfloat) \
    X(vips_bandjoin) \
    X(vips_block_untrusted_set) \
    X(vips_cache_set_max) \
    X(vips_cache_set_max_files) \
    X(vips_cache_set_max_mem) \
    X(vips_cast_ushort) \
    X(vips_colourspace) \
    X(vips_copy) \
    X(vips_error_buffer_copy) \
    X(vips_error_clear) \
    X(vips_extract_area) \
    X(vips_extract_band) \
    X(vips_flatten) \
    X(vips_gifload_source) \
    X(vips_gifsave_buffer) \
    X(vips_heifsave_buffer) \
    X(vips_icc_transform) \
    X(vips_image_copy_memory) \
    X(vips_image_generate) \
    X(vips_image_get_bands) \
    X(vips_image_get_blob) \
    X(vips_image_get_coding) \
    X(vips_image_get_format) \
    X(vips_image_get_height) \
    X(vips_image_get_interpretation) \
    X(vips_image_get_n_pages) \
    X(vips_image_get_orientation) \
    X(vips_image_get_typeof) \
    X(vips_image_get_width) \
    X(vips_image_hasalpha) \
    X(vips_image_init_fields) \
    X(vips_image_new) \
    X(vips_image_pipelinev) \
    X(vips_image_set_array_int) \
    X(vips_image_set_blob) \
    X(vips_image_set_blob_copy) \
    X(vips_image_set_int) \
    X(vips_init) \
    X(vips_jpegload_source) \
    X(vips_jpegsave_buffer) \
    X(vips_linear1) \
    X(vips_operation_block_set) \
    X(vips_pngload_source) \
    X(vips_region_prepare) \
    X(vips_region_region) \
    X(vips_sink_disc) \
    X(vips_source_custom_new) \
    X(vips_source_get_type) \
    X(vips_start_one) \
    X(vips_stop_one) \
    X(vips_thumbnail_buffer) \
    X(vips_thumbnail_image) \
    X(vips_tiffload_source) \
    X(vips_tiffsave_buffer) \
    X(vips_type_find) \
    X(vips_version) \
    X(vips_webpload_source) \
    X(vips_webpsave_buffer)

SPX_LATE_DECLARE(vips, SPX_LATE_VIPS);

#undef g_free /* a macro since GLib 2.78 */
/* NOLINTBEGIN(readability-identifier-naming): the libraries' own names */
#define g_ascii_toupper (*spx_late_vips.g_ascii_toupper_)
#define g_compute_checksum_for_data (*spx_late_vips.g_compute_checksum_for_data_)
#define g_free (*spx_late_vips.g_free_)
#define g_log_set_handler (*spx_late_vips.g_log_set_handler_)
#define g_module_make_resident (*spx_late_vips.g_module_make_resident_)
#define g_module_open (*spx_late_vips.g_module_open_)
#define g_object_unref (*spx_late_vips.g_object_unref_)
#define g_path_get_dirname (*spx_late_vips.g_path_get_dirname_)
#define g_signal_connect_data (*spx_late_vips.g_signal_connect_data_)
#define g_strchomp (*spx_late_vips.g_strchomp_)
#define g_strdup_printf (*spx_late_vips.g_strdup_printf_)
#define g_try_malloc (*spx_late_vips.g_try_malloc_)
#define g_type_check_instance_cast (*spx_late_vips.g_type_check_instance_cast_)
#define vips_area_free_cb (*spx_late_vips.vips_area_free_cb_)
#define vips_area_unref (*spx_late_vips.vips_area_unref_)
#define vips_array_double_new (*spx_late_vips.vips_array_double_new_)
#define vips_array_double_newv (*spx_late_vips.vips_array_double_newv_)
#define vips_band_format_isfloat (*spx_late_vips.vips_band_format_isfloat_)
#define vips_bandjoin (*spx_late_vips.vips_bandjoin_)
#define vips_block_untrusted_set (*spx_late_vips.vips_block_untrusted_set_)
#define vips_cache_set_max (*spx_late_vips.vips_cache_set_max_)
#define vips_cache_set_max_files (*spx_late_vips.vips_cache_set_max_files_)
#define vips_cache_set_max_mem (*spx_late_vips.vips_cache_set_max_mem_)
#define vips_cast_ushort (*spx_late_vips.vips_cast_ushort_)
#define vips_colourspace (*spx_late_vips.vips_colourspace_)
#define vips_copy (*spx_late_vips.vips_copy_)
#define vips_error_buffer_copy (*spx_late_vips.vips_error_buffer_copy_)
#define vips_error_clear (*spx_late_vips.vips_error_clear_)
#define vips_extract_area (*spx_late_vips.vips_extract_area_)
#define vips_extract_band (*spx_late_vips.vips_extract_band_)
#define vips_flatten (*spx_late_vips.vips_flatten_)
#define vips_gifload_source (*spx_late_vips.vips_gifload_source_)
#define vips_gifsave_buffer (*spx_late_vips.vips_gifsave_buffer_)
#define vips_heifsave_buffer (*spx_late_vips.vips_heifsave_buffer_)
#define vips_icc_transform (*spx_late_vips.vips_icc_transform_)
#define vips_image_copy_memory (*spx_late_vips.vips_image_copy_memory_)
#define vips_image_generate (*spx_late_vips.vips_image_generate_)
#define vips_image_get_bands (*spx_late_vips.vips_image_get_bands_)
#define vips_image_get_blob (*spx_late_vips.vips_image_get_blob_)
#define vips_image_get_coding (*spx_late_vips.vips_image_get_coding_)
#define vips_image_get_format (*spx_late_vips.vips_image_get_format_)
#define vips_image_get_height (*spx_late_vips.vips_image_get_height_)
#define vips_image_get_interpretation (*spx_late_vips.vips_image_get_interpretation_)
#define vips_image_get_n_pages (*spx_late_vips.vips_image_get_n_pages_)
#define vips_image_get_orientation (*spx_late_vips.vips_image_get_orientation_)
#define vips_image_get_typeof (*spx_late_vips.vips_image_get_typeof_)
#define vips_image_get_width (*spx_late_vips.vips_image_get_width_)
#define vips_image_hasalpha (*spx_late_vips.vips_image_hasalpha_)
#define vips_image_init_fields (*spx_late_vips.vips_image_init_fields_)
#define vips_image_new (*spx_late_vips.vips_image_new_)
#define vips_image_pipelinev (*spx_late_vips.vips_image_pipelinev_)
#define vips_image_set_array_int (*spx_late_vips.vips_image_set_array_int_)
#define vips_image_set_blob (*spx_late_vips.vips_image_set_blob_)
#define vips_image_set_blob_copy (*spx_late_vips.vips_image_set_blob_copy_)
#define vips_image_set_int (*spx_late_vips.vips_image_set_int_)
#define vips_init (*spx_late_vips.vips_init_)
#define vips_jpegload_source (*spx_late_vips.vips_jpegload_source_)
#define vips_jpegsave_buffer (*spx_late_vips.vips_jpegsave_buffer_)
#define vips_linear1 (*spx_late_vips.vips_linear1_)
#define vips_operation_block_set (*spx_late_vips.vips_operation_block_set_)
#define vips_pngload_source (*spx_late_vips.vips_pngload_source_)
#define vips_region_prepare (*spx_late_vips.vips_region_prepare_)
#define vips_region_region (*spx_late_vips.vips_region_region_)
#define vips_sink_disc (*spx_late_vips.vips_sink_disc_)
#define vips_source_custom_new (*spx_late_vips.vips_source_custom_new_)
#define vips_source_get_type (*spx_late_vips.vips_source_get_type_)
#define vips_start_one (*spx_late_vips.vips_start_one_)
#define vips_stop_one (*spx_late_vips.vips_stop_one_)
#define vips_thumbnail_buffer (*spx_late_vips.vips_thumbnail_buffer_)
#define vips_thumbnail_image (*spx_late_vips.vips_thumbnail_image_)
#define vips_tiffload_source (*spx_late_vips.vips_tiffload_source_)
#define vips_tiffsave_buffer (*spx_late_vips.vips_tiffsave_buffer_)
#define vips_type_find (*spx_late_vips.vips_type_find_)
#define vips_version (*spx_late_vips.vips_version_)
#define vips_webpload_source (*spx_late_vips.vips_webpload_source_)
#define vips_webpsave_buffer (*spx_late_vips.vips_webpsave_buffer_)
/* NOLINTEND(readability-identifier-naming) */
/* clang-format on */

#endif
