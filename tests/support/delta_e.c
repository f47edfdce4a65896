#include "delta_e.h"

#include <math.h>

static const double radians = 3.14159265358979323846 / 180.0;

static double hue_deg(double a, double b)
{
    const double hue = a == 0.0 && b == 0.0 ? 0.0 : atan2(b, a) / radians;
    return hue < 0.0 ? hue + 360.0 : hue;
}

static double hue_difference(double h1, double h2, double c1, double c2)
{
    const double d = h2 - h1;
    if (c1 * c2 == 0.0)
        return 0.0;
    return d > 180.0 ? d - 360.0 : d < -180.0 ? d + 360.0 : d;
}

static double mean_hue(double h1, double h2, double c1, double c2)
{
    if (c1 * c2 == 0.0)
        return h1 + h2;
    if (fabs(h1 - h2) <= 180.0)
        return (h1 + h2) / 2.0;
    return h1 + h2 < 360.0 ? (h1 + h2 + 360.0) / 2.0 : (h1 + h2 - 360.0) / 2.0;
}

double delta_e_2000(const double a[3], const double b[3])
{
    const double chroma = (hypot(a[1], a[2]) + hypot(b[1], b[2])) / 2.0;
    const double g = 0.5 * (1.0 - sqrt(pow(chroma, 7.0) / (pow(chroma, 7.0) + pow(25.0, 7.0))));
    const double a1 = (1.0 + g) * a[1];
    const double a2 = (1.0 + g) * b[1];
    const double c1 = hypot(a1, a[2]);
    const double c2 = hypot(a2, b[2]);
    const double h1 = hue_deg(a1, a[2]);
    const double h2 = hue_deg(a2, b[2]);
    const double dl = b[0] - a[0];
    const double dc = c2 - c1;
    const double dh = 2.0 * sqrt(c1 * c2) * sin(hue_difference(h1, h2, c1, c2) / 2.0 * radians);
    const double l = (a[0] + b[0]) / 2.0;
    const double c = (c1 + c2) / 2.0;
    const double h = mean_hue(h1, h2, c1, c2);
    const double t = 1.0 - 0.17 * cos((h - 30.0) * radians) + 0.24 * cos(2.0 * h * radians) +
                     0.32 * cos((3.0 * h + 6.0) * radians) - 0.20 * cos((4.0 * h - 63.0) * radians);
    const double turn = 30.0 * exp(-pow((h - 275.0) / 25.0, 2.0));
    const double rc = 2.0 * sqrt(pow(c, 7.0) / (pow(c, 7.0) + pow(25.0, 7.0)));
    const double sl = 1.0 + 0.015 * pow(l - 50.0, 2.0) / sqrt(20.0 + pow(l - 50.0, 2.0));
    const double sc = 1.0 + 0.045 * c;
    const double sh = 1.0 + 0.015 * c * t;
    const double rt = -sin(2.0 * turn * radians) * rc;
    return sqrt(pow(dl / sl, 2.0) + pow(dc / sc, 2.0) + pow(dh / sh, 2.0) +
                rt * (dc / sc) * (dh / sh));
}
