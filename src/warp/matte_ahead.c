/*
 * Where a soft edge leads. The near surface beside a pixel is found by height, so where a third one
 * stands nearer still, within the band, the edge of the middle one would move with it. From pixel
 * to pixel alpha rises towards the surface that an edge belongs to and falls towards the one behind
 * it: the way there tells which of three it is.
 */
#include "warp/matte.h"

#include <math.h>

typedef struct spot {
    int64_t x;
    int64_t y;
} spot;

static int is_inside(const spx_layers *layers, spot at)
{
    return at.x >= layers->margin && at.x < (int64_t)layers->width - layers->margin && at.y >= 0 &&
           at.y < layers->height;
}

static size_t index_of(const spx_layers *layers, spot at)
{
    return spx_layers_at(layers, (uint32_t)at.y) + (size_t)at.x;
}

/* How near a pixel is by its colour. What was left alone is a surface of its own: the way's end,
 * unless it is lower (or higher) than `depth`, where the way comes from. 0 = no part of it. */
static int code_at(const spx_layers *layers, const spx_matte_source *source, spot at,
                   uint16_t depth, int near)
{
    if (!is_inside(layers, at))
        return 0;
    const size_t i = index_of(layers, at);
    if (source->smooth[i] != 0)
        return source->smooth[i];
    if (spx_matte_trust_of(source->trust[i]) == SPX_MATTE_SURE)
        return source->found[i];
    if (near)
        return source->depth[i] >= depth ? SPX_MATTE_NEAR : 0;
    return source->depth[i] <= depth ? SPX_MATTE_FAR : 0;
}

/* One move to the pixel around that is nearest (or farthest) by colour, the closest of such;
 * returns its code, or `now` and stays where no pixel is more so. */
static int move(const spx_layers *layers, const spx_matte_source *source, spot *at, int now,
                int near)
{
    enum { REACH = 2 }; /* alpha has grain */
    const uint16_t depth = source->depth[index_of(layers, *at)];
    const spot from = *at;
    int best = now;
    int closest = 0;
    for (int v = -REACH; v <= REACH; v++) {
        for (int u = -REACH; u <= REACH; u++) {
            const spot to = { from.x + u, from.y + v };
            const int code = code_at(layers, source, to, depth, near);
            const int better = near ? code > best : code != 0 && code < best;
            const int away = u * u + v * v;
            if (!better && !(code == best && away < closest))
                continue;
            best = code;
            closest = away;
            *at = to;
        }
    }
    return best;
}

/* To where the colours are wholly one surface's. Returns 0 when no way leads there. */
static int follow(const spx_layers *layers, const spx_matte_source *source, spot *at, int near)
{
    enum { MOST_MOVES = 2 * SPX_MATTE_MOST_BAND_PX };
    const int end = near ? SPX_MATTE_NEAR : SPX_MATTE_FAR;
    int now = source->smooth[index_of(layers, *at)];
    for (int k = 0; k < MOST_MOVES && now != end; k++) {
        const int next = move(layers, source, at, now, near);
        if (next == now)
            return 0;
        now = next;
    }
    return now == end;
}

int spx_matte_look_ahead(const spx_layers *layers, const spx_matte_source *source, uint32_t x,
                         uint32_t y, int near, uint16_t *depth)
{
    spot at = { x, y };
    *depth = 0;
    if (!follow(layers, source, &at, near))
        return 0;
    const float by = (float)spx_matte_sharp_band(source->photo);
    const float right = (float)(at.x - (int64_t)x);
    const float down = (float)(at.y - (int64_t)y);
    const float length = fmaxf(hypotf(right, down), 1.0F);
    const spot on = { at.x + lrintf(right / length * by), at.y + lrintf(down / length * by) };
    const uint16_t here = source->depth[index_of(layers, at)];
    const uint16_t further = is_inside(layers, on) ? source->depth[index_of(layers, on)] : here;
    *depth = near == (further > here) ? further : here;
    return 1;
}
