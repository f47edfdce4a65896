#ifndef SPX_SERVER_ROUTE_H
#define SPX_SERVER_ROUTE_H

#include "server/exchange.h"

typedef enum spx_body_kind {
    SPX_BODY_NONE,  /* a body is read and thrown away */
    SPX_BODY_JSON,  /* at most SPX_BODY_MAX bytes */
    SPX_BODY_PHOTO, /* multipart form with one photo */
} spx_body_kind;

enum { SPX_BODY_MAX = 16384 };

enum spx_route_flag {
    SPX_ROUTE_PUBLIC = 1,    /* needs no token */
    SPX_ROUTE_SESSION = 2,   /* gives a browser its cookie */
    SPX_ROUTE_REFERENCE = 4, /* errors in the reference's form */
    SPX_ROUTE_EMBED = 8,     /* pages of other sites may frame the answer */
};

/** In patterns "{id}" is a job's id and a "*" at the end is any rest. */
typedef struct spx_route {
    const char *method;
    const char *pattern;
    spx_body_kind body;
    unsigned flags;
    spx_answer (*handle)(spx_exchange *exchange);
} spx_route;

/** The last one's method is NULL. */
extern const spx_route spx_routes[];

/** Sets route, id and rest; on failure *allow is the methods that the path knows ("" = none). */
const spx_route *spx_route_find(spx_exchange *exchange, const char *method, const char **allow);

/* api.c */
spx_answer spx_api_create(spx_exchange *exchange);
spx_answer spx_api_list(spx_exchange *exchange);
spx_answer spx_api_get(spx_exchange *exchange);
spx_answer spx_api_delete(spx_exchange *exchange);
spx_answer spx_api_render(spx_exchange *exchange);
/* depth.c */
spx_answer spx_api_set_depth(spx_exchange *exchange);
spx_answer spx_api_drop_depth(spx_exchange *exchange);
/* events.c */
spx_answer spx_api_events(spx_exchange *exchange);
/* files.c */
spx_answer spx_api_file(spx_exchange *exchange);
spx_answer spx_api_original(spx_exchange *exchange);
spx_answer spx_download(spx_exchange *exchange);
spx_answer spx_openapi(spx_exchange *exchange);
spx_answer spx_asset_get(spx_exchange *exchange);
/* share.c: what others may look at */
spx_answer spx_api_share(spx_exchange *exchange);
spx_answer spx_api_unshare(spx_exchange *exchange);
spx_answer spx_shared_page(spx_exchange *exchange);
spx_answer spx_shared_get(spx_exchange *exchange);
spx_answer spx_shared_file(spx_exchange *exchange);
spx_answer spx_shared_code(spx_exchange *exchange);
/* qr.c */
/** The address of a share as a QR code, SVG. */
spx_answer spx_reply_code(spx_exchange *exchange, const char *share);
/* archive.c */
spx_answer spx_api_archive(spx_exchange *exchange);
spx_answer spx_api_archive_of(spx_exchange *exchange);
/* service.c */
spx_answer spx_api_server(spx_exchange *exchange);
spx_answer spx_api_login(spx_exchange *exchange);
spx_answer spx_api_logout(spx_exchange *exchange);
spx_answer spx_health(spx_exchange *exchange);
spx_answer spx_metrics(spx_exchange *exchange);
/* reference.c */
spx_answer spx_reference_upload(spx_exchange *exchange);
spx_answer spx_reference_outpaint(spx_exchange *exchange);

#endif
