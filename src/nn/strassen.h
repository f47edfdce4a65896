#ifndef SPX_NN_STRASSEN_H
#define SPX_NN_STRASSEN_H

#include <stddef.h>
#include <stdint.h>

/*
 * Strassen's product of matrices (Numer. Math. 13, 1969): seven products of quarters in place of
 * eight, and 49 in place of 64 where quarters are quartered again. Of integers modulo 2^32 it is
 * exact, whatever the sums on the way there do, as long as operands fit int16_t; theirs here are
 * sums of up to two of the matrices' elements for each level.
 *
 * Right sides are weights, that are kept in another basis (Karstadt and Schwartz, J. ACM 67, 2020),
 * in which three of the seven are sums of two, and four are what is kept. It takes the place of the
 * quarters B11, B12, B21, B22, in this order:
 *
 *     R = B11 + B22    P = B12 - B22    Q = B21 - B11    N = -B11
 *
 * Results have a basis too, so that only three products join two of its elements:
 *
 *     C11 = S - T      C12 = T          C21 = U          C22 = S - U - V
 *
 *     product   left         right    joins
 *     0         A11          P        S, T
 *     1         A11 + A12    R + N    T
 *     2         A22          Q        S, U
 *     3         -A21 - A22   N        U
 *     4         A12 - A22    R + Q    S, V
 *     5         A11 - A21    R + P    V
 *     6         A11 + A22    R        S
 *
 * 0 and 1, 2 and 3, 4 and 5 are added up in the same registers: S is joined between the two.
 */

enum {
    SPX_STRASSEN_PRODUCTS = 7,
    SPX_STRASSEN_QUARTERS = 4,
    SPX_STRASSEN_LEVELS = 2, /* at most */
    SPX_STRASSEN_TERMS = 4,  /* elements in the operand of two levels */
};

typedef enum spx_strassen_sign {
    SPX_STRASSEN_ALONE, /* a */
    SPX_STRASSEN_SUM,   /* a + b */
    SPX_STRASSEN_LESS,  /* a - b */
    SPX_STRASSEN_MINUS, /* -a - b */
} spx_strassen_sign;

/** One of the seven; numbers are places in the lists above. */
typedef struct spx_strassen_product {
    spx_strassen_sign sign;
    unsigned char left[2]; /* a and b */
    unsigned char right[2];
    unsigned char rights;
    unsigned char joins[2];
    unsigned char join_count;
} spx_strassen_product;

extern const spx_strassen_product spx_strassen_products[SPX_STRASSEN_PRODUCTS];

/** A product of the whole: what is above two levels' inner one where there is one level only. */
extern const spx_strassen_product spx_strassen_whole;

/** Whether weights of this shape are worth it, and can be quartered twice in every table. */
int spx_strassen_fits(size_t k, size_t columns);

/** Rows of a part: a half of so many rows, or a quarter, aligned for the kernels' tiles. */
size_t spx_strassen_rows(size_t rows, unsigned levels);

/** int16_t for the left sides of all products, and for the kernel's own use. */
size_t spx_strassen_lefts(size_t rows, size_t k, unsigned levels);

/** Puts packed weights (nn/kernels.h) into the other basis, in place. */
void spx_strassen_change(int16_t *packed, size_t k, size_t columns, size_t panel, unsigned levels);

#endif
