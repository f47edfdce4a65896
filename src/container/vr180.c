#include "container/vr180.h"

#include "base/base64.h"
#include "container/xmp_packets.h"
#include "container/xmp_property.h"

#include <math.h>
#include <stdio.h>
#include <strings.h>

static const char ns_pano[] = "http://ns.google.com/photos/1.0/panorama/";
static const char ns_image[] = "http://ns.google.com/photos/1.0/image/";
static const double turn_deg = 360.0;
static const double half_deg = 180.0;

static double number(const spx_xmp_packet *packet, const char *name)
{
    return spx_xmp_number(packet->at, packet->size, ns_pano, name, 0.0);
}

/* A half sphere straight ahead, unless the numbers tell of a part that is one. */
static void read_part(spx_sphere_part *out, const spx_xmp_packet *packet)
{
    const double whole[2] = { number(packet, "FullPanoWidthPixels"),
                              number(packet, "FullPanoHeightPixels") };
    const double size[2] = { number(packet, "CroppedAreaImageWidthPixels"),
                             number(packet, "CroppedAreaImageHeightPixels") };
    const double from[2] = { number(packet, "CroppedAreaLeftPixels"),
                             number(packet, "CroppedAreaTopPixels") };
    *out = (spx_sphere_part){ -half_deg / 2.0, half_deg, half_deg / 2.0, half_deg };
    for (int i = 0; i < 2; i++) {
        if (!(whole[i] >= 1.0 && size[i] >= 1.0 && size[i] <= whole[i] && from[i] >= 0.0 &&
              from[i] + size[i] <= whole[i] + 1.0))
            return;
    }
    out->left_deg = (from[0] / whole[0] - 0.5) * turn_deg;
    out->width_deg = size[0] / whole[0] * turn_deg;
    out->top_deg = (0.5 - from[1] / whole[1]) * half_deg;
    out->height_deg = size[1] / whole[1] * half_deg;
}

int spx_vr180_find(spx_sphere_part *part, const void *jpeg, size_t size)
{
    enum { WORD_BYTES = 32, GUID_SIZE = 40 };
    char projection[WORD_BYTES];
    char mime[WORD_BYTES];
    const spx_xmp_packet packet = spx_xmp_packet_of_jpeg(jpeg, size);
    if (packet.size == 0 ||
        !spx_xmp_text(packet.at, packet.size, ns_pano, "ProjectionType", projection,
                      sizeof(projection)) ||
        strcasecmp(projection, "equirectangular") != 0 ||
        !spx_xmp_text(packet.at, packet.size, ns_image, "Mime", mime, sizeof(mime)))
        return 0;
    read_part(part, &packet);
    return 1;
}

spx_status spx_vr180_read_right(spx_bytes *out, const void *jpeg, size_t size, spx_diag *diag)
{
    const spx_xmp_packet main = spx_xmp_packet_of_jpeg(jpeg, size);
    spx_xmp_property data;
    spx_bytes extended = { 0 };
    SPX_TRY(spx_xmp_join_extended(&extended, jpeg, size, &main, diag));
    if (extended.size != 0 &&
        spx_xmp_find(extended.data, extended.size, ns_image, "Data", 0, &data)) {
        spx_base64_read_loose(out, (const char *)extended.data + data.value_begin,
                              data.value_end - data.value_begin);
    }
    spx_bytes_clear(&extended);
    return spx_bytes_check(out, "the right eye", diag);
}

void spx_vr180_put_xmp(spx_bytes *out, const spx_vr180_text *text, const char *guid)
{
    enum { TEXT_BYTES = 1400 };
    char made[TEXT_BYTES];
    const spx_sphere_part *const part = &text->part;
    const long whole_width = lround(text->width * turn_deg / part->width_deg);
    const long whole_height = whole_width / 2;
    const long left = lround((part->left_deg / turn_deg + 0.5) * (double)whole_width);
    const long top = lround((0.5 - part->top_deg / half_deg) * (double)whole_height);
    (void)snprintf(made, sizeof(made),
                   "<rdf:Description rdf:about=\"\" xmlns:GPano=\"%s\" xmlns:GImage=\"%s\" "
                   "xmlns:xmpNote=\"http://ns.adobe.com/xmp/note/\"\n"
                   " GPano:UsePanoramaViewer=\"True\" GPano:ProjectionType=\"equirectangular\"\n"
                   " GPano:CroppedAreaImageWidthPixels=\"%u\" "
                   "GPano:CroppedAreaImageHeightPixels=\"%u\"\n"
                   " GPano:FullPanoWidthPixels=\"%ld\" GPano:FullPanoHeightPixels=\"%ld\"\n"
                   " GPano:CroppedAreaLeftPixels=\"%ld\" GPano:CroppedAreaTopPixels=\"%ld\"\n"
                   " GImage:Mime=\"image/jpeg\" xmpNote:HasExtendedXMP=\"%s\"/>\n",
                   ns_pano, ns_image, text->width, text->height, whole_width, whole_height, left,
                   top, guid);
    spx_bytes_text(out, made);
}

void spx_vr180_put_extended(spx_bytes *out, const spx_bytes *right_jpeg)
{
    spx_bytes_text(out, "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n"
                        "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
                        "<rdf:Description rdf:about=\"\" xmlns:GImage=\"");
    spx_bytes_text(out, ns_image);
    spx_bytes_text(out, "\" GImage:Data=\"");
    spx_base64_append(out, right_jpeg->data, right_jpeg->size);
    spx_bytes_text(out, "\"/>\n</rdf:RDF>\n</x:xmpmeta>");
}
