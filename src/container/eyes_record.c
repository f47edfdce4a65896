#include "container/eyes_record.h"

#include "base/number_text.h"
#include "container/xmp_property.h"

#include <math.h>
#include <string.h>

#define NAMESPACE "urn:spx:eyes:1:"
#define BEGIN "<rdf:Description rdf:about=\"\" xmlns:spxEyes=\"" NAMESPACE "\""

static const double most_shift = 0.25; /* a window farther away is none */
static const double most_hfov_deg = 170.0;
static const double most_baseline_mm = 100000.0;

void spx_eyes_record_put(spx_bytes *out, const spx_eyes_record *record)
{
    spx_bytes_print(out,
                    BEGIN
                    " spxEyes:Shape=\"%.6f\" spxEyes:ParallelShift=\"%.6f\""
                    " spxEyes:DisparityAdjustment=\"%.6f\" spxEyes:BaselineMillimetres=\"%.4f\""
                    " spxEyes:HorizontalFieldOfViewDegrees=\"%.4f\"/>\n",
                    record->shape, record->parallel_shift, record->disparity_adjustment,
                    record->baseline_mm, record->hfov_deg);
}

static double number(const spx_bytes *xmp, const char *name)
{
    return spx_xmp_number(xmp->data, xmp->size, NAMESPACE, name, NAN);
}

int spx_eyes_record_read(spx_eyes_record *out, const spx_bytes *xmp)
{
    if (xmp->size == 0)
        return 0;
    *out = (spx_eyes_record){ .shape = number(xmp, "Shape"),
                              .parallel_shift = number(xmp, "ParallelShift"),
                              .disparity_adjustment = number(xmp, "DisparityAdjustment"),
                              .baseline_mm = number(xmp, "BaselineMillimetres"),
                              .hfov_deg = number(xmp, "HorizontalFieldOfViewDegrees") };
    return out->shape > 0.0 && fabs(out->parallel_shift) <= most_shift &&
           fabs(out->disparity_adjustment) <= most_shift && out->baseline_mm > 0.0 &&
           out->baseline_mm <= most_baseline_mm && out->hfov_deg >= 1.0 &&
           out->hfov_deg <= most_hfov_deg;
}

/* As spx writes it, whole: an empty element with nothing of another namespace in it. */
static int cut_out(spx_bytes *xmp)
{
    char *const begin = (char *)xmp->data;
    char *const from = xmp->size == 0 ? NULL : memmem(begin, xmp->size, BEGIN, sizeof(BEGIN) - 1);
    if (from == NULL)
        return 0;
    const char *const end = begin + xmp->size;
    const char *const inner = from + sizeof(BEGIN) - 1;
    const char *const close = memchr(inner, '>', (size_t)(end - inner));
    if (close == NULL || close[-1] != '/' ||
        memmem(inner, (size_t)(close - inner), "xmlns:", sizeof("xmlns:") - 1) != NULL)
        return 0;
    const char *behind = close + 1;
    behind += behind < end && *behind == '\n';
    memmove(from, behind, (size_t)(end - behind));
    xmp->size -= (size_t)(behind - from);
    return 1;
}

void spx_eyes_record_drop(spx_bytes *xmp)
{
    while (cut_out(xmp)) {
    }
    (void)spx_xmp_drop(xmp, NAMESPACE, NULL); /* as others write it again */
}
