#ifndef SPX_MODELS_MODEL_STORE_H
#define SPX_MODELS_MODEL_STORE_H

#include "base/status.h"
#include "spx/model.h"

#include <stddef.h>
#include <stdint.h>

enum { SPX_MODEL_FOLDERS_MAX = 6 };

/** The folders that are searched, in order. Zero-initialise; released by spx_model_folders_clear().
 */
typedef struct spx_model_folders {
    char *path[SPX_MODEL_FOLDERS_MAX];
    size_t count;
} spx_model_folders;

/** model_dir may be NULL. A folder need not exist; none is listed twice. */
SPX_NODISCARD spx_status spx_model_folders_init(spx_model_folders *out, const char *model_dir,
                                                spx_diag *diag);
void spx_model_folders_clear(spx_model_folders *folders);
/** "FOLDER, FOLDER, …" in `text`, cut off when it is too small. Returns `text`. */
char *spx_model_folders_text(const spx_model_folders *folders, char *text, size_t size);

/** Path of NAME.safetensors in the first folder that has it, owned by the caller: free(). NULL in
 * *out when none has. */
SPX_NODISCARD spx_status spx_model_folders_find(const spx_model_folders *folders, const char *name,
                                                char **out, spx_diag *diag);

/** A name that cannot leave its folder: letters, digits, '.', '_' and '-', not starting with '.'.
 */
int spx_model_name_is_valid(const char *name);

/** What is known of a model before it is there. */
typedef struct spx_model_known {
    const char *name;
    const char *url_path; /* below the host; NULL when it comes with spx */
    uint64_t size;        /* bytes, 0 = not known */
    const char *sha256;   /* 64 hex digits; NULL = not known, the server says it */
    const char *licence;  /* SPDX */
    int needs_acceptance; /* the licence limits use: asked for before fetching */
    int recommended;      /* what most people should fetch: small, quick, free for any use */
} spx_model_known;

/** Best first: the order of "auto". Ends with name = NULL. */
extern const spx_model_known spx_models_known[];
/** NULL when the name is none of them; "recommended" is the one that is. */
const spx_model_known *spx_model_known_find(const char *name);
/** The one whose file has this sum, 64 hex digits; NULL = none. */
const spx_model_known *spx_model_known_by_sum(const char *sha256);
/** "a, b, c": the names that can be fetched, cut to fit. Returns text. */
char *spx_model_fetchable_text(char *text, size_t size);

#endif
