#include "codec/vips_start.h"

#include <ctype.h>
#include <pthread.h>
#include <vips/vips.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int failed; /* written under `once` only */

static void drop_message(const gchar *domain, GLogLevelFlags level, const gchar *message,
                         gpointer user)
{
    (void)domain;
    (void)level;
    (void)message;
    (void)user;
}

static void start(void)
{
    static const char *const trusted[] = { "VipsForeignLoadJpeg", "VipsForeignLoadPng",
                                           "VipsForeignLoadWebp", "VipsForeignLoadTiff" };
    (void)g_log_set_handler("VIPS", (GLogLevelFlags)(G_LOG_LEVEL_MASK | G_LOG_FLAG_RECURSION),
                            drop_message, NULL);
    failed = vips_init("spx");
    if (failed)
        return;
    vips_cache_set_max(0);
    vips_cache_set_max_mem(0);
    vips_cache_set_max_files(0);
    vips_block_untrusted_set(TRUE);
    vips_operation_block_set("VipsForeignLoad", TRUE);
    for (size_t i = 0; i < sizeof(trusted) / sizeof(trusted[0]); i++)
        vips_operation_block_set(trusted[i], FALSE);
}

spx_status spx_vips_start(spx_diag *diag)
{
    (void)pthread_once(&once, start);
    return failed ? spx_fail(diag, SPX_ERR_INTERNAL, "libvips does not start") : SPX_OK;
}

spx_status spx_vips_fail(spx_diag *diag, spx_status status, const char *name, const char *what)
{
    char *const text = vips_error_buffer_copy();
    for (char *at = text; at != NULL && *at != '\0'; at++) {
        if (isspace((unsigned char)*at))
            *at = ' ';
    }
    if (text != NULL)
        (void)g_strchomp(text);
    const int empty = text == NULL || text[0] == '\0';
    const spx_status kept = empty ? spx_fail(diag, status, "%s: %s", name, what)
                                  : spx_fail(diag, status, "%s: %s (%s)", name, what, text);
    g_free(text);
    return kept;
}
