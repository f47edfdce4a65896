#ifndef SPX_BASE_TUNED_H
#define SPX_BASE_TUNED_H

/*
 * The numbers of a room that were chosen by looking at results stand in its tuned.h, in one table
 * of X(type, name, value, unit); type: int, unsigned, float or double. The room reads them as
 * `tuned.name`. In the library they are constants. bench/tune compiles the room a second time with
 * SPX_TUNE: there they are the fields of its own spx_ROOM_tuned, which it sets to print a number's
 * curve.
 */
#define SPX_TUNED_FIELD(type, name, value, unit) type name;
#define SPX_TUNED_VALUE(type, name, value, unit) .name = (value),

/** Declares spx_ROOM_numbers and `tuned`. */
#define SPX_TUNED_ROOM(room, table)                                                                \
    typedef struct spx_##room##_numbers {                                                          \
        table(SPX_TUNED_FIELD)                                                                     \
    } spx_##room##_numbers;                                                                        \
    SPX_TUNED_DECLARE(room, table)

#ifdef SPX_TUNE
#define SPX_TUNED_DECLARE(room, table)                                                             \
    extern spx_##room##_numbers tuned __asm__("spx_" #room "_tuned");
#else
#define SPX_TUNED_DECLARE(room, table)                                                             \
    static const spx_##room##_numbers tuned = { table(SPX_TUNED_VALUE) };
#endif

#endif
