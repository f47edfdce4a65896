#include "server/gzip.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

enum { GZIP_WINDOW = 15 + 16, MEMORY_LEVEL = 8, BLOCK_BYTES = 16384 };

struct spx_packed_assets {
    size_t count;
    spx_bytes *bytes; /* [count], in the order of spx_assets; empty = as it is */
};

void spx_gzip(spx_bytes *out, const void *data, size_t size)
{
    unsigned char block[BLOCK_BYTES];
    z_stream stream = { .avail_in = (uInt)size };
    memcpy(&stream.next_in, &data, sizeof(data)); /* without const, and only read */
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, MEMORY_LEVEL,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
        out->failed = 1;
        return;
    }
    int code = Z_OK;
    while (code == Z_OK) {
        stream.next_out = block;
        stream.avail_out = sizeof(block);
        code = deflate(&stream, Z_FINISH);
        spx_bytes_append(out, block, sizeof(block) - stream.avail_out);
    }
    if (code != Z_STREAM_END)
        out->failed = 1;
    (void)deflateEnd(&stream);
}

/* 1 when what follows a coding's name says "never": ;q=0. */
static int is_refused(const char *parameters, size_t size)
{
    const char *const q = memchr(parameters, '=', size);
    return q != NULL && strtod(q + 1, NULL) == 0.0;
}

int spx_accepts_gzip(const char *header)
{
    const char *at = header;
    while (at != NULL && *at != '\0') {
        at += strspn(at, " \t,");
        const size_t size = strcspn(at, ",");
        const size_t name = strcspn(at, ";, \t");
        if (name == 4 && strncasecmp(at, "gzip", name) == 0)
            return !is_refused(at + name, size - name);
        at += size;
    }
    return 0;
}

spx_status spx_packed_assets_create(spx_packed_assets **out, spx_diag *diag)
{
    *out = NULL;
    spx_packed_assets *const packed = calloc(1, sizeof(*packed));
    if (packed == NULL)
        return spx_fail_memory(diag, "page");
    while (spx_assets[packed->count].path != NULL)
        packed->count++;
    packed->bytes = calloc(packed->count + 1, sizeof(*packed->bytes));
    for (size_t i = 0; i < packed->count && packed->bytes != NULL; i++) {
        spx_bytes *const bytes = &packed->bytes[i];
        spx_gzip(bytes, spx_assets[i].data, spx_assets[i].size);
        if (bytes->failed || bytes->size >= spx_assets[i].size)
            spx_bytes_clear(bytes);
    }
    if (packed->bytes == NULL) {
        free(packed);
        return spx_fail_memory(diag, "page");
    }
    *out = packed;
    return SPX_OK;
}

void spx_packed_assets_destroy(spx_packed_assets *packed)
{
    if (packed == NULL)
        return;
    for (size_t i = 0; i < packed->count; i++)
        spx_bytes_clear(&packed->bytes[i]);
    free(packed->bytes);
    free(packed);
}

const spx_bytes *spx_packed_asset(const spx_packed_assets *packed, const spx_asset *asset)
{
    const size_t index = (size_t)(asset - spx_assets);
    return index < packed->count && packed->bytes[index].size != 0 ? &packed->bytes[index] : NULL;
}
