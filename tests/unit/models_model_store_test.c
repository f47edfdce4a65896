#include "test_support.h"

#include "base/file.h"
#include "models/model_store.h"
#include "test_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_BYTES = 4096 };

typedef struct store {
    char own[PATH_BYTES];   /* the folder in SPX_MODEL_DIR */
    char other[PATH_BYTES]; /* the folder handed in */
    char *before;
} store;

static void empty(const char *folder)
{
    static const char *const names[] = { "depth-anything-3-mono",
                                         "depth-anything-3-metric",
                                         "depth-anything-v2-large",
                                         "depth-anything-v2-base",
                                         "depth-anything-v2-small",
                                         "spx-lite",
                                         "garden" };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char path[PATH_BYTES + 64];
        (void)snprintf(path, sizeof(path), "%s/%s.safetensors", folder, names[i]);
        (void)unlink(path);
    }
}

static int open_store(void **state)
{
    store *const self = calloc(1, sizeof(*self));
    (void)snprintf(self->own, sizeof(self->own), "%s", test_out_path("model_store/own"));
    (void)snprintf(self->other, sizeof(self->other), "%s", test_out_path("model_store/other"));
    if (spx_folder_make(self->own, NULL) != SPX_OK || spx_folder_make(self->other, NULL) != SPX_OK)
        return -1;
    empty(self->own);
    empty(self->other);
    const char *const before = getenv("SPX_MODEL_DIR"); // NOLINT(concurrency-mt-unsafe)
    self->before = before == NULL ? NULL : strdup(before);
    *state = self;
    return setenv("SPX_MODEL_DIR", self->own, 1); // NOLINT(concurrency-mt-unsafe)
}

static int close_store(void **state)
{
    store *const self = *state;
    if (self->before != NULL)
        (void)setenv("SPX_MODEL_DIR", self->before, 1); // NOLINT(concurrency-mt-unsafe)
    free(self->before);
    free(self);
    return 0;
}

static const char *put(const char *folder, const char *name)
{
    static char path[PATH_BYTES + 64];
    (void)snprintf(path, sizeof(path), "%s/%s.safetensors", folder, name);
    assert_int_equal(spx_file_write(path, name, strlen(name), NULL), SPX_OK);
    return path;
}

static void assert_resolves(const char *model, const char *model_dir, const char *expected)
{
    char *path = NULL;
    spx_diag diag = { 0 };
    const spx_status status = spx_model_resolve(model, model_dir, &path, &diag);
    assert_string_equal(diag.text, "");
    assert_int_equal(status, SPX_OK);
    assert_string_equal(path, expected);
    free(path);
}

static void recommends_what_anybody_may_use(void **state)
{
    store *const self = *state;
    uint64_t size = 1;
    empty(self->own);
    empty(self->other);

    assert_string_equal(spx_model_recommended(self->other, &size), "depth-anything-v2-small");
    assert_int_equal(size, 99173660);
    assert_string_equal(spx_model_known_find("recommended")->name, "depth-anything-v2-small");

    (void)put(self->own, "depth-anything-3-metric");
    assert_null(spx_model_recommended(self->other, &size));
    empty(self->own);
    (void)put(self->own, "depth-anything-v2-base");
    assert_null(spx_model_recommended(self->other, &size));
    assert_int_equal(size, 0);
    empty(self->own);
    (void)put(self->own, "spx-lite");
    assert_non_null(spx_model_recommended(self->other, &size));
    empty(self->own);
}

static void takes_the_best_installed_model_for_auto(void **state)
{
    const store *const self = *state;

    assert_resolves("auto", NULL, put(self->own, "spx-lite"));
    assert_resolves(NULL, NULL, put(self->own, "depth-anything-v2-small"));
    assert_resolves("auto", NULL, put(self->own, "depth-anything-v2-base"));
    assert_resolves("auto", self->other, put(self->other, "depth-anything-v2-large"));
    assert_resolves("auto", self->other, put(self->other, "depth-anything-3-metric"));
    assert_resolves("auto", self->other, put(self->own, "depth-anything-3-mono"));
    empty(self->own);
    empty(self->other);
}

static void knows_files_by_their_sums(void **state)
{
    (void)state;
    static const char metric[] = "bbea5b0b3ee389849cffa7ddae89de064a90abd2b055fc5aa99aac68db324776";
    char names[256];
    assert_string_equal(spx_model_known_by_sum(metric)->name, "depth-anything-3-metric");
    assert_null(spx_model_known_by_sum("bb"));
    assert_non_null(strstr(spx_model_fetchable_text(names, sizeof(names)),
                           "depth-anything-3-mono, depth-anything-3-metric, depth-anything-v2"));
    assert_int_equal(strlen(spx_model_fetchable_text(names, 10)), 9);
}

static void prefers_the_folder_handed_in(void **state)
{
    const store *const self = *state;
    (void)put(self->own, "garden");

    assert_resolves("garden", self->other, put(self->own, "garden"));
    assert_resolves("garden", self->other, put(self->other, "garden"));
}

static void takes_a_path_as_it_is(void **state)
{
    const store *const self = *state;
    char *path = NULL;
    spx_diag diag = { 0 };

    assert_resolves(put(self->other, "garden"), NULL, put(self->other, "garden"));
    assert_int_equal(spx_model_resolve("no/such/file", NULL, &path, &diag), SPX_ERR_NOT_FOUND);
    assert_null(path);
    assert_non_null(strstr(diag.text, "no/such/file"));
}

static void says_where_it_looked_and_how_to_get_a_model(void **state)
{
    const store *const self = *state;
    char *path = NULL;
    spx_diag diag = { 0 };

    assert_int_equal(spx_model_resolve("depth-anything-v2-base", NULL, &path, &diag),
                     SPX_ERR_NOT_FOUND);

    assert_null(path);
    assert_non_null(strstr(diag.text, "depth-anything-v2-base.safetensors"));
    assert_non_null(strstr(diag.text, "spx model fetch depth-anything-v2-base"));
    assert_non_null(strstr(diag.text, self->own));
}

static void refuses_names_that_are_not_names(void **state)
{
    (void)state;
    char *path = NULL;

    assert_int_equal(spx_model_resolve("", NULL, &path, NULL), SPX_ERR_ARGUMENT);
    assert_int_equal(spx_model_resolve("..", NULL, &path, NULL), SPX_ERR_ARGUMENT);
    assert_int_equal(spx_model_resolve("-h", NULL, &path, NULL), SPX_ERR_ARGUMENT);
    assert_int_equal(spx_model_resolve("a b", NULL, &path, NULL), SPX_ERR_ARGUMENT);
}

static void finds_the_weights_of_its_own_source_tree(void **state)
{
    const store *const self = *state;
    char *path = NULL;

    assert_int_equal(spx_model_resolve("spx-lite", self->other, &path, NULL), SPX_OK);

    assert_non_null(path);
    assert_non_null(strstr(path, "/models/spx-lite.safetensors"));
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(recommends_what_anybody_may_use, open_store, close_store),
        cmocka_unit_test_setup_teardown(takes_the_best_installed_model_for_auto, open_store,
                                        close_store),
        cmocka_unit_test(knows_files_by_their_sums),
        cmocka_unit_test_setup_teardown(prefers_the_folder_handed_in, open_store, close_store),
        cmocka_unit_test_setup_teardown(takes_a_path_as_it_is, open_store, close_store),
        cmocka_unit_test_setup_teardown(says_where_it_looked_and_how_to_get_a_model, open_store,
                                        close_store),
        cmocka_unit_test_setup_teardown(refuses_names_that_are_not_names, open_store, close_store),
        cmocka_unit_test_setup_teardown(finds_the_weights_of_its_own_source_tree, open_store,
                                        close_store),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
