/*
 * What LibRaw is asked for, in order: sizes (open), the embedded JPEG (unpack_thumb), and only when
 * that is small or damaged the sensor's data. LibRaw runs in the calling thread; its progress
 * handler is where it can be stopped.
 */
#include "codec/raw_read.h"

#include "base/intops.h"
#include "codec/late_raw.h"
#include "codec/orient.h"
#include "container/cr3_boxes.h"
#include "container/exif.h"
#include "container/image_header.h"
#include "container/tiff_exif.h"
#include "image/image.h"

#include <stdio.h>
#include <string.h>

enum {
    UPRIGHT = 1,
    BITS = 8,
    MOST_MEMORY_MB = 2048, /* of the sensor's data; 200 megapixels of 16 bits are 400 */
    SRGB = 1,
};

/* One file in LibRaw's hands. */
typedef struct raw_file {
    libraw_data_t *raw;
    const spx_photo_file *file;
    const spx_limits *limits;
    const spx_task *task;
    int damaged; /* LibRaw met data that makes no sense, or their end */
} raw_file;

static int on_progress(void *data, enum LibRaw_progress stage, int iteration, int expected)
{
    (void)stage;
    (void)iteration;
    (void)expected;
    const raw_file *const self = data;
    return spx_task_cancelled(self->task);
}

#if LIBRAW_COMPILE_CHECK_VERSION_NOTLESS(0, 22)
typedef INT64 raw_offset;
#else
typedef int raw_offset;
#endif

static void on_damage(void *data, const char *file, const raw_offset offset)
{
    (void)file;
    (void)offset;
    raw_file *const self = data;
    self->damaged = 1;
}

static spx_status fail(const raw_file *self, int code, const char *doing, spx_diag *diag)
{
    if (spx_task_cancelled(self->task))
        return spx_task_check(self->task, diag);
    const spx_status status = code == LIBRAW_UNSUFFICIENT_MEMORY ? SPX_ERR_NO_MEMORY
                              : code == LIBRAW_FILE_UNSUPPORTED  ? SPX_ERR_UNSUPPORTED
                              : code == LIBRAW_TOO_BIG           ? SPX_ERR_LIMIT
                              : code == LIBRAW_IO_ERROR          ? SPX_ERR_TRUNCATED
                                                                 : SPX_ERR_CORRUPT;
    return spx_fail(diag, status, "%s: raw file: cannot %s: %s", self->file->name, doing,
                    libraw_strerror(code));
}

static int is_cr3(const spx_photo_file *file)
{
    static const char brand[] = "ftypcrx ";
    enum { BRAND_AT = 4, BRAND_BYTES = sizeof(brand) - 1 };
    return file->size >= BRAND_AT + BRAND_BYTES &&
           memcmp((const char *)file->data + BRAND_AT, brand, BRAND_BYTES) == 0;
}

static spx_status open_file(raw_file *self, spx_diag *diag)
{
    if (is_cr3(self->file))
        SPX_TRY(spx_cr3_check(self->file->data, self->file->size, self->file->name, diag));
    self->raw = libraw_init(LIBRAW_OPTIONS_NONE);
    if (self->raw == NULL)
        return spx_fail_memory(diag, self->file->name);
    libraw_output_params_t *const params = &self->raw->params;
    params->use_camera_wb = 1;
    params->output_color = SRGB;
    params->output_bps = BITS;
    params->gamm[0] = 1.0 / 2.4; /* sRGB, IEC 61966-2-1 */
    params->gamm[1] = 12.92;
#if LIBRAW_COMPILE_CHECK_VERSION_NOTLESS(0, 21)
    self->raw->rawparams.max_raw_memory_mb = MOST_MEMORY_MB;
#else
    params->max_raw_memory_mb = MOST_MEMORY_MB;
#endif
    libraw_set_progress_handler(self->raw, on_progress, self);
    libraw_set_dataerror_handler(self->raw, on_damage, self);
    /* LibRaw only reads from the buffer, but wants it without const. */
    /* NOLINTNEXTLINE(performance-no-int-to-ptr) */
    void *const data = (void *)(uintptr_t)self->file->data;
    const int code = libraw_open_buffer(self->raw, data, self->file->size);
    if (code != LIBRAW_SUCCESS)
        return fail(self, code, "open it", diag);
    const libraw_image_sizes_t *const sizes = &self->raw->sizes;
    const uint64_t pixels = (uint64_t)sizes->raw_width * sizes->raw_height;
    if (pixels > self->limits->pixels || sizes->raw_width > self->limits->side_px ||
        sizes->raw_height > self->limits->side_px) {
        return spx_fail(diag, SPX_ERR_LIMIT, "%s: %ux%u pixels are too many", self->file->name,
                        sizes->raw_width, sizes->raw_height);
    }
    return SPX_OK;
}

/* EXIF orientation of LibRaw's flip: 3 = half a turn, 5 = a quarter anticlockwise, 6 = clockwise.
 */
static unsigned orientation_of_flip(int flip)
{
    enum { FLIP_180 = 3, FLIP_90_CCW = 5, FLIP_90_CW = 6 };
    switch (flip) {
    case FLIP_180:
        return 3;
    case FLIP_90_CCW:
        return 8;
    case FLIP_90_CW:
        return 6;
    default:
        return UPRIGHT;
    }
}

/* The camera's own JPEG, when it is there and large enough; photo stays empty otherwise. */
static spx_status read_embedded(raw_file *self, spx_photo *photo, spx_diag *diag)
{
    const libraw_image_sizes_t *const sizes = &self->raw->sizes;
    const libraw_thumbnail_t *const thumbnail = &self->raw->thumbnail;
    if (libraw_unpack_thumb(self->raw) != LIBRAW_SUCCESS ||
        thumbnail->tformat != LIBRAW_THUMBNAIL_JPEG || thumbnail->thumb == NULL)
        return spx_task_check(self->task, diag);
    spx_image_header header;
    spx_image_header_read(&header, thumbnail->thumb, thumbnail->tlength);
    const uint32_t sensor = spx_max_u32(sizes->width, sizes->height);
    if (strcmp(header.format, "JPEG") != 0 || 2 * spx_max_u32(header.width, header.height) < sensor)
        return SPX_OK;
    spx_exif exif = { 0 };
    if (header.exif != NULL)
        spx_exif_read(&exif, header.exif, header.exif_size);
    const spx_photo_file inner = { .data = thumbnail->thumb,
                                   .size = thumbnail->tlength,
                                   .name = self->file->name };
    if (spx_photo_read_item(photo, &inner, self->limits, self->task, NULL) != SPX_OK)
        return spx_task_check(self->task, diag); /* a damaged preview is none */
    if (exif.orientation == 0)
        SPX_TRY(spx_orient_turn(&photo->image, orientation_of_flip(sizes->flip), diag));
    spx_task_warn(self->task, SPX_NOTE_RAW,
                  "raw file of %u x %u pixels: the camera's own picture in it was used, %u x %u",
                  sizes->width, sizes->height, photo->image->width, photo->image->height);
    return SPX_OK;
}

static spx_status copy_developed(raw_file *self, const libraw_processed_image_t *made,
                                 spx_photo *photo, spx_diag *diag)
{
    if (made->type != LIBRAW_IMAGE_BITMAP || made->bits != BITS ||
        (made->colors != SPX_IMAGE_CHANNELS && made->colors != 1)) {
        return spx_fail(diag, SPX_ERR_UNSUPPORTED, "%s: raw file with %u colours of %u bits",
                        self->file->name, made->colors, made->bits);
    }
    const size_t row_bytes = (size_t)made->width * made->colors;
    SPX_TRY(spx_image_create(&photo->image, made->width, made->height, BITS, diag));
    for (uint32_t y = 0; y < made->height; y++) {
        const uint8_t *const from = made->data + y * row_bytes;
        uint8_t *const to = spx_image_row8(photo->image, y);
        if (made->colors == SPX_IMAGE_CHANNELS) {
            memcpy(to, from, row_bytes);
            continue;
        }
        for (size_t x = 0; x < made->width; x++)
            memset(to + x * SPX_IMAGE_CHANNELS, from[x], SPX_IMAGE_CHANNELS);
    }
    return SPX_OK;
}

static spx_status develop(raw_file *self, spx_photo *photo, spx_diag *diag)
{
    int code = libraw_unpack(self->raw);
    if (code != LIBRAW_SUCCESS)
        return fail(self, code, "read the sensor's data", diag);
    if (self->damaged && !self->file->accept_damaged) {
        return spx_fail(diag, SPX_ERR_CORRUPT,
                        "%s: raw file: damaged sensor data (it can be accepted as damaged)",
                        self->file->name);
    }
    code = libraw_dcraw_process(self->raw);
    if (code != LIBRAW_SUCCESS)
        return fail(self, code, "develop it", diag);
    libraw_processed_image_t *const made = libraw_dcraw_make_mem_image(self->raw, &code);
    if (made == NULL)
        return fail(self, code, "develop it", diag);
    const spx_status status = copy_developed(self, made, photo, diag);
    const unsigned width = made->width;
    const unsigned height = made->height;
    libraw_dcraw_clear_mem(made);
    SPX_TRY(status);
    if (self->damaged)
        spx_task_warn(self->task, SPX_WARNING_DAMAGED, "the sensor's data are damaged");
    spx_task_warn(self->task, SPX_NOTE_RAW,
                  "raw file of %u x %u pixels: developed with the camera's white balance", width,
                  height);
    return SPX_OK;
}

/* What a TIFF-like raw file tells about the photo goes before what its preview tells. */
static spx_status read_exif(const raw_file *self, spx_photo *photo, spx_diag *diag)
{
    spx_bytes exif = { 0 };
    SPX_TRY(spx_tiff_exif(&exif, self->file->data, self->file->size, diag));
    if (exif.size == 0)
        return SPX_OK;
    spx_bytes_clear(&photo->exif);
    photo->exif = exif;
    spx_exif_set_upright(photo->exif.data, photo->exif.size);
    return SPX_OK;
}

spx_status spx_raw_read(spx_photo *photo, const spx_photo_file *file, const spx_limits *limits,
                        const spx_task *task, spx_diag *diag)
{
    SPX_TRY(spx_late_raw_open(diag));
    raw_file self = { .file = file, .limits = limits, .task = task };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(open_file(&self, diag));
    SPX_TRY_OUT(read_embedded(&self, photo, diag));
    if (photo->image == NULL)
        SPX_TRY_OUT(develop(&self, photo, diag));
    SPX_TRY_OUT(read_exif(&self, photo, diag));
out:
    if (self.raw != NULL)
        libraw_close(self.raw);
    return status;
}
