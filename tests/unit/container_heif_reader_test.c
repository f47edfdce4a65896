#include "container/heif_reader.h"

#include "container/box_writer.h"
#include "container/camera_properties.h"
#include "container/heif_properties.h"
#include "test_files.h"
#include "test_heif.h"
#include "test_support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const spx_heif_property *need(const spx_heif_property *property)
{
    assert_non_null(property);
    return property;
}

static spx_heif *read_heif(const spx_bytes *file)
{
    spx_heif *heif = NULL;
    spx_diag diag = { 0 };
    if (spx_heif_read(&heif, file->data, file->size, "test.heic", NULL, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    return heif;
}

static const spx_heif_property *find(const spx_heif *heif, uint32_t item, const char *type)
{
    return spx_heif_find_property(heif, item, spx_fourcc(type), NULL, NULL);
}

static void assert_reference(const spx_heif *heif, size_t at, const char *type, uint32_t from,
                             uint32_t to)
{
    assert_true(at < heif->reference_count);
    assert_int_equal(heif->references[at].type, spx_fourcc(type));
    assert_int_equal(heif->references[at].from, from);
    assert_int_equal(heif->references[at].to, to);
}

static void assert_data(const spx_heif *heif, uint32_t item, const void *data, size_t size)
{
    spx_bytes have = { 0 };
    assert_int_equal(spx_heif_item_data(heif, item, SIZE_MAX, &have, NULL), SPX_OK);
    assert_int_equal(have.size, size);
    assert_memory_equal(have.data, data, size);
    spx_bytes_clear(&have);
}

/* Left tiles 1..4, left grid 5, right tiles 6..9, right grid 10, group 11, Exif 12, 13, XMP 14, 15,
 * thumbnail 16. */
static void reads_items_as_the_writer_numbers_them(void **state)
{
    (void)state;
    test_heif made;
    test_heif_init(&made);
    spx_bytes file = test_heif_write(&made.photo);
    spx_heif *const heif = read_heif(&file);

    assert_int_equal(heif->major_brand, spx_fourcc("heic"));
    assert_int_equal(heif->primary, 5);
    assert_int_equal(heif->item_count, 15);
    for (size_t i = 0; i < heif->item_count; i++) {
        const spx_heif_item *const item = &heif->items[i];
        const uint32_t id = item->id;
        const char *const type = id == 5 || id == 10    ? "grid"
                                 : id == 12 || id == 13 ? "Exif"
                                 : id == 14 || id == 15 ? "mime"
                                                        : "hvc1";
        assert_int_equal(id, i < 10 ? i + 1 : i + 2); /* 11 is the group */
        assert_int_equal(item->type, spx_fourcc(type));
        assert_int_equal(item->hidden, id != 5 && id != 10 && id != 16);
        assert_int_equal(item->protected_data, 0);
        assert_string_equal(item->content_type, id == 14 || id == 15 ? "application/rdf+xml" : "");
    }
    assert_int_equal(heif->group_count, 1);
    assert_int_equal(heif->groups[0].type, spx_fourcc("ster"));
    assert_int_equal(heif->groups[0].id, 11);
    assert_int_equal(heif->groups[0].member_count, 2);
    assert_int_equal(heif->group_members[0], 5);
    assert_int_equal(heif->group_members[1], 10);
    assert_int_equal(heif->reference_count, 13);
    for (uint32_t i = 0; i < 4; i++) {
        assert_reference(heif, i, "dimg", 5, 1 + i);
        assert_reference(heif, 4 + i, "dimg", 10, 6 + i);
    }
    assert_reference(heif, 8, "cdsc", 12, 5);
    assert_reference(heif, 9, "cdsc", 13, 10);
    assert_reference(heif, 10, "cdsc", 14, 5);
    assert_reference(heif, 11, "cdsc", 15, 10);
    assert_reference(heif, 12, "thmb", 16, 5);
    spx_heif_destroy(heif);
    spx_bytes_clear(&file);
    test_heif_clear(&made);
}

static void reads_the_data_of_every_item(void **state)
{
    (void)state;
    test_heif made;
    test_heif_init(&made);
    spx_bytes file = test_heif_write(&made.photo);
    spx_heif *const heif = read_heif(&file);
    spx_grid grid;

    for (uint32_t i = 0; i < 8; i++) {
        const spx_bytes *const picture = &made.coded.pictures[i];
        assert_data(heif, i < 4 ? 1 + i : 2 + i, picture->data, picture->size);
    }
    for (uint32_t id = 5; id <= 10; id += 5) {
        assert_int_equal(spx_grid_read(&grid, heif, id, NULL), SPX_OK);
        assert_int_equal(grid.columns, 2);
        assert_int_equal(grid.rows, 2);
        assert_int_equal(grid.width, 1023);
        assert_int_equal(grid.height, 999);
    }
    spx_bytes exif = { 0 };
    spx_bytes_append(&exif, "\0\0\0\6Exif\0\0", 10);
    spx_bytes_append(&exif, made.exif.data, made.exif.size);
    assert_data(heif, 12, exif.data, exif.size);
    assert_data(heif, 13, exif.data, exif.size);
    assert_data(heif, 14, made.xmp.data, made.xmp.size);
    assert_data(heif, 15, made.xmp.data, made.xmp.size);
    assert_data(heif, 16, made.thumbnail.pictures[0].data, made.thumbnail.pictures[0].size);
    spx_bytes_clear(&exif);
    spx_heif_destroy(heif);
    spx_bytes_clear(&file);
    test_heif_clear(&made);
}

static void assert_coding(const spx_heif *heif, uint32_t item, const spx_hevc_stills *stills)
{
    spx_hvcc hvcc;
    spx_hevc_sps sps;
    assert_int_equal(spx_hvcc_read(&hvcc, need(find(heif, item, "hvcC")), NULL), SPX_OK);
    assert_int_equal(hvcc.profile_idc, 3);
    assert_int_equal(hvcc.chroma_format, 1);
    assert_int_equal(hvcc.luma_bits, 8);
    assert_int_equal(hvcc.chroma_bits, 8);
    assert_int_equal(hvcc.length_bytes, 4);
    assert_int_equal(hvcc.parameter_sets, 3);
    assert_int_equal(hvcc.sps_size, stills->sps.size);
    assert_memory_equal(hvcc.sps, stills->sps.data, stills->sps.size);
    assert_int_equal(spx_hevc_sps_read(&sps, hvcc.sps, hvcc.sps_size, NULL), SPX_OK);
    assert_int_equal(sps.width, stills->width);
    assert_int_equal(sps.height, stills->height);
    assert_int_equal(sps.level_idc, hvcc.level_idc);
}

static void assert_size(const spx_heif *heif, uint32_t item, uint32_t width, uint32_t height)
{
    spx_ispe size;
    assert_int_equal(spx_ispe_read(&size, need(find(heif, item, "ispe")), NULL), SPX_OK);
    assert_int_equal(size.width, width);
    assert_int_equal(size.height, height);
}

/* Only what decoding needs is essential: a reader must refuse an item with an essential property
 * that it does not know. */
static void marks_only_coding_color_and_tile_size_essential(void **state)
{
    (void)state;
    test_heif made;
    test_heif_init(&made);
    made.photo.icc = &made.icc;
    spx_bytes file = test_heif_write(&made.photo);
    spx_heif *const heif = read_heif(&file);

    for (size_t i = 0; i < heif->association_count; i++) {
        const spx_heif_association *const link = &heif->associations[i];
        assert_true(link->property < heif->property_count);
        const uint32_t type = heif->properties[link->property].type;
        const int tile = link->item < 10 && link->item != 5;
        const int wanted = type == spx_fourcc("hvcC") || type == spx_fourcc("colr") ||
                           (tile && type == spx_fourcc("ispe"));
        assert_int_equal(link->essential, wanted);
    }
    assert_size(heif, 1, 512, 512);
    assert_size(heif, 9, 512, 512);
    assert_size(heif, 5, 1023, 999);
    assert_size(heif, 10, 1023, 999);
    assert_size(heif, 16, 64, 64);
    for (uint32_t id = 1; id < 10; id++) {
        if (id != 5)
            assert_coding(heif, id, &made.coded);
    }
    assert_coding(heif, 16, &made.thumbnail);
    assert_null(find(heif, 5, "hvcC"));
    assert_null(find(heif, 5, "irot"));
    spx_heif_destroy(heif);
    spx_bytes_clear(&file);
    test_heif_clear(&made);
}

static void shares_all_camera_properties_but_extrinsics(void **state)
{
    (void)state;
    test_heif made;
    test_heif_init(&made);
    spx_bytes file = test_heif_write(&made.photo);
    spx_heif *const heif = read_heif(&file);
    spx_cmin cmin;
    spx_cmex left;
    spx_cmex right;
    double adjustment = 0;

    assert_ptr_equal(spx_heif_find_cmin(heif, 5, NULL), spx_heif_find_cmin(heif, 10, NULL));
    assert_ptr_equal(spx_heif_find_disparity(heif, 5, NULL),
                     spx_heif_find_disparity(heif, 10, NULL));
    assert_ptr_not_equal(spx_heif_find_cmex(heif, 5, NULL), spx_heif_find_cmex(heif, 10, NULL));
    assert_null(spx_heif_find_cmin(heif, 1, NULL));
    assert_int_equal(spx_cmin_read(&cmin, need(spx_heif_find_cmin(heif, 5, NULL)), NULL), SPX_OK);
    assert_int_equal(cmin.shift, 30);
    assert_false(cmin.anisotropic);
    assert_true(fabs(cmin.focal_x - sqrt(0.75)) < 1e-9);
    assert_true(cmin.principal_x == 0.5 && cmin.principal_y == 0.5);
    assert_int_equal(spx_cmex_read(&left, need(spx_heif_find_cmex(heif, 5, NULL)), NULL), SPX_OK);
    assert_int_equal(spx_cmex_read(&right, need(spx_heif_find_cmex(heif, 10, NULL)), NULL), SPX_OK);
    assert_int_equal(left.position_um[0], 0);
    assert_int_equal(right.position_um[0], 64000);
    assert_int_equal(right.position_um[1], 0);
    assert_false(right.has_orientation);
    assert_int_equal(spx_disparity_adjustment_read(
                         &adjustment, need(spx_heif_find_disparity(heif, 10, NULL)), NULL),
                     SPX_OK);
    assert_true(fabs(adjustment - 0.02) < 1e-12);
    spx_heif_destroy(heif);
    spx_bytes_clear(&file);
    test_heif_clear(&made);
}

static spx_bytes begin_file(size_t *meta)
{
    spx_bytes file = { 0 };
    const size_t ftyp = spx_box_begin(&file, "ftyp");
    spx_bytes_text(&file, "mif1");
    spx_bytes_u32(&file, 0);
    spx_bytes_text(&file, "mif1heic");
    spx_box_end(&file, ftyp);
    *meta = spx_full_box_begin(&file, "meta", 0, 0);
    return file;
}

static void put_wide_infos(spx_bytes *file)
{
    size_t b = spx_full_box_begin(file, "pitm", 1, 0);
    spx_bytes_u32(file, 70000);
    spx_box_end(file, b);
    b = spx_full_box_begin(file, "iinf", 1, 0);
    spx_bytes_u32(file, 1);
    const size_t infe = spx_full_box_begin(file, "infe", 3, 0);
    spx_bytes_u32(file, 70000);
    spx_bytes_u16(file, 0);
    spx_bytes_text(file, "hvc1");
    spx_bytes_u8(file, 0);
    spx_box_end(file, infe);
    spx_box_end(file, b);
    b = spx_full_box_begin(file, "iref", 1, 0);
    const size_t reference = spx_box_begin(file, "auxl");
    spx_bytes_u32(file, 70001);
    spx_bytes_u16(file, 1);
    spx_bytes_u32(file, 70000);
    spx_box_end(file, reference);
    spx_box_end(file, b);
}

static void put_wide_properties(spx_bytes *file)
{
    const size_t iprp = spx_box_begin(file, "iprp");
    size_t b = spx_box_begin(file, "ipco");
    spx_box_end(file, spx_box_begin(file, "free"));
    const size_t irot = spx_box_begin(file, "irot");
    spx_bytes_u8(file, 3);
    spx_box_end(file, irot);
    spx_box_end(file, b);
    b = spx_full_box_begin(file, "ipma", 1, 1);
    spx_bytes_u32(file, 1);
    spx_bytes_u32(file, 70000);
    spx_bytes_u8(file, 1);
    spx_bytes_u16(file, 0x8002);
    spx_box_end(file, b);
    spx_box_end(file, iprp);
}

static void put_wide_locations(spx_bytes *file)
{
    size_t b = spx_box_begin(file, "idat");
    spx_bytes_text(file, "..ab..cd..");
    spx_box_end(file, b);
    b = spx_full_box_begin(file, "iloc", 2, 0);
    spx_bytes_u8(file, 0x88);
    spx_bytes_u8(file, 0x84);
    spx_bytes_u32(file, 1);
    spx_bytes_u32(file, 70000);
    spx_bytes_u16(file, 1); /* in idat */
    spx_bytes_u16(file, 0);
    spx_bytes_u64(file, 1); /* base offset */
    spx_bytes_u16(file, 2);
    for (unsigned i = 0; i < 2; i++) {
        spx_bytes_u32(file, 0); /* extent index */
        spx_bytes_u64(file, 1 + 4 * i);
        spx_bytes_u64(file, 2);
    }
    spx_box_end(file, b);
}

/* Item 70000 with data in two extents, in the newest box versions with their wide fields. */
static void reads_32_bit_ids_and_64_bit_offsets(void **state)
{
    (void)state;
    size_t meta = 0;
    spx_bytes file = begin_file(&meta);
    put_wide_infos(&file);
    put_wide_properties(&file);
    put_wide_locations(&file);
    spx_box_end(&file, meta);
    spx_heif *const heif = read_heif(&file);
    unsigned turns = 0;
    int essential = 0;

    assert_int_equal(heif->primary, 70000);
    assert_non_null(spx_heif_find_item(heif, 70000));
    assert_reference(heif, 0, "auxl", 70001, 70000);
    assert_data(heif, 70000, "abcd", 4);
    assert_int_equal(
        spx_irot_read(
            &turns, need(spx_heif_find_property(heif, 70000, spx_fourcc("irot"), NULL, &essential)),
            NULL),
        SPX_OK);
    assert_int_equal(turns, 3);
    assert_true(essential);
    spx_heif_destroy(heif);
    spx_bytes_clear(&file);
}

/* 'iloc' version 0 with neither offset nor length: all of the file. */
static void takes_an_item_without_extent_sizes_as_the_whole_file(void **state)
{
    (void)state;
    size_t meta = 0;
    spx_bytes file = begin_file(&meta);
    const size_t b = spx_full_box_begin(&file, "iloc", 0, 0);
    spx_bytes_u16(&file, 0); /* no sizes at all */
    spx_bytes_u16(&file, 1);
    spx_bytes_u16(&file, 7);
    spx_bytes_u16(&file, 0);
    spx_bytes_u16(&file, 1);
    spx_box_end(&file, b);
    spx_box_end(&file, meta);
    spx_heif *const heif = read_heif(&file);
    spx_bytes data = { 0 };

    assert_data(heif, 7, file.data, file.size);
    assert_int_equal(spx_heif_item_data(heif, 7, file.size - 1, &data, NULL), SPX_ERR_LIMIT);
    assert_int_equal(spx_heif_item_data(heif, 8, file.size, &data, NULL), SPX_ERR_NOT_FOUND);
    assert_null(data.data);
    spx_heif_destroy(heif);
    spx_bytes_clear(&file);
}

static spx_heif_property payload_of(const spx_bytes *bytes)
{
    return (spx_heif_property){ .payload = bytes->data, .size = bytes->size };
}

static void reads_anisotropic_intrinsics_and_their_shifts(void **state)
{
    (void)state;
    spx_bytes bytes = { 0 };
    spx_cmin cmin;
    spx_version_flags(&bytes, 0, 20u << 16 | 28u << 8 | 1);
    spx_bytes_u32(&bytes, 0x24000000); /* 2.25 x 2^28 */
    spx_bytes_u32(&bytes, 0x08000000);
    spx_bytes_u32(&bytes, 0x04000000);
    spx_bytes_u32(&bytes, 0x30000000);
    spx_bytes_u32(&bytes, 0xfff00000); /* -2^20 */
    spx_heif_property property = payload_of(&bytes);

    assert_int_equal(spx_cmin_read(&cmin, &property, NULL), SPX_OK);

    assert_true(cmin.anisotropic);
    assert_int_equal(cmin.shift, 28);
    assert_true(cmin.focal_x == 2.25);
    assert_true(cmin.principal_x == 0.5);
    assert_true(cmin.principal_y == 0.25);
    assert_true(cmin.focal_y == 3);
    assert_true(cmin.skew == -1);
    property.size--;
    assert_int_equal(spx_cmin_read(&cmin, &property, NULL), SPX_ERR_TRUNCATED);
    spx_bytes_clear(&bytes);
}

static void reads_all_fields_of_extrinsics(void **state)
{
    (void)state;
    spx_bytes bytes = { 0 };
    spx_cmex cmex;
    spx_version_flags(&bytes, 0, 0x3f);
    spx_bytes_u32(&bytes, 0xffff63c0); /* -40000 um */
    spx_bytes_u32(&bytes, 10000);
    spx_bytes_u32(&bytes, 3);
    spx_bytes_u32(&bytes, 0x20000000); /* 0.5 */
    spx_bytes_u32(&bytes, 0xe0000000); /* -0.5 */
    spx_bytes_u32(&bytes, 0x20000000);
    spx_bytes_u32(&bytes, 77);
    spx_heif_property property = payload_of(&bytes);

    assert_int_equal(spx_cmex_read(&cmex, &property, NULL), SPX_OK);

    assert_int_equal(cmex.position_um[0], -40000);
    assert_int_equal(cmex.position_um[1], 10000);
    assert_int_equal(cmex.position_um[2], 3);
    assert_true(cmex.has_orientation);
    assert_true(cmex.orientation[0] == 0.5 && cmex.orientation[1] == -0.5);
    assert_true(fabs(cmex.orientation[3] - 0.5) < 1e-12);
    assert_true(cmex.has_world_id);
    assert_int_equal(cmex.world_id, 77);
    bytes.data[16] = 0x50; /* x = 1.25 */
    assert_int_equal(spx_cmex_read(&cmex, &property, NULL), SPX_ERR_CORRUPT);
    spx_bytes_clear(&bytes);
}

static void reads_a_16_bit_orientation(void **state)
{
    (void)state;
    spx_bytes bytes = { 0 };
    spx_cmex cmex;
    spx_version_flags(&bytes, 0, SPX_CMEX_ORIENTATION);
    spx_bytes_u16(&bytes, 0);
    spx_bytes_u16(&bytes, 0xc000); /* -1 */
    spx_bytes_u16(&bytes, 0);
    const spx_heif_property property = payload_of(&bytes);

    assert_int_equal(spx_cmex_read(&cmex, &property, NULL), SPX_OK);

    assert_true(cmex.orientation[1] == -1 && cmex.orientation[3] == 0);
    bytes.data[0] = 1; /* version 1: angles, not a quaternion */
    assert_int_equal(spx_cmex_read(&cmex, &property, NULL), SPX_ERR_UNSUPPORTED);
    spx_bytes_clear(&bytes);
}

static void reads_clean_aperture_and_mirror(void **state)
{
    (void)state;
    spx_bytes bytes = { 0 };
    spx_clap clap;
    unsigned axis = 9;
    for (unsigned i = 0; i < 3; i++) {
        spx_bytes_u32(&bytes, 63 - 2 * i);
        spx_bytes_u32(&bytes, 1 + i);
    }
    spx_bytes_u32(&bytes, 0xffffffff);
    spx_bytes_u32(&bytes, 2);
    const spx_heif_property property = payload_of(&bytes);
    const spx_heif_property mirror = { .payload = (const uint8_t *)"\xff", .size = 1 };

    assert_int_equal(spx_clap_read(&clap, &property, NULL), SPX_OK);
    assert_int_equal(spx_imir_read(&axis, &mirror, NULL), SPX_OK);

    assert_true(clap.width == 63 && clap.height == 30.5);
    assert_true(clap.offset_y == -0.5);
    assert_int_equal(axis, 1);
    bytes.data[7] = 0;
    assert_int_equal(spx_clap_read(&clap, &property, NULL), SPX_ERR_CORRUPT);
    spx_bytes_clear(&bytes);
}

/* Each limit: what the file needs is enough, one less is not. */
static void holds_every_limit_at_its_edge(void **state)
{
    (void)state;
    spx_bytes file = test_data_read("heic/grid_1023x999.heic");
    spx_heif *heif = read_heif(&file);
    const spx_heif_limits exact = {
        /* ftyp, meta, mdat; hdlr, dinf, pitm, iinf, iref, iprp, grpl, idat, iloc; ipco, ipma, ster;
         * infe; references from 2 grids, 4 descriptions, 1 thumbnail; properties */
        .boxes = (uint32_t)(3 + 9 + 3 + heif->item_count + 7 + heif->property_count),
        .items = (uint32_t)heif->item_count,
        .properties = (uint32_t)heif->property_count,
        .associations = (uint32_t)heif->association_count,
        .references = (uint32_t)heif->reference_count,
        .extents = (uint32_t)heif->location_count,
        .groups = 1,
        .group_members = 2,
    };
    spx_heif_destroy(heif);
    assert_int_equal(spx_heif_read(&heif, file.data, file.size, "f", &exact, NULL), SPX_OK);
    spx_heif_destroy(heif);
    for (size_t i = 0; i < sizeof(exact) / sizeof(uint32_t); i++) {
        spx_heif_limits limits = exact;
        ((uint32_t *)&limits)[i]--;
        assert_int_equal(spx_heif_read(&heif, file.data, file.size, "f", &limits, NULL),
                         SPX_ERR_LIMIT);
        assert_null(heif);
    }
    spx_bytes_clear(&file);
}

/* Reads every item's data too; the copy has no byte to spare, so that a sanitizer sees a read
 * behind it. */
static void read_all(const uint8_t *bytes, size_t size)
{
    uint8_t *const exact = malloc(size == 0 ? 1 : size);
    assert_non_null(exact);
    memcpy(exact, bytes, size);
    spx_heif *heif = NULL;
    if (spx_heif_read(&heif, exact, size, "cut.heic", NULL, NULL) == SPX_OK) {
        for (size_t i = 0; i < heif->item_count; i++) {
            spx_bytes data = { 0 };
            (void)!spx_heif_item_data(heif, heif->items[i].id, 1 << 20, &data, NULL);
            spx_bytes_clear(&data);
        }
    }
    spx_heif_destroy(heif);
    free(exact);
}

static void calls_a_cut_file_truncated_or_reads_it(void **state)
{
    (void)state;
    spx_bytes file = test_data_read("heic/grid_1023x999.heic");
    const uint8_t *const mdat = memmem(file.data, file.size, "mdat", 4);
    assert_non_null(mdat);
    const size_t media_at = (size_t)(mdat - 4 - file.data);
    for (size_t size = 0; size < file.size; size++) {
        spx_heif *heif = NULL;
        const spx_status status = spx_heif_read(&heif, file.data, size, "cut.heic", NULL, NULL);
        spx_status expected = SPX_ERR_TRUNCATED;
        if (size < 16)
            expected = SPX_ERR_CORRUPT; /* too short to be told from other files */
        if (size == media_at)
            expected = SPX_OK; /* the boxes are whole; only data is missing */
        assert_int_equal(status, expected);
        spx_heif_destroy(heif);
        read_all(file.data, size);
    }
    spx_bytes_clear(&file);
}

static void survives_every_changed_byte(void **state)
{
    (void)state;
    static const uint8_t values[] = { 0, 1, 0x7f, 0xff };
    spx_bytes file = test_data_read("heic/grid_1023x999.heic");
    for (size_t at = 0; at < file.size; at++) {
        const uint8_t kept = file.data[at];
        for (size_t i = 0; i < sizeof(values); i++) {
            file.data[at] = values[i];
            read_all(file.data, file.size);
        }
        file.data[at] = kept;
    }
    spx_bytes_clear(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_items_as_the_writer_numbers_them),
        cmocka_unit_test(reads_the_data_of_every_item),
        cmocka_unit_test(marks_only_coding_color_and_tile_size_essential),
        cmocka_unit_test(shares_all_camera_properties_but_extrinsics),
        cmocka_unit_test(reads_32_bit_ids_and_64_bit_offsets),
        cmocka_unit_test(takes_an_item_without_extent_sizes_as_the_whole_file),
        cmocka_unit_test(reads_anisotropic_intrinsics_and_their_shifts),
        cmocka_unit_test(reads_all_fields_of_extrinsics),
        cmocka_unit_test(reads_a_16_bit_orientation),
        cmocka_unit_test(reads_clean_aperture_and_mirror),
        cmocka_unit_test(holds_every_limit_at_its_edge),
        cmocka_unit_test(calls_a_cut_file_truncated_or_reads_it),
        cmocka_unit_test(survives_every_changed_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
