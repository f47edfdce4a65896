#ifndef SPX_NET_LATE_CURL_H
#define SPX_NET_LATE_CURL_H

/* libcurl, opened late (base/late.h). Its own checks of options' types are macros of the names
 * that are taken here. */
#include "base/late.h"

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

/* clang-format off */
#define SPX_LATE_CURL(X) \
    X(curl_easy_cleanup) \
    X(curl_easy_getinfo) \
    X(curl_easy_init) \
    X(curl_easy_perform) \
    X(curl_easy_setopt) \
    X(curl_easy_strerror) \
    X(curl_free) \
    X(curl_global_init) \
    X(curl_mime_addpart) \
    X(curl_mime_data) \
    X(curl_mime_filename) \
    X(curl_mime_free) \
    X(curl_mime_init) \
    X(curl_mime_name) \
    X(curl_mime_type) \
    X(curl_multi_add_handle) \
    X(curl_multi_cleanup) \
    X(curl_multi_info_read) \
    X(curl_multi_init) \
    X(curl_multi_perform) \
    X(curl_multi_poll) \
    X(curl_multi_remove_handle) \
    X(curl_share_cleanup) \
    X(curl_share_init) \
    X(curl_share_setopt) \
    X(curl_slist_append) \
    X(curl_slist_free_all) \
    X(curl_url) \
    X(curl_url_cleanup) \
    X(curl_url_get) \
    X(curl_url_set)

SPX_LATE_DECLARE(curl, SPX_LATE_CURL);

/** Opens libcurl and readies it, once; any thread may call it. */
SPX_NODISCARD spx_status spx_curl_start(spx_diag *diag);

/** A handle for one request, with what all of them have in common: http and https alone, the name
 * of the program, no signals, and no wait for DNS at a cancel. body: of a POST, borrowed; NULL:
 * none. Owned by the caller: curl_easy_cleanup(); NULL without memory. */
CURL *spx_curl_request(const char *url, const char *body);

/* NOLINTBEGIN(readability-identifier-naming): the libraries' own names */
#undef curl_easy_getinfo
#undef curl_easy_setopt
#undef curl_share_setopt
#define curl_easy_cleanup (*spx_late_curl.curl_easy_cleanup_)
#define curl_easy_getinfo (*spx_late_curl.curl_easy_getinfo_)
#define curl_easy_init (*spx_late_curl.curl_easy_init_)
#define curl_easy_perform (*spx_late_curl.curl_easy_perform_)
#define curl_easy_setopt (*spx_late_curl.curl_easy_setopt_)
#define curl_easy_strerror (*spx_late_curl.curl_easy_strerror_)
#define curl_free (*spx_late_curl.curl_free_)
#define curl_global_init (*spx_late_curl.curl_global_init_)
#define curl_mime_addpart (*spx_late_curl.curl_mime_addpart_)
#define curl_mime_data (*spx_late_curl.curl_mime_data_)
#define curl_mime_filename (*spx_late_curl.curl_mime_filename_)
#define curl_mime_free (*spx_late_curl.curl_mime_free_)
#define curl_mime_init (*spx_late_curl.curl_mime_init_)
#define curl_mime_name (*spx_late_curl.curl_mime_name_)
#define curl_mime_type (*spx_late_curl.curl_mime_type_)
#define curl_multi_add_handle (*spx_late_curl.curl_multi_add_handle_)
#define curl_multi_cleanup (*spx_late_curl.curl_multi_cleanup_)
#define curl_multi_info_read (*spx_late_curl.curl_multi_info_read_)
#define curl_multi_init (*spx_late_curl.curl_multi_init_)
#define curl_multi_perform (*spx_late_curl.curl_multi_perform_)
#define curl_multi_poll (*spx_late_curl.curl_multi_poll_)
#define curl_multi_remove_handle (*spx_late_curl.curl_multi_remove_handle_)
#define curl_share_cleanup (*spx_late_curl.curl_share_cleanup_)
#define curl_share_init (*spx_late_curl.curl_share_init_)
#define curl_share_setopt (*spx_late_curl.curl_share_setopt_)
#define curl_slist_append (*spx_late_curl.curl_slist_append_)
#define curl_slist_free_all (*spx_late_curl.curl_slist_free_all_)
#define curl_url (*spx_late_curl.curl_url_)
#define curl_url_cleanup (*spx_late_curl.curl_url_cleanup_)
#define curl_url_get (*spx_late_curl.curl_url_get_)
#define curl_url_set (*spx_late_curl.curl_url_set_)
/* NOLINTEND(readability-identifier-naming) */
/* clang-format on */

#endif
