/*
 * One reader for each kind of property, over a byte reader that knows its end. Numbers are kept as
 * the file says them; what they mean for a picture is said where pictures are opened.
 */
#include "container/heif_properties.h"

#include "base/reader.h"
#include "container/camera_properties.h"

#include <math.h>
#include <string.h>

enum {
    FULL_BOX_HEADER = 4,
    NAL_TYPE_MASK = 63,
    GRID_WIDE_SIZES = 1,
    GRID_PAYLOAD_MAX = 12,
};

static spx_reader open_payload(const spx_heif_property *property, const char *what, spx_diag *diag)
{
    return (spx_reader){
        .bytes = property->payload, .size = property->size, .what = what, .diag = diag
    };
}

spx_status spx_ispe_read(spx_ispe *out, const spx_heif_property *property, spx_diag *diag)
{
    *out = (spx_ispe){ 0 };
    spx_reader from = open_payload(property, "property 'ispe'", diag);
    SPX_TRY(spx_reader_skip(&from, FULL_BOX_HEADER));
    SPX_TRY(spx_reader_u32(&from, &out->width));
    return spx_reader_u32(&from, &out->height);
}

spx_status spx_pixi_read(spx_pixi *out, const spx_heif_property *property, spx_diag *diag)
{
    *out = (spx_pixi){ 0 };
    spx_reader from = open_payload(property, "property 'pixi'", diag);
    uint8_t channels = 0;
    SPX_TRY(spx_reader_skip(&from, FULL_BOX_HEADER));
    SPX_TRY(spx_reader_u8(&from, &channels));
    if (channels > SPX_PIXI_MOST_CHANNELS) {
        return spx_fail(diag, SPX_ERR_LIMIT,
                        "property 'pixi': %u channels are over the limit of %d", channels,
                        SPX_PIXI_MOST_CHANNELS);
    }
    for (unsigned i = 0; i < channels; i++)
        SPX_TRY(spx_reader_u8(&from, &out->bits[i]));
    out->channels = channels;
    return SPX_OK;
}

spx_status spx_colr_read(spx_colr *out, const spx_heif_property *property, spx_diag *diag)
{
    *out = (spx_colr){ 0 };
    spx_reader from = open_payload(property, "property 'colr'", diag);
    uint32_t type = 0;
    uint8_t range = 0;
    SPX_TRY(spx_reader_u32(&from, &type));
    if (type == spx_fourcc("prof") || type == spx_fourcc("rICC")) {
        out->icc_size = spx_reader_left(&from);
        return spx_reader_take(&from, out->icc_size, &out->icc);
    }
    if (type != spx_fourcc("nclx"))
        return SPX_OK; /* a kind that says nothing to us */
    SPX_TRY(spx_reader_u16(&from, &out->nclx.primaries));
    SPX_TRY(spx_reader_u16(&from, &out->nclx.transfer));
    SPX_TRY(spx_reader_u16(&from, &out->nclx.matrix));
    SPX_TRY(spx_reader_u8(&from, &range));
    out->nclx.full_range = range >> 7;
    out->has_nclx = 1;
    return SPX_OK;
}

static spx_status read_signed(spx_reader *from, int32_t *out)
{
    uint32_t bits = 0;
    const spx_status status = spx_reader_u32(from, &bits);
    *out = (int32_t)bits;
    return status;
}

static spx_status read_fraction(spx_reader *from, double *out)
{
    int32_t numerator = 0;
    uint32_t denominator = 0;
    SPX_TRY(read_signed(from, &numerator));
    SPX_TRY(spx_reader_u32(from, &denominator));
    if (denominator == 0) {
        return spx_fail(from->diag, SPX_ERR_CORRUPT, "%s: a fraction %d/0", from->what,
                        (int)numerator);
    }
    *out = (double)numerator / denominator;
    return SPX_OK;
}

spx_status spx_clap_read(spx_clap *out, const spx_heif_property *property, spx_diag *diag)
{
    *out = (spx_clap){ 0 };
    spx_reader from = open_payload(property, "property 'clap'", diag);
    SPX_TRY(read_fraction(&from, &out->width));
    SPX_TRY(read_fraction(&from, &out->height));
    SPX_TRY(read_fraction(&from, &out->offset_x));
    return read_fraction(&from, &out->offset_y);
}

static spx_status read_low_bits(unsigned *out, unsigned mask, const spx_heif_property *property,
                                const char *what, spx_diag *diag)
{
    spx_reader from = open_payload(property, what, diag);
    uint8_t byte = 0;
    const spx_status status = spx_reader_u8(&from, &byte);
    *out = byte & mask;
    return status;
}

spx_status spx_irot_read(unsigned *out, const spx_heif_property *property, spx_diag *diag)
{
    return read_low_bits(out, 3, property, "property 'irot'", diag);
}

spx_status spx_imir_read(unsigned *out, const spx_heif_property *property, spx_diag *diag)
{
    return read_low_bits(out, 1, property, "property 'imir'", diag);
}

static spx_status read_parameter_sets(spx_hvcc *out, spx_reader *from)
{
    uint8_t arrays = 0;
    SPX_TRY(spx_reader_u8(from, &arrays));
    for (unsigned i = 0; i < arrays; i++) {
        uint8_t type = 0;
        uint16_t count = 0;
        SPX_TRY(spx_reader_u8(from, &type));
        SPX_TRY(spx_reader_u16(from, &count));
        for (unsigned j = 0; j < count; j++) {
            uint16_t size = 0;
            const uint8_t *nal = NULL;
            SPX_TRY(spx_reader_u16(from, &size));
            SPX_TRY(spx_reader_take(from, size, &nal));
            out->parameter_sets++;
            if ((type & NAL_TYPE_MASK) == SPX_HEVC_NAL_SPS && out->sps == NULL) {
                out->sps = nal;
                out->sps_size = size;
            }
        }
    }
    return SPX_OK;
}

/* HEVCDecoderConfigurationRecord, ISO/IEC 14496-15, 8.3.3.1.2. */
spx_status spx_hvcc_read(spx_hvcc *out, const spx_heif_property *property, spx_diag *diag)
{
    enum {
        FIXED_BYTES = 22,
        PROFILE_AT = 1,
        LEVEL_AT = 12,
        CHROMA_AT = 16,
        LUMA_AT = 17,
        CHROMA_BITS_AT = 18,
        LENGTH_AT = 21
    };
    *out = (spx_hvcc){ 0 };
    spx_reader from = open_payload(property, "property 'hvcC'", diag);
    const uint8_t *fixed = NULL;
    SPX_TRY(spx_reader_take(&from, FIXED_BYTES, &fixed));
    if (fixed[0] != 1) {
        return spx_fail(diag, SPX_ERR_UNSUPPORTED, "property 'hvcC': version %u", fixed[0]);
    }
    out->profile_idc = fixed[PROFILE_AT] & 31;
    out->level_idc = fixed[LEVEL_AT];
    out->chroma_format = fixed[CHROMA_AT] & 3;
    out->luma_bits = 8 + (fixed[LUMA_AT] & 7u);
    out->chroma_bits = 8 + (fixed[CHROMA_BITS_AT] & 7u);
    out->length_bytes = 1 + (fixed[LENGTH_AT] & 3u);
    return read_parameter_sets(out, &from);
}

static spx_status read_scaled(spx_reader *from, unsigned shift, double *out)
{
    int32_t value = 0;
    const spx_status status = read_signed(from, &value);
    *out = ldexp(value, -(int)shift);
    return status;
}

spx_status spx_cmin_read(spx_cmin *out, const spx_heif_property *property, spx_diag *diag)
{
    *out = (spx_cmin){ 0 };
    spx_reader from = open_payload(property, "property 'cmin'", diag);
    uint32_t flags = 0;
    SPX_TRY(spx_reader_u32(&from, &flags));
    if (flags >> 24 != 0) {
        return spx_fail(diag, SPX_ERR_UNSUPPORTED, "property 'cmin': version %u",
                        (unsigned)(flags >> 24));
    }
    out->shift = flags >> SPX_CMIN_SHIFT_AT & SPX_CMIN_SHIFT_MASK;
    SPX_TRY(read_scaled(&from, out->shift, &out->focal_x));
    SPX_TRY(read_scaled(&from, out->shift, &out->principal_x));
    SPX_TRY(read_scaled(&from, out->shift, &out->principal_y));
    if (!(flags & SPX_CMIN_ANISOTROPIC))
        return SPX_OK;
    out->anisotropic = 1;
    SPX_TRY(read_scaled(&from, out->shift, &out->focal_y));
    return read_scaled(&from, flags >> SPX_CMIN_SKEW_SHIFT_AT & SPX_CMIN_SHIFT_MASK, &out->skew);
}

/* x, y, z of a unit quaternion; w is what is left, not negative. */
static spx_status read_quaternion(spx_reader *from, int wide, double *out)
{
    static const int shift_wide = 30;
    static const int shift_narrow = 14;
    double square = 0;
    for (size_t i = 0; i < 3; i++) {
        uint16_t narrow = 0;
        int32_t value = 0;
        if (wide) {
            SPX_TRY(read_signed(from, &value));
        } else {
            SPX_TRY(spx_reader_u16(from, &narrow));
            value = (int16_t)narrow;
        }
        out[i] = ldexp(value, wide ? -shift_wide : -shift_narrow);
        square += out[i] * out[i];
    }
    static const double slack = 1.001; /* roundings of 14 bits */
    if (square > slack) {
        return spx_fail(from->diag, SPX_ERR_CORRUPT, "%s: a quaternion of length %g or more",
                        from->what, sqrt(square));
    }
    out[3] = square < 1 ? sqrt(1 - square) : 0;
    return SPX_OK;
}

spx_status spx_cmex_read(spx_cmex *out, const spx_heif_property *property, spx_diag *diag)
{
    static const uint32_t position_flags[] = { SPX_CMEX_POS_X, SPX_CMEX_POS_Y, SPX_CMEX_POS_Z };
    *out = (spx_cmex){ .orientation = { 0, 0, 0, 1 } };
    spx_reader from = open_payload(property, "property 'cmex'", diag);
    uint32_t flags = 0;
    SPX_TRY(spx_reader_u32(&from, &flags));
    const unsigned version = flags >> 24;
    for (size_t i = 0; i < 3; i++) {
        if (flags & position_flags[i])
            SPX_TRY(read_signed(&from, &out->position_um[i]));
    }
    if (flags & SPX_CMEX_ORIENTATION) {
        if (version != 0) { /* angles in place of a quaternion */
            return spx_fail(diag, SPX_ERR_UNSUPPORTED,
                            "property 'cmex': an orientation of version %u", version);
        }
        SPX_TRY(read_quaternion(&from, (flags & SPX_CMEX_ORIENTATION_32) != 0, out->orientation));
        out->has_orientation = 1;
    }
    if (flags & SPX_CMEX_WORLD_ID) {
        SPX_TRY(spx_reader_u32(&from, &out->world_id));
        out->has_world_id = 1;
    }
    return SPX_OK;
}

spx_status spx_disparity_adjustment_read(double *out, const spx_heif_property *property,
                                         spx_diag *diag)
{
    spx_reader from = open_payload(property, "disparity adjustment", diag);
    int32_t value = 0;
    const spx_status status = read_signed(&from, &value);
    *out = (double)value / SPX_DISPARITY_UNITS;
    return status;
}

static const spx_heif_property *find_either(const spx_heif *heif, uint32_t item, const char *type,
                                            const uint8_t *user_type, int *essential)
{
    const spx_heif_property *const own =
        spx_heif_find_property(heif, item, spx_fourcc(type), NULL, essential);
    return own != NULL
               ? own
               : spx_heif_find_property(heif, item, spx_fourcc("uuid"), user_type, essential);
}

const spx_heif_property *spx_heif_find_cmin(const spx_heif *heif, uint32_t item, int *essential)
{
    return find_either(heif, item, "cmin", spx_uuid_cmin, essential);
}

const spx_heif_property *spx_heif_find_cmex(const spx_heif *heif, uint32_t item, int *essential)
{
    return find_either(heif, item, "cmex", spx_uuid_cmex, essential);
}

const spx_heif_property *spx_heif_find_disparity(const spx_heif *heif, uint32_t item,
                                                 int *essential)
{
    return spx_heif_find_property(heif, item, spx_fourcc("uuid"), spx_uuid_disparity, essential);
}

static spx_status parse_grid(spx_grid *out, spx_reader *from)
{
    uint8_t version = 0;
    uint8_t flags = 0;
    uint8_t rows_less_one = 0;
    uint8_t columns_less_one = 0;
    uint16_t width = 0;
    uint16_t height = 0;
    SPX_TRY(spx_reader_u8(from, &version));
    SPX_TRY(spx_reader_u8(from, &flags));
    SPX_TRY(spx_reader_u8(from, &rows_less_one));
    SPX_TRY(spx_reader_u8(from, &columns_less_one));
    if (version != 0) {
        return spx_fail(from->diag, SPX_ERR_UNSUPPORTED, "%s: version %u", from->what, version);
    }
    out->rows = rows_less_one + 1u;
    out->columns = columns_less_one + 1u;
    if (flags & GRID_WIDE_SIZES) {
        SPX_TRY(spx_reader_u32(from, &out->width));
        return spx_reader_u32(from, &out->height);
    }
    SPX_TRY(spx_reader_u16(from, &width));
    SPX_TRY(spx_reader_u16(from, &height));
    out->width = width;
    out->height = height;
    return SPX_OK;
}

spx_status spx_grid_read(spx_grid *out, const spx_heif *heif, uint32_t item, spx_diag *diag)
{
    *out = (spx_grid){ 0 };
    spx_bytes payload = { 0 };
    SPX_TRY(spx_heif_item_data(heif, item, GRID_PAYLOAD_MAX, &payload, diag));
    spx_reader from = {
        .bytes = payload.data, .size = payload.size, .what = "item 'grid'", .diag = diag
    };
    const spx_status status = parse_grid(out, &from);
    spx_bytes_clear(&payload);
    return status;
}
