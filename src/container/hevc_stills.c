#include "container/hevc_stills.h"

#include <stdlib.h>

void spx_hevc_stills_clear(spx_hevc_stills *stills)
{
    spx_bytes_clear(&stills->vps);
    spx_bytes_clear(&stills->sps);
    spx_bytes_clear(&stills->pps);
    for (size_t i = 0; i < stills->count; i++)
        spx_bytes_clear(&stills->pictures[i]);
    free(stills->pictures);
    *stills = (spx_hevc_stills){ 0 };
}
