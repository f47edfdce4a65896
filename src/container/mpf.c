/*
 * The segments come first, with zeros where sizes and offsets of the whole are not known yet; these
 * are filled in when all pictures have their segment. Numbers are big-endian ("MM").
 */
#include "container/mpf.h"

#include "base/size.h"
#include "container/jpeg_layout.h"

#include <math.h>
#include <string.h>

enum {
    TYPE_LONG = 4,
    TYPE_RATIONAL = 5,
    TYPE_UNDEFINED = 7,
    TYPE_SRATIONAL = 10,
    TIFF_AT = SPX_JPEG_HEAD_BYTES + sizeof(SPX_MPF_NAME), /* within the segment */
    IFD_ENTRY_BYTES = 12,
    IFD_FRAME_BYTES = 6, /* count and link */
    FIRST_IFD = 8,
    INDEX_TAGS = 3,
    ATTRIBUTE_TAGS = 5,
    RATIONAL_BYTES = 8,
    CONVERGENCE_UNIT = 1000, /* of a degree */
    UM_PER_M = 1000000,
    UM_PER_MM = 1000,
};

static void put_entry(spx_bytes *out, unsigned tag, unsigned type, uint32_t count, uint32_t value)
{
    spx_bytes_u16(out, tag);
    spx_bytes_u16(out, type);
    spx_bytes_u32(out, count);
    spx_bytes_u32(out, value);
}

static void put_version(spx_bytes *out)
{
    spx_bytes_u16(out, SPX_MPF_TAG_VERSION);
    spx_bytes_u16(out, TYPE_UNDEFINED);
    spx_bytes_u32(out, 4);
    spx_bytes_text(out, "0100");
}

static uint32_t ifd_bytes(uint32_t tags)
{
    return IFD_FRAME_BYTES + tags * IFD_ENTRY_BYTES;
}

/* An attribute IFD that begins `at` bytes behind the TIFF header; its rationals follow. */
static void put_attributes(spx_bytes *out, uint32_t at, int with_version, uint32_t number,
                           double baseline_mm)
{
    const uint32_t tags = ATTRIBUTE_TAGS - !with_version;
    const uint32_t values = at + ifd_bytes(tags);
    spx_bytes_u16(out, tags);
    if (with_version)
        put_version(out);
    put_entry(out, SPX_MPF_TAG_NUMBER, TYPE_LONG, 1, number);
    put_entry(out, SPX_MPF_TAG_BASE_VIEWPOINT, TYPE_LONG, 1, 1);
    put_entry(out, SPX_MPF_TAG_CONVERGENCE, TYPE_SRATIONAL, 1, values);
    put_entry(out, SPX_MPF_TAG_BASELINE, TYPE_RATIONAL, 1, values + RATIONAL_BYTES);
    spx_bytes_u32(out, 0); /* no further IFD */
    spx_bytes_u32(out, 0); /* parallel cameras */
    spx_bytes_u32(out, CONVERGENCE_UNIT);
    spx_bytes_u32(out, (uint32_t)llround(baseline_mm * UM_PER_MM));
    spx_bytes_u32(out, UM_PER_M);
}

static void put_tiff_header(spx_bytes *out)
{
    static const uint8_t header[] = { 'M', 'M', 0, 42, 0, 0, 0, FIRST_IFD };
    spx_bytes_append(out, SPX_MPF_NAME, sizeof(SPX_MPF_NAME));
    spx_bytes_append(out, header, sizeof(header));
}

/* The index's entries, filled in by fill_index(). */
static uint32_t entries_at(void)
{
    return FIRST_IFD + ifd_bytes(INDEX_TAGS);
}

static void put_index(spx_bytes *out, const spx_mpf *mpf)
{
    const uint32_t size = (uint32_t)mpf->count * SPX_MPF_ENTRY_BYTES;
    const uint32_t attributes_at = entries_at() + size;
    put_tiff_header(out);
    spx_bytes_u16(out, INDEX_TAGS);
    put_version(out);
    put_entry(out, SPX_MPF_TAG_COUNT, TYPE_LONG, 1, (uint32_t)mpf->count);
    put_entry(out, SPX_MPF_TAG_ENTRIES, TYPE_UNDEFINED, size, entries_at());
    spx_bytes_u32(out, mpf->pictures[0].is_view ? attributes_at : 0);
    spx_bytes_append_zeros(out, size);
    if (mpf->pictures[0].is_view)
        put_attributes(out, attributes_at, 0, 1, mpf->baseline_mm);
}

static void put_own(spx_bytes *out, uint32_t number, double baseline_mm)
{
    put_tiff_header(out);
    put_attributes(out, FIRST_IFD, 1, number, baseline_mm);
}

/* Exif wants to come first in a file; JFIF then has no place. */
static void drop_jfif(spx_bytes *jpeg)
{
    const size_t at = SPX_JPEG_SOI_BYTES;
    if (jpeg->size < at + SPX_JPEG_HEAD_BYTES || jpeg->data[at + 1] != SPX_JPEG_APP0)
        return;
    const size_t next = at + 2 + ((size_t)jpeg->data[at + 2] << 8 | jpeg->data[at + 3]);
    if (next + 2 > jpeg->size || jpeg->data[next + 1] != SPX_JPEG_APP1)
        return;
    memmove(jpeg->data + at, jpeg->data + next, jpeg->size - next);
    jpeg->size -= next - at;
}

/* Puts in the segment of picture `index`; *at is where it begins. */
static spx_status add_segment(const spx_mpf *mpf, size_t index, size_t *at, spx_diag *diag)
{
    spx_bytes *const jpeg = mpf->pictures[index].jpeg;
    if (mpf->pictures[index].is_view)
        drop_jfif(jpeg);
    SPX_TRY(spx_jpeg_behind_app1(at, jpeg->data, jpeg->size, diag));
    if (index != 0 && !mpf->pictures[index].is_view)
        return SPX_OK;
    spx_bytes body = { 0 };
    if (index == 0) {
        put_index(&body, mpf);
    } else {
        put_own(&body, (uint32_t)index + 1, mpf->baseline_mm);
    }
    spx_jpeg_insert_segment(jpeg, *at, SPX_JPEG_APP2, &body);
    spx_bytes_clear(&body);
    return spx_bytes_check(jpeg, "MPF", diag);
}

/* `segment`: where the first picture's MPF segment begins. */
static spx_status fill_index(const spx_mpf *mpf, size_t segment, spx_diag *diag)
{
    spx_bytes *const first = mpf->pictures[0].jpeg;
    const size_t tiff = segment + TIFF_AT;
    size_t begin = 0;
    for (size_t i = 0; i < mpf->count; i++) {
        const size_t size = mpf->pictures[i].jpeg->size;
        const size_t at = tiff + entries_at() + i * SPX_MPF_ENTRY_BYTES;
        if (begin > UINT32_MAX || size > UINT32_MAX)
            return spx_fail(diag, SPX_ERR_LIMIT, "MPF: over 4 GB");
        spx_bytes_patch_u32(first, at, mpf->pictures[i].type);
        spx_bytes_patch_u32(first, at + 4, (uint32_t)size);
        spx_bytes_patch_u32(first, at + 8, i == 0 ? 0 : (uint32_t)(begin - tiff));
        SPX_TRY(spx_add_size(&begin, begin, size, "MPF", diag));
    }
    return SPX_OK;
}

spx_status spx_mpf_join(spx_bytes *out, const spx_mpf *mpf, spx_diag *diag)
{
    spx_status status = SPX_OK;
    size_t segment = 0;
    if (mpf->count < 2 || mpf->count > SPX_MPF_MOST)
        return spx_fail(diag, SPX_ERR_ARGUMENT, "MPF: %zu pictures", mpf->count);
    for (size_t i = 0; i < mpf->count; i++) {
        size_t at = 0;
        SPX_TRY_OUT(add_segment(mpf, i, &at, diag));
        if (i == 0)
            segment = at;
    }
    SPX_TRY_OUT(fill_index(mpf, segment, diag));
    *out = *mpf->pictures[0].jpeg;
    *mpf->pictures[0].jpeg = (spx_bytes){ 0 };
    for (size_t i = 1; i < mpf->count; i++)
        spx_bytes_append(out, mpf->pictures[i].jpeg->data, mpf->pictures[i].jpeg->size);
    SPX_TRY_OUT(spx_bytes_check(out, "MPF", diag));
out:
    for (size_t i = 0; i < mpf->count; i++)
        spx_bytes_clear(mpf->pictures[i].jpeg);
    if (status != SPX_OK)
        spx_bytes_clear(out);
    return status;
}
