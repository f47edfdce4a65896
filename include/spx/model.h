#ifndef SPX_MODEL_H
#define SPX_MODEL_H

/*
 * Weights of depth networks on this computer: where they are looked for, and how they get there.
 *
 * A model NAME is the file NAME.safetensors in one of these folders, the first that has it:
 *
 *     model_dir of the call
 *     $SPX_MODEL_DIR, or when that is not set $XDG_DATA_HOME/spx/models (~/.local/share/spx/models)
 *     ../share/spx/models beside the running program, and models/ of the source tree it was built
 * in the data folder chosen at build time, and /usr/share/spx/models
 *
 * The first of them that is given is also where fetched and added models go. SHA256SUMS in a folder
 * keeps the checksums of its files, in the format of sha256sum(1).
 */
#include "spx/cancel.h"
#include "spx/status.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The weights file for "auto" (or NULL), a model's name, or a path (anything with a '/' or ending
 * in ".safetensors"). auto: depth-anything-3-mono, -3-metric, -v2-large, -v2-base, -v2-small, then
 * spx-lite, whatever is found first. *out_path is owned by the caller: free(). model_dir may be
 * NULL.
 */
SPX_API SPX_NODISCARD spx_status spx_model_resolve(const char *model, const char *model_dir,
                                                   char **out_path, spx_diag *diag);

/**
 * What most people should fetch: a small, quick network that anybody may use, when none as good is
 * installed; NULL when one is. *size: bytes, 0 = not known. "recommended" is a name that
 * spx_model_fetch() knows. model_dir may be NULL. Static storage.
 */
SPX_API const char *spx_model_recommended(const char *model_dir, uint64_t *size);

/** A model that was found. Strings are borrowed from the list. */
typedef struct spx_model_info {
    const char *name;
    const char *path;
    uint64_t size;       /* bytes */
    const char *licence; /* SPDX; "unknown" for a model of the user's own */
    int is_auto;         /* what "auto" takes */
} spx_model_info;

typedef struct spx_model_list spx_model_list;

/** Every model in every folder, by name. Owned by the caller: spx_model_list_destroy(). */
SPX_API SPX_NODISCARD spx_status spx_model_list_create(spx_model_list **out, const char *model_dir,
                                                       spx_diag *diag);
SPX_API void spx_model_list_destroy(spx_model_list *list); /* NULL is fine */
SPX_API size_t spx_model_list_count(const spx_model_list *list);
SPX_API const spx_model_info *spx_model_list_at(const spx_model_list *list, size_t index);

/** SPDX name of the licence of a model that can be fetched or comes with spx; NULL for others. */
SPX_API const char *spx_model_licence(const char *name);

enum { SPX_MODEL_SHA256_SIZE = 65 }; /* hex digits and a zero */

typedef struct spx_model_fetch_options {
    size_t size;           /* set by _init: how much of this struct the program knows */
    const char *model_dir; /* may be NULL */
    const char *url;       /* host to fetch from; NULL = $SPX_MODEL_URL, or Hugging Face */
    int accept_licence;    /* of models that may not be used commercially */
    void (*progress)(void *user, uint64_t done,
                     uint64_t total); /* bytes; total 0 = not known yet */
    void *user;
    const spx_cancel *cancel; /* may be NULL */
} spx_model_fetch_options;

/** As spx_model_fetch_options_init(), of a struct with this size; for other languages. */
SPX_API void spx_model_fetch_options_init_sized(spx_model_fetch_options *options, size_t size);
/** Sets every field to its default. */
static inline void spx_model_fetch_options_init(spx_model_fetch_options *options)
{
    spx_model_fetch_options_init_sized(options, sizeof(*options));
}

/** What became of a model that was fetched, added or verified. */
typedef struct spx_model_report {
    char name[64];
    char sha256[SPX_MODEL_SHA256_SIZE];
    int pinned;    /* the checksum was known before, and this file has it */
    int was_there; /* nothing was fetched */
    uint64_t size;
} spx_model_report;

/**
 * Fetches depth-anything-3-mono or -metric, depth-anything-v2-small, -base or -large. What a broken
 * connection left is kept and the next call goes on from there. The file appears whole, with the
 * right SHA-256, or not at all. A checksum that spx does not know is the server's word; it is
 * written to SHA256SUMS and holds from then on. Proxies: http_proxy, https_proxy, no_proxy as for
 * curl.
 */
SPX_API SPX_NODISCARD spx_status spx_model_fetch(const char *name,
                                                 const spx_model_fetch_options *options,
                                                 spx_model_report *out, spx_diag *diag);
/** Copies a weights file to the models, once it opens as a depth network. name: NULL = the name of
 * that network. */
SPX_API SPX_NODISCARD spx_status spx_model_add(const char *path, const char *name,
                                               const char *model_dir, spx_model_report *out,
                                               spx_diag *diag);
/** Reads a model again: its checksum, and whether it opens as a depth network. */
SPX_API SPX_NODISCARD spx_status spx_model_verify(const char *name, const char *model_dir,
                                                  spx_model_report *out, spx_diag *diag);
/** Deletes a model's file. Those that come with spx stay. */
SPX_API SPX_NODISCARD spx_status spx_model_remove(const char *name, const char *model_dir,
                                                  spx_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
