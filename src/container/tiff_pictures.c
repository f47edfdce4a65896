#include "container/tiff_pictures.h"

#include "container/tiff.h"

enum {
    TAG_WIDTH = 0x0100,
    TAG_LENGTH = 0x0101,
    TAG_COMPRESSION = 0x0103,
    TAG_PHOTOMETRIC = 0x0106,
    TAG_STRIP_OFFSETS = 0x0111,
    TAG_ROWS_PER_STRIP = 0x0116,
    TAG_STRIP_BYTES = 0x0117,
    TAG_TILE_WIDTH = 0x0142,
    TAG_TILE_LENGTH = 0x0143,
    TAG_TILE_OFFSETS = 0x0144,
    TAG_TILE_BYTES = 0x0145,
    TAG_SUB_IFDS = 0x014a,
    TAG_SAMPLE_FORMAT = 0x0153,
    TAG_DNG_VERSION = 0xc612,
    MOST_PAGES = 1000, /* a chain that is longer is taken as a ring */
    MOST_SUB_IFDS = 64,
    MASK = 4,
    FILTER_ARRAY = 32803, /* TIFF/EP */
    LINEAR_RAW = 34892,   /* DNG */
};

/* Of a tag with a number for each sample, that of the first one. */
static uint32_t first_number(const spx_tiff_any *file, size_t ifd, unsigned tag)
{
    spx_tiff_values values;
    if (!spx_tiff_any_find(file, ifd, tag, &values))
        return 0;
    const uint64_t value = spx_tiff_any_number(file, &values, 0);
    return value <= UINT32_MAX ? (uint32_t)value : 0;
}

/* A number that stands alone; 0 where there is none. */
static uint32_t number(const spx_tiff_any *file, size_t ifd, unsigned tag)
{
    spx_tiff_values values;
    return spx_tiff_any_find(file, ifd, tag, &values) && values.count == 1
               ? first_number(file, ifd, tag)
               : 0;
}

/* Strips or tiles lie row by row, plane after plane. */
typedef struct pieces {
    spx_tiff_values offsets;
    spx_tiff_values bytes;
    uint64_t high;     /* rows of one */
    uint64_t a_row;    /* pieces beside each other */
    uint64_t of_plane; /* pieces of one plane */
} pieces;

/* 0 = no piece's place is known. */
static int find_pieces(pieces *out, const spx_tiff_any *file, size_t ifd, uint32_t width,
                       uint32_t height)
{
    const uint32_t tile_width = number(file, ifd, TAG_TILE_WIDTH);
    const uint32_t tile_height = number(file, ifd, TAG_TILE_LENGTH);
    const int tiled = tile_width != 0 && tile_height != 0;
    const uint32_t strip = number(file, ifd, TAG_ROWS_PER_STRIP);
    out->high = tiled ? tile_height : strip == 0 || strip > height ? height : strip;
    out->a_row = tiled ? ((uint64_t)width - 1) / tile_width + 1 : 1;
    out->of_plane = out->a_row * (((uint64_t)height - 1) / out->high + 1);
    (void)spx_tiff_any_find(file, ifd, tiled ? TAG_TILE_BYTES : TAG_STRIP_BYTES, &out->bytes);
    return spx_tiff_any_find(file, ifd, tiled ? TAG_TILE_OFFSETS : TAG_STRIP_OFFSETS,
                             &out->offsets);
}

/* Of an uncompressed strip that the file's end cuts, the rows before it; libtiff takes large strips
 * apart into pieces of 8 KB (STRIP_SIZE_DEFAULT), which count as a whole. */
static uint64_t rows_of_cut_strip(uint64_t left, uint64_t bytes, uint64_t rows)
{
    enum { PIECE_BYTES = 8192 };
    const uint64_t row = rows == 0 ? 0 : bytes / rows;
    if (row == 0)
        return 0;
    const uint64_t a_piece = row < PIECE_BYTES ? PIECE_BYTES / row : 1;
    return left / row / a_piece * a_piece;
}

/* How many rows stand above what is not within the file. */
static uint32_t count_rows(const spx_tiff_any *file, size_t ifd, uint32_t width, uint32_t height)
{
    pieces have;
    uint64_t whole = height;
    const int plain =
        number(file, ifd, TAG_COMPRESSION) == 1 && number(file, ifd, TAG_TILE_WIDTH) == 0;
    if (!find_pieces(&have, file, ifd, width, height))
        return 0;
    if (have.bytes.type == 0) /* files without the tag are read all the same: nothing can be told */
        return height;
    const size_t count =
        have.offsets.count < have.bytes.count ? have.offsets.count : have.bytes.count;
    if (count < have.of_plane)
        whole = count / have.a_row * have.high;
    for (size_t i = 0; i < count; i++) {
        const uint64_t at = spx_tiff_any_number(file, &have.offsets, i);
        const uint64_t bytes = spx_tiff_any_number(file, &have.bytes, i);
        uint64_t row = i % have.of_plane / have.a_row * have.high;
        if (at <= file->tiff.size && bytes <= file->tiff.size - at)
            continue;
        if (plain && at < file->tiff.size) {
            row += rows_of_cut_strip(file->tiff.size - at, bytes,
                                     height - row < have.high ? height - row : have.high);
        }
        whole = row < whole ? row : whole;
    }
    return whole < height ? (uint32_t)whole : height;
}

/* The walk, and where the largest picture so far is described. */
typedef struct walk {
    const spx_tiff_any *file;
    spx_tiff_pictures *out;
    size_t largest;
} walk;

static void look_at(walk *self, size_t ifd, unsigned page, int subifd)
{
    spx_tiff_pictures *const out = self->out;
    const uint32_t width = number(self->file, ifd, TAG_WIDTH);
    const uint32_t height = number(self->file, ifd, TAG_LENGTH);
    const uint32_t photometric = number(self->file, ifd, TAG_PHOTOMETRIC);
    if (photometric == FILTER_ARRAY || photometric == LINEAR_RAW) {
        out->is_raw = 1;
        return;
    }
    if (width == 0 || height == 0 || photometric == MASK)
        return;
    out->count++;
    if (width == out->width && height == out->height)
        out->as_large++;
    if ((uint64_t)width * height <= (uint64_t)out->width * out->height)
        return;
    out->as_large = 1;
    out->photometric = photometric;
    out->compression = number(self->file, ifd, TAG_COMPRESSION);
    out->sample_format = first_number(self->file, ifd, TAG_SAMPLE_FORMAT);
    out->page = page;
    out->subifd = subifd;
    out->width = width;
    out->height = height;
    self->largest = ifd;
}

static void look_below(walk *self, size_t ifd, unsigned page)
{
    spx_tiff_values links;
    if (!spx_tiff_any_find(self->file, ifd, TAG_SUB_IFDS, &links))
        return;
    const size_t count = links.count < MOST_SUB_IFDS ? links.count : MOST_SUB_IFDS;
    for (size_t i = 0; i < count; i++) {
        const uint64_t at = spx_tiff_any_number(self->file, &links, i);
        if (at < self->file->tiff.size)
            look_at(self, (size_t)at, page, (int)i);
    }
}

void spx_tiff_pictures_find(spx_tiff_pictures *out, const void *data, size_t size)
{
    spx_tiff_any file;
    spx_tiff_values mark;
    walk self = { .file = &file, .out = out };
    *out = (spx_tiff_pictures){ .subifd = -1 };
    if (!spx_tiff_any_open(&file, data, size))
        return;
    out->is_raw = spx_tiff_any_find(&file, file.first_ifd, TAG_DNG_VERSION, &mark);
    size_t ifd = file.first_ifd;
    for (unsigned page = 0; page < MOST_PAGES && ifd != 0; page++) {
        look_at(&self, ifd, page, -1);
        look_below(&self, ifd, page);
        ifd = spx_tiff_any_next(&file, ifd);
    }
    if (self.largest != 0)
        out->whole_rows = count_rows(&file, self.largest, out->width, out->height);
}
