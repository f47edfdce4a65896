#include "patch/kernels.h"

#include "base/cpu.h"

static uint32_t sad(const spx_patch *patch, const uint8_t *from, size_t stride_bytes, uint32_t most)
{
    uint32_t sum = 0;
    for (int row = 0; row < SPX_PATCH_SIDE && sum <= most; row++, from += stride_bytes) {
        for (int i = 0; i < SPX_PATCH_ROW_REACH; i++) {
            const int difference = (from[i] & patch->mask[row][i]) - patch->pixels[row][i];
            sum += (uint32_t)(difference < 0 ? -difference : difference);
        }
    }
    return sum;
}

static uint32_t ssd_box(const uint8_t *a, ptrdiff_t a_stride, const uint8_t *b, ptrdiff_t b_stride,
                        const spx_patch_box *box)
{
    uint32_t sum = 0;
    for (int y = box->y0; y < box->y1; y++) {
        const uint8_t *const row_a = a + y * a_stride;
        const uint8_t *const row_b = b + y * b_stride;
        for (int i = 3 * box->x0; i < 3 * box->x1; i++) {
            const int difference = row_a[i] - row_b[i];
            sum += (uint32_t)(difference * difference);
        }
    }
    return sum;
}

static uint32_t ssd(const uint8_t *a, ptrdiff_t a_stride, const uint8_t *b, ptrdiff_t b_stride,
                    uint32_t limit)
{
    uint32_t sum = 0;
    for (int y = 0; y < SPX_PATCH_SIDE && sum <= limit; y++) {
        const spx_patch_box row = { .x0 = 0, .y0 = y, .x1 = SPX_PATCH_SIDE, .y1 = y + 1 };
        sum += ssd_box(a, a_stride, b, b_stride, &row);
    }
    return sum;
}

static void add_row8(float *sums, float *weights, const uint8_t *row, float weight)
{
    for (int x = 0; x < SPX_PATCH_SIDE; x++)
        weights[x] += weight;
    for (int i = 0; i < SPX_PATCH_ROW_SAMPLES; i++)
        sums[i] += weight * (float)row[i];
}

static void add_row16(float *sums, float *weights, const uint16_t *row, float weight)
{
    for (int x = 0; x < SPX_PATCH_SIDE; x++)
        weights[x] += weight;
    for (int i = 0; i < SPX_PATCH_ROW_SAMPLES; i++)
        sums[i] += weight * (float)row[i];
}

static const spx_patch_kernels plain = {
    .sad = sad,
    .ssd = ssd,
    .ssd_box = ssd_box,
    .add_row8 = add_row8,
    .add_row16 = add_row16,
};

const spx_patch_kernels *spx_patch_kernels_plain(void)
{
    return &plain;
}

const spx_patch_kernels *spx_patch_kernels_best(void)
{
#if defined(__x86_64__)
    if (spx_cpu_flags() & SPX_CPU_AVX2)
        return &spx_patch_kernels_avx2;
#endif
    return &plain;
}
