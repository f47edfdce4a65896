#include "spx/version.h"

const char *spx_version(void)
{
    return SPX_VERSION_TEXT;
}
