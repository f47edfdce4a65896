#ifndef SPX_STATUS_H
#define SPX_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

#define SPX_NODISCARD __attribute__((warn_unused_result))
#define SPX_PRINTF(fmt_at, args_at) __attribute__((format(printf, fmt_at, args_at)))
/** Marks what the shared library exports. */
#define SPX_API __attribute__((visibility("default")))

/** Why a call failed. Zero is success, so `if (status)` reads "if it failed". */
typedef enum spx_status {
    SPX_OK = 0,
    SPX_ERR_NO_MEMORY,
    SPX_ERR_ARGUMENT,    /* an option is out of its range, or options contradict each other */
    SPX_ERR_IO,          /* a file or folder cannot be opened, read or written; disk full */
    SPX_ERR_NOT_FOUND,   /* no such file, item or model */
    SPX_ERR_TRUNCATED,   /* the data ends too early */
    SPX_ERR_CORRUPT,     /* the data contradicts itself or its format */
    SPX_ERR_UNSUPPORTED, /* valid, but not something spx handles */
    SPX_ERR_LIMIT,       /* over one of the limits of spx_limits */
    SPX_ERR_CANCELLED,   /* spx_cancel_request() was called */
    SPX_ERR_NETWORK,     /* a remote host cannot be reached, refused, or broke off */
    SPX_ERR_REMOTE,      /* a remote service answered that it failed; the text is its own */
    SPX_ERR_EXISTS,      /* the output exists and must not be overwritten */
    SPX_ERR_INTERNAL,    /* a library below spx failed in a way that is not the input's fault */
    SPX_ERR_DOUBT,       /* a warning came up, and `strict` makes it a failure */
    SPX_ERR_CRASH, /* the process that worked on the photo crashed (programs, not the library) */
} spx_status;

/** Whose fault a failure is: what it makes sense to do about it. */
typedef enum spx_fault {
    SPX_FAULT_NONE,    /* success, or somebody cancelled */
    SPX_FAULT_REQUEST, /* options, names, files that exist: another request may work */
    SPX_FAULT_PHOTO,   /* damaged, not supported, too large: it will never work */
    SPX_FAULT_MACHINE, /* memory, threads, disk, network: it may work later */
    SPX_FAULT_SPX,     /* ours */
} spx_fault;

/** The one place that decides. */
SPX_API spx_fault spx_status_fault(spx_status status);
/** "none", "request", "photo", "machine", "spx". Never NULL; static storage. */
SPX_API const char *spx_fault_name(spx_fault fault);

/** The first failure of one operation, in words. Plain value, zero-initialised by its owner: no
 * create or destroy. */
typedef struct spx_diag {
    char text[512];
} spx_diag;

/** A fixed English name of a status ("out of memory", "truncated data", ...). Never NULL; static
 * storage. */
SPX_API const char *spx_status_name(spx_status status);

#ifdef __cplusplus
}
#endif

#endif
