#include "depth/edge_median.h"

#include "base/cpu.h"
#include "depth/edge_median_kernel.h"

#include <math.h>
#include <string.h>

static const float spatial_sigma_px = 2.0f;

void spx_edge_source_init(spx_edge_source *source)
{
    memset(source->spatial, 0, sizeof(source->spatial));
    for (int y = -SPX_EDGE_RADIUS; y <= SPX_EDGE_RADIUS; y++) {
        for (int x = -SPX_EDGE_RADIUS; x <= SPX_EDGE_RADIUS; x++) {
            const float square = (float)(x * x + y * y);
            source->spatial[y + SPX_EDGE_RADIUS][x + SPX_EDGE_RADIUS] =
                expf(-square / (2.0f * spatial_sigma_px * spatial_sigma_px));
        }
    }
}

void spx_edge_median_c(const spx_edge_source *source, const float *gate, size_t count, float *out)
{
    edge_median_row(source, gate, count, out);
}

spx_edge_median_fn spx_edge_median_choose(unsigned cpu_flags)
{
#if defined(__x86_64__)
    if (cpu_flags & SPX_CPU_AVX2)
        return spx_edge_median_avx2;
#else
    (void)cpu_flags;
#endif
    return spx_edge_median_c;
}
