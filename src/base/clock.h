#ifndef SPX_BASE_CLOCK_H
#define SPX_BASE_CLOCK_H

/** Seconds of a clock that only goes forward; its zero means nothing. */
double spx_clock_s(void);

#endif
