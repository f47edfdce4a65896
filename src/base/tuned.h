#ifndef SPX_BASE_TUNED_H
#define SPX_BASE_TUNED_H

/*
 * The numbers of a room that were chosen by looking at results stand in its tuned.h, in one table
 * of X(type, name, value, unit); type: int, unsigned, float or double. The room reads them as
 * `tuned.name`. In the library they are constants. bench/tune compiles the room a second time with
 * SPX_TUNE: there they are variables, which it sets to print a number's curve.
 */
#define SPX_TUNED_FIELD(type, name, value, unit) type name;
#define SPX_TUNED_VALUE(type, name, value, unit) .name = (value),

#endif
