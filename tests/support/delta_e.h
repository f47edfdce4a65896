#ifndef DELTA_E_H
#define DELTA_E_H

/** CIEDE2000 (CIE 142-2001, as Sharma, Wu and Dalal write it) of two Lab colours. */
double delta_e_2000(const double a[3], const double b[3]);

#endif
