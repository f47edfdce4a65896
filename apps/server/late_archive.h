#ifndef SPX_SERVER_LATE_ARCHIVE_H
#define SPX_SERVER_LATE_ARCHIVE_H

/* libarchive, opened late (base/late.h). */
#include "base/late.h"

#include <archive.h>
#include <archive_entry.h>

/* clang-format off */
#define SPX_LATE_ARCHIVE(X) \
    X(archive_entry_free) \
    X(archive_entry_new) \
    X(archive_entry_set_filetype) \
    X(archive_entry_set_mtime) \
    X(archive_entry_set_pathname_utf8) \
    X(archive_entry_set_perm) \
    X(archive_entry_set_size) \
    X(archive_write_close) \
    X(archive_write_data) \
    X(archive_write_free) \
    X(archive_write_header) \
    X(archive_write_new) \
    X(archive_write_open) \
    X(archive_write_set_bytes_per_block) \
    X(archive_write_set_format_option) \
    X(archive_write_set_format_zip) \
    X(archive_write_zip_set_compression_store)

SPX_LATE_DECLARE(archive, SPX_LATE_ARCHIVE);

/* NOLINTBEGIN(readability-identifier-naming): the libraries' own names */
#define archive_entry_free (*spx_late_archive.archive_entry_free_)
#define archive_entry_new (*spx_late_archive.archive_entry_new_)
#define archive_entry_set_filetype (*spx_late_archive.archive_entry_set_filetype_)
#define archive_entry_set_mtime (*spx_late_archive.archive_entry_set_mtime_)
#define archive_entry_set_pathname_utf8 (*spx_late_archive.archive_entry_set_pathname_utf8_)
#define archive_entry_set_perm (*spx_late_archive.archive_entry_set_perm_)
#define archive_entry_set_size (*spx_late_archive.archive_entry_set_size_)
#define archive_write_close (*spx_late_archive.archive_write_close_)
#define archive_write_data (*spx_late_archive.archive_write_data_)
#define archive_write_free (*spx_late_archive.archive_write_free_)
#define archive_write_header (*spx_late_archive.archive_write_header_)
#define archive_write_new (*spx_late_archive.archive_write_new_)
#define archive_write_open (*spx_late_archive.archive_write_open_)
#define archive_write_set_bytes_per_block (*spx_late_archive.archive_write_set_bytes_per_block_)
#define archive_write_set_format_option (*spx_late_archive.archive_write_set_format_option_)
#define archive_write_set_format_zip (*spx_late_archive.archive_write_set_format_zip_)
#define archive_write_zip_set_compression_store (*spx_late_archive.archive_write_zip_set_compression_store_)
/* NOLINTEND(readability-identifier-naming) */
/* clang-format on */

#endif
