#include "container/hevc_sps.h"

#include "test_stills.h"
#include "test_support.h"

#include <stdlib.h>
#include <string.h>

static void reads_what_x265_wrote(void **state)
{
    (void)state;
    spx_hevc_stills stills = test_stills_read("hevc/tiles_512.hevc", 512, 512);
    spx_hevc_sps sps;

    assert_int_equal(spx_hevc_sps_read(&sps, stills.sps.data, stills.sps.size, NULL), SPX_OK);

    /* Main Still Picture, compatible with profiles 1, 2, 3, progressive frames, level 3. */
    static const uint8_t expected[SPX_HEVC_PTL_BYTES] = { 0x03, 0x70, 0, 0, 0, 0x90,
                                                          0,    0,    0, 0, 0, 90 };
    assert_memory_equal(sps.profile_tier_level, expected, sizeof(expected));
    assert_int_equal(sps.profile_idc, 3);
    assert_int_equal(sps.level_idc, 90);
    assert_int_equal(sps.temporal_layers, 1);
    assert_int_equal(sps.temporal_nesting, 1);
    assert_int_equal(sps.chroma_format, 1);
    assert_int_equal(sps.luma_bits, 8);
    assert_int_equal(sps.chroma_bits, 8);
    assert_int_equal(sps.coded_width, 512);
    assert_int_equal(sps.width, 512);
    assert_int_equal(sps.height, 512);
    spx_hevc_stills_clear(&stills);
}

/* Bits from the left, for SPS written by hand. */
typedef struct bit_writer {
    uint8_t bytes[128];
    size_t bits;
} bit_writer;

static void put(bit_writer *to, unsigned count, uint32_t value)
{
    while (count-- != 0) {
        to->bytes[to->bits / 8] |= (uint8_t)((value >> count & 1) << (7 - to->bits % 8));
        to->bits++;
    }
}

static void put_ue(bit_writer *to, uint32_t value)
{
    unsigned zeros = 0;
    while (zeros < 31 && (value + 1) >> (zeros + 1) != 0)
        zeros++;
    put(to, zeros, 0);
    put(to, zeros + 1, value + 1);
}

typedef struct sps_plan {
    unsigned chroma_format;
    uint32_t width;
    uint32_t height;
    uint32_t window[4];
    uint32_t luma_extra;
    uint32_t chroma_extra;
    unsigned layers; /* over 1: with sub-layer levels and profiles */
} sps_plan;

static spx_status read_plan(spx_hevc_sps *sps, const sps_plan *plan)
{
    bit_writer to = { 0 };
    put(&to, 16, 0x4201);
    put(&to, 4, 0);
    put(&to, 3, plan->layers - 1);
    put(&to, 1, 0);
    for (unsigned i = 0; i < SPX_HEVC_PTL_BYTES; i++)
        put(&to, 8, 0x10 + i); /* no zeros: no emulation prevention needed */
    for (unsigned i = 1; i < plan->layers; i++)
        put(&to, 2, 3);
    if (plan->layers > 1)
        put(&to, 2 * (9 - plan->layers), 0x5555);
    for (unsigned i = 1; i < plan->layers; i++) {
        for (unsigned j = 0; j < 12; j++)
            put(&to, 8, 0x55);
    }
    put_ue(&to, 0);
    put_ue(&to, plan->chroma_format);
    if (plan->chroma_format == 3)
        put(&to, 1, 0);
    put_ue(&to, plan->width);
    put_ue(&to, plan->height);
    put(&to, 1, 1);
    for (unsigned i = 0; i < 4; i++)
        put_ue(&to, plan->window[i]);
    put_ue(&to, plan->luma_extra);
    put_ue(&to, plan->chroma_extra);
    put(&to, 8, 0xff);
    return spx_hevc_sps_read(sps, to.bytes, (to.bits + 7) / 8, NULL);
}

static void cuts_by_the_conformance_window(void **state)
{
    (void)state;
    static const struct {
        unsigned chroma_format;
        uint32_t width;
        uint32_t height;
    } cases[] = { { 0, 1280 - 3, 856 - 7 },
                  { 1, 1280 - 6, 856 - 14 },
                  { 2, 1280 - 6, 856 - 7 },
                  { 3, 1280 - 3, 856 - 7 } };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const sps_plan plan = { .chroma_format = cases[i].chroma_format,
                                .width = 1280,
                                .height = 856,
                                .window = { 1, 2, 3, 4 },
                                .luma_extra = 2,
                                .chroma_extra = 0,
                                .layers = 1 };
        spx_hevc_sps sps;

        assert_int_equal(read_plan(&sps, &plan), SPX_OK);

        assert_int_equal(sps.chroma_format, cases[i].chroma_format);
        assert_int_equal(sps.coded_width, 1280);
        assert_int_equal(sps.coded_height, 856);
        assert_int_equal(sps.width, cases[i].width);
        assert_int_equal(sps.height, cases[i].height);
        assert_int_equal(sps.luma_bits, 10);
        assert_int_equal(sps.chroma_bits, 8);
    }
}

static void skips_the_profiles_of_lower_layers(void **state)
{
    (void)state;
    const sps_plan plan = { .chroma_format = 1, .width = 640, .height = 480, .layers = 3 };
    spx_hevc_sps sps;

    assert_int_equal(read_plan(&sps, &plan), SPX_OK);

    assert_int_equal(sps.temporal_layers, 3);
    assert_int_equal(sps.width, 640);
    assert_int_equal(sps.height, 480);
}

static void refuses_numbers_over_its_limits(void **state)
{
    (void)state;
    static const struct {
        sps_plan plan;
        spx_status status;
    } cases[] = {
        { { .chroma_format = 1, .width = 65535, .height = 1, .layers = 1 }, SPX_OK },
        { { .chroma_format = 1, .width = 65536, .height = 1, .layers = 1 }, SPX_ERR_CORRUPT },
        { { .chroma_format = 1, .width = 0, .height = 1, .layers = 1 }, SPX_ERR_CORRUPT },
        { { .chroma_format = 4, .width = 8, .height = 8, .layers = 1 }, SPX_ERR_CORRUPT },
        { { .chroma_format = 0, .width = 8, .height = 8, .luma_extra = 8, .layers = 1 }, SPX_OK },
        { { .chroma_format = 0, .width = 8, .height = 8, .luma_extra = 9, .layers = 1 },
          SPX_ERR_CORRUPT },
        { { .chroma_format = 0, .width = 8, .height = 8, .window = { 7 }, .layers = 1 }, SPX_OK },
        { { .chroma_format = 0, .width = 8, .height = 8, .window = { 8 }, .layers = 1 },
          SPX_ERR_CORRUPT },
        { { .chroma_format = 1,
            .width = 8,
            .height = 8,
            .window = { 0, 0, UINT32_MAX - 1, 9 },
            .layers = 1 },
          SPX_ERR_CORRUPT },
        { { .chroma_format = 1, .width = 8, .height = 8, .layers = 8 }, SPX_ERR_CORRUPT },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        spx_hevc_sps sps;
        const spx_status status = read_plan(&sps, &cases[i].plan);
        if (status != cases[i].status)
            fail_msg("case %zu: %s", i, spx_status_name(status));
    }
}

static void says_that_a_cut_one_is_truncated(void **state)
{
    (void)state;
    enum { ENOUGH = 24 }; /* bytes up to the bit depths */
    spx_hevc_stills stills = test_stills_read("hevc/tiles_512.hevc", 512, 512);
    for (size_t size = 0; size < ENOUGH; size++) {
        spx_hevc_sps sps;
        uint8_t *const exact = malloc(size == 0 ? 1 : size);
        assert_non_null(exact);
        memcpy(exact, stills.sps.data, size);
        assert_int_equal(spx_hevc_sps_read(&sps, exact, size, NULL), SPX_ERR_TRUNCATED);
        free(exact);
    }
    spx_hevc_stills_clear(&stills);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_x265_wrote),
        cmocka_unit_test(cuts_by_the_conformance_window),
        cmocka_unit_test(skips_the_profiles_of_lower_layers),
        cmocka_unit_test(refuses_numbers_over_its_limits),
        cmocka_unit_test(says_that_a_cut_one_is_truncated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
