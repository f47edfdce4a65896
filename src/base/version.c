#include "spx/version.h"

const char *spx_version(void)
{
    return SPX_VERSION_TEXT;
}

int spx_version_number(void)
{
    return SPX_VERSION_NUMBER(SPX_VERSION_MAJOR, SPX_VERSION_MINOR, SPX_VERSION_PATCH);
}
