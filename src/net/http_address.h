#ifndef SPX_NET_HTTP_ADDRESS_H
#define SPX_NET_HTTP_ADDRESS_H

/* What may be asked of a URL before anything is sent there. */

enum { SPX_HTTP_ORIGINS = 2 };

/** Who may see the token. */
typedef struct spx_http_scope {
    const char *origins[SPX_HTTP_ORIGINS]; /* URLs whose scheme, host and port may; may be NULL */
    int hugging_face; /* 1: huggingface.co, hf.space and hosts below them may too, by https */
} spx_http_scope;

/** Whether a server may see the token. A URL that cannot be read is never within. */
int spx_http_scope_holds(const spx_http_scope *scope, const char *url);

enum { SPX_HTTP_SHOWN_SIZE = 200 };

/** A URL as it may be told to people: without user, password, query and fragment, cut to fit. */
void spx_http_show(char out[SPX_HTTP_SHOWN_SIZE], const char *url);
/** Whether scheme, host and port of two URLs are the same. */
int spx_http_same_origin(const char *url, const char *other);
/** Whether the URL is https at huggingface.co, hf.space or a host below them. */
int spx_http_at_hugging_face(const char *url);

#endif
