/* Everything that spx reads out of a HEIF file: boxes, item data, properties, the verdict. */
#include "container/heif_properties.h"
#include "spx/info.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void read_properties(const spx_heif *heif)
{
    union {
        spx_ispe ispe;
        spx_pixi pixi;
        spx_colr colr;
        spx_clap clap;
        spx_hvcc hvcc;
        spx_cmin cmin;
        spx_cmex cmex;
        unsigned bits;
        double disparity;
    } out;
    for (size_t i = 0; i < heif->property_count; i++) {
        const spx_heif_property *const property = &heif->properties[i];
        (void)!spx_ispe_read(&out.ispe, property, NULL);
        (void)!spx_pixi_read(&out.pixi, property, NULL);
        (void)!spx_colr_read(&out.colr, property, NULL);
        (void)!spx_clap_read(&out.clap, property, NULL);
        (void)!spx_irot_read(&out.bits, property, NULL);
        (void)!spx_imir_read(&out.bits, property, NULL);
        (void)!spx_hvcc_read(&out.hvcc, property, NULL);
        (void)!spx_cmin_read(&out.cmin, property, NULL);
        (void)!spx_cmex_read(&out.cmex, property, NULL);
        (void)!spx_disparity_adjustment_read(&out.disparity, property, NULL);
    }
}

static void read_items(const spx_heif *heif)
{
    enum { MOST_ITEMS = 64, MOST_BYTES = 1 << 20 };
    for (size_t i = 0; i < heif->item_count && i < MOST_ITEMS; i++) {
        spx_bytes data = { 0 };
        spx_grid grid;
        (void)!spx_heif_item_data(heif, heif->items[i].id, MOST_BYTES, &data, NULL);
        (void)!spx_grid_read(&grid, heif, heif->items[i].id, NULL);
        spx_bytes_clear(&data);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    spx_heif *heif = NULL;
    spx_diag diag = { 0 };
    spx_info info;
    const spx_input input = { .data = bytes, .size = size };
    if (spx_heif_read(&heif, bytes, size, "fuzz", NULL, &diag) == SPX_OK) {
        read_properties(heif);
        read_items(heif);
    }
    spx_heif_destroy(heif);
    (void)!spx_info_read(&info, &input, NULL, NULL);
    return 0;
}
