#include "outpaint/layout_choice.h"

#include "outpaint/islands.h"
#include "outpaint/patch_match.h"
#include "outpaint/tuned.h"

#include <math.h>
#include <string.h>

enum { JOINT_PX = 4, WALL_SIDES = 2 };

/** The side that an active pixel belongs to; in a corner, the side over which it stands out
 * farther, as a share of that margin. */
static spx_patch_side side_of(const spx_patch_level *level, int32_t x, int32_t y)
{
    const spx_patch_rect still = spx_patch_level_still(level);
    double share[SPX_SIDES] = { 0 };
    if (x < still.x0)
        share[SPX_SIDE_LEFT] = (double)(still.x0 - x) / still.x0;
    if (y < still.y0)
        share[SPX_SIDE_TOP] = (double)(still.y0 - y) / still.y0;
    if (x >= still.x1)
        share[SPX_SIDE_RIGHT] = (double)(x - still.x1 + 1) / (level->width - still.x1);
    if (y >= still.y1)
        share[SPX_SIDE_BOTTOM] = (double)(y - still.y1 + 1) / (level->height - still.y1);
    int side = 0;
    for (int i = 1; i < SPX_SIDES; i++)
        side = share[i] > share[side] ? i : side;
    return (spx_patch_side)side;
}

/** Whether the patch around an active pixel meets the margins of two sides. */
static int in_corner(const spx_patch_level *level, int32_t x, int32_t y)
{
    const spx_patch_rect still = spx_patch_level_still(level);
    return (x < still.x0 || x >= still.x1) && (y < still.y0 || y >= still.y1);
}

void spx_layout_measure(const spx_patch_level *level, spx_layout_fit fits[SPX_SIDES])
{
    double counts[SPX_SIDES] = { 0 };
    double joint_counts[SPX_SIDES] = { 0 };
    memset(fits, 0, SPX_SIDES * sizeof(*fits));
    for (int32_t y = 0; y < level->height; y++) {
        const spx_patch_spans spans = spx_patch_spans_between(&level->bounds, &level->photo, y);
        for (int part = 0; part < 2; part++) {
            for (int32_t x = spans.x0[part]; x < spans.x1[part]; x++) {
                if (in_corner(level, x, y))
                    continue;
                const spx_patch_side side = side_of(level, x, y);
                const double difference = spx_patch_difference(level, x, y);
                const spx_patch_source source =
                    level->sources[(size_t)y * (size_t)level->width + (size_t)x];
                const int joint = spx_patch_distance(&level->photo, x, y) <= JOINT_PX;
                fits[side].whole += difference + (double)spx_islands_cost(level, source);
                fits[side].joint += joint ? difference : 0.0;
                counts[side] += 1.0;
                joint_counts[side] += joint;
            }
        }
    }
    for (int i = 0; i < SPX_SIDES; i++) {
        fits[i].whole /= fmax(counts[i], 1.0);
        fits[i].joint /= fmax(joint_counts[i], 1.0);
    }
}

/** A copied band fits itself well everywhere; it is right only where it fits the photo as well, or
 * nearly so when nothing else comes close. The rhythm was found on the border itself: it may differ
 * there by what differs from one brick to the next, up to what `smooth` is wrong by everywhere. */
static int copy_is_better(spx_layout_kind kind, const spx_layout_fit *copy,
                          const spx_layout_fit *smooth)
{
    const double most = kind == SPX_LAYOUT_REPEAT
                            ? fmax(tuned.copy_joint_wins * smooth->joint, smooth->whole)
                            : tuned.copy_joint_wins * smooth->joint;
    if (copy->whole < tuned.copy_wins * smooth->whole && copy->joint < most)
        return 1;
    return copy->joint < tuned.clear_joint_wins * smooth->joint &&
           copy->whole * copy->joint < tuned.clear_win * smooth->whole * smooth->joint;
}

void spx_layout_forbid_shifts(spx_layout_leave *leave, const spx_patch_level *level)
{
    const spx_patch_rect *const photo = &level->photo;
    const double across = spx_patch_rect_width(photo);
    const double down = spx_patch_rect_height(photo);
    const double growth[SPX_SIDES] = { photo->x0 / across, photo->y0 / down,
                                       (level->width - photo->x1) / across,
                                       (level->height - photo->y1) / down };
    for (int side = 0; side < SPX_SIDES; side++)
        leave->no_shift[side] = growth[side] > tuned.shift_most;
}

static spx_layout_kind best_on(spx_layout_fit fits[][SPX_SIDES], size_t count,
                               const spx_layout_leave *leave, int side)
{
    spx_layout_kind best = SPX_LAYOUT_SMOOTH;
    for (size_t kind = SPX_LAYOUT_SHIFT; kind < count; kind++) {
        const spx_layout_fit *const fit = &fits[kind][side];
        if ((kind == SPX_LAYOUT_REPEAT && !spx_patch_repeat_on(&leave->repeat, side)) ||
            (kind == SPX_LAYOUT_SHIFT && leave->no_shift[side]))
            continue;
        if (copy_is_better((spx_layout_kind)kind, fit, &fits[SPX_LAYOUT_SMOOTH][side]) &&
            (best == SPX_LAYOUT_SMOOTH || fit->whole < fits[best][side].whole))
            best = (spx_layout_kind)kind;
    }
    return best;
}

void spx_layout_choose(spx_layout_fit fits[][SPX_SIDES], size_t count,
                       const spx_layout_leave *leave, spx_layout_kind best[SPX_SIDES])
{
    int rhythmic = 0;
    for (int side = 0; side < SPX_SIDES; side++) {
        best[side] = best_on(fits, count, leave, side);
        rhythmic += best[side] == SPX_LAYOUT_REPEAT;
    }
    /* A photo whose rhythm wins on two sides is a wall: the others follow it where that is not much
     * worse, so that the corners fit together; plain plaster would fit even better there. */
    for (int side = 0; side < SPX_SIDES && rhythmic >= WALL_SIDES; side++) {
        const spx_layout_fit *const own = &fits[best[side]][side];
        const spx_layout_fit *const other = &fits[SPX_LAYOUT_REPEAT][side];
        const double most =
            fmax(tuned.wall_tolerance * (own->whole + own->joint), tuned.wall_difference);
        if (spx_patch_repeat_on(&leave->repeat, side) && other->whole + other->joint < most)
            best[side] = SPX_LAYOUT_REPEAT;
    }
}

spx_layout_kind spx_layout_kind_at(const spx_patch_level *level,
                                   const spx_layout_kind best[SPX_SIDES], int32_t x, int32_t y)
{
    const spx_layout_kind own = best[side_of(level, x, y)];
    if (own != SPX_LAYOUT_REPEAT || !in_corner(level, x, y))
        return own;
    /* In a corner a rhythm needs both sides. */
    const spx_patch_rect still = spx_patch_level_still(level);
    const spx_layout_kind beside = best[x < still.x0 ? SPX_SIDE_LEFT : SPX_SIDE_RIGHT];
    const spx_layout_kind above = best[y < still.y0 ? SPX_SIDE_TOP : SPX_SIDE_BOTTOM];
    return beside == SPX_LAYOUT_REPEAT ? above : beside;
}
