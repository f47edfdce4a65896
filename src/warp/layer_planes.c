#include "warp/layer_planes.h"

#include "base/intops.h"
#include "warp/tuned.h"

uint32_t spx_layers_step(const spx_layers *layers)
{
    const float step = tuned.step_px / layers->px_per_unit;
    const uint32_t seen = step >= (float)UINT16_MAX ? UINT16_MAX : (uint32_t)step + 1;
    return spx_max_u32(seen, layers->least_step);
}
