#include "cli/serve_sandbox.h"

#include "base/file.h"
#include "child/sandbox.h"
#include "spx/model.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_BYTES = 4096 };

/* Paths that live until the end of the call. */
typedef struct allowed {
    spx_sandbox sandbox;
    char *own[SPX_SANDBOX_PATHS_MOST];
    size_t count;
} allowed;

static int is_there(const allowed *self, const char *path)
{
    for (size_t i = 0; i < self->count; i++) {
        if (strcmp(self->own[i], path) == 0)
            return 1;
    }
    return 0;
}

/* path: moved; NULL, and what is there already, is passed over. */
static void add(allowed *self, char *path)
{
    if (path == NULL || is_there(self, path) || self->count + 1 >= SPX_SANDBOX_PATHS_MOST) {
        free(path);
        return;
    }
    self->own[self->count] = path;
    self->sandbox.read[self->count++] = path;
}

static void add_program(allowed *self)
{
    char path[PATH_BYTES];
    const ssize_t size = readlink("/proc/self/exe", path, sizeof(path) - 1);
    if (size <= 0)
        return;
    path[size] = '\0';
    add(self, spx_path_folder(path));
}

/* Where models are now, and where they will be when more of them are fetched. */
static void add_models(allowed *self, const char *model_dir)
{
    spx_model_list *list = NULL;
    const char *const home = getenv("HOME"); // NOLINT(concurrency-mt-unsafe): no thread yet
    const char *const data = getenv("XDG_DATA_HOME"); // NOLINT(concurrency-mt-unsafe)
    const char *const own = getenv("SPX_MODEL_DIR");  // NOLINT(concurrency-mt-unsafe)
    if (model_dir != NULL)
        add(self, strdup(model_dir));
    if (own != NULL)
        add(self, strdup(own));
    if (data != NULL && data[0] == '/')
        add(self, spx_path_join(data, "spx"));
    if (home != NULL)
        add(self, spx_path_join(home, ".local/share/spx"));
    if (spx_model_list_create(&list, model_dir, NULL) != SPX_OK)
        return;
    for (size_t i = 0; i < spx_model_list_count(list); i++) {
        const char *const path = spx_model_list_at(list, i)->path;
        char *const target = realpath(path, NULL); /* of a link: rights follow what it leads to */
        add(self, spx_path_folder(path));
        if (target != NULL)
            add(self, spx_path_folder(target));
        free(target);
    }
    spx_model_list_destroy(list);
}

static void add_variable(allowed *self, const char *name)
{
    const char *const path = getenv(name); // NOLINT(concurrency-mt-unsafe): no thread yet
    if (path != NULL && path[0] == '/')
        add(self, spx_path_folder(path));
}

/* Where a database and a bucket let programs find out who they are. */
static void add_credentials(allowed *self)
{
    static const char *const variables[] = { "AWS_SHARED_CREDENTIALS_FILE",
                                             "AWS_CONFIG_FILE",
                                             "PGPASSFILE",
                                             "PGSERVICEFILE",
                                             "PGSSLROOTCERT",
                                             "PGSSLCERT",
                                             "PGSSLKEY" };
    static const char *const names[] = { ".aws", ".pgpass", ".pg_service.conf", ".postgresql" };
    const char *const home = getenv("HOME"); // NOLINT(concurrency-mt-unsafe): no thread yet
    for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
        add_variable(self, variables[i]);
    for (size_t i = 0; home != NULL && i < sizeof(names) / sizeof(names[0]); i++)
        add(self, spx_path_join(home, names[i]));
}

spx_status spx_serve_shut_in(const spx_serve_paths *paths, spx_diag *diag)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    /* Each process that it starts reads lists of suppressions from wherever they lie. */
    return spx_folder_make(paths->data, diag);
#endif
    allowed self = { .sandbox = { .write = { paths->data, NULL }, .network = 1, .parent = 1 } };
    char *const log_folder = paths->access_log == NULL ? NULL : spx_path_folder(paths->access_log);
    size_t writes = 1;
    if (log_folder != NULL)
        self.sandbox.write[writes++] = log_folder;
    SPX_TRY(spx_folder_make(paths->data, diag));
    if (paths->blobs != NULL && strstr(paths->blobs, "://") == NULL) {
        SPX_TRY(spx_folder_make(paths->blobs, diag));
        self.sandbox.write[writes++] = paths->blobs;
    }
    if (paths->blobs != NULL)
        add_credentials(&self);
    add_program(&self);
    if (paths->keys != NULL)
        add(&self, spx_path_folder(paths->keys));
    add_models(&self, paths->models);
    const spx_status status = spx_sandbox_enter(&self.sandbox, diag);
    for (size_t i = 0; i < self.count; i++)
        free(self.own[i]);
    free(log_folder);
    return status;
}
