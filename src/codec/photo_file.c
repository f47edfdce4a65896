#include "codec/photo_file.h"

spx_status spx_photo_check_size(uint32_t width, uint32_t height, const char *name,
                                const spx_limits *limits, spx_diag *diag)
{
    if (width > limits->side_px || height > limits->side_px) {
        return spx_fail(diag, SPX_ERR_LIMIT, "%s: %ux%u pixels, a side may have %u at most", name,
                        width, height, limits->side_px);
    }
    const uint64_t pixels = (uint64_t)width * height;
    if (pixels > limits->pixels) {
        return spx_fail(diag, SPX_ERR_LIMIT, "%s: %ux%u are %llu pixels, the limit is %llu", name,
                        width, height, (unsigned long long)pixels,
                        (unsigned long long)limits->pixels);
    }
    return SPX_OK;
}

void spx_photo_tell_animation(unsigned pictures, const spx_task *task)
{
    if (pictures > 1) {
        spx_task_warn(task, SPX_NOTE_PICTURE_CHOSEN, "animation of %u pictures: the first was used",
                      pictures);
    } else if (pictures == 0) {
        spx_task_warn(task, SPX_NOTE_PICTURE_CHOSEN, "animation: one still picture of it was used");
    }
}
