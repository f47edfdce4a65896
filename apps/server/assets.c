#include "server/assets.h"

#include <string.h>

const spx_asset *spx_asset_find(const char *path)
{
    const char *const wanted = strcmp(path, "/") == 0 ? "/index.html" : path;
    for (const spx_asset *asset = spx_assets; asset->path != NULL; asset++) {
        if (strcmp(asset->path, wanted) == 0)
            return asset;
    }
    return NULL;
}
