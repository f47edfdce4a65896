/* Each rule is shown by a file that keeps all of them but for a few changed bytes. */
#include "container/heif_check.h"

#include "test_files.h"
#include "test_support.h"

#include <stdlib.h>
#include <string.h>

static const char spatial[] = "heic/grid_1023x999.heic";
static const char aux[] = "heic/tmap_aux.heic";
static const char derived[] = "heic/iden.heic";

/* Where the n-th box of that type begins: at its type. */
static uint8_t *find_box(const spx_bytes *file, const char *type, int n)
{
    uint8_t *at = file->data;
    for (;; at++) {
        at = memmem(at, file->size - (size_t)(at - file->data), type, 4);
        if (at == NULL)
            fail_msg("no box '%s'", type);
        if (n-- == 0)
            return at;
    }
}

static spx_heif_findings check(const spx_bytes *file)
{
    spx_heif_findings found;
    spx_heif *heif = NULL;
    spx_diag diag = { 0 };
    if (spx_heif_read(&heif, file->data, file->size, "test", NULL, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    assert_int_equal(spx_heif_check(&found, heif, NULL), SPX_OK);
    spx_heif_destroy(heif);
    return found;
}

/* One change: `bytes` over those `at` behind the type of the n-th box. */
typedef struct change {
    const char *box;
    int n;
    size_t at;
    const char *bytes;
    size_t size;
} change;

typedef struct mutation {
    const char *file;
    change change;
    const char *clause;
    const char *text;
} mutation;

static void rename_all(const spx_bytes *file, const char *type, const char *to)
{
    uint8_t *at = file->data;
    while ((at = memmem(at, file->size - (size_t)(at - file->data), type, 4)) != NULL)
        memcpy(at, to, 4);
}

static void assert_found(const spx_bytes *file, const char *clause, const char *text)
{
    const spx_heif_findings found = check(file);
    for (size_t i = 0; i < found.count; i++) {
        if (strcmp(found.list[i].clause, clause) == 0 && strstr(found.list[i].text, text) != NULL)
            return;
    }
    for (size_t i = 0; i < found.count; i++)
        print_message("  have %s: %s\n", found.list[i].clause, found.list[i].text);
    fail_msg("not found: %s '%s'", clause, text);
}

static void finds_nothing_in_sound_files(void **state)
{
    (void)state;
    static const char *const names[] = { spatial,
                                         aux,
                                         derived,
                                         "heic/iovl.heic",
                                         "codec/photo.heic",
                                         "heic/grid_48mp_shape.heic",
                                         "codec/photo.avif",
                                         "heic/wide_ids.heic",
                                         "cases/ios18_tmap.heic" };
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        spx_bytes file = test_data_read(names[i]);

        const spx_heif_findings found = check(&file);

        for (size_t k = 0; k < found.count; k++)
            print_message("%s: %s: %s\n", names[i], found.list[k].clause, found.list[k].text);
        assert_int_equal(found.total, 0);
        spx_bytes_clear(&file);
    }
}

#define AT(box, n, at, bytes)                                                                      \
    {                                                                                              \
        box, n, at, bytes, sizeof(bytes) - 1                                                       \
    }

static void names_the_clause_of_each_mistake(void **state)
{
    (void)state;
    static const mutation mutations[] = {
        { spatial, AT("mif1", 0, 0, "mifX"), "HEIF 10.2.1", "no brand 'mif1'" },
        { spatial, AT("hdlr", 0, 0, "free"), "ISOBMFF 8.4.3", "no 'hdlr'" },
        { spatial, AT("hdlr", 0, 12, "vide"), "HEIF 6.2", "handler is 'vide'" },
        { spatial, AT("pitm", 0, 0, "free"), "HEIF 10.2.1", "no primary item" },
        { spatial, AT("pitm", 0, 8, "\x03\xe7"), "ISOBMFF 8.11.4", "item 999 does not exist" },
        { spatial, AT("pitm", 0, 8, "\0\1"), "HEIF 6.4.2", "item 1 is hidden" },
        { spatial, AT("iinf", 0, 8, "\0\x20"), "ISOBMFF 8.11.6", "announces 32 items" },
        { spatial, AT("infe", 1, 8, "\0\1"), "ISOBMFF 8.11.6", "two items have the id 1" },
        { spatial, AT("ipma", 0, 12, "\0\x0f"), "ISOBMFF 8.11.14", "item 2 is out of order" },
        { spatial, AT("ipma", 0, 18, "\0\1"), "ISOBMFF 8.11.14", "out of order" },
        { spatial, AT("ipma", 0, 15, "\xff"), "ISOBMFF 8.11.14", "there is no property 127" },
        { spatial, AT("colr", 0, 0, "zzzz"), "ISOBMFF 8.11.14", "'zzzz' is essential" },
        { spatial, AT("hvcC", 0, 0, "free"), "HEIF B.2.3.1", "no decoder configuration" },
        { spatial, AT("iloc", 0, 12, "\x03\xe7"), "ISOBMFF 8.11.3", "names the item 999" },
        { spatial, AT("iloc", 0, 20, "\x7f"), "ISOBMFF 8.11.3", "outside of the file" },
        { spatial, AT("dimg", 0, 8, "\x03\xe7"), "ISOBMFF 8.11.12", "names item 999" },
        { spatial, AT("dimg", 0, 8, "\0\5"), "ISOBMFF 8.11.12", "refers to itself" },
        { spatial, AT("idat", 0, 6, "\2"), "HEIF 6.6.2.3.1", "2 x 3 tiles, but 4" },
        { spatial, AT("idat", 0, 8, "\7"), "HEIF 6.6.2.3.1", "do not cover" },
        { spatial, AT("idat", 0, 9, "\xfe"), "HEIF 6.5.3.1", "its data 1022 x 999" },
        { spatial, AT("ster", 0, 8, "\0\0\0\5"), "ISOBMFF 8.18.3", "id of an item" },
        { spatial, AT("ster", 0, 16, "\0\0\x03\xe7"), "ISOBMFF 8.18.3", "names 999" },
        { spatial, AT("ster", 0, 12, "\0\0\0\1"), "HEIF 6.8.5", "has 1 members" },
        { spatial, AT("ster", 0, 12, "\0\0\0\x09"), "ISOBMFF 8.18.2", "cannot be read" },
        { spatial, AT("ftyp", 0, 12, "miaf"), "MIAF 7.3.11.4.2", "sizes must be even" },
        { aux, AT("auxC", 0, 0, "free"), "HEIF 6.5.8.1", "has no 'auxC'" },
        { derived, AT("dimg", 0, 0, "cdsc"), "HEIF 6.6.2.1", "derived from 0 pictures" },
        { derived, AT("ipma", 0, 21, "\3"), "HEIF 6.5.1", "'irot' is not essential" },
    };
    for (size_t i = 0; i < sizeof(mutations) / sizeof(*mutations); i++) {
        const change *const what = &mutations[i].change;
        spx_bytes file = test_data_read(mutations[i].file);
        memcpy(find_box(&file, what->box, what->n) + what->at, what->bytes, what->size);

        assert_found(&file, mutations[i].clause, mutations[i].text);
        spx_bytes_clear(&file);
    }
}

static void misses_sizes(void **state)
{
    (void)state;
    spx_bytes file = test_data_read(spatial);
    rename_all(&file, "ispe", "free");
    assert_found(&file, "HEIF 6.5.3.1", "has no image size");
    spx_bytes_clear(&file);
}

/* The second item's data begin one byte behind the first one's; then they are the same. */
static void tells_overlapping_data_from_shared_data(void **state)
{
    (void)state;
    enum { ENTRY_BYTES = 16, OFFSET = 8, LENGTH = 12 };
    spx_bytes file = test_data_read(spatial);
    uint8_t *const iloc = find_box(&file, "iloc", 0) + 12;
    memcpy(iloc + ENTRY_BYTES + OFFSET, iloc + OFFSET, 4);
    memcpy(iloc + ENTRY_BYTES + LENGTH, iloc + LENGTH, 4);

    const spx_heif_findings shared = check(&file);
    iloc[ENTRY_BYTES + OFFSET + 3]++;

    assert_int_equal(shared.total, 0);
    assert_found(&file, "ISOBMFF 8.11.3", "overlap");
    spx_bytes_clear(&file);
}

static void counts_what_it_does_not_keep(void **state)
{
    (void)state;
    spx_bytes file = test_data_read("heic/grid_48mp_shape.heic");
    rename_all(&file, "hvcC", "free");

    const spx_heif_findings found = check(&file);

    assert_int_equal(found.count, SPX_HEIF_FINDINGS);
    assert_int_equal(found.total, 192);
    spx_bytes_clear(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_nothing_in_sound_files),
        cmocka_unit_test(names_the_clause_of_each_mistake),
        cmocka_unit_test(misses_sizes),
        cmocka_unit_test(tells_overlapping_data_from_shared_data),
        cmocka_unit_test(counts_what_it_does_not_keep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
