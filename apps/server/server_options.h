#ifndef SPX_SERVER_SERVER_OPTIONS_H
#define SPX_SERVER_SERVER_OPTIONS_H

#include "jobs/jobs.h"
#include "net/fetch.h"
#include "spx/limits.h"
#include "spx/option.h"

#include <stdint.h>

/** Everything borrowed for the call. */
typedef struct spx_server_options {
    const char *host;     /* address or name to listen on, default "127.0.0.1" */
    uint16_t port;        /* default 8002; 0 = any free one */
    const char *data_dir; /* default "." */
    const char *store;    /* see spx_jobs_options; NULL = all in data_dir */
    const char *blobs;
    double lease_s;
    double sweep_after_s;
    const char *token;    /* who has it may use the API; NULL = everybody may */
    unsigned workers;     /* jobs at once */
    unsigned threads;     /* that speak HTTP */
    uint32_t connections; /* open at once */
    uint32_t streams;     /* event streams and waiting requests of one client */
    uint64_t upload_bytes;
    spx_limits photo; /* the sides and pixels of an upload */
    spx_store_limits limits;
    uint64_t retention_s;
    spx_fetch_reach photo_urls;      /* where photos may be fetched from */
    spx_fetch_reach hook_urls;       /* which URLs may hear of a job's end */
    const char *hook_secret;         /* that signs what they hear; wanted with hook_urls */
    const spx_option_texts *origins; /* other sites whose pages may use the API; may be NULL */
    const char *keys_path;           /* file of clients and their keys; NULL = none */
    const char *access_path;         /* file that gets a line for each request; NULL = none */
    double most_cost;                /* of one job (jobs/cost.h); 0 = any */
    double most_margin_pct;          /* border on a side, of the photo's side; 0 = any */
    int trust_proxy;    /* a reverse proxy of ours says in X-Forwarded-For who the client is */
    int remote_painter; /* the maker has a remote engine for outpainting */
    spx_maker maker;
    void (*log)(void *user, const char *line); /* may be NULL */
    void *user;
} spx_server_options;

void spx_server_options_init(spx_server_options *options);

#endif
