#include "depth/letterbox.h"

#include "image/image.h"

#include <math.h>
#include <string.h>

enum { CHANNELS = 3 };

/* A black that coders leave: of 255. Limited-range video that was never stretched has 16. */
static const float darkest = 20.0F;
/* Bars are so large a share of the side at least and at most, and differ by as much. */
static const double least_bar = 0.01;
static const double most_bar = 0.35;
static const double most_unlike = 0.01;

static int is_black(const spx_image *photo, uint32_t x, uint32_t y)
{
    for (int c = 0; c < CHANNELS; c++) {
        if (spx_image_level(photo, x, y, c) > darkest)
            return 0;
    }
    return 1;
}

/* Whether a whole row (or column) is black. */
static int line_is_black(const spx_image *photo, uint32_t at, int is_row)
{
    const uint32_t count = is_row ? photo->width : photo->height;
    for (uint32_t i = 0; i < count; i++) {
        if (!is_black(photo, is_row ? i : at, is_row ? at : i))
            return 0;
    }
    return 1;
}

/* Black lines from one end on. */
static uint32_t count_black(const spx_image *photo, int is_row, int from_end)
{
    const uint32_t size = is_row ? photo->height : photo->width;
    uint32_t count = 0;
    while (count < size && line_is_black(photo, from_end ? size - 1 - count : count, is_row))
        count++;
    return count;
}

/* Both bars of one direction; 0 and 0 when they are none. */
static void find_bars(const spx_image *photo, int is_row, uint32_t bars[2])
{
    const double size = is_row ? photo->height : photo->width;
    bars[0] = count_black(photo, is_row, 0);
    bars[1] = bars[0] == 0 ? 0 : count_black(photo, is_row, 1);
    const double thin = fmin(bars[0], bars[1]);
    const double thick = fmax(bars[0], bars[1]);
    if (thin < least_bar * size || thick > most_bar * size ||
        thick - thin > fmax(2.0, most_unlike * size)) {
        bars[0] = 0;
        bars[1] = 0;
    }
}

spx_letterbox spx_letterbox_find(const spx_image *photo)
{
    uint32_t rows[2];
    uint32_t columns[2];
    find_bars(photo, 1, rows);
    find_bars(photo, 0, columns);
    return (spx_letterbox){ .left = columns[0],
                            .top = rows[0],
                            .width = photo->width - columns[0] - columns[1],
                            .height = photo->height - rows[0] - rows[1] };
}

int spx_letterbox_is_cut(const spx_letterbox *box, const spx_image *photo)
{
    return box->width < photo->width || box->height < photo->height;
}

spx_image spx_letterbox_view(const spx_letterbox *box, const spx_image *photo)
{
    return spx_image_part(photo, box->left, box->top, box->width, box->height);
}

static float farthest(const spx_plane *map)
{
    float low = spx_plane_row(map, 0)[0];
    for (uint32_t y = 0; y < map->height; y++) {
        for (uint32_t x = 0; x < map->width; x++)
            low = fminf(low, spx_plane_row(map, y)[x]);
    }
    return low;
}

spx_status spx_letterbox_frame(const spx_letterbox *box, const spx_image *photo, spx_plane **map,
                               spx_diag *diag)
{
    if (!spx_letterbox_is_cut(box, photo))
        return SPX_OK;
    const spx_plane *const inner = *map;
    const double across = (double)inner->width / box->width;
    const double down = (double)inner->height / box->height;
    const uint32_t left = (uint32_t)lround(box->left * across);
    const uint32_t top = (uint32_t)lround(box->top * down);
    const uint32_t right = (uint32_t)lround((photo->width - box->left - box->width) * across);
    const uint32_t bottom = (uint32_t)lround((photo->height - box->top - box->height) * down);
    const float far = farthest(inner);
    spx_plane *made = NULL;
    SPX_TRY(
        spx_plane_create(&made, left + inner->width + right, top + inner->height + bottom, diag));
    for (uint32_t y = 0; y < made->height; y++) {
        float *const row = spx_plane_row(made, y);
        for (uint32_t x = 0; x < made->width; x++)
            row[x] = far;
        if (y >= top && y - top < inner->height)
            memcpy(row + left, spx_plane_row(inner, y - top), inner->width * sizeof(*row));
    }
    spx_plane_destroy(*map);
    *map = made;
    return SPX_OK;
}

/** Where of a map's side a part of the photo's side lies; *size is 1 at least. */
static void scale_part(uint32_t begin, uint32_t length, double scale, uint32_t side, uint32_t *from,
                       uint32_t *size)
{
    const uint32_t first = (uint32_t)lround(begin * scale);
    const uint32_t end = (uint32_t)lround((begin + length) * scale);
    *from = first < side ? first : side - 1;
    *size = end > side ? side - *from : end > *from ? end - *from : 1;
}

spx_status spx_letterbox_cut(const spx_letterbox *box, const spx_image *photo, spx_plane **map,
                             spx_diag *diag)
{
    if (!spx_letterbox_is_cut(box, photo))
        return SPX_OK;
    const spx_plane *const whole = *map;
    uint32_t left = 0;
    uint32_t top = 0;
    uint32_t width = 0;
    uint32_t height = 0;
    scale_part(box->left, box->width, (double)whole->width / photo->width, whole->width, &left,
               &width);
    scale_part(box->top, box->height, (double)whole->height / photo->height, whole->height, &top,
               &height);
    spx_plane *made = NULL;
    SPX_TRY(spx_plane_create(&made, width, height, diag));
    for (uint32_t y = 0; y < height; y++) {
        memcpy(spx_plane_row(made, y), spx_plane_row(whole, top + y) + left,
               width * sizeof(*made->values));
    }
    spx_plane_destroy(*map);
    *map = made;
    return SPX_OK;
}

void spx_letterbox_flatten(const spx_letterbox *box, const spx_plane *map)
{
    if (box->width == map->width && box->height == map->height)
        return;
    for (uint32_t y = 0; y < map->height; y++) {
        float *const row = spx_plane_row(map, y);
        const int outside = y < box->top || y >= box->top + box->height;
        for (uint32_t x = 0; x < map->width; x++) {
            if (outside || x < box->left || x >= box->left + box->width)
                row[x] = 0.0f;
        }
    }
}
