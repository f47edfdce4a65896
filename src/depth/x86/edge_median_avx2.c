#include "depth/edge_median_kernel.h"

void spx_edge_median_avx2(const spx_edge_source *source, const float *gate, size_t count,
                          float *out)
{
    edge_median_row(source, gate, count, out);
}
