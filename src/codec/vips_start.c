#include "codec/vips_start.h"

#include "codec/late_vips.h"

#include <ctype.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int failed; /* written under `once` only */
static pthread_once_t heif_once = PTHREAD_ONCE_INIT;
static int heif_failed; /* written under `heif_once` only */

static void drop_message(const gchar *domain, GLogLevelFlags level, const gchar *message,
                         gpointer user)
{
    (void)domain;
    (void)level;
    (void)message;
    (void)user;
}

/* libvips looks for modules below the folder that VIPSHOME names, and sets it when nobody did. They
 * bring 40 libraries (ImageMagick, poppler, OpenSlide ...), none of which spx uses. */
static void init_without_modules(void)
{
    static const char variable[] = "VIPSHOME";
    const char *const set = getenv(variable); // NOLINT(concurrency-mt-unsafe)
    char *const before = set == NULL ? NULL : strdup(set);
    (void)setenv(variable, "/nonexistent", 1); // NOLINT(concurrency-mt-unsafe)
    failed = vips_init("spx");
    if (before != NULL) {
        (void)setenv(variable, before, 1); // NOLINT(concurrency-mt-unsafe)
    } else {
        (void)unsetenv(variable); // NOLINT(concurrency-mt-unsafe)
    }
    free(before);
}

/* The module lies in a folder beside the library. */
static void start_heif(void)
{
    int (*const function)(const char *) = vips_init;
    const void *address = NULL;
    Dl_info library;
    memcpy(&address, &function, sizeof(address));
    heif_failed = vips_type_find("VipsOperation", "heifsave_buffer") == 0;
    if (!heif_failed || dladdr(address, &library) == 0 || library.dli_fname == NULL)
        return;
    char *const folder = g_path_get_dirname(library.dli_fname);
    char *const path = g_strdup_printf("%s/vips-modules-%d.%d/vips-heif.so", folder,
                                       vips_version(0), vips_version(1));
    GModule *const module = g_module_open(path, G_MODULE_BIND_LAZY | G_MODULE_BIND_LOCAL);
    if (module != NULL)
        g_module_make_resident(module);
    heif_failed = vips_type_find("VipsOperation", "heifsave_buffer") == 0;
    g_free(path);
    g_free(folder);
}

static void start(void)
{
    static const char *const trusted[] = { "VipsForeignLoadJpeg", "VipsForeignLoadPng",
                                           "VipsForeignLoadWebp", "VipsForeignLoadTiff",
                                           "VipsForeignLoadNsgif" };
    (void)g_log_set_handler("VIPS", (GLogLevelFlags)(G_LOG_LEVEL_MASK | G_LOG_FLAG_RECURSION),
                            drop_message, NULL);
    init_without_modules();
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
    SPX_TRY(spx_late_vips_open(diag));
    (void)pthread_once(&once, start);
    return failed ? spx_fail(diag, SPX_ERR_INTERNAL, "libvips does not start") : SPX_OK;
}

spx_status spx_vips_start_heif(spx_diag *diag)
{
    SPX_TRY(spx_vips_start(diag));
    (void)pthread_once(&heif_once, start_heif);
    return heif_failed
               ? spx_fail(diag, SPX_ERR_UNSUPPORTED,
                          "HEIC and AVIF cannot be written: libvips' HEIF module is missing")
               : SPX_OK;
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
    const spx_status blamed = spx_library_status(text, status);
    const char *const said = blamed == SPX_ERR_NO_MEMORY ? "no memory or no thread to be had"
                             : blamed == status          ? what
                                                         : spx_status_name(blamed);
    const spx_status kept = empty ? spx_fail(diag, blamed, "%s: %s", name, said)
                                  : spx_fail(diag, blamed, "%s: %s (%s)", name, said, text);
    g_free(text);
    return kept;
}
