#ifndef SPX_VERSION_H
#define SPX_VERSION_H

#include "spx/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The version of these headers. What may change between versions: doc/abi.md. */
#define SPX_VERSION_MAJOR 0
#define SPX_VERSION_MINOR 2
#define SPX_VERSION_PATCH 0

/** As one number that grows with each version. */
#define SPX_VERSION_NUMBER(major, minor, patch) ((major)*1000000 + (minor)*1000 + (patch))
/** Whether these headers are of that version or a later one; for the preprocessor too. */
#define SPX_VERSION_AT_LEAST(major, minor, patch)                                                  \
    (SPX_VERSION_NUMBER(SPX_VERSION_MAJOR, SPX_VERSION_MINOR, SPX_VERSION_PATCH) >=                \
     SPX_VERSION_NUMBER(major, minor, patch))

/** The same number of the library that runs. */
SPX_API int spx_version_number(void);
/** "MAJOR.MINOR.PATCH" of the library that runs. Static storage. */
SPX_API const char *spx_version(void);

#ifdef __cplusplus
}
#endif

#endif
