/*
 * JPEGs are decoded at an eighth of their size, and which complaints the decoder has, and where,
 * says what is wrong; PNGs are walked chunk by chunk with their sums and inflated into nothing;
 * TIFF, GIF and WebP are asked only whether what they point to lies within the file. The rule is
 * one for all of them.
 */
#include "codec/damage.h"

#include "base/byte_order.h"
#include "base/intops.h"
#include "codec/proportion.h"
#include "container/gif_pixels.h"
#include "container/tiff_pictures.h"

#include <limits.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
/* libjpeg's header wants <stdio.h> before it, and jerror.h wants that header: its numbers go by the
 * version that jpeglib.h names, which is not 6.2 everywhere. */
#include <jpeglib.h>

#include <jerror.h>

static const double most_missing = 0.05;

/* ---- JPEG: libjpeg decodes an eighth of each side and tells what it stumbles over ---- */

enum {
    EIGHTH = 8,
    PADDING_BYTES = 8, /* between coded data and the next marker that may be anything */
};

typedef struct jpeg_watch {
    struct jpeg_error_mgr manager; /* first: libjpeg hands back a pointer to it */
    jmp_buf out;
    int cut; /* the data end before the picture does */
    spx_damage damage;
} jpeg_watch;

static void on_jpeg_error(j_common_ptr any)
{
    jpeg_watch *const self = (jpeg_watch *)any->err;
    longjmp(self->out, 1); // NOLINT(cert-err52-cpp): libjpeg knows no other way
}

static void drop_jpeg_text(j_common_ptr any)
{
    (void)any;
}

/* 1 when the scan at hand completes all coefficients of all components. */
static int is_last_scan(j_decompress_ptr jpeg)
{
    if (!jpeg->progressive_mode || jpeg->coef_bits == NULL)
        return 1;
    for (int i = 0; i < jpeg->num_components; i++) {
        for (int k = 0; k < DCTSIZE2; k++) {
            if (jpeg->coef_bits[i][k] != 0)
                return 0;
        }
    }
    return 1;
}

static void end_early(jpeg_watch *self, j_decompress_ptr jpeg)
{
    if (self->cut)
        return;
    self->cut = 1;
    self->damage.found = 1;
    self->damage.missing = 1.0;
    if (jpeg->total_iMCU_rows != 0 && is_last_scan(jpeg))
        self->damage.missing = 1.0 - (double)jpeg->input_iMCU_row / jpeg->total_iMCU_rows;
}

/* `count` bytes before the marker that was just read were left over. Some cameras pad with one byte
 * over and over; anything else is coded data that lost its place. */
static int is_padding(j_decompress_ptr jpeg, int count)
{
    enum { MARKER_BYTES = 2 };
    const JOCTET *const end = jpeg->src->next_input_byte - MARKER_BYTES;
    if (count <= PADDING_BYTES)
        return 1;
    for (int i = 2; i <= count; i++) {
        if (end[-i] != end[-1])
            return 0;
    }
    return 1;
}

static void on_jpeg_message(j_common_ptr any, int level)
{
    jpeg_watch *const self = (jpeg_watch *)any->err;
    if (level >= 0 || self->cut) /* behind the end all else follows from it */
        return;
    switch (self->manager.msg_code) {
    case JWRN_JPEG_EOF:
        end_early(self, (j_decompress_ptr)any);
        break;
    case JWRN_EXTRANEOUS_DATA:
        if (!is_padding((j_decompress_ptr)any, self->manager.msg_parm.i[0]))
            self->damage = (spx_damage){ .found = 1, .middle = 1 };
        break;
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_MUST_RESYNC:
    case JWRN_BOGUS_PROGRESSION:
        self->damage = (spx_damage){ .found = 1, .middle = 1 };
        break;
    default: /* header oddities */
        break;
    }
}

static void open_jpeg(j_decompress_ptr jpeg, const void *data, size_t size)
{
    jpeg_create_decompress(jpeg);
    jpeg_mem_src(jpeg, data, (unsigned long)size);
    (void)jpeg_read_header(jpeg, TRUE);
}

static void scan_jpeg(j_decompress_ptr jpeg, const void *data, size_t size)
{
    open_jpeg(jpeg, data, size);
    jpeg->scale_num = 1;
    jpeg->scale_denom = EIGHTH;
    jpeg->dct_method = JDCT_IFAST;
    jpeg->do_fancy_upsampling = FALSE;
    (void)jpeg_start_decompress(jpeg);
    JSAMPROW *const row =
        jpeg->mem->alloc_sarray((j_common_ptr)jpeg, JPOOL_IMAGE,
                                jpeg->output_width * (JDIMENSION)jpeg->output_components, 1);
    while (jpeg->output_scanline < jpeg->output_height)
        (void)jpeg_read_scanlines(jpeg, row, 1);
    (void)jpeg_finish_decompress(jpeg);
}

static void watch_jpeg(j_decompress_ptr jpeg, jpeg_watch *watch)
{
    jpeg->err = jpeg_std_error(&watch->manager);
    watch->manager.error_exit = on_jpeg_error;
    watch->manager.emit_message = on_jpeg_message;
    watch->manager.output_message = drop_jpeg_text;
}

int spx_jpeg_has_one_scan(const void *data, size_t size)
{
    struct jpeg_decompress_struct jpeg = { 0 };
    jpeg_watch watch = { .cut = 0 };
    volatile int one = 0;
    watch_jpeg(&jpeg, &watch);
    if (setjmp(watch.out) == 0) { // NOLINT(cert-err52-cpp): libjpeg knows no other way
        open_jpeg(&jpeg, data, size);
        one = !jpeg_has_multiple_scans(&jpeg);
    }
    jpeg_destroy_decompress(&jpeg);
    return one;
}

/* Kinds of JPEG that libjpeg does not decode, or not with the samples that are read here; NULL =
 * what it failed at is damage. */
static const char *unread_kind(const struct jpeg_error_mgr *manager)
{
    enum { JPEG_LS = 0xf7 }; /* SOF55 of ISO/IEC 14495-1 */
    switch (manager->msg_code) {
    case JERR_SOF_UNSUPPORTED:
        return "its lossless or hierarchical coding is not read";
    case JERR_UNKNOWN_MARKER:
        return manager->msg_parm.i[0] == JPEG_LS ? "it is JPEG-LS, which is not read" : NULL;
    case JERR_BAD_PRECISION:
        return "its samples have other than 8 bits, which is not read";
    case JERR_ARITH_NOTIMPL:
        return "its arithmetic coding is not read";
    case JERR_EMPTY_IMAGE:
        return "its head does not tell its size, which is not read";
    default:
        return NULL;
    }
}

static spx_damage find_in_jpeg(const void *data, size_t size)
{
    struct jpeg_decompress_struct jpeg = { 0 };
    jpeg_watch watch = { .cut = 0 };
    watch_jpeg(&jpeg, &watch);
    if (setjmp(watch.out) == 0) { // NOLINT(cert-err52-cpp): libjpeg knows no other way
        scan_jpeg(&jpeg, data, size);
    } else if (!watch.cut) {
        watch.damage =
            (spx_damage){ .found = 1, .middle = 1, .unread = unread_kind(&watch.manager) };
    }
    jpeg_destroy_decompress(&jpeg);
    return watch.damage;
}

/* ---- PNG: the rows that its compressed data hold ---- */

enum {
    SIGNATURE_BYTES = 8,
    CHUNK_HEAD_BYTES = 8,
    CRC_BYTES = 4,
    IHDR_BYTES = 13,
    WINDOW_BYTES = 1 << 15,
};

typedef struct png_watch {
    uint64_t wanted; /* bytes that all rows take, with their filters */
    uint64_t got;
    int broken;
    int ended;              /* the compressed data came to their own end */
    int sums;               /* a checksum is wrong that no pixel hangs on */
    const uint8_t *sum_end; /* behind the sum over all rows, when that is the wrong one */
    z_stream inflater;
} png_watch;

/* Bytes of the rows of a picture, or of one pass of an interlaced one; PNG 3rd edition, 8.1. */
static uint64_t bytes_of_rows(uint64_t width, uint64_t height, unsigned pixel_bits)
{
    return width == 0 ? 0 : height * (1 + spx_divide_up(width * pixel_bits, CHAR_BIT));
}

static uint64_t bytes_of_picture(const uint8_t *header)
{
    enum { PASSES = 7, TYPES = 7 };
    static const uint8_t channels[TYPES] = { 1, 0, 3, 1, 2, 0, 4 };
    static const uint8_t x0[PASSES] = { 0, 4, 0, 2, 0, 1, 0 };
    static const uint8_t y0[PASSES] = { 0, 0, 4, 0, 2, 0, 1 };
    static const uint8_t dx[PASSES] = { 8, 8, 4, 4, 2, 2, 1 };
    static const uint8_t dy[PASSES] = { 8, 8, 8, 4, 4, 2, 2 };
    const uint64_t width = spx_u32_big(header);
    const uint64_t height = spx_u32_big(header + 4);
    const unsigned bits = header[8] * (header[9] < TYPES ? channels[header[9]] : 0u);
    if (header[12] == 0)
        return bytes_of_rows(width, height, bits);
    uint64_t sum = 0;
    for (size_t pass = 0; pass < PASSES; pass++) {
        const uint64_t columns = (width + dx[pass] - 1 - x0[pass]) / dx[pass];
        const uint64_t rows = (height + dy[pass] - 1 - y0[pass]) / dy[pass];
        sum += bytes_of_rows(columns, rows, bits);
    }
    return sum;
}

static void inflate_part(png_watch *self, const uint8_t *data, size_t size)
{
    uint8_t window[WINDOW_BYTES];
    uint8_t *input = NULL;
    memcpy(&input, &data, sizeof(input)); /* zlib wants it without const */
    self->inflater.next_in = input;
    self->inflater.avail_in = (uInt)size;
    while (!self->broken && !self->ended && self->inflater.avail_in != 0) {
        self->inflater.next_out = window;
        self->inflater.avail_out = sizeof(window);
        const int code = inflate(&self->inflater, Z_NO_FLUSH);
        self->got += sizeof(window) - self->inflater.avail_out;
        /* What is more than the rows is nobody's, however much it would become. */
        self->ended = code == Z_STREAM_END || self->got > self->wanted;
        if (self->ended)
            return;
        /* All rows are there, and only the sum over them is wrong: their chunks have sums too. */
        const int sum_only = code == Z_DATA_ERROR && self->got == self->wanted;
        self->sums |= sum_only;
        if (sum_only)
            self->sum_end = self->inflater.next_in;
        self->ended = sum_only;
        self->broken = code != Z_OK && !sum_only;
    }
}

/* Returns 1 when the file goes on behind the pixels. */
static int walk_png(png_watch *self, const uint8_t *bytes, size_t size)
{
    size_t at = SIGNATURE_BYTES;
    while (size - at >= CHUNK_HEAD_BYTES) {
        const size_t length = spx_u32_big(bytes + at);
        const uint8_t *const type = bytes + at + 4;
        const uint8_t *const body = bytes + at + CHUNK_HEAD_BYTES;
        const size_t left = size - at - CHUNK_HEAD_BYTES;
        const int whole = left >= CRC_BYTES && length <= left - CRC_BYTES;
        if (memcmp(type, "IHDR", 4) == 0 && whole && length == IHDR_BYTES)
            self->wanted = bytes_of_picture(body);
        const int is_pixels = memcmp(type, "IDAT", 4) == 0;
        if (is_pixels)
            inflate_part(self, body, whole ? length : left);
        if (whole && crc32(0, type, (uInt)(4 + length)) != spx_u32_big(body + length)) {
            self->broken |= is_pixels;
            self->sums |= !is_pixels;
        }
        if (!whole)
            return 0;
        if (memcmp(type, "IEND", 4) == 0)
            return 1;
        at += CHUNK_HEAD_BYTES + length + CRC_BYTES;
    }
    return 0;
}

static spx_damage find_in_png(const uint8_t *bytes, size_t size)
{
    png_watch watch = { .wanted = 0 };
    if (size < SIGNATURE_BYTES || inflateInit(&watch.inflater) != Z_OK)
        return (spx_damage){ .found = 1, .middle = 1 };
    const int ends = walk_png(&watch, bytes, size);
    const uint32_t sum = (uint32_t)watch.inflater.adler; /* of what was inflated */
    (void)inflateEnd(&watch.inflater);
    const int whole = watch.wanted != 0 && watch.got >= watch.wanted;
    const double missing = whole               ? 0.0
                           : watch.wanted == 0 ? 1.0
                                               : 1.0 - (double)watch.got / (double)watch.wanted;
    const int early = !whole || !ends || !watch.ended;
    return (spx_damage){ .found = watch.broken || early || watch.sums,
                         .middle = watch.broken || (ends && !whole),
                         .sums_only = watch.sums && !early && !watch.broken,
                         .sum_end = watch.sum_end == NULL ? 0 : (size_t)(watch.sum_end - bytes),
                         .sum = sum,
                         .missing = missing };
}

/* Writes the last bytes of the compressed data, which end at `end`, and the sums of their chunks.
 * Returns how many bytes of the sum found no place. */
static size_t write_sum(uint8_t *bytes, size_t size, size_t end, uint32_t sum)
{
    enum { SUM_BYTES = 4 };
    size_t bodies[SUM_BYTES] = { 0 }; /* the last parts of the compressed data, newest first … */
    size_t lengths[SUM_BYTES] = { 0 };
    size_t left = SUM_BYTES;
    for (size_t at = SIGNATURE_BYTES; size - at >= CHUNK_HEAD_BYTES + CRC_BYTES && at < end;) {
        const size_t length = spx_u32_big(bytes + at);
        if (length > size - at - CHUNK_HEAD_BYTES - CRC_BYTES)
            break;
        if (memcmp(bytes + at + 4, "IDAT", 4) == 0 && length != 0) { /* … empty ones hold no sum */
            memmove(bodies + 1, bodies, (SUM_BYTES - 1) * sizeof(bodies[0]));
            memmove(lengths + 1, lengths, (SUM_BYTES - 1) * sizeof(lengths[0]));
            bodies[0] = at + CHUNK_HEAD_BYTES;
            lengths[0] = length;
        }
        at += CHUNK_HEAD_BYTES + length + CRC_BYTES;
    }
    for (size_t i = 0; i < SUM_BYTES && lengths[i] != 0 && left != 0; i++) {
        const size_t last = bodies[i] + lengths[i];
        for (size_t at = last < end ? last : end; at > bodies[i] && left != 0;
             left--, sum >>= CHAR_BIT)
            bytes[--at] = (uint8_t)sum;
        const uLong crc = crc32(0, bytes + bodies[i] - 4, (uInt)(4 + lengths[i]));
        for (size_t k = 0; k < CRC_BYTES; k++)
            bytes[last + k] = (uint8_t)(crc >> CHAR_BIT * (CRC_BYTES - 1 - k));
    }
    return left;
}

spx_status spx_png_mend(uint8_t **out, const spx_damage *damage, const void *data, size_t size,
                        spx_diag *diag)
{
    *out = NULL;
    if (damage->middle || damage->sum_end == 0 || damage->sum_end > size)
        return SPX_OK;
    uint8_t *const copy = malloc(size);
    if (copy == NULL)
        return spx_fail_memory(diag, "PNG with a wrong checksum");
    memcpy(copy, data, size);
    /* Only what is seen to be whole counts. */
    const size_t left = write_sum(copy, size, damage->sum_end, damage->sum);
    const spx_damage then = find_in_png(copy, size);
    const int whole = left == 0 && !then.middle && then.missing <= 0.0 && then.sum_end == 0;
    if (!whole)
        free(copy);
    *out = whole ? copy : NULL;
    return SPX_OK;
}

/* ---- TIFF and GIF: what of their pictures lies within the file ---- */

static spx_damage find_in_tiff(const void *data, size_t size)
{
    spx_tiff_pictures pictures;
    spx_tiff_pictures_find(&pictures, data, size);
    if (pictures.height == 0)
        return (spx_damage){ .found = 1, .missing = 1.0 };
    if (pictures.whole_rows == pictures.height)
        return (spx_damage){ 0 };
    return (spx_damage){ .found = 1,
                         .missing = 1.0 - (double)pictures.whole_rows / pictures.height,
                         .rows = pictures.whole_rows };
}

static spx_damage find_in_gif(const void *data, size_t size)
{
    spx_gif_pixels pixels;
    spx_gif_pixels_count(&pixels, data, size);
    const double missing =
        pixels.wanted == 0 ? 1.0 : 1.0 - (double)pixels.got / (double)pixels.wanted;
    return (spx_damage){ .found = pixels.wrong || missing > 0.0 || !pixels.ends,
                         .middle = pixels.wrong || (pixels.ends && missing > 0.0),
                         .missing = missing };
}

int spx_webp_is_cut(const void *data, size_t size)
{
    enum { RIFF_BYTES = 12, LENGTH_AT = 4, BEFORE_BYTES = 8 }; /* "RIFF", length, "WEBP" */
    const uint8_t *const at = (const uint8_t *)data + LENGTH_AT;
    if (size < RIFF_BYTES)
        return 0;
    return spx_u32_little(at) > size - BEFORE_BYTES;
}

spx_damage spx_damage_find(spx_photo_type type, const void *data, size_t size)
{
    /* A progressive JPEG of 1,316 bytes would take a gigabyte to be looked through. */
    if (spx_photo_check_proportion(data, size, type, "", NULL) != SPX_OK)
        return (spx_damage){ .found = 1, .missing = 1.0 };
    if (type == SPX_PHOTO_TYPE_JPEG)
        return find_in_jpeg(data, size);
    if (type == SPX_PHOTO_TYPE_PNG)
        return find_in_png(data, size);
    if (type == SPX_PHOTO_TYPE_TIFF)
        return find_in_tiff(data, size);
    if (type == SPX_PHOTO_TYPE_GIF)
        return find_in_gif(data, size);
    if (type == SPX_PHOTO_TYPE_WEBP && spx_webp_is_cut(data, size))
        return (spx_damage){ .found = 1, .missing = 1.0 };
    return (spx_damage){ 0 };
}

static void describe(const spx_damage *damage, char *out, size_t out_size)
{
    static const double percent = 100.0;
    if (damage->middle) {
        (void)snprintf(out, out_size, "it is damaged in the middle");
    } else if (damage->sums_only) {
        (void)snprintf(out, out_size, "a checksum is wrong, but no pixels are missing");
    } else if (damage->missing <= 0.0) {
        (void)snprintf(out, out_size, "it ends early, but no pixels are missing");
    } else if (damage->missing >= 1.0) {
        (void)snprintf(out, out_size, "parts of the whole picture are missing");
    } else {
        (void)snprintf(out, out_size, "the last %.2g %% of the picture are missing",
                       percent * damage->missing);
    }
}

spx_status spx_damage_judge(const spx_damage *damage, spx_photo_type type, const char *name,
                            int accept, const spx_task *task, spx_diag *diag)
{
    char what[80];
    if (!damage->found)
        return SPX_OK;
    if (damage->unread != NULL) {
        spx_task_warn(task, SPX_WARNING_DAMAGED, "%s file: %s", spx_photo_type_name(type),
                      damage->unread);
        return spx_fail(diag, SPX_ERR_UNSUPPORTED, "%s: %s file: %s", name,
                        spx_photo_type_name(type), damage->unread);
    }
    describe(damage, what, sizeof(what));
    const char *const kind = damage->middle || damage->sums_only ? "damaged" : "truncated";
    if (accept || (!damage->middle && damage->missing <= most_missing)) {
        spx_task_warn(task, SPX_WARNING_DAMAGED, "%s %s file: %s", kind, spx_photo_type_name(type),
                      what);
        return SPX_OK;
    }
    return spx_fail(diag, damage->middle ? SPX_ERR_CORRUPT : SPX_ERR_TRUNCATED,
                    "%s: %s %s file: %s; --accept-damaged opens what there is", name, kind,
                    spx_photo_type_name(type), what);
}
