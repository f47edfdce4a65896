#include "image/primaries.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#define D65                                                                                        \
    {                                                                                              \
        0.3127, 0.3290                                                                             \
    }
#define C_WHITE                                                                                    \
    {                                                                                              \
        0.310, 0.316                                                                               \
    }

const spx_primaries spx_primaries_bt709 = {
    { 0.640, 0.330 }, { 0.300, 0.600 }, { 0.150, 0.060 }, D65
};
const spx_primaries spx_primaries_p3 = {
    { 0.680, 0.320 }, { 0.265, 0.690 }, { 0.150, 0.060 }, D65
};
const spx_primaries spx_primaries_bt2020 = {
    { 0.708, 0.292 }, { 0.170, 0.797 }, { 0.131, 0.046 }, D65
};
const spx_primaries spx_primaries_adobe_rgb = {
    { 0.640, 0.330 }, { 0.210, 0.710 }, { 0.150, 0.060 }, D65
};

static const spx_primaries bt470m = { { 0.67, 0.33 }, { 0.21, 0.71 }, { 0.14, 0.08 }, C_WHITE };
static const spx_primaries bt470bg = { { 0.64, 0.33 }, { 0.29, 0.60 }, { 0.15, 0.06 }, D65 };
static const spx_primaries smpte170 = { { 0.630, 0.340 }, { 0.310, 0.595 }, { 0.155, 0.070 }, D65 };
static const spx_primaries film = { { 0.681, 0.319 }, { 0.243, 0.692 }, { 0.145, 0.049 }, C_WHITE };
static const spx_primaries dci_p3 = {
    { 0.680, 0.320 }, { 0.265, 0.690 }, { 0.150, 0.060 }, { 0.314, 0.351 }
};
static const spx_primaries ebu3213 = { { 0.630, 0.340 }, { 0.295, 0.605 }, { 0.155, 0.077 }, D65 };

const spx_primaries *spx_primaries_of_code(unsigned code)
{
    switch (code) {
    case 1:
        return &spx_primaries_bt709;
    case 4:
        return &bt470m;
    case 5:
        return &bt470bg;
    case 6:
    case 7:
        return &smpte170;
    case 8:
        return &film;
    case 9:
        return &spx_primaries_bt2020;
    case 11:
        return &dci_p3;
    case 12:
        return &spx_primaries_p3;
    case 22:
        return &ebu3213;
    default:
        return NULL;
    }
}

static double determinant(const double m[9])
{
    return m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6]) +
           m[2] * (m[3] * m[7] - m[4] * m[6]);
}

static int invert(const double m[9], double out[9])
{
    static const double least = 1e-9;
    const double d = determinant(m);
    if (!(fabs(d) > least))
        return 0;
    for (size_t row = 0; row < 3; row++) {
        for (size_t column = 0; column < 3; column++) {
            const size_t r1 = (column + 1) % 3;
            const size_t r2 = (column + 2) % 3;
            const size_t c1 = (row + 1) % 3;
            const size_t c2 = (row + 2) % 3;
            out[3 * row + column] =
                (m[3 * r1 + c1] * m[3 * r2 + c2] - m[3 * r1 + c2] * m[3 * r2 + c1]) / d;
        }
    }
    return 1;
}

static int xyz_of(const double xy[2], double xyz[3])
{
    if (!(xy[1] > 0.0 && xy[0] >= 0.0 && xy[0] + xy[1] <= 1.0))
        return 0;
    xyz[0] = xy[0] / xy[1];
    xyz[1] = 1.0;
    xyz[2] = (1.0 - xy[0] - xy[1]) / xy[1];
    return 1;
}

/* SMPTE RP 177: the columns are the primaries, scaled so that they add up to white. */
int spx_primaries_to_xyz(const spx_primaries *primaries, double matrix[9])
{
    const double *const colors[3] = { primaries->red, primaries->green, primaries->blue };
    double columns[9];
    double inverse[9];
    double white[3];
    if (!xyz_of(primaries->white, white))
        return 0;
    for (size_t c = 0; c < 3; c++) {
        const double x = colors[c][0];
        const double y = colors[c][1];
        columns[c] = x;
        columns[3 + c] = y;
        columns[6 + c] = 1.0 - x - y;
    }
    if (!invert(columns, inverse))
        return 0;
    for (size_t c = 0; c < 3; c++) {
        const double scale = inverse[3 * c] * white[0] + inverse[3 * c + 1] * white[1] +
                             inverse[3 * c + 2] * white[2];
        for (size_t row = 0; row < 3; row++)
            matrix[3 * row + c] = columns[3 * row + c] * scale;
    }
    return 1;
}

int spx_primaries_convert(const spx_primaries *from, const spx_primaries *to, double matrix[9])
{
    spx_primaries same_white = *from;
    double there[9];
    double to_xyz[9];
    double back[9];
    memcpy(same_white.white, to->white, sizeof(same_white.white));
    if (!spx_primaries_to_xyz(&same_white, there) || !spx_primaries_to_xyz(to, to_xyz) ||
        !invert(to_xyz, back))
        return 0;
    for (size_t row = 0; row < 3; row++) {
        for (size_t column = 0; column < 3; column++) {
            matrix[3 * row + column] = back[3 * row] * there[column] +
                                       back[3 * row + 1] * there[3 + column] +
                                       back[3 * row + 2] * there[6 + column];
        }
    }
    return 1;
}

static int near_point(const double a[2], const double b[2], double most)
{
    return fabs(a[0] - b[0]) < most && fabs(a[1] - b[1]) < most;
}

int spx_primaries_near(const spx_primaries *a, const spx_primaries *b, double most)
{
    return near_point(a->red, b->red, most) && near_point(a->green, b->green, most) &&
           near_point(a->blue, b->blue, most) && near_point(a->white, b->white, most);
}
