/*
 * Errors are gathered in the cells along the border, spread into the hole by averaging down a
 * pyramid and filling up from it (push and pull), and smoothed by a fixed number of Jacobi steps:
 * a harmonic continuation to the accuracy that eyes need, in a time that grows with the cells
 * alone.
 */
#include "outpaint/seam.h"
#include "outpaint/tuned.h"

#include "base/floatops.h"
#include "base/intops.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLUR_CELLS = 3,
    JACOBI_STEPS = 40,
    STRIP_ROWS = 64,
    LEVELS_MAX = 16,
};

spx_status spx_seam_create(spx_seam *out, const spx_patch_rect *canvas, const spx_patch_rect *photo,
                           spx_diag *diag)
{
    *out = (spx_seam){
        .canvas = *canvas,
        .photo = *photo,
        .width = (canvas->x1 + SPX_SEAM_CELL - 1) / SPX_SEAM_CELL,
        .height = (canvas->y1 + SPX_SEAM_CELL - 1) / SPX_SEAM_CELL,
    };
    const size_t cells = (size_t)out->width * (size_t)out->height;
    out->errors = calloc(3 * cells, sizeof(*out->errors));
    out->weights = calloc(cells, sizeof(*out->weights));
    if (out->errors != NULL && out->weights != NULL)
        return SPX_OK;
    spx_seam_clear(out);
    return spx_fail_memory(diag, "outpainting seam");
}

void spx_seam_clear(spx_seam *seam)
{
    free(seam->errors);
    free(seam->weights);
    *seam = (spx_seam){ 0 };
}

static float limit(float value, float most)
{
    return fminf(fmaxf(value, -most), most);
}

void spx_seam_add(spx_seam *seam, int32_t x, int32_t y, const float error[3])
{
    const size_t cell =
        (size_t)(y / SPX_SEAM_CELL) * (size_t)seam->width + (size_t)(x / SPX_SEAM_CELL);
    for (size_t c = 0; c < 3; c++)
        seam->errors[3 * cell + c] += limit(error[c], tuned.seam_error_most);
    seam->weights[cell] += 1.0F;
}

/** Mean error around one border cell. */
static void blur_cell(const spx_seam *seam, int32_t x, int32_t y, float out[3])
{
    const float sigma = tuned.seam_blur_px / SPX_SEAM_CELL;
    float weight = 0.0F;
    memset(out, 0, 3 * sizeof(*out));
    for (int32_t dy = -BLUR_CELLS; dy <= BLUR_CELLS; dy++) {
        for (int32_t dx = -BLUR_CELLS; dx <= BLUR_CELLS; dx++) {
            if (x + dx < 0 || y + dy < 0 || x + dx >= seam->width || y + dy >= seam->height)
                continue;
            const size_t cell = (size_t)(y + dy) * (size_t)seam->width + (size_t)(x + dx);
            const float near = expf(-(float)(dx * dx + dy * dy) / (2.0F * sigma * sigma));
            weight += near * seam->weights[cell];
            for (size_t c = 0; c < 3; c++)
                out[c] += near * seam->errors[3 * cell + c];
        }
    }
    for (size_t c = 0; c < 3; c++)
        out[c] = limit(out[c] / weight, tuned.seam_correction_most);
}

static spx_status blur_border(spx_seam *seam, spx_diag *diag)
{
    const size_t cells = (size_t)seam->width * (size_t)seam->height;
    float *const blurred = calloc(3 * cells, sizeof(*blurred));
    if (blurred == NULL)
        return spx_fail_memory(diag, "outpainting seam");
    for (int32_t y = 0; y < seam->height; y++) {
        for (int32_t x = 0; x < seam->width; x++) {
            const size_t cell = (size_t)y * (size_t)seam->width + (size_t)x;
            if (seam->weights[cell] > 0.0F)
                blur_cell(seam, x, y, blurred + 3 * cell);
        }
    }
    free(seam->errors);
    seam->errors = blurred;
    for (size_t i = 0; i < cells; i++)
        seam->weights[i] = seam->weights[i] > 0.0F ? 1.0F : 0.0F;
    return SPX_OK;
}

/** Values known in some cells, at halved sizes. */
typedef struct layer {
    int32_t width;
    int32_t height;
    float *values; /* [height][width][3] */
    float *known;  /* [height][width] */
} layer;

static int push(const layer *fine, layer *coarse)
{
    coarse->width = (fine->width + 1) / 2;
    coarse->height = (fine->height + 1) / 2;
    const size_t cells = (size_t)coarse->width * (size_t)coarse->height;
    coarse->values = calloc(3 * cells, sizeof(*coarse->values));
    coarse->known = calloc(cells, sizeof(*coarse->known));
    if (coarse->values == NULL || coarse->known == NULL)
        return 0;
    for (int32_t y = 0; y < fine->height; y++) {
        for (int32_t x = 0; x < fine->width; x++) {
            const size_t from = (size_t)y * (size_t)fine->width + (size_t)x;
            const size_t into = (size_t)(y / 2) * (size_t)coarse->width + (size_t)(x / 2);
            if (fine->known[from] <= 0.0F)
                continue;
            coarse->known[into] += 1.0F;
            for (size_t c = 0; c < 3; c++)
                coarse->values[3 * into + c] += fine->values[3 * from + c];
        }
    }
    for (size_t i = 0; i < cells; i++) {
        if (coarse->known[i] <= 0.0F)
            continue;
        for (size_t c = 0; c < 3; c++)
            coarse->values[3 * i + c] /= coarse->known[i];
        coarse->known[i] = 1.0F;
    }
    return 1;
}

static void pull(const layer *coarse, const layer *fine)
{
    if (coarse->values == NULL)
        return; /* push() failed */
    for (int32_t y = 0; y < fine->height; y++) {
        for (int32_t x = 0; x < fine->width; x++) {
            const size_t into = (size_t)y * (size_t)fine->width + (size_t)x;
            const size_t from = (size_t)(y / 2) * (size_t)coarse->width + (size_t)(x / 2);
            if (fine->known[into] <= 0.0F)
                memcpy(fine->values + 3 * into, coarse->values + 3 * from, 3 * sizeof(float));
        }
    }
}

/** A first guess everywhere: the nearest known values, coarsely. */
static spx_status push_pull(const spx_seam *seam, spx_diag *diag)
{
    layer layers[LEVELS_MAX] = { { .width = seam->width,
                                   .height = seam->height,
                                   .values = seam->errors,
                                   .known = seam->weights } };
    int top = 0;
    int enough = 1;
    while (enough && top + 1 < LEVELS_MAX && (layers[top].width > 1 || layers[top].height > 1)) {
        enough = push(&layers[top], &layers[top + 1]);
        top++;
    }
    for (int k = top - 1; enough && k >= 0; k--)
        pull(&layers[k + 1], &layers[k]);
    for (int k = 1; k <= top; k++) {
        free(layers[k].values);
        free(layers[k].known);
    }
    return enough ? SPX_OK : spx_fail_memory(diag, "outpainting seam");
}

typedef struct smoothing {
    const spx_seam *seam;
    const float *from;
    float *into;
} smoothing;

static void smooth_row(const smoothing *self, int32_t y)
{
    const spx_seam *const seam = self->seam;
    const size_t line = 3 * (size_t)seam->width;
    const float *const here = self->from + (size_t)y * line;
    const float *const above = y > 0 ? here - line : here;
    const float *const below = y + 1 < seam->height ? here + line : here;
    float *const out = self->into + (size_t)y * line;
    const float *const known = seam->weights + (size_t)y * (size_t)seam->width;
    for (int32_t x = 0; x < seam->width; x++) {
        const size_t at = 3 * (size_t)x;
        const size_t left = x > 0 ? at - 3 : at;
        const size_t right = x + 1 < seam->width ? at + 3 : at;
        for (size_t c = 0; c < 3; c++) {
            out[at + c] =
                known[x] > 0.0F
                    ? here[at + c]
                    : 0.25F * (here[left + c] + here[right + c] + above[at + c] + below[at + c]);
        }
    }
}

static void smooth_strip(void *context, size_t index)
{
    const smoothing *const self = context;
    const int32_t first = (int32_t)index * STRIP_ROWS;
    for (int32_t y = first; y < self->seam->height && y < first + STRIP_ROWS; y++)
        smooth_row(self, y);
}

spx_status spx_seam_solve(spx_seam *seam, const spx_task *task, spx_diag *diag)
{
    SPX_TRY(blur_border(seam, diag));
    SPX_TRY(push_pull(seam, diag));
    const size_t cells = (size_t)seam->width * (size_t)seam->height;
    const size_t strips = spx_divide_up((size_t)seam->height, STRIP_ROWS);
    float *spare = malloc(3 * cells * sizeof(*spare));
    if (spare == NULL)
        return spx_fail_memory(diag, "outpainting seam");
    spx_status status = SPX_OK;
    for (int i = 0; i < JACOBI_STEPS && status == SPX_OK; i++) {
        smoothing step = { .seam = seam, .from = seam->errors, .into = spare };
        status = spx_task_run(task, strips, smooth_strip, &step, diag);
        float *const done = spare;
        spare = seam->errors;
        seam->errors = done;
    }
    free(spare);
    return status;
}

/** 1 at the photo, 0 from a part of the margin on, smooth between. */
static float fade(int32_t distance, int32_t margin)
{
    const float at = (float)distance / (tuned.seam_fade * (float)margin);
    return at >= 1.0F ? 0.0F : 1.0F - spx_ease(at);
}

void spx_seam_at(const spx_seam *seam, int32_t x, int32_t y, float out[3])
{
    const spx_patch_rect *const photo = &seam->photo;
    memset(out, 0, 3 * sizeof(*out));
    float share = 1.0F;
    if (x < photo->x0)
        share *= fade(photo->x0 - x, photo->x0);
    if (x >= photo->x1)
        share *= fade(x - photo->x1 + 1, seam->canvas.x1 - photo->x1);
    if (y < photo->y0)
        share *= fade(photo->y0 - y, photo->y0);
    if (y >= photo->y1)
        share *= fade(y - photo->y1 + 1, seam->canvas.y1 - photo->y1);
    if (share <= 0.0F)
        return;
    const float cell_x = ((float)x + 0.5F) / SPX_SEAM_CELL - 0.5F;
    const float cell_y = ((float)y + 0.5F) / SPX_SEAM_CELL - 0.5F;
    const int32_t left = spx_patch_clamp((int32_t)floorf(cell_x), 0, seam->width - 1);
    const int32_t top = spx_patch_clamp((int32_t)floorf(cell_y), 0, seam->height - 1);
    const float part_x = fmaxf(cell_x - (float)left, 0.0F);
    const float part_y = fmaxf(cell_y - (float)top, 0.0F);
    const size_t right = left + 1 < seam->width ? 3 : 0;
    const size_t below = top + 1 < seam->height ? 3 * (size_t)seam->width : 0;
    const float *const at = seam->errors + 3 * ((size_t)top * (size_t)seam->width + (size_t)left);
    for (size_t c = 0; c < 3; c++) {
        const float upper = at[c] + part_x * (at[c + right] - at[c]);
        const float lower = at[c + below] + part_x * (at[c + below + right] - at[c + below]);
        out[c] = share * (upper + part_y * (lower - upper));
    }
}
