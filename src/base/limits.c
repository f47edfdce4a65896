#include "spx/limits.h"

void spx_limits_init(spx_limits *limits)
{
    *limits = (spx_limits){ .file_bytes = 512000000, .pixels = 200000000, .side_px = 65500 };
}
