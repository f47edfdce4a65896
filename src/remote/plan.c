#include "remote/plan.h"

#include <math.h>

enum {
    PERCENT_MAX = 100,
    SPACE_PHOTO_MIN = 64,    /* the Space makes a smaller photo this large */
    SMALL_FRAME_SIDE = 1024, /* frames below this are enlarged up to it: models like that size */
};

/* How much of a pixel of the painted picture a margin may miss: its edge pixels are repeated. */
static const double slack_px = 1.0;
/* How much the photo may lose or gain in height to rounding. */
static const double skew_px = 3.0;

static uint32_t round_to(double value, uint32_t step)
{
    const double steps = fmax(round(value / step), 1.0);
    return (uint32_t)steps * step;
}

spx_remote_place spx_remote_plan_frame(const spx_frame *frame, uint32_t long_side, uint32_t step)
{
    const double longer = fmax(frame->width, frame->height);
    const double scale = fmin((double)long_side / longer, 1.0);
    spx_remote_place place = { .width = round_to(scale * frame->width, step),
                               .height = round_to(scale * frame->height, step) };
    const double scale_x = (double)place.width / frame->width;
    const double scale_y = (double)place.height / frame->height;
    const double right = (double)frame->photo_x + frame->photo_width;
    const double bottom = (double)frame->photo_y + frame->photo_height;
    place.x = (uint32_t)fmin(round(scale_x * frame->photo_x), place.width - 1.0);
    place.y = (uint32_t)fmin(round(scale_y * frame->photo_y), place.height - 1.0);
    place.photo_width = (uint32_t)fmax(round(scale_x * right) - place.x, 1.0);
    place.photo_height = (uint32_t)fmax(round(scale_y * bottom) - place.y, 1.0);
    return place;
}

/* ---- the Space's function ---- */

/** -1: at the low end, 0: centred, 1: at the high end; of each axis. */
static const struct {
    const char *name;
    int x;
    int y;
} alignments[] = {
    { "Middle", 0, 0 }, { "Left", -1, 0 }, { "Right", 1, 0 }, { "Top", 0, -1 }, { "Bottom", 0, 1 },
};

enum { ALIGNMENT_COUNT = sizeof(alignments) / sizeof(alignments[0]) };

/** One axis of the frame, in the photo's pixels. */
typedef struct axis {
    double before; /* margins wished */
    double photo;
    double after;
    int align;
    const spx_remote_range *range;
} axis;

/** What the picture must hold for the alignment to leave both margins. */
static double span_of(const axis *self)
{
    if (self->align != 0)
        return self->before + self->photo + self->after;
    return self->photo + 2.0 * fmax(self->before, self->after);
}

/** The alignment leaves no room on its side. */
static int alignment_suits(const axis *self)
{
    return self->align == 0 || (self->align < 0 ? self->before : self->after) <= 0.0;
}

static uint32_t side_of(const axis *self, double scale)
{
    const spx_remote_range *const range = self->range;
    const uint32_t most = range->most / range->step * range->step;
    const double steps = ceil(scale * span_of(self) / range->step - 1e-9);
    const double side = fmax(steps * range->step, range->least);
    return (uint32_t)fmin(side, most);
}

/** Where the Space puts a photo of that length, and whether that leaves the wished margins. */
static int settle(const axis *self, uint32_t side, uint32_t length, uint32_t *at)
{
    if (length > side)
        return 0;
    *at = self->align < 0 ? 0 : self->align > 0 ? side - length : (side - length) / 2;
    const double scale = length / self->photo;
    return *at + slack_px >= scale * self->before &&
           side - length - *at + slack_px >= scale * self->after;
}

/** The arithmetic of the Space: fit into the picture, then shrink to a percentage. */
static uint32_t space_length(uint32_t length, double fit, uint32_t percent)
{
    const uint32_t full = (uint32_t)(length * fit);
    const uint32_t shrunk = (uint32_t)(full * (percent / 100.0));
    return shrunk < SPACE_PHOTO_MIN ? SPACE_PHOTO_MIN : shrunk;
}

static int try_percent(const axis *x, const axis *y, uint32_t percent, spx_remote_space_plan *plan)
{
    /* A photo of the size that it will get: no part of the Space then sees another proportion. */
    spx_remote_place *const place = &plan->place;
    const double fit = fmin(place->width / x->photo, place->height / y->photo);
    plan->percent = percent;
    plan->upload_width = (uint32_t)fmax(round(x->photo * fit * percent / PERCENT_MAX), 1.0);
    plan->upload_height = (uint32_t)fmax(round(y->photo * fit * percent / PERCENT_MAX), 1.0);
    const double refit = fmin((double)place->width / plan->upload_width,
                              (double)place->height / plan->upload_height);
    place->photo_width = space_length(plan->upload_width, refit, percent);
    place->photo_height = space_length(plan->upload_height, refit, percent);
    const double height = y->photo * place->photo_width / x->photo;
    return fabs(place->photo_height - height) < skew_px &&
           settle(x, place->width, place->photo_width, &place->x) &&
           settle(y, place->height, place->photo_height, &place->y);
}

/** The plan for one alignment; 0 when it leaves too little. */
static int plan_aligned(spx_remote_space_plan *plan, const axis *x, const axis *y)
{
    const double longer = fmax(span_of(x), span_of(y));
    double scale = fmin(x->range->most / span_of(x), y->range->most / span_of(y));
    scale = fmin(scale, fmax(1.0, SMALL_FRAME_SIDE / longer));
    plan->place.width = side_of(x, scale);
    plan->place.height = side_of(y, scale);
    const double fit = fmin(plan->place.width / x->photo, plan->place.height / y->photo);
    const double exact = fmin(PERCENT_MAX * scale / fit, PERCENT_MAX);
    const uint32_t begin = (uint32_t)fmin(ceil(exact), PERCENT_MAX);
    for (uint32_t percent = begin; percent > 0 && percent + 3 > begin; percent--) {
        if (try_percent(x, y, percent, plan))
            return 1;
    }
    return 0;
}

spx_status spx_remote_plan_space(spx_remote_space_plan *out, const spx_frame *frame,
                                 const spx_remote_range *width, const spx_remote_range *height,
                                 spx_diag *diag)
{
    *out = (spx_remote_space_plan){ 0 };
    for (size_t i = 0; i < ALIGNMENT_COUNT; i++) {
        const axis x = { .before = spx_frame_left(frame),
                         .photo = frame->photo_width,
                         .after = spx_frame_right(frame),
                         .align = alignments[i].x,
                         .range = width };
        const axis y = { .before = spx_frame_top(frame),
                         .photo = frame->photo_height,
                         .after = spx_frame_bottom(frame),
                         .align = alignments[i].y,
                         .range = height };
        spx_remote_space_plan plan = { .alignment = alignments[i].name };
        if (alignment_suits(&x) && alignment_suits(&y) && plan_aligned(&plan, &x, &y) &&
            plan.place.photo_width > out->place.photo_width)
            *out = plan; /* the larger the photo, the finer the border */
    }
    if (out->alignment == NULL) {
        return spx_fail(diag, SPX_ERR_UNSUPPORTED,
                        "a frame of %u x %u around a photo of %u x %u is too long and narrow for "
                        "the remote engine",
                        frame->width, frame->height, frame->photo_width, frame->photo_height);
    }
    return SPX_OK;
}
