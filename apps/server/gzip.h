#ifndef SPX_SERVER_GZIP_H
#define SPX_SERVER_GZIP_H

#include "base/bytes.h"
#include "server/assets.h"

/** Appends `data` as a gzip file (RFC 1952). *out->failed says that there was no memory. */
void spx_gzip(spx_bytes *out, const void *data, size_t size);

/** 1 when an Accept-Encoding header takes gzip (RFC 9110, 12.5.3). header may be NULL. */
int spx_accepts_gzip(const char *header);

/** The program's own files, packed once for all who ask. */
typedef struct spx_packed_assets spx_packed_assets;

/** Owned by the caller: spx_packed_assets_destroy(), when nobody reads what it gave. */
SPX_NODISCARD spx_status spx_packed_assets_create(spx_packed_assets **out, spx_diag *diag);
void spx_packed_assets_destroy(spx_packed_assets *packed); /* NULL is fine */
/** The packed bytes, borrowed; NULL for a file that does not get smaller. asset: of spx_assets. */
const spx_bytes *spx_packed_asset(const spx_packed_assets *packed, const spx_asset *asset);

#endif
