#include "test_support.h"

#include "base/file.h"
#include "test_files.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static size_t entries_of(const char *folder)
{
    DIR *const dir = opendir(folder);
    size_t count = 0;
    assert_non_null(dir);
    for (const struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir))
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    (void)closedir(dir);
    return count;
}

static void reads_back_what_it_wrote(void **state)
{
    (void)state;
    const char *const folder = test_out_empty_folder("base_file/deep/er");
    char *const path = spx_path_join(folder, "a name with spaces");
    spx_bytes bytes = { 0 };

    assert_int_equal(spx_file_write(path, "old", 3, NULL), SPX_OK);
    assert_int_equal(spx_file_write(path, "newer", 5, NULL), SPX_OK);
    assert_int_equal(spx_file_read(path, 5, &bytes, NULL), SPX_OK);

    assert_int_equal(bytes.size, 5);
    assert_memory_equal(bytes.data, "newer", 5);
    assert_int_equal(entries_of(folder), 1);
    spx_bytes_clear(&bytes);
    free(path);
}

static void a_full_disk_leaves_the_old_file(void **state)
{
    (void)state;
    const char *const folder = test_out_empty_folder("base_file_full");
    char *const path = spx_path_join(folder, "kept");
    static char large[1 << 20];
    spx_bytes bytes = { 0 };
    spx_diag diag = { 0 };
    struct rlimit before;
    assert_int_equal(spx_file_write(path, "old", 3, NULL), SPX_OK);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    const struct rlimit small = { .rlim_cur = 4096, .rlim_max = before.rlim_max };
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    (void)signal(SIGXFSZ, SIG_IGN);

    const spx_status status = spx_file_write(path, large, sizeof(large), &diag);

    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(status, SPX_ERR_IO);
    assert_non_null(strstr(diag.text, "kept: cannot write: File too large"));
    assert_int_equal(spx_file_read(path, 5, &bytes, NULL), SPX_OK);
    assert_memory_equal(bytes.data, "old", 3);
    assert_int_equal(entries_of(folder), 1);
    spx_bytes_clear(&bytes);
    free(path);
}

static void files_that_belong_together_appear_together(void **state)
{
    (void)state;
    const char *const folder = test_out_empty_folder("base_file_staged");
    char *const one = spx_path_join(folder, "one");
    char *const two = spx_path_join(folder, "two");
    spx_staged_file staged[2] = { { .path = NULL } };
    spx_bytes bytes = { 0 };
    assert_int_equal(spx_file_write(one, "old", 3, NULL), SPX_OK);
    assert_int_equal(spx_folder_make(two, NULL), SPX_OK); /* no file can take its place */

    assert_int_equal(spx_staged_file_write(&staged[0], one, "new", 3, NULL), SPX_OK);
    assert_int_equal(spx_staged_file_write(&staged[1], two, "new", 3, NULL), SPX_ERR_IO);
    spx_staged_file_discard(&staged[0]);
    spx_staged_file_discard(&staged[1]);

    assert_int_equal(spx_file_read(one, 100, &bytes, NULL), SPX_OK);
    assert_memory_equal(bytes.data, "old", 3);
    assert_int_equal(entries_of(folder), 2);

    spx_bytes_clear(&bytes);
    assert_int_equal(spx_staged_file_write(&staged[0], one, "newer", 5, NULL), SPX_OK);
    assert_int_equal(spx_staged_file_commit(&staged[0], NULL), SPX_OK);
    assert_int_equal(spx_file_read(one, 100, &bytes, NULL), SPX_OK);
    assert_int_equal(bytes.size, 5);
    spx_bytes_clear(&bytes);
    spx_staged_file_discard(&staged[0]);
    assert_int_equal(entries_of(folder), 2);
    free(one);
    free(two);
}

static void a_commit_taken_back_leaves_what_was_there(void **state)
{
    (void)state;
    const char *const folder = test_out_empty_folder("base_file_undo");
    char *const one = spx_path_join(folder, "one");
    char *const two = spx_path_join(folder, "two");
    spx_staged_file staged[2] = { { .path = NULL } };
    spx_bytes bytes = { 0 };
    assert_int_equal(spx_file_write(one, "old", 3, NULL), SPX_OK);
    assert_int_equal(spx_staged_file_write(&staged[0], one, "newer", 5, NULL), SPX_OK);
    assert_int_equal(spx_staged_file_write(&staged[1], two, "newer", 5, NULL), SPX_OK);
    assert_int_equal(spx_staged_file_commit(&staged[0], NULL), SPX_OK);
    assert_int_equal(spx_staged_file_commit(&staged[1], NULL), SPX_OK);

    spx_staged_file_undo(&staged[0]);
    spx_staged_file_undo(&staged[1]);
    spx_staged_file_discard(&staged[0]);
    spx_staged_file_discard(&staged[1]);

    assert_int_equal(spx_file_read(one, 100, &bytes, NULL), SPX_OK);
    assert_int_equal(bytes.size, 3);
    assert_int_equal(entries_of(folder), 1);
    spx_bytes_clear(&bytes);
    free(one);
    free(two);
}

static void touch(const char *folder, const char *name)
{
    char *const path = spx_path_join(folder, name);
    FILE *const file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
    free(path);
}

static void sweeps_only_what_dead_processes_left(void **state)
{
    (void)state;
    const char *const folder = test_out_empty_folder("base_file_sweep");
    char name[64];
    char *const one = spx_path_join(folder, "one");
    spx_staged_file staged = { .path = NULL };
    const pid_t gone = fork();
    assert_true(gone >= 0);
    if (gone == 0)
        _exit(0);
    assert_int_equal(waitpid(gone, NULL, 0), gone);
    (void)snprintf(name, sizeof(name), ".spx-%d-0123456789abcdef", (int)gone);
    touch(folder, name);
    char *const left = spx_path_join(folder, ".spx-2147483646-0123456789abcdef"); /* no process */
    assert_int_equal(spx_folder_make(left, NULL), SPX_OK);
    touch(left, "half");
    touch(folder, ".spx-notes");
    touch(folder, ".spx-1-0123456789abcdef"); /* process 1 lives */
    assert_int_equal(spx_staged_file_write(&staged, one, "new", 3, NULL), SPX_OK);
    assert_int_equal(entries_of(folder), 5);

    spx_folder_sweep(folder, 0);

    assert_int_equal(entries_of(folder), 3);
    assert_int_equal(spx_staged_file_commit(&staged, NULL), SPX_OK);
    spx_staged_file_discard(&staged);
    free(left);
    free(one);
}

static void a_folder_gives_its_file_and_goes(void **state)
{
    (void)state;
    const char *const folder = test_out_empty_folder("base_file_staged");
    char *const path = spx_path_join(folder, "picture");
    spx_staged_folder staged = { .path = NULL };
    assert_int_equal(spx_staged_folder_make(&staged, path, NULL), SPX_OK);
    spx_folder_sweep(folder, 0); /* somebody still means it */
    touch(staged.path, "inside");
    touch(staged.path, "more");

    assert_int_equal(spx_staged_folder_commit(&staged, "inside", path, 1, NULL), SPX_OK);
    touch(staged.path, "inside");
    assert_int_equal(spx_staged_folder_commit(&staged, "inside", path, 1, NULL), SPX_ERR_EXISTS);
    assert_int_equal(spx_staged_folder_commit(&staged, "inside", path, 0, NULL), SPX_OK);
    char *const link = spx_path_join(staged.path, "link");
    assert_int_equal(symlink("/etc/passwd", link), 0);
    assert_int_equal(spx_staged_folder_commit(&staged, "link", path, 0, NULL), SPX_ERR_CRASH);
    spx_staged_folder_discard(&staged);

    assert_int_equal(entries_of(folder), 1);
    free(link);
    free(path);
}

static void says_why_it_cannot_read(void **state)
{
    (void)state;
    const char *const folder = test_out_empty_folder("base_file_why");
    char *const path = spx_path_join(folder, "four");
    assert_int_equal(spx_file_write(path, "1234", 4, NULL), SPX_OK);
    spx_bytes bytes = { 0 };
    spx_diag missing = { 0 };
    spx_diag large = { 0 };
    spx_diag not_a_file = { 0 };

    assert_int_equal(spx_file_read("/nowhere/at/all", 10, &bytes, &missing), SPX_ERR_NOT_FOUND);
    assert_int_equal(spx_file_read(path, 3, &bytes, &large), SPX_ERR_LIMIT);
    assert_int_equal(spx_file_read(folder, 10, &bytes, &not_a_file), SPX_ERR_IO);

    assert_string_equal(missing.text, "/nowhere/at/all: cannot open: No such file or directory");
    assert_non_null(strstr(large.text, "4 bytes are over the limit of 3"));
    assert_non_null(strstr(not_a_file.text, "is a folder, not a file"));
    free(path);
}

static void writes_all_however_often_it_takes(void **state)
{
    (void)state;
    enum { SIZE = 1 << 20 }; /* far more than a pipe holds */
    static uint8_t data[SIZE];
    uint8_t got[4096];
    int ends[2];
    int code = 0;
    size_t same = 0;
    for (size_t i = 0; i < SIZE; i++)
        data[i] = (uint8_t)(i * 7 + i / 251);
    assert_int_equal(pipe(ends), 0);
    const pid_t writer = fork();
    if (writer == 0)
        _exit(spx_fd_write(ends[1], data, SIZE) ? 0 : 1);
    (void)close(ends[1]);

    for (ssize_t size = 0; (size = read(ends[0], got, sizeof(got))) > 0; same += (size_t)size)
        assert_memory_equal(got, data + same, (size_t)size);

    assert_int_equal(waitpid(writer, &code, 0), writer);
    assert_int_equal(code, 0);
    assert_int_equal(same, SIZE);
    assert_int_equal(spx_fd_write(ends[0], data, 1), 0); /* for reading */
    assert_int_equal(errno, EBADF);
    assert_int_equal(spx_fd_write(-1, data, 0), 1);
    (void)close(ends[0]);
}

static void a_folder_goes_with_what_is_in_it_and_no_link_is_followed(void **state)
{
    (void)state;
    const char *const folder = test_out_empty_folder("base_file_tree");
    char *const kept = spx_path_join(folder, "kept");
    char *const gone = spx_path_join(folder, "gone");
    char *const deep = spx_path_join(folder, "gone/a/b");
    char *const link = spx_path_join(folder, "gone/a/link");
    char *const file = spx_path_join(deep, "file");
    char *const outside = spx_path_join(kept, "file");
    assert_int_equal(spx_folder_make(kept, NULL), SPX_OK);
    assert_int_equal(spx_folder_make(deep, NULL), SPX_OK);
    assert_int_equal(spx_file_write(file, "1", 1, NULL), SPX_OK);
    assert_int_equal(spx_file_write(outside, "1", 1, NULL), SPX_OK);
    assert_int_equal(symlink(kept, link), 0);

    spx_folder_remove(gone);
    spx_folder_remove(gone);

    assert_int_equal(entries_of(folder), 1);
    assert_int_equal(access(outside, F_OK), 0);
    free(outside);
    free(file);
    free(link);
    free(deep);
    free(gone);
    free(kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_back_what_it_wrote),
        cmocka_unit_test(a_full_disk_leaves_the_old_file),
        cmocka_unit_test(files_that_belong_together_appear_together),
        cmocka_unit_test(a_commit_taken_back_leaves_what_was_there),
        cmocka_unit_test(sweeps_only_what_dead_processes_left),
        cmocka_unit_test(a_folder_gives_its_file_and_goes),
        cmocka_unit_test(says_why_it_cannot_read),
        cmocka_unit_test(writes_all_however_often_it_takes),
        cmocka_unit_test(a_folder_goes_with_what_is_in_it_and_no_link_is_followed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
