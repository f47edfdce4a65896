#ifndef SPX_JOBS_LIBSPX_MAKER_H
#define SPX_JOBS_LIBSPX_MAKER_H

#include "jobs/maker.h"

/** The maker of the real server: libspx. */
typedef struct spx_libspx_maker spx_libspx_maker;

/** Everything borrowed until the maker is destroyed. */
typedef struct spx_libspx_options {
    spx_engine_options engine;
    const char *painter;       /* name of the remote outpainting engine; NULL = none */
    const char *painter_url;   /* NULL = the engine's default */
    const char *painter_token; /* NULL = none */
} spx_libspx_options;

/** Owned by the caller: spx_libspx_maker_destroy(), when no queue uses it. */
SPX_NODISCARD spx_status spx_libspx_maker_create(spx_libspx_maker **out,
                                                 const spx_libspx_options *options, spx_diag *diag);
void spx_libspx_maker_destroy(spx_libspx_maker *maker); /* NULL is fine */
/** The functions that a queue wants, borrowing `maker`. */
spx_maker spx_libspx_maker_functions(spx_libspx_maker *maker);

#endif
