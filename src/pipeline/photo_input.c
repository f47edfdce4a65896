#include "pipeline/photo_input.h"

#include "base/file.h"
#include "codec/photo_read.h"

/* With fewer pixels along its longer side a photo is coarse in the smallest of viewers. */
enum { SMALL_SIDE_PX = 480 };

static void look_at_size(const spx_photo *photo, const spx_task *task)
{
    const spx_image *const image = photo->image;
    if (image->width >= SMALL_SIDE_PX || image->height >= SMALL_SIDE_PX)
        return;
    spx_task_warn(task, SPX_WARNING_TINY_SOURCE,
                  "the photo has only %u x %u pixels, and will look coarse", image->width,
                  image->height);
}

const char *spx_input_name(const spx_input *input)
{
    if (input->name != NULL)
        return input->name;
    return input->path != NULL ? input->path : "photo";
}

static spx_status read_input(spx_photo *out, const spx_input *input, const spx_limits *limits,
                             const spx_task *task, spx_diag *diag)
{
    const char *const name = spx_input_name(input);
    if (input->data != NULL) {
        if (input->size > limits->file_bytes) {
            return spx_fail(diag, SPX_ERR_LIMIT, "%s: %zu bytes are over the limit of %llu", name,
                            input->size, (unsigned long long)limits->file_bytes);
        }
        return spx_photo_read(out, input->data, input->size, name, limits, task, diag);
    }
    if (input->path == NULL)
        return spx_fail(diag, SPX_ERR_ARGUMENT, "%s: neither a path nor bytes", name);
    spx_bytes file = { 0 };
    SPX_TRY(spx_file_read(input->path, limits->file_bytes, &file, diag));
    const spx_status status = spx_photo_read(out, file.data, file.size, name, limits, task, diag);
    spx_bytes_clear(&file);
    return status;
}

spx_status spx_input_read(spx_photo *out, const spx_input *input, const spx_limits *limits,
                          const spx_task *task, spx_diag *diag)
{
    SPX_TRY(read_input(out, input, limits, task, diag));
    look_at_size(out, task);
    return SPX_OK;
}
