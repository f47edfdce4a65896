/*
 * libjxl is an automaton: it says what it has reached (header, colour, a box, pixels), and is given
 * what that needs. Pixels come in spans through a callback, already upright, so that no second
 * picture is held.
 */
#include "codec/jxl_read.h"

#include "base/byte_order.h"
#include "codec/color_meaning.h"
#include "codec/damage.h"
#include "codec/late_jxl.h"
#include "image/image.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* libjxl 0.9 took an argument away that had to be NULL. */
#if JPEGXL_NUMERIC_VERSION < JPEGXL_COMPUTE_NUMERIC_VERSION(0, 9, 0)
#define DECODER(decoder) (decoder), NULL
#else
#define DECODER(decoder) (decoder)
#endif

enum {
    WITH_ALPHA = 4,
    METADATA_BYTES = 1 << 20, /* of a box; larger ones are left out */
    EXIF_OFFSET_BYTES = 4,
    TYPE_BYTES = 4,
    GREY = 0x80,
    EVENTS = JXL_DEC_BASIC_INFO | JXL_DEC_COLOR_ENCODING | JXL_DEC_BOX | JXL_DEC_FULL_IMAGE,
};

typedef struct jxl_file {
    const spx_photo_file *file;
    const spx_limits *limits;
    const spx_task *task;
    spx_photo *photo;
    JxlDecoder *decoder;
    JxlBasicInfo info;
    JxlPixelFormat format;
    uint8_t *box; /* METADATA_BYTES, while one is read */
    spx_bytes *box_to;
    spx_color_meaning meaning; /* of HDR pixels; else left alone */
    int complete;
    atomic_size_t taken; /* pixels that came */
    atomic_int clear;    /* 1: some of them are not opaque */
} jxl_file;

static spx_status fail(const jxl_file *self, spx_status status, const char *what, spx_diag *diag)
{
    return spx_fail(diag, status, "%s: JPEG XL file of %zu bytes: %s", self->file->name,
                    self->file->size, what);
}

/* Lays a pixel of `in` on white. most: of a sample. */
static uint32_t on_white(uint32_t value, uint32_t alpha, uint32_t most, int premultiplied)
{
    const uint64_t color = premultiplied ? (uint64_t)value * most : (uint64_t)value * alpha;
    const uint64_t sum = color + (uint64_t)(most - alpha) * most;
    const uint64_t mixed = (sum + most / 2) / most;
    return mixed > most ? most : (uint32_t)mixed;
}

/* Pixels x.. of row y, as the decoder has them; called on several threads for different places. */
static void take_pixels(void *opaque, size_t x, size_t y, size_t count, const void *pixels)
{
    jxl_file *const self = opaque;
    atomic_fetch_add(&self->taken, count);
    const spx_image *const image = self->photo->image;
    const uint32_t channels = self->format.num_channels;
    const int deep = image->bits != 8;
    const uint8_t *const in8 = pixels;
    const uint16_t *const in16 = pixels;
    for (size_t i = 0; i < count; i++) {
        for (size_t c = 0; c < SPX_IMAGE_CHANNELS; c++) {
            uint32_t value = deep ? in16[i * channels + c] : in8[i * channels + c];
            if (channels == WITH_ALPHA) {
                const uint32_t alpha = deep ? in16[i * channels + SPX_IMAGE_CHANNELS]
                                            : in8[i * channels + SPX_IMAGE_CHANNELS];
                const uint32_t solid = deep ? UINT16_MAX : UINT8_MAX;
                value = on_white(value, alpha, solid, self->info.alpha_premultiplied);
                if (alpha < solid)
                    atomic_store(&self->clear, 1);
            }
            spx_image_set_sample(image, (uint32_t)(x + i), (uint32_t)y, (int)c, value);
        }
    }
}

static spx_status on_info(jxl_file *self, spx_diag *diag)
{
    if (JxlDecoderGetBasicInfo(self->decoder, &self->info) != JXL_DEC_SUCCESS)
        return fail(self, SPX_ERR_CORRUPT, "no size", diag);
    const uint32_t width = self->info.xsize;
    const uint32_t height = self->info.ysize;
    const uint32_t bits = self->info.bits_per_sample > 8 ? 16 : 8;
    SPX_TRY(spx_photo_check_size(width, height, self->file->name, self->limits, diag));
    self->format = (JxlPixelFormat){
        .num_channels = self->info.alpha_bits != 0 ? WITH_ALPHA : SPX_IMAGE_CHANNELS,
        .data_type = bits == 8 ? JXL_TYPE_UINT8 : JXL_TYPE_UINT16,
        .endianness = JXL_NATIVE_ENDIAN,
    };
    SPX_TRY(spx_image_create(&self->photo->image, width, height, bits, diag));
    for (uint32_t y = 0; y < height; y++) { /* what a cut file lacks */
        memset(spx_image_row8(self->photo->image, y), GREY,
               width * spx_image_pixel_bytes(self->photo->image));
    }
    return SPX_OK;
}

static int is_srgb(const JxlColorEncoding *color)
{
    return color->white_point == JXL_WHITE_POINT_D65 && color->primaries == JXL_PRIMARIES_SRGB &&
           color->transfer_function == JXL_TRANSFER_FUNCTION_SRGB;
}

static spx_primaries primaries_of(const JxlColorEncoding *color)
{
    spx_primaries custom = spx_primaries_bt2020;
    if (color->primaries == JXL_PRIMARIES_SRGB)
        return spx_primaries_bt709;
    if (color->primaries == JXL_PRIMARIES_P3)
        return spx_primaries_p3;
    if (color->primaries != JXL_PRIMARIES_CUSTOM)
        return custom;
    memcpy(custom.red, color->primaries_red_xy, sizeof(custom.red));
    memcpy(custom.green, color->primaries_green_xy, sizeof(custom.green));
    memcpy(custom.blue, color->primaries_blue_xy, sizeof(custom.blue));
    memcpy(custom.white, color->white_point_xy, sizeof(custom.white));
    return custom;
}

/* 1 when the pixels are HDR: they are asked for as they are, and mapped by the caller. */
static int note_hdr(jxl_file *self, const JxlColorEncoding *color)
{
    if (color->transfer_function != JXL_TRANSFER_FUNCTION_PQ &&
        color->transfer_function != JXL_TRANSFER_FUNCTION_HLG)
        return 0;
    self->meaning.kind =
        color->transfer_function == JXL_TRANSFER_FUNCTION_PQ ? SPX_COLOR_PQ : SPX_COLOR_HLG;
    self->meaning.primaries = primaries_of(color);
    return 1;
}

/* Coded in XYB, a picture has no colour space until somebody asks for one. */
static spx_status on_color(jxl_file *self, spx_diag *diag)
{
    static const JxlColorEncoding srgb = { .color_space = JXL_COLOR_SPACE_RGB,
                                           .white_point = JXL_WHITE_POINT_D65,
                                           .primaries = JXL_PRIMARIES_SRGB,
                                           .transfer_function = JXL_TRANSFER_FUNCTION_SRGB,
                                           .rendering_intent = JXL_RENDERING_INTENT_RELATIVE };
    JxlColorEncoding color = { 0 };
    const int known = JxlDecoderGetColorAsEncodedProfile(DECODER(self->decoder),
                                                         JXL_COLOR_PROFILE_TARGET_ORIGINAL,
                                                         &color) == JXL_DEC_SUCCESS;
    const int hdr = known && note_hdr(self, &color);
    if (!self->info.uses_original_profile &&
        JxlDecoderSetPreferredColorProfile(self->decoder, hdr ? &color : &srgb) == JXL_DEC_SUCCESS)
        return SPX_OK;
    size_t size = 0;
    if (hdr || (known && is_srgb(&color)) ||
        JxlDecoderGetICCProfileSize(DECODER(self->decoder), JXL_COLOR_PROFILE_TARGET_DATA, &size) !=
            JXL_DEC_SUCCESS)
        return SPX_OK;
    spx_bytes_append_zeros(&self->photo->icc, size);
    SPX_TRY(spx_bytes_check(&self->photo->icc, "ICC profile", diag));
    if (JxlDecoderGetColorAsICCProfile(DECODER(self->decoder), JXL_COLOR_PROFILE_TARGET_DATA,
                                       self->photo->icc.data, size) != JXL_DEC_SUCCESS)
        spx_bytes_clear(&self->photo->icc);
    return SPX_OK;
}

/* Keeps what the box at hand brought, when it was one of ours. */
static spx_status end_box(jxl_file *self, int whole, spx_diag *diag)
{
    if (self->box_to == NULL)
        return SPX_OK;
    const size_t used = METADATA_BYTES - JxlDecoderReleaseBoxBuffer(self->decoder);
    const size_t skipped = self->box_to == &self->photo->exif ? EXIF_OFFSET_BYTES : 0;
    spx_bytes *const to = self->box_to;
    self->box_to = NULL;
    if (!whole || used <= skipped)
        return SPX_OK;
    return spx_bytes_copy(to, self->box + skipped, used - skipped, self->file->name, diag);
}

static spx_status begin_box(jxl_file *self, spx_diag *diag)
{
    JxlBoxType type;
    SPX_TRY(end_box(self, 1, diag));
    if (JxlDecoderGetBoxType(self->decoder, type, JXL_TRUE) != JXL_DEC_SUCCESS)
        return SPX_OK;
    spx_photo *const photo = self->photo;
    if (memcmp(type, "Exif", TYPE_BYTES) == 0 && photo->exif.size == 0) {
        self->box_to = &photo->exif;
    } else if (memcmp(type, "xml ", TYPE_BYTES) == 0 && photo->xmp.size == 0) {
        self->box_to = &photo->xmp;
    } else {
        return SPX_OK;
    }
    if (JxlDecoderSetBoxBuffer(self->decoder, self->box, METADATA_BYTES) != JXL_DEC_SUCCESS)
        self->box_to = NULL;
    return SPX_OK;
}

/* How much of the coded picture is missing: the last box of a container says how long it should be
 * ("jxlc" or "jxlp"); of a bare picture nobody knows. */
static double missing_share(const spx_photo_file *file)
{
    enum { HEAD_BYTES = 8 };
    const uint8_t *const bytes = file->data;
    size_t at = 0;
    if (file->size < HEAD_BYTES || bytes[0] != 0)
        return 1.0;
    while (file->size - at >= HEAD_BYTES) {
        const size_t length = spx_u32_big(bytes + at);
        if (length < HEAD_BYTES)
            return 1.0;
        if (length > file->size - at)
            return (double)(length - (file->size - at)) / (double)(at + length);
        at += length;
    }
    return 1.0;
}

/* The file ends before the picture does: its groups came as far as they are there; the rest is
 * drawn from what the file tells of it coarsely, else stays grey. */
static spx_status take_what_there_is(jxl_file *self, spx_diag *diag)
{
    const spx_image *const image = self->photo->image;
    SPX_TRY(end_box(self, 0, diag));
    if (image == NULL)
        return fail(self, SPX_ERR_TRUNCATED, "truncated", diag);
    const spx_damage damage = { .found = 1, .missing = missing_share(self->file) };
    SPX_TRY(spx_damage_judge(&damage, SPX_PHOTO_TYPE_JXL, self->file->name,
                             self->file->accept_damaged, self->task, diag));
    (void)JxlDecoderFlushImage(self->decoder);
    self->complete = atomic_load(&self->taken) != 0;
    return self->complete ? SPX_OK
                          : fail(self, SPX_ERR_TRUNCATED, "truncated: no pixel is left", diag);
}

/* One event. *done: there is nothing more to wait for. */
static spx_status step(jxl_file *self, int *done, spx_diag *diag)
{
    switch (JxlDecoderProcessInput(self->decoder)) {
    case JXL_DEC_BASIC_INFO:
        return on_info(self, diag);
    case JXL_DEC_COLOR_ENCODING:
        return on_color(self, diag);
    case JXL_DEC_NEED_IMAGE_OUT_BUFFER:
        if (JxlDecoderSetImageOutCallback(self->decoder, &self->format, take_pixels, self) !=
            JXL_DEC_SUCCESS)
            return fail(self, SPX_ERR_UNSUPPORTED, "pixels of an unusual form", diag);
        return SPX_OK;
    case JXL_DEC_FULL_IMAGE: /* of an animation the first frame is the photo */
        self->complete = 1;
        *done = self->info.have_animation;
        if (self->info.have_animation)
            spx_photo_tell_animation(0, self->task);
        return SPX_OK;
    case JXL_DEC_BOX:
        return begin_box(self, diag);
    case JXL_DEC_BOX_NEED_MORE_OUTPUT:
        return end_box(self, 0, diag);
    case JXL_DEC_SUCCESS:
        *done = 1;
        return end_box(self, 1, diag);
    case JXL_DEC_NEED_MORE_INPUT:
        *done = 1;
        return self->complete ? end_box(self, 0, diag) : take_what_there_is(self, diag);
    default:
        return fail(self, SPX_ERR_CORRUPT, "damaged", diag);
    }
}

static spx_status decode(jxl_file *self, spx_diag *diag)
{
    int done = 0;
    if (JxlDecoderSubscribeEvents(self->decoder, EVENTS) != JXL_DEC_SUCCESS ||
        JxlDecoderSetDecompressBoxes(self->decoder, JXL_TRUE) != JXL_DEC_SUCCESS ||
        JxlDecoderSetInput(self->decoder, self->file->data, self->file->size) != JXL_DEC_SUCCESS)
        return fail(self, SPX_ERR_INTERNAL, "the decoder does not start", diag);
    while (!done) {
        SPX_TRY(spx_task_check(self->task, diag));
        SPX_TRY(step(self, &done, diag));
    }
    return self->complete ? SPX_OK : fail(self, SPX_ERR_CORRUPT, "no picture", diag);
}

spx_status spx_jxl_read(spx_photo *photo, const spx_photo_file *file, const spx_limits *limits,
                        const spx_task *task, spx_diag *diag)
{
    SPX_TRY(spx_late_jxl_open(diag));
    jxl_file self = { .file = file, .limits = limits, .task = task, .photo = photo };
    const unsigned threads = spx_pool_threads(task == NULL ? NULL : task->pool);
    void *const runner = JxlThreadParallelRunnerCreate(NULL, threads);
    spx_status status = SPX_OK;
    self.decoder = JxlDecoderCreate(NULL);
    self.box = malloc(METADATA_BYTES);
    if (self.decoder == NULL || self.box == NULL || runner == NULL) {
        status = spx_fail_memory(diag, file->name);
    } else if (JxlDecoderSetParallelRunner(self.decoder, JxlThreadParallelRunner, runner) !=
               JXL_DEC_SUCCESS) {
        status = fail(&self, SPX_ERR_INTERNAL, "the decoder does not start", diag);
    } else {
        status = decode(&self, diag);
        photo->on_white = atomic_load(&self.clear);
    }
    if (status == SPX_OK && self.meaning.kind != SPX_COLOR_SRGB)
        status = spx_color_apply(photo, &self.meaning, task, diag);
    if (self.decoder != NULL)
        JxlDecoderDestroy(self.decoder);
    if (runner != NULL)
        JxlThreadParallelRunnerDestroy(runner);
    free(self.box);
    return status;
}
