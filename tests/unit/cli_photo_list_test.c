#include "test_support.h"

#include "test_files.h"

#include "cli/photo_list.h"

#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_SIZE = 4096 };

static char start[PATH_SIZE];

/* An empty folder that is the current one, so that paths in the tests are short. */
static int enter_empty_folder(void **state)
{
    (void)state;
    return chdir(test_out_empty_folder("cli_photo_list"));
}

static int leave_folder(void **state)
{
    (void)state;
    return chdir(start);
}

static void make_file(const char *path)
{
    char folder[PATH_SIZE];
    (void)snprintf(folder, sizeof(folder), "%s", path);
    char *const slash = strrchr(folder, '/');
    if (slash != NULL) {
        *slash = '\0';
        assert_int_equal(spx_folder_make(folder, NULL), SPX_OK);
    }
    assert_int_equal(spx_file_write(path, "x", 1, NULL), SPX_OK);
}

static void add(spx_photo_list *list, const char *path, int recursive)
{
    spx_diag diag = { 0 };
    list->recursive = recursive;
    if (spx_photo_list_add(list, path, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
}

/* Paths and output folders as "path>output path>output". */
static void assert_list(spx_photo_list *list, const char *output, const char *wanted)
{
    char text[PATH_SIZE] = "";
    size_t size = 0;
    assert_int_equal(spx_photo_list_place(list, SPX_PLACE_FOLDER, output, NULL), SPX_OK);
    for (size_t i = 0; i < list->count; i++) {
        size += (size_t)snprintf(text + size, sizeof(text) - size, "%s%s>%s", i == 0 ? "" : " ",
                                 list->items[i].path, list->items[i].output);
        assert_true(size < sizeof(text));
    }
    assert_string_equal(text, wanted);
    spx_photo_list_clear(list);
}

static void puts_the_output_beside_the_photo_or_below_a_folder(void **state)
{
    (void)state;
    spx_photo_list list = { 0 };
    add(&list, "a.jpg", 0);
    add(&list, "sub/b_outpainted.PNG", 0);
    add(&list, "/no/where/c.tar.heic", 0);
    add(&list, "plain", 0);
    add(&list, ".hidden", 0);
    assert_list(&list, NULL,
                "a.jpg>a_output sub/b_outpainted.PNG>sub/b_outpainted_output "
                "/no/where/c.tar.heic>/no/where/c.tar_output plain>plain_output "
                ".hidden>.hidden_output");

    add(&list, "sub/b.PNG", 0);
    assert_list(&list, "out", "sub/b.PNG>out/b_output");
    add(&list, "b.PNG", 0);
    assert_list(&list, "out/", "b.PNG>out/b_output");
}

static void takes_photos_of_a_folder_but_nothing_spx_made(void **state)
{
    (void)state;
    make_file("trip/b.JPG");
    make_file("trip/a.heic");
    make_file("trip/notes.txt");
    make_file("trip/.hidden.jpg");
    make_file("trip/b_spatial.heic");
    make_file("trip/b_output/stereo_left.png");
    make_file("trip/day 2/c.webp");
    make_file("trip/day 2/.thumbs/c.jpg");
    make_file("trip/.jpg");
    spx_photo_list list = { 0 };
    add(&list, "trip", 0);
    assert_list(&list, NULL, "trip/a.heic>trip/a_output trip/b.JPG>trip/b_output");

    add(&list, "trip/", 1);
    assert_list(&list, "out",
                "trip/a.heic>out/a_output trip/b.JPG>out/b_output "
                "trip/day 2/c.webp>out/day 2/c_output");

    add(&list, "trip/b_output", 0); /* named: the user wants it */
    assert_list(&list, NULL, "trip/b_output/stereo_left.png>trip/b_output/stereo_left_output");
    add(&list, ".", 1);
    assert_list(&list, "out",
                "./trip/a.heic>out/trip/a_output ./trip/b.JPG>out/trip/b_output "
                "./trip/day 2/c.webp>out/trip/day 2/c_output");
}

static void follows_links_to_files_only(void **state)
{
    (void)state;
    make_file("real/a.jpg");
    make_file("set/b.jpg");
    assert_int_equal(symlink("../real/a.jpg", "set/link.jpg"), 0);
    assert_int_equal(symlink("../set", "set/circle"), 0);
    assert_int_equal(symlink("nowhere.jpg", "set/broken.jpg"), 0);
    assert_int_equal(symlink("set", "shortcut"), 0);
    spx_photo_list list = { 0 };
    add(&list, "set", 1);
    assert_list(&list, NULL, "set/b.jpg>set/b_output set/link.jpg>set/link_output");
    add(&list, "shortcut", 0); /* one that was named is followed */
    assert_list(&list, NULL,
                "shortcut/b.jpg>shortcut/b_output shortcut/link.jpg>shortcut/link_output");
}

static void counts_a_photo_named_twice_once(void **state)
{
    (void)state;
    make_file("trip/a.jpg");
    make_file("trip/b.jpg");
    assert_int_equal(symlink("trip", "tour"), 0);
    spx_photo_list list = { 0 };
    add(&list, "trip/a.jpg", 0);
    add(&list, "./trip//a.jpg", 0);
    add(&list, "trip", 1);
    add(&list, "tour/b.jpg", 0);
    add(&list, "missing.jpg", 0);
    add(&list, "missing.jpg", 0);
    assert_list(&list, NULL,
                "trip/a.jpg>trip/a_output trip/b.jpg>trip/b_output missing.jpg>missing_output");
}

static void gives_photos_of_one_name_folders_of_their_own(void **state)
{
    (void)state;
    spx_photo_list list = { 0 };
    add(&list, "a.jpg", 0);
    add(&list, "a.png", 0);
    add(&list, "sub/a.jpg", 0);
    assert_list(&list, NULL, "a.jpg>a_output a.png>a.png_output sub/a.jpg>sub/a_output");

    for (int i = 0; i < 4; i++) {
        char path[32];
        (void)snprintf(path, sizeof(path), "%d/a.jpg", i);
        add(&list, path, 0);
    }
    assert_list(&list, "out",
                "0/a.jpg>out/a_output 1/a.jpg>out/a.jpg_output "
                "2/a.jpg>out/a.jpg-2_output 3/a.jpg>out/a.jpg-3_output");
}

static void says_when_a_folder_has_no_photos(void **state)
{
    (void)state;
    make_file("empty/notes.txt");
    make_file("empty/deeper/a.jpg");
    spx_photo_list list = { 0 };
    spx_diag diag = { 0 };

    assert_int_equal(spx_photo_list_add(&list, "empty", &diag), SPX_ERR_NOT_FOUND);
    assert_string_equal(diag.text,
                        "empty: no photos in this folder (-r looks into the folders below it)");
    list.recursive = 1;
    assert_int_equal(spx_photo_list_add(&list, "empty", NULL), SPX_OK);
    assert_int_equal(list.count, 1);

    spx_photo_list_clear(&list);
    make_file("bare/x");
    diag = (spx_diag){ 0 };
    list.recursive = 1;
    assert_int_equal(spx_photo_list_add(&list, "bare", &diag), SPX_ERR_NOT_FOUND);
    assert_string_equal(diag.text, "bare: no photos in this folder");
    spx_photo_list_clear(&list);
}

static void make_content(const char *path, const char *bytes, size_t size)
{
    make_file(path);
    assert_int_equal(spx_file_write(path, bytes, size, NULL), SPX_OK);
}

static void knows_photos_by_what_they_hold(void **state)
{
    (void)state;
    make_content("mixed/scan", "\xff\xd8\xff\xe0", 4);
    make_content("mixed/a.dat", "\x89PNG\r\n\x1a\n", 8);
    make_content("mixed/b.mp4",
                 "\0\0\0\x18"
                 "ftypisom\0\0\0\0isommp41",
                 24);
    make_content("mixed/c.mov",
                 "\0\0\0\x14"
                 "ftypqt  \0\0\0\0qt  ",
                 20);
    make_content("mixed/d.pdf", "%PDF-1.7\n", 9);
    make_content("mixed/e.mp4",
                 "\0\0\0\x18"
                 "ftypmp42\0\0\0\0isommp42",
                 24);
    make_content("mixed/f.XYZ", "\0\1\2\3", 4);
    make_content("mixed/g.svg", "<?xml version='1.0'?>\n<svg/>\n", 29);
    make_content("mixed/h.jpg", "", 0);
    spx_photo_list list = { 0 };
    assert_int_equal(spx_photo_list_add(&list, "mixed", NULL), SPX_OK);

    char *const left_out = spx_photo_list_left_out(&list);
    assert_string_equal(left_out, "6 files not taken: 2 MP4 video, 1 QuickTime video, 1 PDF "
                                  "document, 1 .xyz, 1 SVG drawing");
    free(left_out);
    assert_list(&list, NULL,
                "mixed/a.dat>mixed/a_output mixed/h.jpg>mixed/h_output "
                "mixed/scan>mixed/scan_output");
    assert_null(spx_photo_list_left_out(&list));
}

static void gives_larger_photos_files_of_their_own(void **state)
{
    (void)state;
    make_file("grown/a.jpg");
    make_file("grown/a.png");
    make_file("grown/b_outpainted.png");
    spx_photo_list list = { .skip_outpainted = 1 };
    assert_int_equal(spx_photo_list_add(&list, "grown", NULL), SPX_OK);
    assert_int_equal(spx_photo_list_add(&list, "-", NULL), SPX_OK);

    assert_int_equal(spx_photo_list_place(&list, SPX_PLACE_FILE, NULL, NULL), SPX_OK);

    assert_int_equal(list.count, 3);
    assert_string_equal(list.items[0].output, "grown/a_outpainted.png");
    assert_string_equal(list.items[1].output, "grown/a.png_outpainted.png");
    assert_string_equal(list.items[2].output, "photo_outpainted.png");
    spx_photo_list_clear(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(puts_the_output_beside_the_photo_or_below_a_folder,
                                        enter_empty_folder, leave_folder),
        cmocka_unit_test_setup_teardown(takes_photos_of_a_folder_but_nothing_spx_made,
                                        enter_empty_folder, leave_folder),
        cmocka_unit_test_setup_teardown(follows_links_to_files_only, enter_empty_folder,
                                        leave_folder),
        cmocka_unit_test_setup_teardown(counts_a_photo_named_twice_once, enter_empty_folder,
                                        leave_folder),
        cmocka_unit_test_setup_teardown(gives_photos_of_one_name_folders_of_their_own,
                                        enter_empty_folder, leave_folder),
        cmocka_unit_test_setup_teardown(says_when_a_folder_has_no_photos, enter_empty_folder,
                                        leave_folder),
        cmocka_unit_test_setup_teardown(knows_photos_by_what_they_hold, enter_empty_folder,
                                        leave_folder),
        cmocka_unit_test_setup_teardown(gives_larger_photos_files_of_their_own, enter_empty_folder,
                                        leave_folder),
    };
    if (getcwd(start, sizeof(start)) == NULL)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
