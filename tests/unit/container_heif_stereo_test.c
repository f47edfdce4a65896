#include "container/camera_properties.h"
#include "container/heif_properties.h"
#include "test_heif.h"
#include "test_support.h"

#include <string.h>

enum { LEFT = 5, RIGHT = 10, GROUP = 11, GRPL_BYTES = 36 };

static spx_bytes whole_file(void)
{
    test_heif made;
    test_heif_init(&made);
    spx_bytes file = test_heif_write(&made.photo);
    test_heif_clear(&made);
    return file;
}

static uint8_t *find_text(const spx_bytes *file, const char *text)
{
    uint8_t *const at = memmem(file->data, file->size, text, strlen(text));
    assert_non_null(at);
    return at;
}

static spx_heif *read_heif(const spx_bytes *file)
{
    spx_heif *heif = NULL;
    spx_diag diag = { 0 };
    if (spx_heif_read(&heif, file->data, file->size, "test", NULL, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    return heif;
}

/* A box for 'grpl' in place of the file's own; what it points to stays. */
static spx_bytes with_group(const spx_bytes *file, const spx_bytes *box)
{
    const size_t grpl = (size_t)(find_text(file, "grpl") - file->data) - 4;
    const size_t meta = (size_t)(find_text(file, "meta") - file->data) - 4;
    spx_bytes out = { 0 };
    spx_bytes_append(&out, file->data, grpl);
    spx_bytes_u32(&out, (uint32_t)(8 + box->size));
    spx_bytes_text(&out, "grpl");
    spx_bytes_append(&out, box->data, box->size);
    spx_bytes_append(&out, file->data + grpl + GRPL_BYTES, file->size - grpl - GRPL_BYTES);
    const uint8_t *const was = file->data + meta;
    const uint32_t size =
        (uint32_t)was[0] << 24 | (uint32_t)was[1] << 16 | (uint32_t)was[2] << 8 | was[3];
    spx_bytes_patch_u32(&out, meta, size + (uint32_t)box->size + 8 - GRPL_BYTES);
    assert_false(out.failed);
    return out;
}

static void put_group(spx_bytes *out, const char *type, const uint8_t *user_type,
                      const uint32_t *members, uint32_t count)
{
    spx_bytes_u32(out, 20 + (user_type == NULL ? 0U : SPX_USER_TYPE_BYTES) + 4 * count);
    spx_bytes_text(out, type);
    if (user_type != NULL)
        spx_bytes_append(out, user_type, SPX_USER_TYPE_BYTES);
    spx_bytes_u32(out, 0);
    spx_bytes_u32(out, GROUP);
    spx_bytes_u32(out, count);
    for (uint32_t i = 0; i < count; i++)
        spx_bytes_u32(out, members[i]);
}

static void finds_the_pair_in_every_kind_of_group(void **state)
{
    (void)state;
    static const uint32_t members[] = { LEFT, RIGHT, LEFT };
    const struct {
        const char *type;
        const uint8_t *user_type;
        uint32_t count;
        int found;
        uint32_t left;
        uint32_t mono;
    } cases[] = {
        { "ster", NULL, 2, 1, LEFT, 0 },
        { "ster", NULL, 3, 1, 0, 0 }, /* ISO/IEC 23008-12: exactly two */
        { "stem", NULL, 2, 1, LEFT, 0 },
        { "stem", NULL, 3, 1, LEFT, LEFT },
        { "stem", NULL, 1, 1, 0, 0 },
        { "uuid", spx_uuid_stereo_group, 3, 1, LEFT, LEFT },
        { "uuid", spx_uuid_cmin, 3, 0, 0, 0 },
        { "altr", NULL, 2, 0, 0, 0 },
    };
    spx_bytes file = whole_file();
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        spx_bytes box = { 0 };
        put_group(&box, cases[i].type, cases[i].user_type, members, cases[i].count);
        spx_bytes changed = with_group(&file, &box);
        spx_heif *const heif = read_heif(&changed);
        spx_heif_stereo stereo;

        assert_int_equal(spx_heif_find_stereo(&stereo, heif), cases[i].found);

        assert_int_equal(stereo.left, cases[i].left);
        assert_int_equal(stereo.right, cases[i].left == 0 ? 0 : RIGHT);
        assert_int_equal(stereo.mono, cases[i].mono);
        assert_int_equal(stereo.group, cases[i].found ? GROUP : 0);
        assert_int_equal(spx_heif_count_stereo(heif), cases[i].found);
        spx_heif_destroy(heif);
        spx_bytes_clear(&changed);
        spx_bytes_clear(&box);
    }
    spx_bytes_clear(&file);
}

/* As in a file whose second pair are the thumbnails of the first. */
static void takes_the_pair_that_the_primary_item_belongs_to(void **state)
{
    (void)state;
    static const uint32_t others[] = { 1, 6 };
    static const uint32_t eyes[] = { LEFT, RIGHT };
    spx_bytes file = whole_file();
    spx_bytes box = { 0 };
    put_group(&box, "ster", NULL, others, 2);
    put_group(&box, "ster", NULL, eyes, 2);
    spx_bytes changed = with_group(&file, &box);
    spx_heif *const heif = read_heif(&changed);
    spx_heif_stereo stereo;

    assert_int_equal(spx_heif_find_stereo(&stereo, heif), 1);

    assert_int_equal(stereo.left, LEFT);
    assert_int_equal(stereo.right, RIGHT);
    spx_heif_destroy(heif);
    spx_bytes_clear(&changed);
    spx_bytes_clear(&box);
    spx_bytes_clear(&file);
}

static void tells_the_adjustment_of_the_group_too_and_reads_it_alone(void **state)
{
    (void)state;
    spx_bytes file = whole_file();
    spx_heif *const heif = read_heif(&file);
    spx_heif_stereo stereo;
    double adjustment = 0;
    int essential = 1;
    assert_int_equal(spx_heif_find_stereo(&stereo, heif), 1);
    const spx_heif_property *const own = spx_heif_find_disparity(heif, GROUP, &essential);
    assert_non_null(own);
    assert_int_equal(essential, 0);
    uint32_t before = 0;
    for (size_t i = 0; i < heif->association_count;
         i++) { /* sorted by id, the group's among them */
        assert_true(heif->associations[i].item >= before);
        before = heif->associations[i].item;
    }

    for (size_t i = 0; i < heif->association_count; i++) { /* take it from the eyes */
        spx_heif_association *const link = &heif->associations[i];
        if (link->item != GROUP && &heif->properties[link->property] == own)
            link->item = UINT32_MAX;
    }
    assert_null(spx_heif_find_disparity(heif, RIGHT, NULL));
    const spx_heif_property *const found = spx_heif_stereo_disparity(heif, &stereo, RIGHT, NULL);
    assert_ptr_equal(found, own);
    assert_int_equal(spx_disparity_adjustment_read(&adjustment, found, NULL), SPX_OK);
    assert_true(adjustment == 0.02);
    spx_heif_destroy(heif);
    spx_bytes_clear(&file);
}

static void claims_that_ids_are_unique(void **state)
{
    (void)state;
    static const uint8_t ftyp[] = {
        0, 0, 0,   28,  'f', 't', 'y', 'p', 'h', 'e', 'i', 'c', 0,   0,
        0, 0, 'h', 'e', 'i', 'c', 'm', 'i', 'f', '1', 'u', 'n', 'i', 'f'
    };
    spx_bytes file = whole_file();

    assert_memory_equal(file.data, ftyp, sizeof(ftyp));

    spx_bytes_clear(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_pair_in_every_kind_of_group),
        cmocka_unit_test(takes_the_pair_that_the_primary_item_belongs_to),
        cmocka_unit_test(tells_the_adjustment_of_the_group_too_and_reads_it_alone),
        cmocka_unit_test(claims_that_ids_are_unique),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
