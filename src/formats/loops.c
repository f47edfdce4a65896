/* What people send: the photo moves. */
#include "codec/animation.h"
#include "formats/show.h"
#include "formats/writers.h"
#include "scene/loop.h"

#include <stdlib.h>

enum {
    MOST_BYTES = 8000000, /* messengers pass on files up to that size as they are */
    WEBP_QUALITY = 78,
    WEBP_LEAST_QUALITY = 30,
    WEBP_QUALITY_STEP = 16,
    RATE_FACTOR = 20,
    MOST_RATE_FACTOR = 44,
    RATE_FACTOR_STEP = 6, /* halves the size */
};

/* How a photo is moved. */
typedef struct motion {
    double eyes; /* how far it goes, in distances of the eyes */
    spx_loop_motion loop;
    uint32_t per_second;
    uint32_t times; /* there and back, or around */
} motion;

/* 0.9 s there and back at 16 pictures a second; 60 ms each in a GIF. A film of it goes there and
 * back more than once: Instagram takes none of less than 3 s. */
static motion between_eyes(const spx_film_form *form)
{
    enum { PICTURES = 8, PER_SECOND = 16 };
    return (motion){ 1.0, { PICTURES, 0.0 }, PER_SECOND, form->times };
}

/* 3 s, around or there and back. */
static motion slowly(const spx_film_form *form, spx_motion asked)
{
    enum { SECONDS = 3 };
    static const double eyes = 1.6; /* as far as the hidden layer still looks like the photo */
    /* Higher, what comes into view above and below things would show that nobody knows it. */
    static const double lift = 0.4;
    if (asked == SPX_MOTION_SWING) {
        const uint32_t rate = form->swing_per_second;
        return (motion){ eyes, { SECONDS * rate / 2 + 1, 0.0 }, rate, 1 };
    }
    const uint32_t rate = form->around_per_second;
    return (motion){ eyes, { (size_t)SECONDS * rate, lift }, rate, 1 };
}

/* As fine as fits into MOST_BYTES. */
static spx_status write_webp(spx_bytes *out, const spx_animation *animation, const spx_task *task,
                             spx_diag *diag)
{
    for (int quality = WEBP_QUALITY;; quality -= WEBP_QUALITY_STEP) {
        SPX_TRY(spx_animation_write_webp(out, animation, quality, task, diag));
        if (out->size <= MOST_BYTES || quality <= WEBP_LEAST_QUALITY)
            return SPX_OK;
        spx_bytes_clear(out);
    }
}

static spx_status write_mp4(spx_bytes *out, const spx_animation *animation, const spx_task *task,
                            spx_diag *diag)
{
    for (int factor = RATE_FACTOR;; factor += RATE_FACTOR_STEP) {
        SPX_TRY(spx_animation_write_mp4(out, animation, factor, task, diag));
        if (out->size <= MOST_BYTES || factor >= MOST_RATE_FACTOR)
            return SPX_OK;
        spx_bytes_clear(out);
    }
}

static spx_status write_film(spx_bytes *out, spx_film_type type, const spx_animation *animation,
                             const spx_task *task, spx_diag *diag)
{
    switch (type) {
    case SPX_FILM_WEBP:
        return write_webp(out, animation, task, diag);
    case SPX_FILM_MP4:
        return write_mp4(out, animation, task, diag);
    default:
        return spx_animation_write_gif(out, animation, task, diag);
    }
}

static spx_status write_loop(spx_bytes *out, const spx_loop *loop, const motion *how,
                             spx_film_type type, const spx_task *task, spx_diag *diag)
{
    const size_t length = loop->length * how->times;
    uint16_t *const order = malloc(length * sizeof(*order));
    if (order == NULL)
        return spx_fail_memory(diag, "loop");
    for (size_t i = 0; i < length; i++)
        order[i] = loop->order[i % loop->length];
    const spx_animation animation = { .pictures = (const spx_image *const *)loop->pictures,
                                      .order = order,
                                      .length = length,
                                      .per_second = how->per_second };
    const spx_status status = write_film(out, type, &animation, task, diag);
    free(order);
    return status;
}

static spx_status show_moving(spx_bytes *out, const spx_master *master, const spx_film_form *form,
                              uint32_t long_side, const spx_task *task, spx_diag *diag)
{
    spx_status status = SPX_OK;
    spx_reduced small = { 0 };
    spx_loop loop = { 0 };
    const spx_task quiet = spx_task_quiet(task);
    const motion how = form->around_per_second == 0
                           ? between_eyes(form)
                           : slowly(form, (spx_motion)master->options->motion);
    const spx_camera_row cameras = spx_show_cameras(master, how.eyes);
    SPX_TRY_OUT(spx_show_reduce_to(&small, master, long_side, 1, task, diag));
    SPX_TRY_OUT(
        spx_loop_render(&loop, small.photo, small.depth, &cameras, &how.loop, &quiet, diag));
    SPX_TRY_OUT(write_loop(out, &loop, &how, form->type, task, diag));
out:
    spx_reduced_clear(&small);
    spx_loop_clear(&loop);
    return status;
}

/* Smaller where even the coarsest coding is too large: of noise, mostly. */
spx_status spx_write_film(spx_bytes *out, const spx_master *master, const spx_film_form *form,
                          const spx_task *task, spx_diag *diag)
{
    enum { LEAST_SIDE = 160 };
    for (uint32_t long_side = form->long_side;; long_side = long_side * 3 / 4) {
        SPX_TRY(show_moving(out, master, form, long_side, task, diag));
        if (out->size <= MOST_BYTES || long_side <= LEAST_SIDE)
            return SPX_OK;
        spx_bytes_clear(out);
    }
}
