#include "pipeline/engine.h"

#include "base/sized.h"
#include "models/model_store.h"
#include "spx/option.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* One network that was opened. The list only grows while the engine lives. */
typedef struct opened {
    char *path;
    spx_depth_model *model;
    struct opened *next;
} opened;

struct spx_engine {
    spx_pool *pool;
    spx_limits limits;
    char *model_dir;      /* may be NULL */
    pthread_mutex_t lock; /* guards models */
    opened *models;
};

static void set_defaults(spx_engine_options *options)
{
    *options = (spx_engine_options){ 0 };
    spx_options_standard(spx_options_of(SPX_OPTIONS_LIMITS), options);
    options->size = sizeof(*options);
}

void spx_engine_options_init_sized(spx_engine_options *options, size_t size)
{
    spx_engine_options defaults;
    set_defaults(&defaults);
    spx_sized_init(options, size, &defaults, sizeof(defaults));
}

spx_status spx_engine_create(spx_engine **out, const spx_engine_options *options, spx_diag *diag)
{
    *out = NULL;
    spx_engine_options chosen;
    spx_status status = SPX_OK;
    set_defaults(&chosen);
    if (options != NULL) {
        SPX_TRY(spx_sized_take(&chosen, options, offsetof(spx_engine_options, limits),
                               "the engine's options", diag));
    }

    spx_engine *engine = calloc(1, sizeof(*engine));
    if (engine == NULL)
        return spx_fail_memory(diag, "engine");
    (void)pthread_mutex_init(&engine->lock, NULL);
    engine->limits = chosen.limits;
    if (chosen.model_dir != NULL) {
        engine->model_dir = strdup(chosen.model_dir);
        if (engine->model_dir == NULL) {
            status = spx_fail_memory(diag, "engine");
            goto out;
        }
    }
    SPX_TRY_OUT(spx_pool_create(&engine->pool, chosen.threads, diag));
    *out = engine;
    engine = NULL; /* moved to the caller */

out:
    spx_engine_destroy(engine);
    return status;
}

static void opened_destroy(opened *self)
{
    if (self == NULL)
        return;
    spx_depth_model_close(self->model);
    free(self->path);
    free(self);
}

void spx_engine_destroy(spx_engine *engine)
{
    if (engine == NULL)
        return;
    while (engine->models != NULL) {
        opened *const first = engine->models;
        engine->models = first->next;
        opened_destroy(first);
    }
    spx_pool_destroy(engine->pool);
    (void)pthread_mutex_destroy(&engine->lock);
    free(engine->model_dir);
    free(engine);
}

spx_pool *spx_engine_pool(spx_engine *engine)
{
    return engine->pool;
}

const spx_limits *spx_engine_limits(const spx_engine *engine)
{
    return &engine->limits;
}

const char *spx_engine_model_dir(const spx_engine *engine)
{
    return engine->model_dir;
}

/* Under the lock. Takes `path` over on success. */
static spx_status open_locked(spx_engine *engine, char *path, const spx_task *task,
                              spx_depth_model **out, spx_diag *diag)
{
    for (opened *at = engine->models; at != NULL; at = at->next) {
        if (strcmp(at->path, path) == 0) {
            free(path);
            *out = at->model;
            return SPX_OK;
        }
    }
    opened *const added = calloc(1, sizeof(*added));
    if (added == NULL)
        return spx_fail_memory(diag, "depth network");
    const spx_status status = spx_depth_model_open(&added->model, path, task, diag);
    if (status != SPX_OK) {
        opened_destroy(added);
        return status;
    }
    added->path = path;
    added->next = engine->models;
    engine->models = added;
    *out = added->model;
    return SPX_OK;
}

spx_status spx_engine_model(spx_engine *engine, const char *model, const spx_task *task,
                            spx_depth_model **out, spx_diag *diag)
{
    *out = NULL;
    char *path = NULL;
    SPX_TRY(spx_model_resolve(model, engine->model_dir, &path, diag));
    (void)pthread_mutex_lock(&engine->lock);
    const spx_status status = open_locked(engine, path, task, out, diag);
    (void)pthread_mutex_unlock(&engine->lock);
    if (status != SPX_OK)
        free(path);
    return status;
}
