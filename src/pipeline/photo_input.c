#include "pipeline/photo_input.h"

#include "base/file.h"
#include "codec/own_depth.h"
#include "codec/photo_read.h"
#include "container/metadata.h"

#include <string.h>

/* With fewer pixels along its longer side a photo is coarse in the smallest of viewers. */
enum { SMALL_SIDE_PX = 480 };

/* Of a picture in floats: highlights that small may be lost in silence, as each camera loses them.
 */
static const double few_clipped = 0.001;

void spx_input_look_at_size(uint32_t width, uint32_t height, const spx_task *task)
{
    if (width >= SMALL_SIDE_PX || height >= SMALL_SIDE_PX)
        return;
    spx_task_warn(task, SPX_WARNING_TINY_SOURCE,
                  "the photo has only %u x %u pixels, and will look coarse", width, height);
}

static void tell_what_is_white(const spx_photo *photo, const spx_task *task)
{
    if (photo->on_white) {
        spx_task_warn(task, SPX_NOTE_ON_WHITE,
                      "the photo is transparent in places, and has white behind them now");
    }
    if (photo->clipped.share > few_clipped) {
        spx_task_warn(task, SPX_WARNING_HDR_AS_SDR,
                      "%.3g %% of the picture is brighter than white and became white: its values "
                      "go up to %.4g, and 1 is white",
                      100.0 * photo->clipped.share, photo->clipped.most);
    }
}

const char *spx_input_name(const spx_input *input)
{
    if (input->name != NULL)
        return input->name;
    return input->path != NULL ? input->path : "photo";
}

spx_status spx_input_make_true(spx_photo *photo, spx_diag *diag)
{
    const spx_image *const image = photo->image;
    const spx_metadata_change change = { .turned = photo->turned,
                                         .old_width = image->width,
                                         .old_height = image->height,
                                         .width = image->width,
                                         .height = image->height,
                                         .parts_dropped = 1,
                                         .coded_anew = 1,
                                         .is_srgb = photo->icc.size == 0 };
    SPX_TRY(spx_metadata_update(&photo->exif, &photo->xmp, &change, diag));
    photo->turned = 1; /* the metadata know it now, and may be made true again after a change */
    return SPX_OK;
}

static spx_status read_own_depth(spx_photo *photo, const spx_photo_file *file,
                                 const spx_limits *limits, const spx_task *task, spx_diag *diag)
{
    spx_own_depth depth = { 0 };
    SPX_TRY(spx_own_depth_read(&depth, file, limits, task, diag));
    photo->depth = depth.map;
    memcpy(photo->depth_source, depth.what, sizeof(photo->depth_source));
    return SPX_OK;
}

static spx_status read_file(spx_photo *photo, const spx_photo_file *file, const spx_limits *limits,
                            const spx_task *task, spx_diag *diag)
{
    SPX_TRY(spx_photo_read_item(photo, file, limits, task, diag));
    spx_status status = spx_input_make_true(photo, diag);
    if (status == SPX_OK)
        status = read_own_depth(photo, file, limits, task, diag);
    if (status == SPX_OK) {
        spx_input_look_at_size(photo->image->width, photo->image->height, task);
        tell_what_is_white(photo, task);
    }
    if (status != SPX_OK)
        spx_photo_clear(photo);
    return status;
}

spx_status spx_input_read(spx_photo *out, const spx_input *input, const spx_limits *limits,
                          const spx_task *task, spx_diag *diag)
{
    const char *const name = spx_input_name(input);
    spx_bytes bytes = { 0 };
    spx_photo_file file = { .data = input->data,
                            .size = input->size,
                            .name = name,
                            .accept_damaged = input->accept_damaged };
    if (input->data == NULL && input->path == NULL)
        return spx_fail(diag, SPX_ERR_ARGUMENT, "%s: neither a path nor bytes", name);
    if (input->data == NULL) {
        SPX_TRY(spx_file_read(input->path, limits->file_bytes, &bytes, diag));
        file.data = bytes.data;
        file.size = bytes.size;
    }
    const spx_status status = read_file(out, &file, limits, task, diag);
    spx_bytes_clear(&bytes);
    return status;
}
