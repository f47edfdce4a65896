#ifndef SPX_SERVER_ASSETS_H
#define SPX_SERVER_ASSETS_H

#include <stddef.h>

/** A file that is a part of the program: the page, and the description of the API. */
typedef struct spx_asset {
    const char *path; /* as requested: "/app.js" */
    const char *type;
    const char *etag; /* with its quotes */
    const unsigned char *data;
    size_t size;
} spx_asset;

/** Made by cmake/embed.cmake; the last one's path is NULL. */
extern const spx_asset spx_assets[];

/** The asset of that path ("/" is "/index.html"); NULL when there is none. */
const spx_asset *spx_asset_find(const char *path);

#endif
