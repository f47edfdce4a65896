#include "server/route.h"

#include "server/assets.h"

#include <string.h>

#define GET MHD_HTTP_METHOD_GET
#define POST MHD_HTTP_METHOD_POST
#define DELETE MHD_HTTP_METHOD_DELETE

const spx_route spx_routes[] = {
    { GET, "/api/v1/server", SPX_BODY_NONE, SPX_ROUTE_PUBLIC | SPX_ROUTE_SESSION, spx_api_server },
    { POST, "/api/v1/session", SPX_BODY_JSON, SPX_ROUTE_PUBLIC, spx_api_login },
    { DELETE, "/api/v1/session", SPX_BODY_NONE, SPX_ROUTE_PUBLIC, spx_api_logout },
    { POST, "/api/v1/jobs", SPX_BODY_PHOTO, SPX_ROUTE_SESSION, spx_api_create },
    { GET, "/api/v1/jobs", SPX_BODY_NONE, SPX_ROUTE_SESSION, spx_api_list },
    { GET, "/api/v1/jobs/{id}", SPX_BODY_NONE, 0, spx_api_get },
    { DELETE, "/api/v1/jobs/{id}", SPX_BODY_NONE, 0, spx_api_delete },
    { POST, "/api/v1/jobs/{id}/render", SPX_BODY_JSON, 0, spx_api_render },
    { POST, "/api/v1/jobs/{id}/depth", SPX_BODY_PHOTO, 0, spx_api_set_depth },
    { DELETE, "/api/v1/jobs/{id}/depth", SPX_BODY_NONE, 0, spx_api_drop_depth },
    { GET, "/api/v1/jobs/{id}/events", SPX_BODY_NONE, 0, spx_api_events },
    { GET, "/api/v1/jobs/{id}/original", SPX_BODY_NONE, 0, spx_api_original },
    { GET, "/api/v1/jobs/{id}/archive.zip", SPX_BODY_NONE, 0, spx_api_archive },
    { GET, "/api/v1/archive.zip", SPX_BODY_NONE, 0, spx_api_archive_of },
    { GET, "/api/v1/jobs/{id}/files/*", SPX_BODY_NONE, 0, spx_api_file },
    { POST, "/api/v1/jobs/{id}/share", SPX_BODY_NONE, 0, spx_api_share },
    { DELETE, "/api/v1/jobs/{id}/share", SPX_BODY_NONE, 0, spx_api_unshare },
    { GET, "/api/v1/shared/{id}", SPX_BODY_NONE, SPX_ROUTE_PUBLIC, spx_shared_get },
    { GET, "/api/v1/shared/{id}/files/*", SPX_BODY_NONE, SPX_ROUTE_PUBLIC, spx_shared_file },
    { GET, "/s/{id}", SPX_BODY_NONE, SPX_ROUTE_PUBLIC | SPX_ROUTE_EMBED, spx_shared_page },
    { GET, "/s/{id}/qr.svg", SPX_BODY_NONE, SPX_ROUTE_PUBLIC, spx_shared_code },
    { GET, "/api/v1/events", SPX_BODY_NONE, SPX_ROUTE_SESSION, spx_api_events },
    { GET, "/api/openapi.json", SPX_BODY_NONE, SPX_ROUTE_PUBLIC, spx_openapi },
    { GET, "/healthz", SPX_BODY_NONE, SPX_ROUTE_PUBLIC, spx_health },
    { GET, "/metrics", SPX_BODY_NONE, 0, spx_metrics },
    { POST, "/upload/", SPX_BODY_PHOTO, SPX_ROUTE_REFERENCE, spx_reference_upload },
    { POST, "/upload", SPX_BODY_PHOTO, SPX_ROUTE_REFERENCE, spx_reference_upload },
    { POST, "/outpaint", SPX_BODY_PHOTO, SPX_ROUTE_REFERENCE, spx_reference_outpaint },
    { POST, "/outpaint/", SPX_BODY_PHOTO, SPX_ROUTE_REFERENCE, spx_reference_outpaint },
    { GET, "/download/*", SPX_BODY_NONE, SPX_ROUTE_REFERENCE, spx_download },
    { GET, "/*", SPX_BODY_NONE, SPX_ROUTE_PUBLIC, spx_asset_get },
    { NULL, NULL, SPX_BODY_NONE, 0, NULL },
};

/* 1 when the path fits; id is where it begins in the path or NULL, rest what "*" stands for. */
static int fits(const char *pattern, const char *path, const char **id, const char **rest)
{
    *id = NULL;
    *rest = NULL;
    while (*pattern != '\0') {
        if (strcmp(pattern, "*") == 0) {
            *rest = path;
            return 1;
        }
        if (strncmp(pattern, "{id}", 4) == 0) {
            *id = path;
            path += strcspn(path, "/");
            pattern += 4;
            continue;
        }
        if (*pattern++ != *path++)
            return 0;
    }
    return *path == '\0';
}

static int take_id(spx_exchange *exchange, const char *begin)
{
    if (strcspn(begin, "/") != SPX_ID_LENGTH)
        return 0;
    memcpy(exchange->id, begin, SPX_ID_LENGTH);
    exchange->id[SPX_ID_LENGTH] = '\0';
    if (spx_id_valid(exchange->id))
        return 1;
    exchange->id[0] = '\0';
    return 0;
}

/* The methods of a pattern: HEAD goes wherever GET goes. */
static const char *methods_of(const char *pattern)
{
    int gets = 0;
    int posts = 0;
    int deletes = 0;
    for (const spx_route *route = spx_routes; route->method != NULL; route++) {
        if (strcmp(route->pattern, pattern) != 0)
            continue;
        gets |= strcmp(route->method, GET) == 0;
        posts |= strcmp(route->method, POST) == 0;
        deletes |= strcmp(route->method, DELETE) == 0;
    }
    if (gets)
        return posts ? "GET, HEAD, POST" : deletes ? "DELETE, GET, HEAD" : "GET, HEAD";
    return posts ? deletes ? "DELETE, POST" : "POST" : "DELETE";
}

const spx_route *spx_route_find(spx_exchange *exchange, const char *method, const char **allow)
{
    const char *const wanted = strcmp(method, MHD_HTTP_METHOD_HEAD) == 0 ? GET : method;
    *allow = "";
    for (const spx_route *route = spx_routes; route->method != NULL; route++) {
        const char *id = NULL;
        const char *rest = NULL;
        if (!fits(route->pattern, exchange->path, &id, &rest))
            continue;
        if (id != NULL && !take_id(exchange, id))
            return NULL;
        /* The page's pattern fits every path: only what is there tells its methods. */
        if (strcmp(route->pattern, "/*") == 0 &&
            (**allow != '\0' || spx_asset_find(exchange->path) == NULL))
            return NULL;
        if (strcmp(route->method, wanted) == 0) {
            exchange->rest = rest;
            return route;
        }
        if (**allow == '\0')
            *allow = methods_of(route->pattern);
    }
    return NULL;
}
