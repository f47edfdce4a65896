/*
 * Two dialects for the same numbers: Apple's writes the range of disparity into an SEI message and
 * an XMP packet of the auxiliary picture, Google's (GDepth and Dynamic Depth) into the XMP of the
 * JPEG, extended where it is long. Both ranges come from the map itself.
 */
#include "container/depth_text.h"

#include "base/base64.h"
#include "base/number_text.h"

#include <math.h>
#include <stdio.h>

static const double pi = 3.14159265358979323846;
static const char xmp_begin[] =
    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n"
    "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n";
static const char xmp_end[] = "</rdf:RDF>\n</x:xmpmeta>\n";

static void put_element(spx_bytes *out, const char *name, const char *value)
{
    const char *const parts[] = { "<", name, ">", value, "</", name, ">\n" };
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        spx_bytes_text(out, parts[i]);
}

static void put_number_element(spx_bytes *out, const char *name, double value)
{
    static const double most = 1e9;
    spx_bytes text = { 0 };
    spx_bytes_print(&text, "%.6f", value > 0.0 ? fmin(value, most) : 0.0);
    spx_bytes_u8(&text, 0);
    if (!text.failed)
        put_element(out, name, (const char *)text.data);
    out->failed |= text.failed;
    spx_bytes_clear(&text);
}

static void put_whole_element(spx_bytes *out, const char *name, size_t value)
{
    enum { TEXT_SIZE = 24 };
    char text[TEXT_SIZE];
    (void)snprintf(text, sizeof(text), "%zu", value);
    put_element(out, name, text);
}

static double focal_px(const spx_depth_scale *scale)
{
    return scale->width / 2.0 / tan(scale->hfov_deg * pi / 360.0);
}

/* ---- HEVC message ---- */

typedef struct bit_writer {
    spx_bytes *out;
    unsigned byte;
    unsigned count;
} bit_writer;

static void put_bits(bit_writer *self, uint32_t value, unsigned count)
{
    for (unsigned i = count; i > 0; i--) {
        self->byte = self->byte << 1 | (value >> (i - 1) & 1);
        if (++self->count == 8) {
            spx_bytes_u8(self->out, self->byte);
            self->byte = 0;
            self->count = 0;
        }
    }
}

/* depth_rep_info_element(): 2^(exponent - 31) * (1 + mantissa / 2^16); 0 when both are 0. */
static void put_element_bits(bit_writer *bits, double value)
{
    enum { SIGN_BITS = 1, EXPONENT_BITS = 7, LENGTH_BITS = 5, MANTISSA_BITS = 16, BIAS = 31 };
    int exponent = 0;
    uint32_t mantissa = 0;
    if (value > 0.0) {
        const double fraction = frexp(value, &exponent); /* 0.5 .. 1 */
        mantissa = (uint32_t)((2.0 * fraction - 1.0) * (1 << MANTISSA_BITS));
        exponent += BIAS - 1;
    }
    put_bits(bits, 0, SIGN_BITS);
    put_bits(bits, (uint32_t)exponent, EXPONENT_BITS);
    put_bits(bits, MANTISSA_BITS - 1, LENGTH_BITS);
    put_bits(bits, mantissa, MANTISSA_BITS);
}

void spx_depth_put_sei(spx_bytes *out, const spx_depth_scale *scale)
{
    enum {
        NAL_HEADER = 0x4e01, /* prefix SEI, layer 0 */
        DEPTH_REPRESENTATION_INFO = 177,
        PAYLOAD_BYTES = 9,
        NAL_BYTES = 4 + PAYLOAD_BYTES,
        FLAGS = 3,      /* no z_near, no z_far; d_min, d_max */
        DISPARITY = 2,  /* ue(1): even steps of disparity */
        FIRST_VIEW = 1, /* ue(0) */
    };
    spx_bytes_u32(out, 4 + NAL_BYTES);
    spx_bytes_u32(out, NAL_BYTES);
    spx_bytes_u16(out, NAL_HEADER);
    spx_bytes_u8(out, DEPTH_REPRESENTATION_INFO);
    spx_bytes_u8(out, PAYLOAD_BYTES);
    bit_writer bits = { .out = out };
    put_bits(&bits, FLAGS, 4);
    put_bits(&bits, DISPARITY, 3);
    put_bits(&bits, FIRST_VIEW, 1);
    put_element_bits(&bits, scale->far_per_m);
    put_element_bits(&bits, scale->near_per_m);
    put_bits(&bits, 1, 1); /* the payload ends; then zeros up to a whole byte */
    while (bits.count != 0)
        put_bits(&bits, 0, 1);
}

/* ---- Apple ---- */

static void put_intrinsics(spx_bytes *out, const spx_depth_scale *scale)
{
    const double focal = focal_px(scale);
    const double columns[] = {
        focal, 0, 0, 0, focal, 0, scale->width / 2.0, scale->height / 2.0, 1
    };
    spx_bytes_text(out, "<depthData:IntrinsicMatrix><rdf:Seq>\n");
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
        put_number_element(out, "rdf:li", columns[i]);
    spx_bytes_text(out, "</rdf:Seq></depthData:IntrinsicMatrix>\n");
    put_whole_element(out, "depthData:IntrinsicMatrixReferenceWidth", scale->width);
    put_whole_element(out, "depthData:IntrinsicMatrixReferenceHeight", scale->height);
}

void spx_depth_put_apple_xmp(spx_bytes *out, const spx_depth_scale *scale)
{
    static const char *const fixed[][2] = {
        { "apdi:AuxiliaryImageType", "disparity" },
        { "apdi:NativeFormat", "1751411059" }, /* 'hdis' */
        { "apdi:StoredFormat", "1278226488" }, /* 'L008' */
        { "apdi:IntMinValue", "0" },
        { "apdi:IntMaxValue", "255" },
        { "depthData:DepthDataVersion", "65541" },
        { "depthData:Quality", "high" },
        { "depthData:Accuracy", "relative" },
        { "depthData:Filtered", "True" },
    };
    spx_bytes_text(out, xmp_begin);
    spx_bytes_text(out, "<rdf:Description rdf:about=\"\" "
                        "xmlns:apdi=\"http://ns.apple.com/pixeldatainfo/1.0/\" "
                        "xmlns:depthData=\"http://ns.apple.com/depthData/1.0/\">\n");
    for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
        put_element(out, fixed[i][0], fixed[i][1]);
    put_number_element(out, "apdi:FloatMinValue", scale->far_per_m);
    put_number_element(out, "apdi:FloatMaxValue", scale->near_per_m);
    put_intrinsics(out, scale);
    spx_bytes_text(out, "</rdf:Description>\n");
    spx_bytes_text(out, xmp_end);
}

/* ---- Google ---- */

/* Their range ends at a distance; infinity is taken for a thousand times the nearest one. */
static void find_range(const spx_depth_scale *scale, double *near_m, double *far_m)
{
    static const double most = 1000.0;
    *near_m = 1.0 / scale->near_per_m;
    *far_m = 1.0 / fmax(scale->far_per_m, scale->near_per_m / most);
}

static void put_item(spx_bytes *out, const char *uri, size_t size)
{
    spx_bytes_text(out, "<rdf:li rdf:parseType=\"Resource\"><Container:Item "
                        "rdf:parseType=\"Resource\">\n");
    put_element(out, "Item:Mime", "image/jpeg");
    put_whole_element(out, "Item:Length", size);
    put_element(out, "Item:Padding", "0");
    put_element(out, "Item:DataURI", uri);
    spx_bytes_text(out, "</Container:Item></rdf:li>\n");
}

static void put_device(spx_bytes *out, const spx_depth_scale *scale, size_t depth_bytes)
{
    double near_m = 0;
    double far_m = 0;
    find_range(scale, &near_m, &far_m);
    spx_bytes_text(out, "<Device:Container rdf:parseType=\"Resource\">"
                        "<Container:Directory><rdf:Seq>\n");
    put_item(out, "primary_image", 0);
    put_item(out, "depth_image", depth_bytes);
    spx_bytes_text(out, "</rdf:Seq></Container:Directory></Device:Container>\n"
                        "<Device:Profiles><rdf:Seq><rdf:li rdf:parseType=\"Resource\">"
                        "<Device:Profile rdf:parseType=\"Resource\">\n"
                        "<Profile:CameraIndices><rdf:Seq><rdf:li>0</rdf:li></rdf:Seq>"
                        "</Profile:CameraIndices>\n");
    put_element(out, "Profile:Type", "DepthPhoto");
    spx_bytes_text(out, "</Device:Profile></rdf:li></rdf:Seq></Device:Profiles>\n"
                        "<Device:Cameras><rdf:Seq><rdf:li rdf:parseType=\"Resource\">"
                        "<Device:Camera rdf:parseType=\"Resource\">\n");
    put_element(out, "Camera:Trait", "Physical");
    spx_bytes_text(out, "<Camera:Image rdf:parseType=\"Resource\">\n");
    put_element(out, "Image:ItemSemantic", "Primary");
    put_element(out, "Image:ItemURI", "primary_image");
    spx_bytes_text(out, "</Camera:Image>\n<Camera:DepthMap rdf:parseType=\"Resource\">\n");
    put_element(out, "DepthMap:Format", "RangeInverse");
    put_number_element(out, "DepthMap:Near", near_m);
    put_number_element(out, "DepthMap:Far", far_m);
    put_element(out, "DepthMap:Units", "Meters");
    put_element(out, "DepthMap:MeasureType", "OpticalAxis");
    put_element(out, "DepthMap:ItemSemantic", "Depth");
    put_element(out, "DepthMap:DepthURI", "depth_image");
    spx_bytes_text(out, "</Camera:DepthMap>\n<Camera:ImagingModel rdf:parseType=\"Resource\">\n");
    put_number_element(out, "ImagingModel:FocalLengthX", focal_px(scale) / scale->width);
    put_number_element(out, "ImagingModel:FocalLengthY", focal_px(scale) / scale->height);
    put_whole_element(out, "ImagingModel:ImageWidth", scale->width);
    put_whole_element(out, "ImagingModel:ImageHeight", scale->height);
    put_number_element(out, "ImagingModel:PrincipalPointX", 0.5);
    put_number_element(out, "ImagingModel:PrincipalPointY", 0.5);
    put_number_element(out, "ImagingModel:PixelAspectRatio", 1.0);
    spx_bytes_text(out, "</Camera:ImagingModel></Device:Camera></rdf:li></rdf:Seq>"
                        "</Device:Cameras>\n");
}

static void put_gdepth(spx_bytes *out, const spx_depth_scale *scale)
{
    double near_m = 0;
    double far_m = 0;
    find_range(scale, &near_m, &far_m);
    put_element(out, "GDepth:Format", "RangeInverse");
    put_number_element(out, "GDepth:Near", near_m);
    put_number_element(out, "GDepth:Far", far_m);
    put_element(out, "GDepth:Mime", "image/jpeg");
    put_element(out, "GDepth:Units", "m");
    put_element(out, "GDepth:MeasureType", "OpticalAxis");
}

void spx_depth_put_google_xmp(spx_bytes *out, const spx_depth_scale *scale, size_t depth_bytes,
                              const char *guid)
{
    static const char *const spaces[][2] = {
        { "Device", "http://ns.google.com/photos/dd/1.0/device/" },
        { "Container", "http://ns.google.com/photos/dd/1.0/container/" },
        { "Item", "http://ns.google.com/photos/dd/1.0/item/" },
        { "Profile", "http://ns.google.com/photos/dd/1.0/profile/" },
        { "Camera", "http://ns.google.com/photos/dd/1.0/camera/" },
        { "Image", "http://ns.google.com/photos/dd/1.0/image/" },
        { "DepthMap", "http://ns.google.com/photos/dd/1.0/depthmap/" },
        { "ImagingModel", "http://ns.google.com/photos/dd/1.0/imagingmodel/" },
        { "GDepth", "http://ns.google.com/photos/1.0/depthmap/" },
        { "xmpNote", "http://ns.adobe.com/xmp/note/" },
    };
    spx_bytes_text(out, "<rdf:Description rdf:about=\"\"");
    for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++) {
        const char *const parts[] = { "\nxmlns:", spaces[i][0], "=\"", spaces[i][1], "\"" };
        for (size_t k = 0; k < sizeof(parts) / sizeof(parts[0]); k++)
            spx_bytes_text(out, parts[k]);
    }
    spx_bytes_text(out, ">\n");
    put_element(out, "xmpNote:HasExtendedXMP", guid);
    put_gdepth(out, scale);
    put_device(out, scale, depth_bytes);
    spx_bytes_text(out, "</rdf:Description>\n");
}

void spx_depth_put_google_extended(spx_bytes *out, const spx_bytes *depth_jpeg)
{
    spx_bytes_text(out, xmp_begin);
    spx_bytes_text(out, "<rdf:Description rdf:about=\"\" "
                        "xmlns:GDepth=\"http://ns.google.com/photos/1.0/depthmap/\">\n"
                        "<GDepth:Data>");
    spx_base64_append(out, depth_jpeg->data, depth_jpeg->size);
    spx_bytes_text(out, "</GDepth:Data>\n</rdf:Description>\n");
    spx_bytes_text(out, xmp_end);
}
