#ifndef SPX_VERSION_H
#define SPX_VERSION_H

#include "spx/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/** "MAJOR.MINOR.PATCH" of the library that runs. Static storage. */
SPX_API const char *spx_version(void);

#ifdef __cplusplus
}
#endif

#endif
