#include "container/heif_coded_color.h"

#include "container/av1_sequence.h"
#include "container/heif_properties.h"
#include "container/hevc_sps.h"

static int read_hevc(spx_nclx *out, const spx_heif_property *coding)
{
    spx_hvcc config;
    spx_hevc_sps sps;
    if (spx_hvcc_read(&config, coding, NULL) != SPX_OK || config.sps == NULL ||
        spx_hevc_sps_read(&sps, config.sps, config.sps_size, NULL) != SPX_OK || !sps.has_color)
        return 0;
    *out = (spx_nclx){ .primaries = (uint16_t)sps.primaries,
                       .transfer = (uint16_t)sps.transfer,
                       .matrix = (uint16_t)sps.matrix,
                       .full_range = sps.full_range };
    return 1;
}

/* The configuration may repeat the header; the picture's data begin with it. */
static int read_av1(spx_nclx *out, const spx_heif *heif, uint32_t item,
                    const spx_heif_property *coding)
{
    enum { CONFIG_BYTES = 4, MOST_BYTES = 256 << 20 };
    spx_av1_color color;
    spx_bytes data = { 0 };
    int found =
        coding->size > CONFIG_BYTES &&
        spx_av1_color_read(&color, coding->payload + CONFIG_BYTES, coding->size - CONFIG_BYTES);
    if (!found && spx_heif_item_data(heif, item, MOST_BYTES, &data, NULL) == SPX_OK)
        found = spx_av1_color_read(&color, data.data, data.size);
    spx_bytes_clear(&data);
    if (!found)
        return 0;
    *out = (spx_nclx){ .primaries = (uint16_t)color.primaries,
                       .transfer = (uint16_t)color.transfer,
                       .matrix = (uint16_t)color.matrix,
                       .full_range = color.full_range };
    return 1;
}

int spx_heif_coded_color(spx_nclx *out, const spx_heif *heif, uint32_t item)
{
    const spx_heif_property *coding =
        spx_heif_find_property(heif, item, spx_fourcc("hvcC"), NULL, NULL);
    if (coding != NULL)
        return read_hevc(out, coding);
    coding = spx_heif_find_property(heif, item, spx_fourcc("av1C"), NULL, NULL);
    return coding != NULL && read_av1(out, heif, item, coding);
}
