/*
 * That it was said is kept as an empty file, told-of-models, in the user's folder for state
 * ($XDG_STATE_HOME/spx, ~/.local/state/spx). Where that cannot be written, it is said again.
 */
#include "cli/advice.h"

#include "base/file.h"
#include "cli/progress.h"
#include "spx/model.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int spx_advice_model(const char *model_dir, char *out, size_t size)
{
    static const double bytes_per_mb = 1e6;
    uint64_t bytes = 0;
    const char *const name = spx_model_recommended(model_dir, &bytes);
    if (name == NULL)
        return 0;
    (void)snprintf(out, size, "depth gets better with %s: spx model fetch recommended (%.0f MB)",
                   name, (double)bytes / bytes_per_mb);
    return 1;
}

/* The user's folder for state; NULL = there is none. Owned by the caller: free(). */
static char *state_folder(void)
{
    const char *const state = getenv("XDG_STATE_HOME"); // NOLINT(concurrency-mt-unsafe)
    if (state != NULL && state[0] == '/')
        return spx_path_join(state, "spx");
    const char *const home = getenv("HOME"); // NOLINT(concurrency-mt-unsafe)
    return home == NULL || home[0] == '\0' ? NULL : spx_path_join(home, ".local/state/spx");
}

void spx_advice_tell(const char *model_dir)
{
    enum { LINE = 160 };
    char line[LINE];
    if (spx_progress_terminal(stderr) == NULL || !spx_advice_model(model_dir, line, sizeof(line)))
        return;
    char *const folder = state_folder();
    char *const mark = folder == NULL ? NULL : spx_path_join(folder, "told-of-models");
    if (mark == NULL || access(mark, F_OK) != 0) {
        (void)fprintf(stderr, "spx: %s\n", line);
        if (mark != NULL && spx_folder_make(folder, NULL) == SPX_OK &&
            spx_file_write(mark, NULL, 0, NULL) != SPX_OK)
            (void)unlink(mark);
    }
    free(mark);
    free(folder);
}
