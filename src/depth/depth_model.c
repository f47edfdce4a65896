#include "depth/depth_model.h"

#include "depth/dav2.h"
#include "depth/depth_family.h"
#include "depth/lite.h"
#include "nn/reserve.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { HASH_DIGITS = 16, COLOURS = 3 };

struct spx_depth_model {
    spx_safetensors *weights;
    const spx_depth_family *family;
    spx_depth_network *network;
    pthread_mutex_t lock;       /* guards hash */
    char hash[HASH_DIGITS + 1]; /* "" until somebody asks */
};

/* Every kind of network there is; the first that recognises a file opens it. */
static const spx_depth_family *const families[] = { &spx_lite_family, &spx_dav2_family,
                                                    &spx_dav3_family, NULL };

static const spx_depth_family *find_family(const spx_safetensors *weights)
{
    for (const spx_depth_family *const *at = families; *at != NULL; at++) {
        if ((*at)->recognises(weights))
            return *at;
    }
    return NULL;
}

spx_status spx_depth_model_open(spx_depth_model **out, const char *path, const spx_task *task,
                                spx_diag *diag)
{
    *out = NULL;
    spx_status status = SPX_OK;
    spx_depth_model *model = calloc(1, sizeof(*model));
    if (model == NULL)
        return spx_fail_memory(diag, path);
    (void)pthread_mutex_init(&model->lock, NULL);
    SPX_TRY_OUT(spx_safetensors_open(&model->weights, path, diag));
    model->family = find_family(model->weights);
    if (model->family == NULL) {
        status = spx_fail(diag, SPX_ERR_UNSUPPORTED, "%s: weights of no known depth network", path);
        goto out;
    }
    SPX_TRY_OUT(model->family->open(&model->network, model->weights, task, diag));
    *out = model;
    model = NULL; /* moved to the caller */

out:
    spx_depth_model_close(model);
    return status;
}

void spx_depth_model_close(spx_depth_model *model)
{
    if (model == NULL)
        return;
    if (model->family != NULL)
        model->family->close(model->network);
    spx_safetensors_close(model->weights);
    (void)pthread_mutex_destroy(&model->lock);
    free(model);
}

const char *spx_depth_model_name(const spx_depth_model *model)
{
    return model->family->name(model->network);
}

double spx_depth_model_metric(const spx_depth_model *model)
{
    return model->family->metric == NULL ? 0.0 : model->family->metric(model->network);
}

spx_status spx_depth_model_hash(spx_depth_model *model, const spx_task *task, const char **out,
                                spx_diag *diag)
{
    spx_status status = SPX_OK;
    *out = NULL;
    (void)pthread_mutex_lock(&model->lock);
    if (model->hash[0] == '\0') {
        const uint64_t hash = spx_safetensors_hash(model->weights, task);
        status = spx_task_check(task, diag);
        if (status == SPX_OK)
            (void)snprintf(model->hash, sizeof(model->hash), "%016" PRIx64, hash);
    }
    (void)pthread_mutex_unlock(&model->lock);
    if (status == SPX_OK)
        *out = model->hash;
    return status;
}

void spx_depth_input_clear(spx_depth_input *input)
{
    free(input->values);
    *input = (spx_depth_input){ 0 };
}

spx_depth_sizes spx_depth_model_sizes(const spx_depth_model *model)
{
    return model->family->sizes;
}

spx_status spx_depth_model_input(const spx_depth_model *model, const spx_image *photo,
                                 uint32_t size, uint32_t *width, uint32_t *height, spx_diag *diag)
{
    return model->family->choose_size(photo, size, width, height, diag);
}

spx_status spx_depth_model_prepare(const spx_depth_model *model, const spx_image *photo,
                                   uint32_t size, const spx_task *task, spx_depth_input *out,
                                   spx_diag *diag)
{
    *out = (spx_depth_input){ 0 };
    spx_status status = SPX_OK;
    SPX_TRY(model->family->choose_size(photo, size, &out->width, &out->height, diag));
    out->values =
        spx_reserve_zeros(NULL, (size_t)COLOURS * out->height, out->width * sizeof(*out->values));
    if (out->values == NULL)
        return spx_fail_memory(diag, spx_depth_model_name(model));
    status = model->family->prepare(photo, out->width, out->height, task, out->values, diag);
    if (status != SPX_OK)
        spx_depth_input_clear(out);
    return status;
}

spx_status spx_depth_model_infer(spx_depth_model *model, const spx_depth_input *input,
                                 const spx_task *task, spx_plane **out, spx_diag *diag)
{
    return model->family->infer(model->network, input, task, out, diag);
}

void spx_depth_model_rest(spx_depth_model *model)
{
    model->family->rest(model->network);
}

spx_status spx_depth_model_run(spx_depth_model *model, const spx_image *photo, uint32_t size,
                               const spx_task *task, spx_plane **out, spx_diag *diag)
{
    spx_depth_input input;
    *out = NULL;
    SPX_TRY(spx_depth_model_prepare(model, photo, size, task, &input, diag));
    const spx_status status = spx_depth_model_infer(model, &input, task, out, diag);
    spx_depth_input_clear(&input);
    return status;
}
