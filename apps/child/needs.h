#ifndef SPX_CHILD_NEEDS_H
#define SPX_CHILD_NEEDS_H

#include "child/child.h"
#include "spx/outpaint.h"
#include "spx/spx.h"

/** What kind of work a photo is in for. */
typedef struct spx_child_work {
    spx_format formats; /* wanted files; 0 = only a small picture */
    spx_detail detail;
    const spx_outpaint_options *outpaint; /* how it grows; NULL = it stays as it is */
    int own_network;                      /* a network other than the embedded one */
    unsigned threads;                     /* that work on it */
    uint64_t most_pixels;                 /* more are refused before they are decoded; 0 = never */
} spx_child_work;

/** Whether these weights (NULL = none) are of a network other than the small one that comes with
 * spx. */
int spx_child_own_network(const char *weights);
/** Threads that an engine with these options has. */
unsigned spx_child_threads(const spx_engine_options *engine);

/** Predicts from the file's header: no pixel is decoded. input: with data. */
void spx_child_needs_of(spx_child_needs *out, const spx_input *input, const spx_child_work *work);

/** Opens the photo's descriptor as bytes; *input gets them, borrowed until the process ends.
 * limits: of the file's size. */
SPX_NODISCARD spx_status spx_child_map(spx_input *input, int fd, const char *name,
                                       const spx_limits *limits, spx_diag *diag);

#endif
