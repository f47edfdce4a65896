#include "child/inside.h"

#include "base/file.h"
#include "spx/model.h"

void spx_inside_allow(spx_inside *inside, const char *path)
{
    if (path != NULL && inside->read_count + 1 < SPX_SANDBOX_PATHS_MOST)
        inside->sandbox.read[inside->read_count++] = path;
}

/* The file's own folder as well as the file: SHA256SUMS lies beside it. Returns the folder. */
static char *allow_weights(spx_inside *inside, char *path)
{
    char *const folder = spx_path_folder(path);
    spx_inside_allow(inside, path);
    spx_inside_allow(inside, folder);
    return folder;
}

void spx_inside_find_weights(spx_inside *inside, spx_engine_options *engine, const char *model,
                             int outpaints)
{
    static const char plans_borders[] = "spx-lite"; /* whatever network makes the depth */
    const char *const given = engine->model_dir;
    if (spx_model_resolve(model, given, &inside->weights, NULL) == SPX_OK) {
        char *const folder = allow_weights(inside, inside->weights);
        engine->model_dir = folder != NULL ? folder : given;
    } /* else the library will say so */
    if (outpaints && spx_model_resolve(plans_borders, given, &inside->small, NULL) == SPX_OK)
        (void)allow_weights(inside, inside->small); // NOLINT: its folder lives as long as we
    if (given != engine->model_dir)
        spx_inside_allow(inside, given);
}

// NOLINTNEXTLINE(readability-function-size): seven parameters
spx_status spx_inside_enter(spx_inside *inside, spx_input *input, const char *path,
                            const char *right, const spx_engine_options *engine,
                            const spx_child_work *work, spx_diag *diag)
{
    spx_child_work own = *work;
    spx_child_needs needs;
    SPX_TRY(spx_sandbox_enter(&inside->sandbox, diag));
    SPX_TRY(spx_child_map(input, SPX_CHILD_FIRST_FILE, path, &engine->limits, diag));
    if (right != NULL) {
        spx_input second;
        SPX_TRY(spx_child_map(&second, SPX_CHILD_FIRST_FILE + 1, right, &engine->limits, diag));
        input->right_path = right;
        input->right_data = second.data;
        input->right_size = second.size;
    }
    own.own_network = spx_child_own_network(inside->weights);
    own.threads = own.threads != 0 ? own.threads : spx_child_threads(engine);
    own.most_pixels = engine->limits.pixels;
    spx_child_needs_of(&needs, input, &own);
    spx_child_ask(&needs);
    return SPX_OK;
}
