/*
 * libheif decodes an excerpt (container/heif_excerpt.h) that it reads through callbacks, so that no
 * second copy of the file exists and a cancelled task stops between the tiles of a grid: each tile
 * is read when its turn comes.
 */
#include "codec/heif_image.h"

#include "base/byte_order.h"
#include "codec/late_heif.h"
#include "container/heif_coded_color.h"
#include "container/heif_excerpt.h"
#include "container/heif_properties.h"
#include "image/image.h"
#include "image/luma.h"

#include <stdatomic.h>
#include <string.h>

enum {
    EIGHT_BITS = 8,
    SIXTEEN_BITS = 16,
    RGBA = 4,
    METADATA_MOST_BYTES = 64 << 20,
};

/* One opened item. */
typedef struct door {
    const spx_heif_file *file;
    spx_heif_excerpt *excerpt;
    uint64_t at;
    struct heif_context *context;
    struct heif_image_handle *handle;
    struct heif_image *image;
} door;

static int64_t tell(void *user)
{
    const door *const self = user;
    return (int64_t)self->at;
}

static int read_some(void *data, size_t size, void *user)
{
    door *const self = user;
    if (spx_task_cancelled(self->file->task))
        return -1;
    const size_t count = spx_heif_excerpt_copy(self->excerpt, self->at, data, size);
    self->at += count;
    return count == size ? 0 : -1;
}

static int seek_to(int64_t position, void *user)
{
    door *const self = user;
    if (position < 0 || (uint64_t)position > spx_heif_excerpt_size(self->excerpt))
        return -1;
    self->at = (uint64_t)position;
    return 0;
}

static enum heif_reader_grow_status wait_for_size(int64_t size, void *user)
{
    const door *const self = user;
    return size >= 0 && (uint64_t)size <= spx_heif_excerpt_size(self->excerpt)
               ? heif_reader_grow_status_size_reached
               : heif_reader_grow_status_size_beyond_eof;
}

static void close_door(door *self)
{
    if (self->image != NULL)
        heif_image_release(self->image);
    if (self->handle != NULL)
        heif_image_handle_release(self->handle);
    if (self->context != NULL)
        heif_context_free(self->context);
    spx_heif_excerpt_destroy(self->excerpt);
    *self = (door){ 0 };
}

/* All extents are known to lie in the file, so nothing that fails here is a cut file. */
static spx_status fail_decoder(const door *self, struct heif_error error, spx_diag *diag)
{
    SPX_TRY(spx_task_check(self->file->task, diag));
    const char *const text = error.message == NULL ? "no reason given" : error.message;
    const char *const name = self->file->name;
    if (error.code == heif_error_Memory_allocation_error &&
        error.subcode != heif_suberror_Security_limit_exceeded)
        return spx_fail_memory(diag, name);
    if (error.code == heif_error_Unsupported_feature ||
        error.code == heif_error_Unsupported_filetype) {
        return spx_fail(diag, SPX_ERR_UNSUPPORTED,
                        "%s: a HEIF picture that libheif does not read "
                        "(%s)",
                        name, text);
    }
    return spx_fail(diag, SPX_ERR_CORRUPT, "%s: the data of the HEIF picture does not decode (%s)",
                    name, text);
}

static spx_status check_size(const door *self, uint64_t width, uint64_t height, spx_diag *diag)
{
    const spx_limits *const limits = self->file->limits;
    const char *const name = self->file->name;
    if (width == 0 || height == 0)
        return spx_fail(diag, SPX_ERR_CORRUPT, "%s: a picture without pixels", name);
    if (width > limits->side_px || height > limits->side_px) {
        return spx_fail(diag, SPX_ERR_LIMIT, "%s: %llux%llu pixels, a side may have %u at most",
                        name, (unsigned long long)width, (unsigned long long)height,
                        limits->side_px);
    }
    const unsigned long long pixels = (unsigned long long)width * height;
    if (pixels > limits->pixels) {
        return spx_fail(diag, SPX_ERR_LIMIT, "%s: %llux%llu are %llu pixels, the limit is %llu",
                        name, (unsigned long long)width, (unsigned long long)height, pixels,
                        (unsigned long long)limits->pixels);
    }
    return SPX_OK;
}

static spx_status open_door(door *self, const spx_heif_file *file, uint32_t item, spx_diag *diag)
{
    static const struct heif_reader reader = { .reader_api_version = 1,
                                               .get_position = tell,
                                               .read = read_some,
                                               .seek = seek_to,
                                               .wait_for_file_size = wait_for_size };
    self->file = file;
    SPX_TRY(spx_task_check(file->task, diag));
    SPX_TRY(spx_heif_excerpt_create(&self->excerpt, file->heif, item, diag));
    SPX_TRY(spx_late_heif_open(diag));
    self->context = heif_context_alloc();
    if (self->context == NULL)
        return spx_fail_memory(diag, file->name);
    heif_context_set_max_decoding_threads(
        self->context, (int)spx_pool_threads(file->task == NULL ? NULL : file->task->pool));
    struct heif_error error = heif_context_read_from_reader(self->context, &reader, self, NULL);
    if (error.code != heif_error_Ok)
        return fail_decoder(self, error, diag);
    error = heif_context_get_primary_image_handle(self->context, &self->handle);
    if (error.code != heif_error_Ok)
        return fail_decoder(self, error, diag);
    return check_size(self, (uint64_t)heif_image_handle_get_width(self->handle),
                      (uint64_t)heif_image_handle_get_height(self->handle), diag);
}

static unsigned coded_bits(const door *self)
{
    const int bits = heif_image_handle_get_luma_bits_per_pixel(self->handle);
    return bits > EIGHT_BITS && bits <= SIXTEEN_BITS ? (unsigned)bits : EIGHT_BITS;
}

static spx_status decode(door *self, enum heif_colorspace space, enum heif_chroma chroma,
                         spx_diag *diag)
{
    struct heif_decoding_options *const options = heif_decoding_options_alloc();
    if (options == NULL)
        return spx_fail_memory(diag, self->file->name);
    const struct heif_error error =
        heif_decode_image(self->handle, &self->image, space, chroma, options);
    heif_decoding_options_free(options);
    if (error.code != heif_error_Ok)
        return fail_decoder(self, error, diag);
    return SPX_OK;
}

/* One row of samples on its way: `bits` wide, in bytes or little-endian 16-bit numbers. */
typedef struct samples {
    const uint8_t *bytes;
    ptrdiff_t stride;
    unsigned bits; /* as libheif hands them out */
} samples;

static unsigned get_sample(const uint8_t *row, size_t index, unsigned bits)
{
    if (bits <= EIGHT_BITS)
        return row[index];
    return (unsigned)row[2 * index] | (unsigned)row[2 * index + 1] << 8;
}

/* Repeats the upper bits below, so that white stays white. */
static unsigned widen(unsigned value, unsigned bits)
{
    if (bits >= SIXTEEN_BITS)
        return value & UINT16_MAX;
    const unsigned top = (value & ((1u << bits) - 1)) << (SIXTEEN_BITS - bits);
    return top | top >> bits;
}

/* Lays a colour on white. */
static unsigned over_white(unsigned value, unsigned alpha, unsigned white, int premultiplied)
{
    const uint64_t part = premultiplied ? value : (uint64_t)value * alpha / white;
    const uint64_t sum = part + (white - alpha);
    return sum < white ? (unsigned)sum : white;
}

typedef struct placing {
    const spx_image *to;
    samples from;
    int has_alpha;
    int premultiplied;
    atomic_int clear; /* 1: some pixel is not opaque; rows are placed by several threads */
} placing;

static void place_alpha_row(placing *self, const uint8_t *row, uint32_t y)
{
    const int deep = self->to->bits == SIXTEEN_BITS;
    const unsigned white = deep ? UINT16_MAX : UINT8_MAX;
    for (uint32_t x = 0; x < self->to->width; x++) {
        const size_t at = (size_t)x * RGBA;
        unsigned pixel[RGBA];
        for (size_t c = 0; c < RGBA; c++) {
            pixel[c] = get_sample(row, at + c, self->from.bits);
            if (deep)
                pixel[c] = widen(pixel[c], self->from.bits);
        }
        if (pixel[RGBA - 1] < white)
            atomic_store(&self->clear, 1);
        for (int c = 0; c < SPX_IMAGE_CHANNELS; c++) {
            spx_image_set_sample(self->to, x, y, c,
                                 over_white(pixel[c], pixel[RGBA - 1], white, self->premultiplied));
        }
    }
}

static void place_row(void *context, size_t index)
{
    placing *const self = context;
    const uint32_t y = (uint32_t)index;
    const uint8_t *const row = self->from.bytes + (ptrdiff_t)y * self->from.stride;
    const size_t count = (size_t)self->to->width * SPX_IMAGE_CHANNELS;
    if (self->has_alpha) {
        place_alpha_row(self, row, y);
    } else if (self->to->bits == EIGHT_BITS) {
        memcpy(spx_image_row8(self->to, y), row, count);
    } else {
        uint16_t *const out = spx_image_row16(self->to, y);
        for (size_t i = 0; i < count; i++)
            out[i] = (uint16_t)widen(get_sample(row, i, self->from.bits), self->from.bits);
    }
}

static spx_status copy_pixels(spx_heif_picture *out, const door *self, spx_diag *diag)
{
    int stride = 0;
    const int width = heif_image_get_width(self->image, heif_channel_interleaved);
    const int height = heif_image_get_height(self->image, heif_channel_interleaved);
    const uint8_t *const pixels =
        heif_image_get_plane_readonly(self->image, heif_channel_interleaved, &stride);
    const int bits = heif_image_get_bits_per_pixel_range(self->image, heif_channel_interleaved);
    if (pixels == NULL || width <= 0 || height <= 0 || bits <= 0) {
        return spx_fail(diag, SPX_ERR_CORRUPT, "%s: the HEIF picture has no pixels",
                        self->file->name);
    }
    SPX_TRY(check_size(self, (uint64_t)width, (uint64_t)height, diag));
    const uint32_t depth = bits > EIGHT_BITS ? SIXTEEN_BITS : EIGHT_BITS;
    SPX_TRY(spx_image_create(&out->image, (uint32_t)width, (uint32_t)height, depth, diag));
    placing work = { .to = out->image,
                     .from = { .bytes = pixels, .stride = stride, .bits = (unsigned)bits },
                     .has_alpha = heif_image_handle_has_alpha_channel(self->handle) != 0,
                     .premultiplied = heif_image_handle_is_premultiplied_alpha(self->handle) != 0 };
    SPX_TRY(spx_task_run(self->file->task, (size_t)height, place_row, &work, diag));
    out->on_white = atomic_load(&work.clear);
    return SPX_OK;
}

/* The item's own 'colr' boxes, and where they leave something open those of its first tile. */
static void read_color(spx_heif_picture *out, const spx_heif *heif, uint32_t item)
{
    for (size_t i = 0; i < heif->association_count; i++) {
        const spx_heif_association *const link = &heif->associations[i];
        spx_colr color;
        if (link->item != item || link->property >= heif->property_count ||
            heif->properties[link->property].type != spx_fourcc("colr") ||
            spx_colr_read(&color, &heif->properties[link->property], NULL) != SPX_OK)
            continue;
        if (color.icc_size != 0 && out->icc == NULL) {
            out->icc = color.icc;
            out->icc_size = color.icc_size;
        }
        if (color.has_nclx && !out->has_nclx) {
            out->has_nclx = 1;
            out->nclx = color.nclx;
        }
    }
}

static uint32_t first_part(const spx_heif *heif, uint32_t item)
{
    for (size_t i = 0; i < heif->reference_count; i++) {
        if (heif->references[i].from == item && heif->references[i].type == spx_fourcc("dimg"))
            return heif->references[i].to;
    }
    return 0;
}

static void find_color(spx_heif_picture *out, const door *self, uint32_t item)
{
    const spx_heif *const heif = self->file->heif;
    read_color(out, heif, item);
    const uint32_t part = first_part(heif, item);
    if (part != 0 && out->icc == NULL && !out->has_nclx)
        read_color(out, heif, part);
    if (!out->has_nclx && out->icc == NULL)
        out->has_nclx = spx_heif_coded_color(&out->nclx, heif, part != 0 ? part : item);
}

spx_status spx_heif_item_read(spx_heif_picture *out, const spx_heif_file *file, uint32_t item,
                              spx_diag *diag)
{
    door self = { 0 };
    spx_heif_picture picture = { 0 };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(open_door(&self, file, item, diag));
    picture.bits = coded_bits(&self);
    const int has_alpha = heif_image_handle_has_alpha_channel(self.handle) != 0;
    enum heif_chroma layout =
        has_alpha ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB;
    if (picture.bits > EIGHT_BITS) {
        layout =
            has_alpha ? heif_chroma_interleaved_RRGGBBAA_LE : heif_chroma_interleaved_RRGGBB_LE;
    }
    SPX_TRY_OUT(decode(&self, heif_colorspace_RGB, layout, diag));
    SPX_TRY_OUT(copy_pixels(&picture, &self, diag));
    find_color(&picture, &self, item);
    *out = picture;
    picture = (spx_heif_picture){ 0 }; /* moved to the caller */
out:
    close_door(&self);
    spx_heif_picture_clear(&picture);
    return status;
}

void spx_heif_picture_clear(spx_heif_picture *picture)
{
    spx_image_unref(picture->image);
    *picture = (spx_heif_picture){ 0 };
}

/* Of a picture in grey: the samples as they are. */
static spx_status copy_grey(spx_plane **out, const door *self, spx_diag *diag)
{
    int stride = 0;
    const int width = heif_image_get_width(self->image, heif_channel_Y);
    const int height = heif_image_get_height(self->image, heif_channel_Y);
    const int bits = heif_image_get_bits_per_pixel_range(self->image, heif_channel_Y);
    const uint8_t *const pixels =
        heif_image_get_plane_readonly(self->image, heif_channel_Y, &stride);
    if (pixels == NULL || width <= 0 || height <= 0 || bits <= 0 || bits > SIXTEEN_BITS) {
        return spx_fail(diag, SPX_ERR_CORRUPT, "%s: the HEIF picture has no pixels",
                        self->file->name);
    }
    SPX_TRY(check_size(self, (uint64_t)width, (uint64_t)height, diag));
    SPX_TRY(spx_plane_create(out, (uint32_t)width, (uint32_t)height, diag));
    const float scale = 1.0f / (float)((1u << bits) - 1);
    for (uint32_t y = 0; y < (*out)->height; y++) {
        const uint8_t *const row = pixels + (ptrdiff_t)y * stride;
        float *const to = spx_plane_row(*out, y);
        for (uint32_t x = 0; x < (*out)->width; x++)
            to[x] = (float)get_sample(row, x, (unsigned)bits) * scale;
    }
    return SPX_OK;
}

static spx_status read_luma(spx_plane **out, const spx_heif_file *file, uint32_t item,
                            spx_diag *diag)
{
    spx_heif_picture picture = { 0 };
    SPX_TRY(spx_heif_item_read(&picture, file, item, diag));
    const spx_status status = spx_plane_from_image(out, picture.image, file->task, diag);
    spx_heif_picture_clear(&picture);
    return status;
}

spx_status spx_heif_plane_read(spx_plane **out, const spx_heif_file *file, uint32_t item,
                               spx_diag *diag)
{
    *out = NULL;
    door self = { 0 };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(open_door(&self, file, item, diag));
    /* No conversion leads from colours to grey: that this one fails tells which it is. */
    if (decode(&self, heif_colorspace_monochrome, heif_chroma_monochrome, NULL) == SPX_OK) {
        status = copy_grey(out, &self, diag);
    } else {
        close_door(&self);
        status = read_luma(out, file, item, diag);
    }
out:
    close_door(&self);
    return status;
}

/* The first item that describes another and is of that kind. */
static const spx_heif_item *find_description(const spx_heif *heif, uint32_t of, int want_exif)
{
    enum { MOST_DESCRIPTIONS = 64 }; /* each costs a walk over the items */
    int looked = 0;
    for (size_t i = 0; i < heif->reference_count && looked < MOST_DESCRIPTIONS; i++) {
        const spx_heif_reference *const link = &heif->references[i];
        if (link->to != of || link->type != spx_fourcc("cdsc"))
            continue;
        looked++;
        const spx_heif_item *const item = spx_heif_find_item(heif, link->from);
        if (item == NULL)
            continue;
        if (want_exif ? item->type == spx_fourcc("Exif")
                      : strcmp(item->content_type, "application/rdf+xml") == 0)
            return item;
    }
    return NULL;
}

/* Damaged data is no data; being out of memory still is a failure. */
static spx_status read_description(spx_bytes *out, const spx_heif *heif, uint32_t of, int want_exif)
{
    const spx_heif_item *const item = find_description(heif, of, want_exif);
    if (item == NULL)
        return SPX_OK;
    const spx_status status = spx_heif_item_data(heif, item->id, METADATA_MOST_BYTES, out, NULL);
    return status == SPX_ERR_NO_MEMORY ? status : SPX_OK;
}

spx_status spx_heif_exif_read(spx_bytes *out, const spx_heif *heif, uint32_t item, spx_diag *diag)
{
    enum { OFFSET_BYTES = 4 }; /* how far behind them the TIFF header begins */
    spx_bytes data = { 0 };
    if (read_description(&data, heif, item, 1) != SPX_OK)
        return spx_fail_memory(diag, "Exif item");
    spx_status status = SPX_OK;
    if (data.size > OFFSET_BYTES) {
        const uint32_t skipped = spx_u32_big(data.data);
        const size_t left = data.size - OFFSET_BYTES;
        if (skipped < left) {
            status = spx_bytes_copy(out, data.data + OFFSET_BYTES + skipped, left - skipped,
                                    "Exif item", diag);
        }
    }
    spx_bytes_clear(&data);
    return status;
}

spx_status spx_heif_xmp_read(spx_bytes *out, const spx_heif *heif, uint32_t item, spx_diag *diag)
{
    return read_description(out, heif, item, 0) == SPX_OK ? SPX_OK
                                                          : spx_fail_memory(diag, "XMP item");
}
