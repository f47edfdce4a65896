#include "container/tiff_pictures.h"

#include "container/tiff.h"

enum {
    TAG_WIDTH = 0x0100,
    TAG_LENGTH = 0x0101,
    TAG_PHOTOMETRIC = 0x0106,
    TAG_SUB_IFDS = 0x014a,
    TAG_DNG_VERSION = 0xc612,
    LINK_BYTES = 4,
    MOST_PAGES = 1000, /* a chain that is longer is taken as a ring */
    MOST_SUB_IFDS = 64,
    MASK = 4,
    FILTER_ARRAY = 32803, /* TIFF/EP */
    LINEAR_RAW = 34892,   /* DNG */
};

/* A number that an entry holds itself; `missing` where there is none. */
static uint32_t number(const spx_tiff *file, uint32_t ifd, unsigned tag, uint32_t missing)
{
    spx_tiff_entry entry = { 0 };
    return spx_tiff_find(file, ifd, tag, 0, &entry) ? spx_tiff_number(file, &entry) : missing;
}

static void look_at(spx_tiff_pictures *out, const spx_tiff *file, uint32_t ifd, unsigned page,
                    int subifd)
{
    const uint32_t width = number(file, ifd, TAG_WIDTH, 0);
    const uint32_t height = number(file, ifd, TAG_LENGTH, 0);
    const uint32_t photometric = number(file, ifd, TAG_PHOTOMETRIC, 0);
    if (photometric == FILTER_ARRAY || photometric == LINEAR_RAW) {
        out->is_raw = 1;
        return;
    }
    if (width == 0 || height == 0 || photometric == MASK)
        return;
    out->count++;
    if ((uint64_t)width * height <= (uint64_t)out->width * out->height)
        return;
    out->page = page;
    out->subifd = subifd;
    out->width = width;
    out->height = height;
}

static void look_below(spx_tiff_pictures *out, const spx_tiff *file, uint32_t ifd, unsigned page)
{
    spx_tiff_entry entry = { 0 };
    if (!spx_tiff_find(file, ifd, TAG_SUB_IFDS, 0, &entry) || entry.count == 0)
        return;
    if (entry.count == 1) {
        look_at(out, file, spx_tiff_u32(file, entry.value_at), page, 0);
        return;
    }
    const uint32_t at = spx_tiff_u32(file, entry.value_at);
    const uint32_t count = entry.count < MOST_SUB_IFDS ? entry.count : MOST_SUB_IFDS;
    for (uint32_t i = 0; i < count; i++) {
        const size_t link = (size_t)at + (size_t)i * LINK_BYTES;
        if (spx_tiff_has(file, link, LINK_BYTES))
            look_at(out, file, spx_tiff_u32(file, link), page, (int)i);
    }
}

void spx_tiff_pictures_find(spx_tiff_pictures *out, const void *data, size_t size)
{
    spx_tiff file;
    spx_tiff_entry entry = { 0 };
    *out = (spx_tiff_pictures){ .subifd = -1 };
    if (!spx_tiff_open(&file, data, size))
        return;
    if (spx_tiff_find(&file, file.first_ifd, TAG_DNG_VERSION, 0, &entry))
        out->is_raw = 1;
    uint32_t ifd = file.first_ifd;
    for (unsigned page = 0; page < MOST_PAGES; page++) {
        const unsigned entries = spx_tiff_entry_count(&file, ifd);
        if (entries == 0)
            return;
        look_at(out, &file, ifd, page, -1);
        look_below(out, &file, ifd, page);
        const size_t link = (size_t)ifd + 2 + (size_t)entries * SPX_TIFF_ENTRY_BYTES;
        if (!spx_tiff_has(&file, link, LINK_BYTES))
            return;
        ifd = spx_tiff_u32(&file, link);
    }
}
