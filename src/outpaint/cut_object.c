/*
 * A thing is cut where, along a side of the photo, a run of near depth ends in a jump to something
 * farther: ground, walls and sky change slowly along a side, and what begins or ends in a jump has
 * an outline that goes on beyond the frame.
 */
#include "outpaint/cut_object.h"

#include "outpaint/frame.h"

#include <math.h>
#include <string.h>

/* How far inside the side the depth is looked at, as a share of the map: the last rows of a map are
 * its least sure ones. */
static const double inside = 0.02;
/* A jump is so large a step of depth within such a share of the side. */
static const float least_jump = 0.2f;
static const double jump_length = 0.03;
/* What ends in it is at least so near, and so long a part of the side. */
static const float least_near = 0.35f;
static const double least_length = 0.03;

/* The depth along one side of the map. */
typedef struct side {
    const spx_plane *depth;
    int is_row;
    uint32_t at; /* the row or column */
    uint32_t count;
} side;

static float value_at(const side *self, uint32_t i)
{
    return self->is_row ? spx_plane_row(self->depth, self->at)[i]
                        : spx_plane_row(self->depth, i)[self->at];
}

/* Whether the pixels from i on, in steps of `step`, stay near the depth of i for long enough. */
static int is_long(const side *self, uint32_t i, int step)
{
    const uint32_t wanted = (uint32_t)ceil(least_length * self->count);
    const float depth = value_at(self, i);
    int64_t x = i;
    for (uint32_t k = 0; k < wanted; k++, x += step) {
        if (x < 0 || x >= self->count ||
            fabsf(value_at(self, (uint32_t)x) - depth) > least_jump / 2)
            return 0;
    }
    return 1;
}

/* Whether something near begins or ends in a jump between i and i + length: *end is its last pixel
 * there, *step leads into it. */
static int is_outline(const side *self, uint32_t i, uint32_t length, uint32_t *end, int *step)
{
    const float before = value_at(self, i);
    const float after = value_at(self, i + length);
    *end = before > after ? i : i + length;
    *step = before > after ? -1 : 1;
    return fabsf(before - after) >= least_jump && fmaxf(before, after) >= least_near &&
           is_long(self, *end, *step);
}

static uint32_t jump_of(const side *self)
{
    return (uint32_t)fmax(2.0, ceil(jump_length * self->count));
}

static int cuts_something(const side *self)
{
    const uint32_t length = jump_of(self);
    uint32_t end = 0;
    int step = 0;
    for (uint32_t i = 0; i + length < self->count; i++) {
        if (is_outline(self, i, length, &end, &step))
            return 1;
    }
    return 0;
}

static side side_of(const spx_plane *depth, spx_patch_side which)
{
    const uint32_t row = (uint32_t)(inside * depth->height);
    const uint32_t column = (uint32_t)(inside * depth->width);
    switch (which) {
    case SPX_SIDE_LEFT:
        return (side){ depth, 0, column, depth->height };
    case SPX_SIDE_RIGHT:
        return (side){ depth, 0, depth->width - 1 - column, depth->height };
    case SPX_SIDE_TOP:
        return (side){ depth, 1, row, depth->width };
    case SPX_SIDE_BOTTOM:
    default:
        return (side){ depth, 1, depth->height - 1 - row, depth->width };
    }
}

static const char *find_cut(const spx_frame *frame, const spx_plane *depth)
{
    const struct {
        const char *name;
        uint32_t growth;
        spx_patch_side side;
    } sides[] = {
        { "bottom", spx_frame_bottom(frame), SPX_SIDE_BOTTOM },
        { "left", spx_frame_left(frame), SPX_SIDE_LEFT },
        { "right", spx_frame_right(frame), SPX_SIDE_RIGHT },
        { "top", spx_frame_top(frame), SPX_SIDE_TOP },
    };
    for (size_t i = 0; i < sizeof(sides) / sizeof(sides[0]); i++) {
        const side at = side_of(depth, sides[i].side);
        if (sides[i].growth > 0 && cuts_something(&at))
            return sides[i].name;
    }
    return NULL;
}

/* From its outline on a thing goes on while it is about as near. */
static void mark_thing(const side *self, uint32_t end, int step, uint8_t *marks)
{
    const float least = value_at(self, end) - least_jump / 2;
    for (int64_t x = end; x >= 0 && x < self->count && value_at(self, (uint32_t)x) >= least;
         x += step)
        marks[x] = 1;
}

uint32_t spx_cut_things_mark(const spx_plane *depth, spx_patch_side which, uint8_t *marks)
{
    const side self = side_of(depth, which);
    const uint32_t length = jump_of(&self);
    uint32_t end = 0;
    int step = 0;
    memset(marks, 0, self.count);
    for (uint32_t i = 0; i + length < self.count; i++) {
        if (is_outline(&self, i, length, &end, &step))
            mark_thing(&self, end, step, marks);
    }
    return self.count;
}

spx_outpaint_doubts spx_outpaint_doubts_find(const spx_frame *frame, const spx_plane *depth)
{
    const double across = fmax(spx_frame_left(frame), spx_frame_right(frame)) / frame->photo_width;
    const double down = fmax(spx_frame_top(frame), spx_frame_bottom(frame)) / frame->photo_height;
    return (spx_outpaint_doubts){
        .cut_side = depth == NULL ? NULL : find_cut(frame, depth),
        .most_growth = fmax(across, down),
    };
}
