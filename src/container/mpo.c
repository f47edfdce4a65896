#include "container/mpo.h"

#include "container/jpeg_layout.h"
#include "container/mpf.h"
#include "container/tiff.h"

#include <math.h>
#include <string.h>

enum {
    TYPE_MASK = 0xffffff,
    RATIONAL_BYTES = 8,
    TYPE_RATIONAL = 5,
    TYPE_SRATIONAL = 10,
    EYES = 2,
};

static const double mm_per_m = 1000.0;
static const double most_baseline_mm = 100000.0;

/* The MPF segment of a JPEG at `from`; *tiff_at: where its TIFF header lies in the file. */
static int find_mpf(spx_tiff *tiff, size_t *tiff_at, const uint8_t *bytes, size_t size, size_t from)
{
    spx_jpeg_segment segment;
    size_t at = 0;
    while (spx_jpeg_next_segment(&segment, bytes + from, size - from, &at)) {
        if (segment.marker != SPX_JPEG_APP2 || segment.size < sizeof(SPX_MPF_NAME) ||
            memcmp(segment.body, SPX_MPF_NAME, sizeof(SPX_MPF_NAME)) != 0)
            continue;
        const uint8_t *const begin = segment.body + sizeof(SPX_MPF_NAME);
        *tiff_at = (size_t)(begin - bytes);
        return spx_tiff_open(tiff, begin, segment.size - sizeof(SPX_MPF_NAME));
    }
    return 0;
}

static double read_rational(const spx_tiff *tiff, uint32_t ifd, unsigned tag)
{
    spx_tiff_entry entry;
    if (spx_tiff_find(tiff, ifd, tag, 0, &entry) == 0 || entry.count != 1 ||
        (entry.type != TYPE_RATIONAL && entry.type != TYPE_SRATIONAL))
        return 0.0;
    const size_t at = spx_tiff_u32(tiff, entry.value_at);
    if (!spx_tiff_has(tiff, at, RATIONAL_BYTES))
        return 0.0;
    const uint32_t above = spx_tiff_u32(tiff, at);
    const uint32_t below = spx_tiff_u32(tiff, at + 4);
    if (below == 0 || above == UINT32_MAX || below == UINT32_MAX)
        return 0.0; /* 0xffffffff = unknown */
    return entry.type == TYPE_RATIONAL ? (double)above / below
                                       : (double)(int32_t)above / (double)(int32_t)below;
}

/* The first of an IFD's numbers counts. */
static void read_attributes(spx_mpo *out, const spx_tiff *tiff, uint32_t ifd)
{
    const double baseline_mm = mm_per_m * read_rational(tiff, ifd, SPX_MPF_TAG_BASELINE);
    const double convergence_deg = read_rational(tiff, ifd, SPX_MPF_TAG_CONVERGENCE);
    const double parallax_pct = read_rational(tiff, ifd, SPX_MPF_TAG_PARALLAX);
    if (out->baseline_mm == 0.0 && baseline_mm > 0.0 && baseline_mm < most_baseline_mm)
        out->baseline_mm = baseline_mm;
    if (out->convergence_deg == 0.0 && fabs(convergence_deg) < 90.0)
        out->convergence_deg = convergence_deg;
    if (out->parallax_pct == 0.0 && fabs(parallax_pct) < 50.0)
        out->parallax_pct = parallax_pct;
}

/* Where the IFD behind this one begins; 0 = nowhere. */
static uint32_t next_ifd(const spx_tiff *tiff, uint32_t ifd)
{
    const size_t at =
        (size_t)ifd + 2 + (size_t)spx_tiff_entry_count(tiff, ifd) * SPX_TIFF_ENTRY_BYTES;
    return spx_tiff_has(tiff, at, 4) ? spx_tiff_u32(tiff, at) : 0;
}

/* A view must begin as a JPEG; its size is what there is. */
static int set_view(spx_mpo_view *out, const uint8_t *bytes, size_t size, size_t offset,
                    size_t length)
{
    if (offset > size || size - offset < SPX_JPEG_HEAD_BYTES || bytes[offset] != SPX_JPEG_MARKER ||
        bytes[offset + 1] != SPX_JPEG_SOI)
        return 0;
    *out = (spx_mpo_view){ .offset = offset,
                           .size = length <= size - offset ? length : size - offset };
    return 1;
}

/* Views in the order of their entries: the first with type 020002, or by name the primary and
 * pictures without a purpose. */
static size_t read_index(spx_mpo_view views[EYES], const spx_tiff *tiff, size_t tiff_at,
                         const uint8_t *bytes, size_t size, int by_name)
{
    spx_tiff_entry entry;
    if (spx_tiff_find(tiff, tiff->first_ifd, SPX_MPF_TAG_ENTRIES, 0, &entry) == 0)
        return 0;
    const size_t at = spx_tiff_u32(tiff, entry.value_at);
    const size_t entries = entry.count / SPX_MPF_ENTRY_BYTES;
    size_t marked = 0;
    size_t others = 0;
    spx_mpo_view unmarked[EYES] = { 0 };
    for (size_t i = 0; i < entries && i < SPX_MPF_MOST; i++) {
        const size_t one = at + i * SPX_MPF_ENTRY_BYTES;
        if (!spx_tiff_has(tiff, one, SPX_MPF_ENTRY_BYTES))
            break;
        const uint32_t type = spx_tiff_u32(tiff, one) & TYPE_MASK;
        const size_t length = spx_tiff_u32(tiff, one + 4);
        const size_t offset = spx_tiff_u32(tiff, one + 8);
        const int is_free = type == SPX_MPF_TYPE_PRIMARY || type == SPX_MPF_TYPE_UNDEFINED;
        spx_mpo_view view;
        if (!set_view(&view, bytes, size, offset == 0 ? 0 : tiff_at + offset, length))
            continue;
        if (type == SPX_MPF_TYPE_DISPARITY && marked < EYES)
            views[marked++] = view;
        /* A primary picture may be the first of views that are marked. */
        if ((is_free || type == SPX_MPF_TYPE_DISPARITY) && others < EYES)
            unmarked[others++] = view;
    }
    if (marked == EYES)
        return EYES;
    if (others == EYES && (by_name || marked == 1)) {
        memcpy(views, unmarked, sizeof(unmarked));
        return EYES;
    }
    return 0;
}

/* Two JPEG files, one behind the other, perhaps with zeros between them. */
static size_t find_joined(spx_mpo_view views[EYES], const uint8_t *bytes, size_t size)
{
    size_t from = 0;
    size_t count = 0;
    while (count < EYES) {
        const size_t end = spx_jpeg_end(bytes, size, from);
        if (end == 0)
            return 0;
        views[count++] = (spx_mpo_view){ .offset = from, .size = end - from };
        from = end;
        while (from < size && bytes[from] == 0)
            from++;
    }
    return count;
}

int spx_mpo_read(spx_mpo *out, const void *data, size_t size, int by_name)
{
    const uint8_t *const bytes = data;
    spx_mpo_view views[EYES] = { 0 };
    size_t tiff_at = 0;
    size_t found = 0;
    spx_tiff tiff;
    *out = (spx_mpo){ 0 };
    if (find_mpf(&tiff, &tiff_at, bytes, size, 0)) {
        found = read_index(views, &tiff, tiff_at, bytes, size, by_name);
        read_attributes(out, &tiff, next_ifd(&tiff, tiff.first_ifd));
    } else if (by_name) {
        found = find_joined(views, bytes, size);
    }
    if (found != EYES || views[0].offset == views[1].offset) {
        *out = (spx_mpo){ 0 };
        return 0;
    }
    if (find_mpf(&tiff, &tiff_at, bytes, size, views[1].offset))
        read_attributes(out, &tiff, tiff.first_ifd);
    out->left = views[0];
    out->right = views[1];
    return 1;
}
