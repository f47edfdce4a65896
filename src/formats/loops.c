/* What people send: the photo moves. */
#include "codec/animation.h"
#include "formats/show.h"
#include "formats/writers.h"
#include "scene/loop.h"

#include <stdlib.h>

enum {
    MOST_BYTES = 8000000, /* messengers pass on files up to that size as they are */
    GIF_LONG_SIDE = 640,  /* of a dithered 800 px one the colours take 3 s, and it has 4 MB */
    WIGGLE_LONG_SIDE = 800,
    LOOP_LONG_SIDE = 1080, /* what Instagram shows */
    LOOP_WEBP_LONG_SIDE = 720,
    WEBP_QUALITY = 78,
    WEBP_LEAST_QUALITY = 30,
    WEBP_QUALITY_STEP = 16,
    RATE_FACTOR = 20,
    MOST_RATE_FACTOR = 44,
    RATE_FACTOR_STEP = 6, /* halves the size */
};

/* How a photo is moved. */
typedef struct motion {
    uint32_t long_side;
    double eyes; /* how far it goes, in distances of the eyes */
    spx_loop_motion loop;
    uint32_t per_second;
    uint32_t times; /* there and back, or around */
} motion;

static const double loop_eyes = 1.6; /* as far as the hidden layer still looks like the photo */

/* Higher, what comes into view above and below things would show that nobody knows it. */
static const double loop_lift = 0.4;

/* 0.9 s there and back at 16 pictures a second; 60 ms each in a GIF. */
static const motion wiggle_gif = { GIF_LONG_SIDE, 1.0, { 8, 0.0 }, 16, 1 };
static const motion wiggle_webp = { WIGGLE_LONG_SIDE, 1.0, { 8, 0.0 }, 16, 1 };
/* Instagram takes no film of less than 3 s. */
static const motion wiggle_mp4 = { WIGGLE_LONG_SIDE, 1.0, { 8, 0.0 }, 16, 4 };
/* 3 s there and back. */
static const motion swing_mp4 = { LOOP_LONG_SIDE, loop_eyes, { 46, 0.0 }, 30, 1 };
static const motion swing_webp = { LOOP_WEBP_LONG_SIDE, loop_eyes, { 31, 0.0 }, 20, 1 };
/* 3 s around. */
static const motion circle_mp4 = { LOOP_LONG_SIDE, loop_eyes, { 72, loop_lift }, 24, 1 };
static const motion circle_webp = { LOOP_WEBP_LONG_SIDE, loop_eyes, { 60, loop_lift }, 20, 1 };

typedef spx_status (*film_writer)(spx_bytes *out, const spx_animation *animation,
                                  const spx_task *task, spx_diag *diag);

static spx_status write_gif(spx_bytes *out, const spx_animation *animation, const spx_task *task,
                            spx_diag *diag)
{
    return spx_animation_write_gif(out, animation, task, diag);
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

static spx_status write_loop(spx_bytes *out, const spx_loop *loop, const motion *how,
                             film_writer write, const spx_task *task, spx_diag *diag)
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
    const spx_status status = write(out, &animation, task, diag);
    free(order);
    return status;
}

static spx_status show_moving_at(spx_bytes *out, const spx_master *master, const motion *how,
                                 film_writer write, const spx_task *task, spx_diag *diag)
{
    spx_status status = SPX_OK;
    spx_reduced small = { 0 };
    spx_loop loop = { 0 };
    const spx_task quiet = { .pool = task->pool, .cancel = task->cancel };
    const spx_camera_row cameras = spx_show_cameras(master, how->eyes);
    SPX_TRY_OUT(spx_show_reduce_to(&small, master, how->long_side, 1, task, diag));
    SPX_TRY_OUT(
        spx_loop_render(&loop, small.photo, small.depth, &cameras, &how->loop, &quiet, diag));
    SPX_TRY_OUT(write_loop(out, &loop, how, write, task, diag));
out:
    spx_reduced_clear(&small);
    spx_loop_clear(&loop);
    return status;
}

/* Smaller where even the coarsest coding is too large: of noise, mostly. */
static spx_status show_moving(spx_bytes *out, const spx_master *master, const motion *how,
                              film_writer write, const spx_task *task, spx_diag *diag)
{
    enum { LEAST_SIDE = 160 };
    motion now = *how;
    for (;;) {
        SPX_TRY(show_moving_at(out, master, &now, write, task, diag));
        if (out->size <= MOST_BYTES || now.long_side <= LEAST_SIDE)
            return SPX_OK;
        now.long_side = now.long_side * 3 / 4;
        spx_bytes_clear(out);
    }
}

spx_status spx_write_wiggle(spx_bytes *out, const spx_master *master, const spx_task *task,
                            spx_diag *diag)
{
    return show_moving(out, master, &wiggle_gif, write_gif, task, diag);
}

spx_status spx_write_wiggle_webp(spx_bytes *out, const spx_master *master, const spx_task *task,
                                 spx_diag *diag)
{
    return show_moving(out, master, &wiggle_webp, write_webp, task, diag);
}

spx_status spx_write_wiggle_mp4(spx_bytes *out, const spx_master *master, const spx_task *task,
                                spx_diag *diag)
{
    return show_moving(out, master, &wiggle_mp4, write_mp4, task, diag);
}

static int is_swing(const spx_master *master)
{
    return master->options->motion == SPX_MOTION_SWING;
}

spx_status spx_write_parallax(spx_bytes *out, const spx_master *master, const spx_task *task,
                              spx_diag *diag)
{
    return show_moving(out, master, is_swing(master) ? &swing_mp4 : &circle_mp4, write_mp4, task,
                       diag);
}

spx_status spx_write_parallax_webp(spx_bytes *out, const spx_master *master, const spx_task *task,
                                   spx_diag *diag)
{
    return show_moving(out, master, is_swing(master) ? &swing_webp : &circle_webp, write_webp, task,
                       diag);
}
