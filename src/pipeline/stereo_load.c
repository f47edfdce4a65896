#include "pipeline/stereo_load.h"

#include "base/file.h"
#include "pipeline/photo_input.h"

enum { EYES = 2 };

void spx_loaded_clear(spx_loaded *loaded)
{
    spx_stereo_photo_clear(&loaded->stereo);
    *loaded = (spx_loaded){ .found = { .kind = SPX_STEREO_KIND_NONE } };
}

/* Bytes that the caller gave, or those of a file, which *own then holds. */
static spx_status get_bytes(spx_stereo_file *out, spx_bytes *own, const char *path, spx_diag *diag)
{
    if (out->data == NULL) {
        if (path == NULL)
            return spx_fail(diag, SPX_ERR_ARGUMENT, "%s: neither a path nor bytes", out->name);
        SPX_TRY(spx_file_read(path, out->limits->file_bytes, own, diag));
        out->data = own->data;
        out->size = own->size;
    }
    if (out->size > out->limits->file_bytes) {
        return spx_fail(diag, SPX_ERR_LIMIT, "%s: %zu bytes are over the limit of %llu", out->name,
                        out->size, (unsigned long long)out->limits->file_bytes);
    }
    return SPX_OK;
}

static spx_status load_pair(spx_loaded *out, const spx_input *input, const spx_limits *limits,
                            const spx_task *task, spx_diag *diag)
{
    const char *const right_name =
        input->right_path != NULL ? input->right_path : spx_input_name(input);
    spx_stereo_file files[EYES] = { { .data = input->data,
                                      .size = input->size,
                                      .name = spx_input_name(input),
                                      .limits = limits },
                                    { .data = input->right_data,
                                      .size = input->right_size,
                                      .name = right_name,
                                      .limits = limits } };
    spx_bytes own[EYES] = { { 0 }, { 0 } };
    spx_status status = SPX_OK;
    if (input->right_path == NULL && input->right_data == NULL) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "%s: a pair wants a second file, the right eye",
                        files[0].name);
    }
    SPX_TRY_OUT(get_bytes(&files[0], &own[0], input->path, diag));
    SPX_TRY_OUT(get_bytes(&files[1], &own[1], input->right_path, diag));
    SPX_TRY_OUT(spx_stereo_decode_pair(&out->stereo, files, task, diag));
    out->found.kind = SPX_STEREO_KIND_PAIR;
out:
    spx_bytes_clear(&own[0]);
    spx_bytes_clear(&own[1]);
    return status;
}

static spx_status load_one(spx_loaded *out, const spx_input *input, spx_stereo_input told,
                           const spx_limits *limits, const spx_task *task, spx_diag *diag)
{
    spx_stereo_file file = { .data = input->data,
                             .size = input->size,
                             .name = spx_input_name(input),
                             .told = told,
                             .limits = limits };
    spx_bytes own = { 0 };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(get_bytes(&file, &own, input->path, diag));
    SPX_TRY_OUT(spx_stereo_find(&out->found, &file, diag));
    if (out->found.kind == SPX_STEREO_KIND_NONE) {
        const spx_input bytes = { .data = file.data,
                                  .size = file.size,
                                  .name = file.name,
                                  .accept_damaged = input->accept_damaged };
        SPX_TRY_OUT(spx_input_read(&out->stereo.photo, &bytes, limits, task, diag));
    } else {
        SPX_TRY_OUT(spx_stereo_decode(&out->stereo, &file, &out->found, task, diag));
    }
out:
    spx_bytes_clear(&own);
    return status;
}

/* One eye is a photo like any other. */
static void keep_one_eye(spx_loaded *loaded, spx_from from)
{
    spx_stereo_photo *const stereo = &loaded->stereo;
    if (stereo->right == NULL || from == SPX_FROM_BOTH)
        return;
    if (from == SPX_FROM_RIGHT) {
        spx_image_unref(stereo->photo.image);
        stereo->photo.image = stereo->right;
    } else {
        spx_image_unref(stereo->right);
    }
    stereo->right = NULL;
    loaded->found =
        (spx_stereo_found){ .kind = SPX_STEREO_KIND_NONE, .hfov_deg = loaded->found.hfov_deg };
}

spx_status spx_input_load(spx_loaded *out, const spx_input *input,
                          const spx_convert_options *options, const spx_limits *limits,
                          const spx_task *task, spx_diag *diag)
{
    spx_loaded loaded = { .found = { .kind = SPX_STEREO_KIND_NONE } };
    const int is_pair = options->stereo == SPX_STEREO_INPUT_PAIR || input->right_path != NULL ||
                        input->right_data != NULL;
    const spx_status status = is_pair
                                  ? load_pair(&loaded, input, limits, task, diag)
                                  : load_one(&loaded, input, options->stereo, limits, task, diag);
    if (status != SPX_OK) {
        spx_loaded_clear(&loaded);
        return status;
    }
    keep_one_eye(&loaded, options->from);
    *out = loaded;
    return SPX_OK;
}
