/*
 * A photo comes through libvips' loaders strip by strip; each strip is put where it belongs in the
 * upright image, so no second copy of the pixels exists. What a decoder reads passes through a
 * source of our own, and what it makes through place_strip(): both look at the task's cancel flag.
 */
#include "codec/photo_read.h"

#include "codec/bmp_read.h"
#include "codec/color_meaning.h"
#include "codec/damage.h"
#include "codec/file_kind.h"
#include "codec/heif_image.h"
#include "codec/icc_profile.h"
#include "codec/jxl_read.h"
#include "codec/late_vips.h"
#include "codec/orient.h"
#include "codec/photo_color.h"
#include "codec/photo_source.h"
#include "codec/proportion.h"
#include "codec/raw_read.h"
#include "codec/tiff_photo.h"
#include "codec/vips_start.h"
#include "codec/webp_read.h"
#include "container/exif.h"
#include "container/heif_excerpt.h"
#include "container/image_header.h"
#include "container/tiff_exif.h"
#include "container/tiff_pictures.h"
#include "container/xmp.h"
#include "image/image.h"

#include <stdlib.h>
#include <string.h>

enum { UPRIGHT = 1, LAST_ORIENTATION = 8, EXIF_PREFIX_BYTES = 6 };

typedef struct reading {
    const spx_limits *limits;
    const spx_task *task;
} reading;

/* Sizes beyond the limits and sizes that so few bytes cannot hold, before anything is decoded. */
static spx_status check_announced(const void *data, size_t size, spx_photo_type type,
                                  const char *name, const spx_limits *limits, spx_diag *diag)
{
    spx_image_header header;
    if (type == SPX_PHOTO_TYPE_JPEG || type == SPX_PHOTO_TYPE_PNG) {
        spx_image_header_read(&header, data, size);
        SPX_TRY(spx_photo_check_size(header.width, header.height, name, limits, diag));
    }
    return spx_photo_check_proportion(data, size, type, name, diag);
}

static spx_status check_input(const void *data, size_t size, const char *name,
                              const spx_limits *limits, spx_photo_type *type, spx_diag *diag)
{
    if (size == 0)
        return spx_fail(diag, SPX_ERR_TRUNCATED, "%s: the file is empty", name);
    if (size > limits->file_bytes) {
        return spx_fail(diag, SPX_ERR_LIMIT, "%s: %zu bytes are over the limit of %llu", name, size,
                        (unsigned long long)limits->file_bytes);
    }
    *type = spx_photo_type_of(data, size);
    if (*type == SPX_PHOTO_TYPE_UNKNOWN)
        return spx_fail_not_a_photo(name, data, size, diag);
    return check_announced(data, size, *type, name, limits, diag);
}

static spx_status copy_blob(spx_bytes *out, VipsImage *image, const char *field, spx_diag *diag)
{
    const void *data = NULL;
    size_t size = 0;
    if (vips_image_get_typeof(image, field) == 0 ||
        vips_image_get_blob(image, field, &data, &size) != 0)
        return SPX_OK;
    return spx_bytes_copy(out, data, size, field, diag);
}

/* From "II" or "MM" on. */
static void strip_exif_prefix(spx_bytes *exif)
{
    static const uint8_t prefix[EXIF_PREFIX_BYTES] = "Exif\0";
    if (exif->size < EXIF_PREFIX_BYTES || memcmp(exif->data, prefix, EXIF_PREFIX_BYTES) != 0)
        return;
    exif->size -= EXIF_PREFIX_BYTES;
    memmove(exif->data, exif->data + EXIF_PREFIX_BYTES, exif->size);
}

static void make_upright(spx_photo *photo)
{
    spx_exif exif = { 0 };
    strip_exif_prefix(&photo->exif);
    spx_exif_read(&exif, photo->exif.data, photo->exif.size);
    photo->turned = exif.orientation;
    spx_exif_set_upright(photo->exif.data, photo->exif.size);
    (void)spx_xmp_set_upright(photo->xmp.data, photo->xmp.size);
}

static spx_status copy_extras(spx_photo *photo, VipsImage *image, const spx_photo_source *source,
                              spx_photo_type type, spx_diag *diag)
{
    SPX_TRY(copy_blob(&photo->icc, image, VIPS_META_ICC_NAME, diag));
    SPX_TRY(copy_blob(&photo->exif, image, VIPS_META_EXIF_NAME, diag));
    if (type == SPX_PHOTO_TYPE_TIFF && photo->exif.size == 0) /* libvips' loader has none */
        SPX_TRY(spx_tiff_exif(&photo->exif, source->data, source->size, diag));
    SPX_TRY(copy_blob(&photo->xmp, image, VIPS_META_XMP_NAME, diag));
    make_upright(photo);
    return SPX_OK;
}

/* What the strips of one picture share. */
typedef struct strips {
    spx_image *image;
    unsigned orientation;
    const spx_task *task;
} strips;

static int place_strip(VipsRegion *region, VipsRect *area, void *user)
{
    const strips *const self = user;
    if (spx_task_cancelled(self->task))
        return -1;
    const ptrdiff_t stride = (ptrdiff_t)VIPS_REGION_LSKIP(region);
    const ptrdiff_t pixel = (ptrdiff_t)spx_image_pixel_bytes(self->image);
    const spx_orient_part part = {
        .x = (uint32_t)area->left,
        .y = (uint32_t)area->top,
        .width = (uint32_t)area->width,
        .height = (uint32_t)area->height,
        .pixels = VIPS_REGION_ADDR_TOPLEFT(region) + (area->top - region->valid.top) * stride +
                  (area->left - region->valid.left) * pixel,
        .stride_bytes = (size_t)stride,
    };
    spx_orient_place(self->image, self->orientation, &part);
    return 0;
}

/* libvips blackens a strip that its loader cannot give and fails only for who asked first: a second
 * thread that wants a part of the same strip gets black pixels and no error. JPEG's damage is
 * looked for apart (spx_damage_find()); every other kind is read by one thread. */
static int threads_for(spx_photo_type type, const spx_task *task)
{
    return type != SPX_PHOTO_TYPE_JPEG ? 1
                                       : (int)spx_pool_threads(task == NULL ? NULL : task->pool);
}

/* Runs the pipeline for the first `rows` rows. 0 = done. */
static int decode(VipsImage *rgb, uint32_t rows, spx_photo_type type, strips *to)
{
    VipsImage *own = NULL; /* metadata of a loader's image must not be changed */
    const int height = vips_image_get_height(rgb);
    const int asked = rows != 0 && rows < (uint32_t)height ? (int)rows : height;
    if (vips_extract_area(rgb, &own, 0, 0, vips_image_get_width(rgb), asked, NULL) != 0)
        return -1;
    vips_image_set_int(own, VIPS_META_CONCURRENCY, threads_for(type, to->task));
    const int bad = vips_sink_disc(own, place_strip, to);
    g_object_unref(own);
    return bad;
}

static unsigned orientation_of(VipsImage *image)
{
    const int orientation = vips_image_get_orientation(image);
    return orientation < UPRIGHT || orientation > LAST_ORIENTATION ? UPRIGHT
                                                                   : (unsigned)orientation;
}

static spx_status create_upright(spx_image **out, const VipsImage *rgb, unsigned orientation,
                                 spx_diag *diag)
{
    const uint32_t width = (uint32_t)vips_image_get_width(rgb);
    const uint32_t height = (uint32_t)vips_image_get_height(rgb);
    const int swaps = spx_orient_swaps(orientation);
    const uint32_t bits = vips_image_get_format(rgb) == VIPS_FORMAT_UCHAR ? 8 : 16;
    return spx_image_create(out, swaps ? height : width, swaps ? width : height, bits, diag);
}

/* Where there will be no pixels: mid grey, as libjpeg leaves it. */
static void fill_with_grey(const spx_image *image)
{
    enum { MIDDLE = 0x80 };
    for (uint32_t y = 0; y < image->height; y++)
        memset(spx_image_row8(image, y), MIDDLE, image->width * spx_image_pixel_bytes(image));
}

static spx_status settle_color(spx_photo *photo, const spx_color_signs *signs, const spx_task *task,
                               spx_diag *diag)
{
    spx_color_meaning meaning;
    spx_color_decide(&meaning, signs);
    return spx_color_apply(photo, &meaning, task, diag);
}

typedef struct opening {
    spx_photo_type type;
    uint32_t rows; /* as in spx_photo_picture */
} opening;

static void take_watch(spx_photo *photo, spx_sample_watch *watch)
{
    const uint64_t pixels = atomic_load(&watch->pixels);
    photo->on_white = atomic_load(&watch->clear);
    if (pixels > 0) {
        photo->clipped.share = (double)atomic_load(&watch->bright) / (double)pixels;
        photo->clipped.most = (double)atomic_load(&watch->most);
    }
}

static spx_status read_open(spx_photo *photo, VipsImage **image, const spx_photo_source *source,
                            const opening *how, const char *name, spx_diag *diag)
{
    const spx_photo_type type = how->type;
    strips to = { .orientation = orientation_of(*image), .task = source->task };
    spx_photo_color color;
    SPX_TRY(copy_extras(photo, *image, source, type, diag));

    VipsImage *const opened = *image;
    *image = NULL; /* moved to spx_photo_to_rgb() */
    SPX_TRY(spx_photo_to_rgb(opened, name, image, &color, diag));
    if (!color.keeps_profile || !spx_icc_make_sound(&photo->icc))
        spx_bytes_clear(&photo->icc);
    SPX_TRY(create_upright(&photo->image, *image, to.orientation, diag));
    to.image = photo->image;
    if (how->rows != 0)
        fill_with_grey(photo->image);
    if (decode(*image, how->rows, type, &to) != 0)
        return spx_photo_source_fail(source, type, name, diag);
    take_watch(photo, &color.watch);
    spx_color_signs signs = { .icc = &photo->icc, .exif = &photo->exif };
    if (type == SPX_PHOTO_TYPE_PNG) {
        spx_png_color_read(&signs.png, source->data, source->size);
        if (signs.png.frames != 0)
            spx_photo_tell_animation(signs.png.frames, source->task);
    }
    return color.converted ? SPX_OK : settle_color(photo, &signs, source->task, diag);
}

static spx_status read_heif_item(spx_photo *photo, const spx_heif_file *from, uint32_t item,
                                 spx_diag *diag)
{
    spx_heif_picture picture = { 0 };
    SPX_TRY(spx_heif_exif_read(&photo->exif, from->heif, item, diag));
    SPX_TRY(spx_heif_xmp_read(&photo->xmp, from->heif, item, diag));
    make_upright(photo); /* irot and imir are applied by the decoder; EXIF does not count there */
    SPX_TRY(spx_heif_item_read(&picture, from, item, diag));
    photo->image = picture.image;
    photo->on_white = picture.on_white;
    if (picture.icc != NULL)
        SPX_TRY(spx_bytes_copy(&photo->icc, picture.icc, picture.icc_size, "ICC profile", diag));
    if (!spx_icc_make_sound(&photo->icc))
        spx_bytes_clear(&photo->icc);
    const spx_color_signs signs = {
        .icc = &photo->icc, .has_nclx = picture.has_nclx, .nclx = picture.nclx, .exif = &photo->exif
    };
    return settle_color(photo, &signs, from->task, diag);
}

static spx_status read_heif(spx_photo *photo, const spx_photo_file *file, const spx_limits *limits,
                            const spx_task *task, spx_diag *diag)
{
    spx_heif *heif = NULL;
    SPX_TRY(spx_heif_read(&heif, file->data, file->size, file->name, NULL, diag));
    const uint32_t item = file->item != 0 ? file->item : spx_heif_photo_item(heif);
    if (spx_heif_is_sequence(heif))
        spx_photo_tell_animation(0, task);
    const spx_heif_file from = { .heif = heif, .name = file->name, .limits = limits, .task = task };
    const spx_status status = item != 0 ? read_heif_item(photo, &from, item, diag)
                                        : spx_fail(diag, SPX_ERR_UNSUPPORTED,
                                                   "%s: a HEIF file without a picture", file->name);
    spx_heif_destroy(heif);
    return status;
}

static spx_status open_by_vips(spx_photo *photo, const spx_photo_file *file, spx_photo_type type,
                               const spx_photo_picture *picture, const reading *from,
                               spx_diag *diag)
{
    spx_photo_source source = { 0 };
    VipsImage *image = NULL;
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_photo_source_init(&source, file->data, file->size, from->task, diag));
    image = spx_photo_source_open(&source, type, picture);
    if (image == NULL) {
        status = spx_photo_source_fail(&source, type, file->name, diag);
        goto out;
    }
    SPX_TRY_OUT(spx_photo_check_size((uint32_t)vips_image_get_width(image),
                                     (uint32_t)vips_image_get_height(image), file->name,
                                     from->limits, diag));
    if (type == SPX_PHOTO_TYPE_GIF || type == SPX_PHOTO_TYPE_WEBP)
        spx_photo_tell_animation((unsigned)vips_image_get_n_pages(image), from->task);
    const opening how = { type, picture == NULL ? 0 : picture->rows };
    SPX_TRY_OUT(read_open(photo, &image, &source, &how, file->name, diag));
out:
    if (image != NULL)
        g_object_unref(image);
    spx_photo_source_clear(&source);
    return status;
}

/* A JPEG that is read while its damage is looked for. */
typedef struct jpeg_reading {
    spx_photo *photo;
    const spx_photo_file *file;
    const reading *from;
    spx_status status;
    spx_diag diag;
    spx_damage damage;
} jpeg_reading;

static void read_strictly(void *context)
{
    static const spx_photo_picture strict = { .subifd = -1 };
    jpeg_reading *const self = context;
    self->status = open_by_vips(self->photo, self->file, SPX_PHOTO_TYPE_JPEG, &strict, self->from,
                                &self->diag);
}

static void look_for_damage(void *context)
{
    jpeg_reading *const self = context;
    self->damage = spx_damage_find(SPX_PHOTO_TYPE_JPEG, self->file->data, self->file->size);
}

/* JPEG says nothing of damage to who only reads its pixels: it is looked for meanwhile, or before
 * where both would have to keep all of the picture. What was read of a damaged file counts for
 * nothing, its doubts neither. */
static spx_status read_jpeg(spx_photo *photo, const spx_photo_file *file, const reading *from,
                            spx_diag *diag)
{
    static const spx_photo_picture picture = { .subifd = -1, .lenient = 1 };
    spx_warning_list warnings = { .count = 0 };
    const spx_task task = { .pool = from->task == NULL ? NULL : from->task->pool,
                            .cancel = from->task == NULL ? NULL : from->task->cancel,
                            .warnings = &warnings };
    const reading apart = { .limits = from->limits, .task = &task };
    jpeg_reading self = { .photo = photo, .file = file, .from = &apart };
    if (spx_jpeg_has_one_scan(file->data, file->size)) {
        spx_task_beside(from->task, read_strictly, look_for_damage, &self);
    } else {
        look_for_damage(&self);
        if (!self.damage.found)
            read_strictly(&self);
    }
    const spx_damage damage = self.damage;
    if (!damage.found) {
        if (from->task != NULL)
            spx_warnings_append(from->task->warnings, &warnings);
        return self.status == SPX_OK ? SPX_OK : spx_fail(diag, self.status, "%s", self.diag.text);
    }
    spx_photo_clear(photo);
    SPX_TRY(spx_task_check(from->task, diag));
    SPX_TRY(spx_damage_judge(&damage, SPX_PHOTO_TYPE_JPEG, file->name, file->accept_damaged,
                             from->task, diag));
    return open_by_vips(photo, file, SPX_PHOTO_TYPE_JPEG, &picture, from, diag);
}

/* What can be opened of a file in which damage was found: of a PNG whose sum over all rows is wrong
 * *copy, with the right one, as newer libpng leaves out the last row; of others the file. The
 * caller frees *copy. */
static spx_status mend_file(spx_photo_file *out, uint8_t **copy, const spx_photo_file *file,
                            const spx_damage *damage, spx_diag *diag)
{
    *out = *file;
    SPX_TRY(spx_png_mend(copy, damage, file->data, file->size, diag));
    if (*copy != NULL)
        out->data = *copy;
    return SPX_OK;
}

/* Older libpng looks at nothing behind the last row: not at the sum over all rows, not at the
 * file's end. What such a file is made of was told with the first reading. */
static spx_status judge_read_png(spx_photo *photo, const spx_photo_file *file, const reading *from,
                                 spx_diag *diag)
{
    static const spx_photo_picture strict = { .subifd = -1 };
    spx_warning_list told = { .count = 0 };
    const spx_task task = { .pool = from->task == NULL ? NULL : from->task->pool,
                            .cancel = from->task == NULL ? NULL : from->task->cancel,
                            .warnings = &told };
    const reading again = { .limits = from->limits, .task = &task };
    SPX_TRY(spx_task_check(from->task, diag));
    const spx_damage damage = spx_damage_find(SPX_PHOTO_TYPE_PNG, file->data, file->size);
    SPX_TRY(spx_damage_judge(&damage, SPX_PHOTO_TYPE_PNG, file->name, file->accept_damaged,
                             from->task, diag));
    if (damage.sum_end == 0)
        return SPX_OK;
    spx_photo_file mended;
    uint8_t *copy = NULL;
    SPX_TRY(mend_file(&mended, &copy, file, &damage, diag));
    spx_photo_clear(photo);
    const spx_status status =
        open_by_vips(photo, &mended, SPX_PHOTO_TYPE_PNG, &strict, &again, diag);
    free(copy);
    return status;
}

/* A file that cannot be read strictly may be one whose damage is accepted. */
static spx_status read_strict_first(spx_photo *photo, const spx_photo_file *file,
                                    spx_photo_type type, const reading *from, spx_diag *diag)
{
    spx_diag strict = { 0 };
    spx_photo_picture picture = { .subifd = -1 };
    if (type == SPX_PHOTO_TYPE_TIFF)
        SPX_TRY(spx_tiff_photo_choose(&picture, file, from->task, diag));
    const spx_status status = open_by_vips(photo, file, type, &picture, from, &strict);
    if (status == SPX_OK)
        return type == SPX_PHOTO_TYPE_PNG ? judge_read_png(photo, file, from, diag) : SPX_OK;
    spx_photo_clear(photo);
    if (type == SPX_PHOTO_TYPE_WEBP && status != SPX_ERR_LIMIT && status != SPX_ERR_CANCELLED &&
        spx_webp_is_cut(file->data, file->size))
        return spx_webp_read_cut(photo, file, from->limits, from->task, diag);
    spx_damage damage = spx_damage_find(type, file->data, file->size);
    if (type == SPX_PHOTO_TYPE_GIF) /* of an animation what follows may be what the decoder met */
        damage.found = 1;
    enum { VIPS_STEP_ROWS = 16 }; /* libvips reads so many at once */
    const int unreadable = (type == SPX_PHOTO_TYPE_TIFF && damage.rows < VIPS_STEP_ROWS) ||
                           (type == SPX_PHOTO_TYPE_GIF && damage.middle);
    if (!damage.found || unreadable || (status != SPX_ERR_CORRUPT && status != SPX_ERR_TRUNCATED))
        return spx_fail(diag, status, "%s", strict.text);
    SPX_TRY(spx_damage_judge(&damage, type, file->name, file->accept_damaged, from->task, diag));
    picture.lenient = 1;
    picture.rows = damage.rows / VIPS_STEP_ROWS * VIPS_STEP_ROWS;
    spx_photo_file mended;
    uint8_t *copy = NULL;
    SPX_TRY(mend_file(&mended, &copy, file, &damage, diag));
    const spx_status left = open_by_vips(photo, &mended, type, &picture, from, diag);
    free(copy);
    return left;
}

static spx_status read_by_vips(spx_photo *photo, const spx_photo_file *file, spx_photo_type type,
                               const spx_limits *limits, const spx_task *task, spx_diag *diag)
{
    const reading from = { .limits = limits, .task = task };
    SPX_TRY(spx_vips_start(diag));
    return type == SPX_PHOTO_TYPE_JPEG ? read_jpeg(photo, file, &from, diag)
                                       : read_strict_first(photo, file, type, &from, diag);
}

/* A raw file that LibRaw cannot read may hold a picture that is more than a thumbnail. */
static spx_status read_raw(spx_photo *photo, const spx_photo_file *file, const spx_limits *limits,
                           const spx_task *task, spx_diag *diag)
{
    enum { THUMBNAIL_PX = 640 };
    spx_diag why = { 0 };
    spx_tiff_pictures pictures;
    const spx_status status = spx_raw_read(photo, file, limits, task, &why);
    if (status != SPX_ERR_UNSUPPORTED && status != SPX_ERR_CORRUPT)
        return status == SPX_OK ? SPX_OK : spx_fail(diag, status, "%s", why.text);
    spx_tiff_pictures_find(&pictures, file->data, file->size);
    if (pictures.width < THUMBNAIL_PX && pictures.height < THUMBNAIL_PX)
        return spx_fail(diag, status, "%s", why.text);
    spx_photo_clear(photo);
    spx_task_warn(task, SPX_WARNING_FALLBACK,
                  "the raw data cannot be read (%s); the largest picture beside them was used",
                  why.text);
    return read_by_vips(photo, file, SPX_PHOTO_TYPE_TIFF, limits, task, diag);
}

static spx_status read_type(spx_photo *photo, const spx_photo_file *file, spx_photo_type type,
                            const spx_limits *limits, const spx_task *task, spx_diag *diag)
{
    switch (type) {
    case SPX_PHOTO_TYPE_HEIF:
        return read_heif(photo, file, limits, task, diag);
    case SPX_PHOTO_TYPE_RAW:
        return read_raw(photo, file, limits, task, diag);
    case SPX_PHOTO_TYPE_BMP:
        return spx_bmp_read(photo, file, limits, task, diag);
    case SPX_PHOTO_TYPE_JXL:
        SPX_TRY(spx_jxl_read(photo, file, limits, task, diag));
        make_upright(photo); /* the decoder has turned it */
        if (!spx_icc_make_sound(&photo->icc))
            spx_bytes_clear(&photo->icc);
        return SPX_OK;
    default:
        return read_by_vips(photo, file, type, limits, task, diag);
    }
}

spx_status spx_photo_read_item(spx_photo *out, const spx_photo_file *file, const spx_limits *limits,
                               const spx_task *task, spx_diag *diag)
{
    spx_photo_type type = SPX_PHOTO_TYPE_UNKNOWN;
    SPX_TRY(check_input(file->data, file->size, file->name, limits, &type, diag));
    spx_photo photo = { 0 };
    const spx_status status = read_type(&photo, file, type, limits, task, diag);
    if (status == SPX_OK) {
        *out = photo;
        return SPX_OK;
    }
    spx_photo_clear(&photo);
    return status;
}

// NOLINTNEXTLINE(readability-function-size): seven parameters
spx_status spx_photo_read(spx_photo *out, const void *data, size_t size, const char *name,
                          const spx_limits *limits, const spx_task *task, spx_diag *diag)
{
    const spx_photo_file file = { .data = data, .size = size, .name = name };
    return spx_photo_read_item(out, &file, limits, task, diag);
}
