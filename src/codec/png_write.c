/*
 * PNG (ISO/IEC 15948), made fast rather than small: one filter for all rows (Average, which suits
 * photos best of those that vectorise) and run-length deflate, which on filtered photos is as small
 * as zlib's level 1 at twice its speed. Bands of rows are filtered and deflated on all threads of
 * the pool; each band ends byte-aligned (an empty stored block), so that all of them one behind the
 * other are one zlib stream, and each is an IDAT chunk of its own:
 *
 *     signature | IHDR | iCCP or sRGB | pHYs | eXIf | iTXt (XMP) | sTER | tEXt | IDAT ... IDAT |
 * IEND 78 01 band 0 ┘          └ last band, Adler-32
 */
#include "codec/png_write.h"

#include "base/size.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
    BAND_BYTES = 1 << 20, /* of filtered rows, about */
    FILTER_AVERAGE = 3,
    FASTEST = 1,
    RAW_DEFLATE = -15, /* no zlib header: the bands share one */
    MOST_MEMORY = 9,
    TYPE_BYTES = 4,
    FLUSH_BYTES = 16, /* over deflateBound(): the empty block of a flush */
    COLOR_RGB = 2,
    COLOR_RGB_ALPHA = 6,
    RGB_ALPHA = 4, /* channels */
};

typedef struct band {
    spx_bytes deflated; /* with room for the zlib header before, see band_deflate() */
    size_t filtered_size;
    uLong adler;
} band;

typedef struct writer {
    const spx_png *png;
    size_t row_bytes;
    uint32_t band_rows;
    size_t band_count;
    band *bands;
} writer;

static void put_chunk(spx_bytes *out, const char *type, const void *data, size_t size)
{
    spx_bytes_u32(out, (uint32_t)size);
    const size_t from = out->size;
    spx_bytes_text(out, type);
    spx_bytes_append(out, data, size);
    if (!out->failed)
        spx_bytes_u32(out, (uint32_t)crc32_z(0, out->data + from, size + TYPE_BYTES));
}

static void put_header(spx_bytes *out, const spx_png *png)
{
    static const uint8_t signature[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };
    spx_bytes header = { 0 };
    spx_bytes_u32(&header, png->width);
    spx_bytes_u32(&header, png->height);
    spx_bytes_u8(&header, png->bits);
    spx_bytes_u8(&header, png->channels == 1           ? 0
                          : png->channels == RGB_ALPHA ? COLOR_RGB_ALPHA
                                                       : COLOR_RGB);
    spx_bytes_append_zeros(&header, 3); /* deflate, adaptive filters, not interlaced */
    spx_bytes_append(out, signature, sizeof(signature));
    put_chunk(out, "IHDR", header.data, header.size);
    out->failed |= header.failed;
    spx_bytes_clear(&header);
}

static void put_profile(spx_bytes *out, const spx_bytes *icc)
{
    static const char name[] = "ICC profile";
    uLongf size = compressBound(icc->size);
    uint8_t *const packed = malloc(size);
    spx_bytes chunk = { 0 };
    if (packed == NULL || compress(packed, &size, icc->data, icc->size) != Z_OK) {
        out->failed = 1;
    } else {
        spx_bytes_append(&chunk, name, sizeof(name));
        spx_bytes_u8(&chunk, 0); /* deflate */
        spx_bytes_append(&chunk, packed, size);
        put_chunk(out, "iCCP", chunk.data, chunk.size);
        out->failed |= chunk.failed;
    }
    spx_bytes_clear(&chunk);
    free(packed);
}

static void put_xmp(spx_bytes *out, const spx_bytes *xmp)
{
    static const char key[] = "XML:com.adobe.xmp";
    spx_bytes chunk = { 0 };
    spx_bytes_append(&chunk, key, sizeof(key));
    spx_bytes_append_zeros(&chunk, 4); /* not compressed; no language, no translated key */
    spx_bytes_append(&chunk, xmp->data, xmp->size);
    put_chunk(out, "iTXt", chunk.data, chunk.size);
    out->failed |= chunk.failed;
    spx_bytes_clear(&chunk);
}

static void put_text(spx_bytes *out, const char *key, const char *value)
{
    spx_bytes chunk = { 0 };
    spx_bytes_append(&chunk, key, strlen(key) + 1);
    spx_bytes_text(&chunk, value);
    put_chunk(out, "tEXt", chunk.data, chunk.size);
    out->failed |= chunk.failed;
    spx_bytes_clear(&chunk);
}

static void put_density(spx_bytes *out, double dots_per_inch)
{
    static const double metres_per_inch = 0.0254;
    const uint32_t dots_per_metre = (uint32_t)(dots_per_inch / metres_per_inch + 0.5);
    spx_bytes chunk = { 0 };
    spx_bytes_u32(&chunk, dots_per_metre);
    spx_bytes_u32(&chunk, dots_per_metre);
    spx_bytes_u8(&chunk, 1); /* the unit is the metre */
    put_chunk(out, "pHYs", chunk.data, chunk.size);
    out->failed |= chunk.failed;
    spx_bytes_clear(&chunk);
}

static int is_there(const spx_bytes *bytes)
{
    return bytes != NULL && bytes->size != 0;
}

static void put_extras(spx_bytes *out, const spx_png *png)
{
    static const spx_image_extras none = { 0 };
    static const uint8_t perceptual = 0;
    const spx_image_extras *const extras = png->extras == NULL ? &none : png->extras;
    if (is_there(extras->icc)) {
        put_profile(out, extras->icc);
    } else if (png->is_color) {
        put_chunk(out, "sRGB", &perceptual, sizeof(perceptual));
    }
    if (png->dots_per_inch > 0.0)
        put_density(out, png->dots_per_inch);
    if (is_there(extras->exif))
        put_chunk(out, "eXIf", extras->exif->data, extras->exif->size);
    if (is_there(extras->xmp))
        put_xmp(out, extras->xmp);
    if (png->stereo != SPX_PNG_STEREO_NONE) {
        const uint8_t mode = png->stereo == SPX_PNG_STEREO_PARALLEL;
        put_chunk(out, "sTER", &mode, sizeof(mode));
    }
    if (png->text_key != NULL && png->text_value != NULL)
        put_text(out, png->text_key, png->text_value);
}

/* PNG clause 9.2: each byte less the mean of those to the left and above. */
static void filter_row(uint8_t *out, const uint8_t *row, const uint8_t *above, size_t size,
                       size_t pixel)
{
    *out++ = FILTER_AVERAGE;
    for (size_t i = 0; i < pixel; i++)
        out[i] = (uint8_t)(row[i] - above[i] / 2);
    for (size_t i = pixel; i < size; i++)
        out[i] = (uint8_t)(row[i] - (row[i - pixel] + above[i]) / 2);
}

/* Rows first..first + count, filtered one behind the other. `rows`: two rows to work with, zeroed.
 */
static void filter_band(const writer *self, uint32_t first, uint32_t count, uint8_t *rows,
                        uint8_t *out)
{
    const spx_png *const png = self->png;
    uint8_t *above = rows;
    uint8_t *row = rows + self->row_bytes;
    if (first != 0)
        png->row(png->source, first - 1, above);
    for (uint32_t y = first; y < first + count; y++) {
        png->row(png->source, y, row);
        filter_row(out, row, above, self->row_bytes, (size_t)png->channels * png->bits / 8);
        out += self->row_bytes + 1;
        uint8_t *const swapped = above;
        above = row;
        row = swapped;
    }
}

/* 1 on success. */
static int deflate_band(band *to, const uint8_t *filtered, int is_last)
{
    z_stream z = { 0 };
    if (deflateInit2(&z, FASTEST, Z_DEFLATED, RAW_DEFLATE, MOST_MEMORY, Z_RLE) != Z_OK)
        return 0;
    const size_t capacity = deflateBound(&z, to->filtered_size) + FLUSH_BYTES;
    uint8_t *const out = malloc(capacity);
    int good = out != NULL;
    if (good) {
        union {
            const uint8_t *in;
            Bytef *zlib; /* which does not write there */
        } const from = { .in = filtered };
        z.next_in = from.zlib;
        z.avail_in = (uInt)to->filtered_size;
        z.next_out = out;
        z.avail_out = (uInt)capacity;
        const int wanted = is_last ? Z_STREAM_END : Z_OK;
        good = deflate(&z, is_last ? Z_FINISH : Z_SYNC_FLUSH) == wanted && z.avail_in == 0;
        spx_bytes_append(&to->deflated, out, good ? z.total_out : 0);
    }
    free(out);
    (void)deflateEnd(&z);
    return good && !to->deflated.failed;
}

static void write_band(void *context, size_t index)
{
    const writer *const self = context;
    band *const to = &self->bands[index];
    const uint32_t first = (uint32_t)index * self->band_rows;
    const uint32_t left = self->png->height - first;
    const uint32_t count = left < self->band_rows ? left : self->band_rows;
    to->filtered_size = count * (self->row_bytes + 1);

    uint8_t *const rows = calloc(2, self->row_bytes);
    uint8_t *const filtered = malloc(to->filtered_size);
    int good = rows != NULL && filtered != NULL;
    if (good) {
        filter_band(self, first, count, rows, filtered);
        to->adler = adler32_z(1, filtered, to->filtered_size);
        good = deflate_band(to, filtered, index + 1 == self->band_count);
    }
    if (!good)
        to->deflated.failed = 1;
    free(rows);
    free(filtered);
}

static void put_bands(spx_bytes *out, writer *self)
{
    static const uint8_t zlib_header[] = { 0x78, 0x01 };
    uLong adler = 1;
    for (size_t i = 0; i < self->band_count; i++) {
        band *const from = &self->bands[i];
        const int is_last = i + 1 == self->band_count;
        adler = adler32_combine(adler, from->adler, (z_off_t)from->filtered_size);
        out->failed |= from->deflated.failed;
        const size_t at = out->size;
        spx_bytes_u32(out, 0); /* the size, patched below */
        spx_bytes_text(out, "IDAT");
        if (i == 0)
            spx_bytes_append(out, zlib_header, sizeof(zlib_header));
        spx_bytes_append(out, from->deflated.data, from->deflated.size);
        if (is_last)
            spx_bytes_u32(out, (uint32_t)adler);
        if (out->failed)
            return;
        const size_t type_at = at + 4;
        spx_bytes_patch_u32(out, at, (uint32_t)(out->size - type_at - TYPE_BYTES));
        spx_bytes_u32(out, (uint32_t)crc32_z(0, out->data + type_at, out->size - type_at));
        spx_bytes_clear(&from->deflated);
    }
}

spx_status spx_png_write(spx_bytes *out, const spx_png *png, const spx_task *task, spx_diag *diag)
{
    writer self = { .png = png };
    spx_status status = SPX_OK;
    SPX_TRY(spx_mul_size(&self.row_bytes, png->width, (size_t)png->channels * png->bits / 8, "PNG",
                         diag));
    self.band_rows = (uint32_t)(BAND_BYTES / (self.row_bytes + 1)) + 1;
    self.band_count = (png->height - 1) / self.band_rows + 1;
    self.bands = calloc(self.band_count, sizeof(*self.bands));
    if (self.bands == NULL)
        return spx_fail_memory(diag, "PNG");

    SPX_TRY_OUT(spx_task_run(task, self.band_count, write_band, &self, diag));
    put_header(out, png);
    put_extras(out, png);
    put_bands(out, &self);
    put_chunk(out, "IEND", NULL, 0);
    SPX_TRY_OUT(spx_bytes_check(out, "PNG", diag));
    spx_task_progress(task, 1.0);
out:
    for (size_t i = 0; i < self.band_count; i++)
        spx_bytes_clear(&self.bands[i].deflated);
    free(self.bands);
    if (status != SPX_OK)
        spx_bytes_clear(out);
    return status;
}
