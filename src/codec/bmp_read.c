/*
 *     file header 14 | information header 12 (OS/2), 40, 52, 56, 108 or 124 | masks | palette |
 * pixels
 *
 * All numbers are little-endian; rows are padded to 4 bytes (Windows SDK, "Bitmap Storage").
 */
#include "codec/bmp_read.h"

#include "base/intops.h"
#include "codec/damage.h"
#include "image/image.h"

#include <limits.h>
#include <string.h>

enum {
    FILE_HEADER_BYTES = 14,
    OS2_HEADER_BYTES = 12,
    HEADER_BYTES = 40,
    MASKS_AT = FILE_HEADER_BYTES + HEADER_BYTES, /* behind or within the information header */
    PLAIN = 0,
    RLE8 = 1,
    RLE4 = 2,
    BIT_FIELDS = 3,
    ALPHA_BIT_FIELDS = 6,
    MOST_COLORS = 256,
    BITS = 8,
};

typedef struct bmp {
    const uint8_t *bytes;
    size_t size;
    const char *name;
    uint32_t width;
    uint32_t height;
    int top_down;
    unsigned bits; /* of a pixel */
    uint32_t coding;
    size_t pixels_at;
    uint32_t masks[SPX_IMAGE_CHANNELS];
    uint8_t palette[MOST_COLORS][SPX_IMAGE_CHANNELS]; /* R, G, B */
    spx_image *image;
} bmp;

static uint32_t get_u16(const bmp *self, size_t at)
{
    return at + 2 <= self->size ? self->bytes[at] | (uint32_t)self->bytes[at + 1] << 8 : 0;
}

static uint32_t get_u32(const bmp *self, size_t at)
{
    return get_u16(self, at) | get_u16(self, at + 2) << 16;
}

static spx_status fail(const bmp *self, spx_status status, const char *what, spx_diag *diag)
{
    return spx_fail(diag, status, "%s: BMP: %s", self->name, what);
}

static void read_palette(bmp *self, size_t at, size_t entry_bytes, uint32_t count)
{
    for (uint32_t i = 0; i < count && i < MOST_COLORS; i++, at += entry_bytes) {
        if (at + SPX_IMAGE_CHANNELS > self->size)
            return;
        for (size_t c = 0; c < SPX_IMAGE_CHANNELS; c++)
            self->palette[i][c] = self->bytes[at + 2 - c]; /* stored B, G, R */
    }
}

static void read_masks(bmp *self)
{
    static const uint32_t masks_16[] = { 0x7c00, 0x03e0, 0x001f };
    static const uint32_t masks_32[] = { 0xff0000, 0x00ff00, 0x0000ff };
    memcpy(self->masks, self->bits == 16 ? masks_16 : masks_32, sizeof(self->masks));
    if (self->coding != BIT_FIELDS && self->coding != ALPHA_BIT_FIELDS)
        return;
    for (size_t c = 0; c < SPX_IMAGE_CHANNELS; c++)
        self->masks[c] = get_u32(self, MASKS_AT + 4 * c);
}

static spx_status check_coding(const bmp *self, spx_diag *diag)
{
    const unsigned bits = self->bits;
    const int fields = self->coding == BIT_FIELDS || self->coding == ALPHA_BIT_FIELDS;
    const int known = bits == 1 || bits == 4 || bits == 8 || bits == 16 || bits == 24 || bits == 32;
    const int fits = self->coding == PLAIN || (self->coding == RLE8 && bits == 8) ||
                     (self->coding == RLE4 && bits == 4) || (fields && (bits == 16 || bits == 32));
    if (!known || !fits)
        return fail(self, SPX_ERR_UNSUPPORTED, "an unknown coding of pixels", diag);
    if (self->top_down && (self->coding == RLE8 || self->coding == RLE4))
        return fail(self, SPX_ERR_CORRUPT, "run lengths from the top down", diag);
    return SPX_OK;
}

static spx_status read_header(bmp *self, spx_diag *diag)
{
    const uint32_t header = get_u32(self, FILE_HEADER_BYTES);
    const size_t at = FILE_HEADER_BYTES;
    if (self->size < FILE_HEADER_BYTES + OS2_HEADER_BYTES || header > self->size ||
        (header != OS2_HEADER_BYTES && header < HEADER_BYTES))
        return fail(self, SPX_ERR_CORRUPT, "no header", diag);
    self->pixels_at = get_u32(self, 10);
    uint32_t colors = 0;
    if (header == OS2_HEADER_BYTES) {
        self->width = get_u16(self, at + 4);
        self->height = get_u16(self, at + 6);
        self->bits = get_u16(self, at + 10);
    } else {
        const uint32_t height = get_u32(self, at + 8);
        self->width = get_u32(self, at + 4);
        self->top_down = height > INT32_MAX;
        self->height = self->top_down ? 0u - height : height;
        self->bits = get_u16(self, at + 14);
        self->coding = get_u32(self, at + 16);
        colors = get_u32(self, at + 32);
    }
    SPX_TRY(check_coding(self, diag));
    if (self->bits <= 8) {
        const size_t masks = header == HEADER_BYTES && self->coding == BIT_FIELDS ? 12 : 0;
        read_palette(self, at + header + masks, header == OS2_HEADER_BYTES ? 3 : 4,
                     colors == 0 || colors > MOST_COLORS ? 1u << self->bits : colors);
    }
    read_masks(self);
    return SPX_OK;
}

static uint8_t *row_of(const bmp *self, uint32_t row)
{
    return spx_image_row8(self->image, self->top_down ? row : self->height - 1 - row);
}

static void put_color(const bmp *self, uint8_t *row, uint32_t x, unsigned index)
{
    memcpy(row + (size_t)x * SPX_IMAGE_CHANNELS, self->palette[index], SPX_IMAGE_CHANNELS);
}

/* A field of a pixel as 8 bits. */
static uint8_t field(uint32_t pixel, uint32_t mask)
{
    if (mask == 0)
        return 0;
    uint32_t value = pixel & mask;
    while ((mask & 1) == 0) {
        mask >>= 1;
        value >>= 1;
    }
    return (uint8_t)(((uint64_t)value * UINT8_MAX + mask / 2) / mask);
}

static void put_plain_row(const bmp *self, uint32_t row, const uint8_t *in)
{
    uint8_t *const out = row_of(self, row);
    for (uint32_t x = 0; x < self->width; x++) {
        uint8_t *const pixel = out + (size_t)x * SPX_IMAGE_CHANNELS;
        if (self->bits <= 8) {
            const size_t bit = (size_t)x * self->bits;
            const unsigned shift = 8 - self->bits - (unsigned)(bit % 8);
            put_color(self, out, x, in[bit / 8] >> shift & ((1u << self->bits) - 1));
        } else if (self->bits == 24) {
            for (size_t c = 0; c < SPX_IMAGE_CHANNELS; c++)
                pixel[c] = in[3 * (size_t)x + 2 - c];
        } else {
            const uint8_t *const at = in + (size_t)x * (self->bits / 8);
            uint32_t value = at[0] | (uint32_t)at[1] << 8;
            if (self->bits == 32)
                value |= (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
            for (size_t c = 0; c < SPX_IMAGE_CHANNELS; c++)
                pixel[c] = field(value, self->masks[c]);
        }
    }
}

/* Returns how many rows are there. */
static uint32_t read_plain(const bmp *self)
{
    const size_t row_bytes = ((size_t)self->width * self->bits + 31) / 32 * 4;
    for (uint32_t row = 0; row < self->height; row++) {
        const size_t at = self->pixels_at + row * row_bytes;
        if (at > self->size || row_bytes > self->size - at)
            return row;
        put_plain_row(self, row, self->bytes + at);
    }
    return self->height;
}

/* Where a run-length coding writes. */
typedef struct pen {
    const bmp *file;
    uint32_t x;
    uint32_t row;
} pen;

static void draw(pen *self, unsigned index)
{
    if (self->row < self->file->height && self->x < self->file->width)
        put_color(self->file, row_of(self->file, self->row), self->x, index);
    self->x += self->x < UINT32_MAX;
}

/* Pixel i of a run or of an absolute stretch. */
static unsigned index_at(const bmp *self, const uint8_t *bytes, unsigned i)
{
    if (self->bits == 8)
        return bytes[i];
    return i % 2 == 0 ? bytes[i / 2] >> 4 : bytes[i / 2] & 15;
}

/* The code behind a zero: 0 = end of line, 1 = end, 2 = a step, else so many pixels as they are.
 * Returns its bytes; 0 = the data end here. */
static size_t escape(pen *at, const uint8_t *code, size_t left)
{
    const bmp *const self = at->file;
    const unsigned what = code[1];
    if (what == 0) {
        at->x = 0;
        at->row += at->row < UINT32_MAX;
        return 2;
    }
    if (what == 1)
        return 0;
    if (what == 2) {
        if (left < 4)
            return 0;
        at->x += code[2];
        at->row += code[3];
        return 4;
    }
    const size_t bytes = spx_divide_up(what * self->bits, CHAR_BIT);
    const size_t padded = (bytes + 1) / 2 * 2;
    if (left < 2 + bytes)
        return 0;
    for (unsigned i = 0; i < what; i++)
        draw(at, index_at(self, code + 2, i));
    return left < 2 + padded ? 0 : 2 + padded;
}

/* Returns how many rows are there. */
static uint32_t read_runs(const bmp *self)
{
    pen at = { .file = self };
    size_t from = self->pixels_at;
    while (from <= self->size && self->size - from >= 2 && at.row < self->height) {
        const uint8_t *const code = self->bytes + from;
        if (code[0] == 0) {
            const size_t used = escape(&at, code, self->size - from);
            if (used == 0)
                return code[1] == 1 ? self->height : at.row;
            from += used;
            continue;
        }
        const uint8_t pair[] = { code[1], code[1] };
        for (unsigned i = 0; i < code[0]; i++)
            draw(&at, index_at(self, pair, i % 2));
        from += 2;
    }
    return at.row;
}

spx_status spx_bmp_read(spx_photo *photo, const spx_photo_file *file, const spx_limits *limits,
                        const spx_task *task, spx_diag *diag)
{
    bmp self = { .bytes = file->data, .size = file->size, .name = file->name };
    SPX_TRY(read_header(&self, diag));
    if (self.width == 0 || self.height == 0)
        return fail(&self, SPX_ERR_CORRUPT, "no pixels", diag);
    SPX_TRY(spx_photo_check_size(self.width, self.height, file->name, limits, diag));
    SPX_TRY(spx_image_create(&photo->image, self.width, self.height, BITS, diag));
    memset(photo->image->pixels, 0, photo->image->stride_bytes * self.height);
    self.image = photo->image;
    const uint32_t rows =
        self.coding == RLE8 || self.coding == RLE4 ? read_runs(&self) : read_plain(&self);
    if (rows == self.height)
        return SPX_OK;
    const spx_damage damage = { .found = 1, .missing = 1.0 - (double)rows / self.height };
    return spx_damage_judge(&damage, SPX_PHOTO_TYPE_BMP, file->name, file->accept_damaged, task,
                            diag);
}
