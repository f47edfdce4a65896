#include "test_support.h"

#include "nn/safetensors.h"

#include "base/bytes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A file of this header and `data_size` bytes 0, 1, 2, … */
static spx_bytes make_file(const char *header, size_t data_size)
{
    spx_bytes file = { 0 };
    const size_t size = strlen(header);
    for (unsigned i = 0; i < 8; i++)
        spx_bytes_u8(&file, (unsigned)(size >> 8 * i & 0xff));
    spx_bytes_text(&file, header);
    for (size_t i = 0; i < data_size; i++)
        spx_bytes_u8(&file, (unsigned)i);
    assert_int_equal(spx_bytes_check(&file, "file", NULL), SPX_OK);
    return file;
}

static void expect(const char *header, size_t data_size, spx_status wanted, const char *words)
{
    spx_bytes bytes = make_file(header, data_size);
    spx_safetensors *file = NULL;
    spx_diag diag = { 0 };

    const spx_status status = spx_safetensors_parse(&file, bytes.data, bytes.size, "x.st", &diag);

    if (status != wanted || strstr(diag.text, words) == NULL)
        fail_msg("%s: status %d, \"%s\", wanted %d, \"%s\"", header, (int)status, diag.text,
                 (int)wanted, words);
    spx_safetensors_close(file);
    spx_bytes_clear(&bytes);
}

static const char two_tensors[] =
    "{\"__metadata__\":{\"format\":\"test\"},"
    "\"b\":{\"dtype\":\"F16\",\"shape\":[2,3],\"data_offsets\":[0,12]},"
    "\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[12,16]}}";

static void finds_tensors_by_name(void **state)
{
    (void)state;
    spx_bytes bytes = make_file(two_tensors, 16);
    spx_safetensors *file = NULL;
    assert_int_equal(spx_safetensors_parse(&file, bytes.data, bytes.size, "x", NULL), SPX_OK);

    const spx_tensor *const b = spx_safetensors_find(file, "b");

    assert_int_equal(spx_safetensors_count(file), 2);
    assert_string_equal(spx_safetensors_at(file, 0)->name, "a");
    assert_non_null(b);
    assert_int_equal(b->dtype, SPX_DTYPE_F16);
    assert_int_equal(b->rank, 2);
    assert_int_equal(b->count, 6);
    assert_int_equal(b->data[0], 0);
    assert_int_equal(b->data[11], 11);
    assert_null(spx_safetensors_find(file, "c"));
    assert_string_equal(spx_safetensors_metadata(file, "format"), "test");
    assert_null(spx_safetensors_metadata(file, "other"));
    spx_safetensors_close(file);
    spx_bytes_clear(&bytes);
}

static void says_what_a_wanted_tensor_lacks(void **state)
{
    (void)state;
    spx_bytes bytes = make_file(two_tensors, 16);
    spx_safetensors *file = NULL;
    const spx_tensor *tensor = NULL;
    spx_diag diag = { 0 };
    assert_int_equal(spx_safetensors_parse(&file, bytes.data, bytes.size, "x", NULL), SPX_OK);

    assert_int_equal(spx_safetensors_get(file, "b", 2, (size_t[]){ 2, 3 }, &tensor, &diag), SPX_OK);
    assert_non_null(tensor);
    assert_int_equal(spx_safetensors_get(file, "b", 2, (size_t[]){ 3, 2 }, &tensor, &diag),
                     SPX_ERR_CORRUPT);
    assert_string_equal(diag.text, "x: tensor 'b' is 2x3, wanted 3x2");
    diag.text[0] = '\0';
    assert_int_equal(spx_safetensors_get(file, "q", 1, (size_t[]){ 3 }, &tensor, &diag),
                     SPX_ERR_CORRUPT);
    assert_string_equal(diag.text, "x: tensor 'q' is missing");
    spx_safetensors_close(file);
    spx_bytes_clear(&bytes);
}

static void refuses_hostile_headers(void **state)
{
    (void)state;
    expect("{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}", 15,
           SPX_ERR_TRUNCATED, "ends at byte 16 of 15");
    expect("{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}", 17, SPX_ERR_CORRUPT,
           "1 bytes belong to no tensor");
    expect("{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,12]}}", 12, SPX_ERR_CORRUPT,
           "wants 16 bytes, has 12");
    expect("{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[16,0]}}", 16, SPX_ERR_CORRUPT,
           "no byte range");
    expect("{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[-16,0]}}", 16,
           SPX_ERR_CORRUPT, "no byte range");
    expect("{\"a\":{\"dtype\":\"F32\",\"shape\":[-4],\"data_offsets\":[0,16]}}", 16,
           SPX_ERR_CORRUPT, "size 0 is no number");
    expect("{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],"
           "\"data_offsets\":[0,16]}}",
           16, SPX_ERR_LIMIT, "does not fit");
    expect("{\"a\":{\"dtype\":\"F32\",\"shape\":[9223372036854775807],"
           "\"data_offsets\":[0,16]}}",
           16, SPX_ERR_LIMIT, "does not fit");
    expect("{\"a\":{\"dtype\":\"Q4\",\"shape\":[4],\"data_offsets\":[0,16]}}", 16, SPX_ERR_CORRUPT,
           "no known dtype");
    expect("{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,4]}}", 4,
           SPX_ERR_CORRUPT, "no shape");
    expect("{\"a\":7}", 0, SPX_ERR_CORRUPT, "no known dtype");
    expect("[]", 0, SPX_ERR_CORRUPT, "no object");
    expect("{\"a\":", 0, SPX_ERR_CORRUPT, "header: ");
    expect("{\"__metadata__\":{\"k\":1}}", 0, SPX_ERR_CORRUPT, "metadata");
}

static void refuses_ranges_that_do_not_tile(void **state)
{
    (void)state;
    expect("{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},"
           "\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[2,6]}}",
           6, SPX_ERR_CORRUPT, "overlaps another");
    expect("{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},"
           "\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[5,9]}}",
           9, SPX_ERR_CORRUPT, "after a hole");
    expect("{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},"
           "\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[4,8]}}",
           8, SPX_ERR_CORRUPT, "duplicate");
}

static void refuses_short_files_and_huge_headers(void **state)
{
    (void)state;
    spx_safetensors *file = NULL;
    uint8_t bytes[8] = { 1, 0, 0, 0, 0, 0, 0, 0 };
    assert_int_equal(spx_safetensors_parse(&file, bytes, 7, "x", NULL), SPX_ERR_TRUNCATED);
    assert_int_equal(spx_safetensors_parse(&file, bytes, 8, "x", NULL), SPX_ERR_TRUNCATED);
    bytes[4] = 1;
    assert_int_equal(spx_safetensors_parse(&file, bytes, 8, "x", NULL), SPX_ERR_LIMIT);
    bytes[7] = 0xff;
    assert_int_equal(spx_safetensors_parse(&file, bytes, 8, "x", NULL), SPX_ERR_LIMIT);
    assert_null(file);
}

static spx_tensor half_tensor(const uint16_t *bits, size_t count, spx_dtype dtype)
{
    return (spx_tensor){ .name = "t",
                         .dtype = dtype,
                         .rank = 1,
                         .shape = { count },
                         .count = count,
                         .data = (const uint8_t *)bits,
                         .size = 2 * count };
}

static void converts_halves_exactly(void **state)
{
    (void)state;
    static const uint16_t bits[] = { 0x0000, 0x8000, 0x3c00, 0xc000, 0x7bff, 0x0001,
                                     0x03ff, 0x0400, 0x7c00, 0xfc00, 0x3555, 0x7e00 };
    static const float wanted[] = { 0.0f,     -0.0f,     1.0f,         -2.0f,
                                    65504.0f, 0x1p-24f,  0x1.ff8p-15f, 0x1p-14f,
                                    INFINITY, -INFINITY, 0x1.554p-2f };
    enum { COUNT = sizeof(bits) / sizeof(bits[0]) };
    float got[COUNT];
    const spx_tensor tensor = half_tensor(bits, COUNT, SPX_DTYPE_F16);

    spx_tensor_to_float(&tensor, 0, COUNT, got);

    assert_memory_equal(got, wanted, sizeof(wanted));
    assert_true(isnan(got[COUNT - 1]));
}

static void converts_brain_floats_from_the_middle(void **state)
{
    (void)state;
    static const uint16_t bits[] = { 0x3f80, 0xc000, 0x7f80 };
    float got[2];
    const spx_tensor tensor = half_tensor(bits, 3, SPX_DTYPE_BF16);

    spx_tensor_to_float(&tensor, 1, 2, got);

    assert_true(got[0] == -2.0f);
    assert_true(isinf(got[1]));
}

static void hash_changes_with_any_byte(void **state)
{
    (void)state;
    spx_bytes bytes = make_file(two_tensors, 16);
    spx_safetensors *file = NULL;
    assert_int_equal(spx_safetensors_parse(&file, bytes.data, bytes.size, "x", NULL), SPX_OK);
    const uint64_t before = spx_safetensors_hash(file, NULL);

    for (size_t i = 1; i <= 16; i++) {
        bytes.data[bytes.size - i] ^= 1;
        assert_true(spx_safetensors_hash(file, NULL) != before);
        bytes.data[bytes.size - i] ^= 1;
    }

    assert_true(spx_safetensors_hash(file, NULL) == before);
    spx_safetensors_close(file);
    spx_bytes_clear(&bytes);
}

static void names_a_missing_file(void **state)
{
    (void)state;
    spx_safetensors *file = NULL;
    spx_diag diag = { 0 };
    assert_int_equal(spx_safetensors_open(&file, "/nowhere/w.safetensors", &diag),
                     SPX_ERR_NOT_FOUND);
    assert_non_null(strstr(diag.text, "/nowhere/w.safetensors"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_tensors_by_name),
        cmocka_unit_test(says_what_a_wanted_tensor_lacks),
        cmocka_unit_test(refuses_hostile_headers),
        cmocka_unit_test(refuses_ranges_that_do_not_tile),
        cmocka_unit_test(refuses_short_files_and_huge_headers),
        cmocka_unit_test(converts_halves_exactly),
        cmocka_unit_test(converts_brain_floats_from_the_middle),
        cmocka_unit_test(hash_changes_with_any_byte),
        cmocka_unit_test(names_a_missing_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
