#ifndef SPX_SERVER_LATE_MICROHTTPD_H
#define SPX_SERVER_LATE_MICROHTTPD_H

/* libmicrohttpd, opened late (base/late.h). */
#include "base/late.h"

#include <microhttpd.h>

/* clang-format off */
#define SPX_LATE_MICROHTTPD(X) \
    X(MHD_add_response_header) \
    X(MHD_create_post_processor) \
    X(MHD_create_response_from_buffer) \
    X(MHD_create_response_from_callback) \
    X(MHD_create_response_from_fd_at_offset64) \
    X(MHD_destroy_post_processor) \
    X(MHD_destroy_response) \
    X(MHD_get_connection_info) \
    X(MHD_get_connection_values) \
    X(MHD_get_response_header) \
    X(MHD_lookup_connection_value) \
    X(MHD_post_process) \
    X(MHD_queue_response) \
    X(MHD_resume_connection) \
    X(MHD_start_daemon) \
    X(MHD_stop_daemon) \
    X(MHD_suspend_connection)

SPX_LATE_DECLARE(microhttpd, SPX_LATE_MICROHTTPD);

/* NOLINTBEGIN(readability-identifier-naming): the libraries' own names */
#define MHD_add_response_header (*spx_late_microhttpd.MHD_add_response_header_)
#define MHD_create_post_processor (*spx_late_microhttpd.MHD_create_post_processor_)
#define MHD_create_response_from_buffer (*spx_late_microhttpd.MHD_create_response_from_buffer_)
#define MHD_create_response_from_callback (*spx_late_microhttpd.MHD_create_response_from_callback_)
#define MHD_create_response_from_fd_at_offset64 (*spx_late_microhttpd.MHD_create_response_from_fd_at_offset64_)
#define MHD_destroy_post_processor (*spx_late_microhttpd.MHD_destroy_post_processor_)
#define MHD_destroy_response (*spx_late_microhttpd.MHD_destroy_response_)
#define MHD_get_connection_info (*spx_late_microhttpd.MHD_get_connection_info_)
#define MHD_get_connection_values (*spx_late_microhttpd.MHD_get_connection_values_)
#define MHD_get_response_header (*spx_late_microhttpd.MHD_get_response_header_)
#define MHD_lookup_connection_value (*spx_late_microhttpd.MHD_lookup_connection_value_)
#define MHD_post_process (*spx_late_microhttpd.MHD_post_process_)
#define MHD_queue_response (*spx_late_microhttpd.MHD_queue_response_)
#define MHD_resume_connection (*spx_late_microhttpd.MHD_resume_connection_)
#define MHD_start_daemon (*spx_late_microhttpd.MHD_start_daemon_)
#define MHD_stop_daemon (*spx_late_microhttpd.MHD_stop_daemon_)
#define MHD_suspend_connection (*spx_late_microhttpd.MHD_suspend_connection_)
/* NOLINTEND(readability-identifier-naming) */
/* clang-format on */

#endif
