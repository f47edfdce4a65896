#include "warp/layer_planes.h"

/* Two neighbours are one surface while their distance changes by less than this in an eye. */
static const float step_px = 0.75F;

uint32_t spx_layers_step(const spx_layers *layers)
{
    const float step = step_px / layers->px_per_unit;
    return step >= (float)UINT16_MAX ? UINT16_MAX : (uint32_t)step + 1;
}
