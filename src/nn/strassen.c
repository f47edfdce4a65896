#include "nn/strassen.h"

#include "base/intops.h"

enum {
    UNIT = 128, /* a quarter of a quarter has whole vectors and panels of the widest table */
    LEAST = 384,
    ROW_UNIT = 4,
};

const spx_strassen_product spx_strassen_products[SPX_STRASSEN_PRODUCTS] = {
    { SPX_STRASSEN_ALONE, { 0, 0 }, { 1 }, 1, { 0, 1 }, 2 },
    { SPX_STRASSEN_SUM, { 0, 1 }, { 0, 3 }, 2, { 1 }, 1 },
    { SPX_STRASSEN_ALONE, { 3, 3 }, { 2 }, 1, { 0, 2 }, 2 },
    { SPX_STRASSEN_MINUS, { 2, 3 }, { 3 }, 1, { 2 }, 1 },
    { SPX_STRASSEN_LESS, { 1, 3 }, { 0, 2 }, 2, { 0, 3 }, 2 },
    { SPX_STRASSEN_LESS, { 0, 2 }, { 0, 1 }, 2, { 3 }, 1 },
    { SPX_STRASSEN_SUM, { 0, 3 }, { 0 }, 1, { 0 }, 1 },
};

const spx_strassen_product spx_strassen_whole = {
    SPX_STRASSEN_ALONE, { 0, 0 }, { 0 }, 1, { 0 }, 1
};

int spx_strassen_fits(size_t k, size_t columns)
{
    return k % UNIT == 0 && columns % UNIT == 0 && k >= LEAST && columns >= LEAST;
}

size_t spx_strassen_rows(size_t rows, unsigned levels)
{
    return spx_align_up(spx_divide_up(rows, (size_t)1 << levels), ROW_UNIT);
}

size_t spx_strassen_lefts(size_t rows, size_t k, unsigned levels)
{
    const size_t part = spx_strassen_rows(rows, levels) * (k >> levels);
    if (levels == 1)
        return SPX_STRASSEN_PRODUCTS * part;
    return ((size_t)SPX_STRASSEN_PRODUCTS * SPX_STRASSEN_PRODUCTS + SPX_STRASSEN_QUARTERS) * part;
}

/* One part of a panel, and what lies in the same place of the other quarters. */
static void change_run(int16_t *b11, size_t across, size_t down, size_t count)
{
    int16_t *const b12 = b11 + across;
    int16_t *const b21 = b11 + down;
    int16_t *const b22 = b11 + across + down;
    for (size_t i = 0; i < count; i++) {
        const int16_t first = b11[i];
        const int16_t last = b22[i];
        b11[i] = (int16_t)(first + last);
        b12[i] = (int16_t)(b12[i] - last);
        b21[i] = (int16_t)(b21[i] - first);
        b22[i] = (int16_t)-first;
    }
}

/* size: of a packed panel; of each panel the first `part` are changed. */
static void change_panels(int16_t *packed, size_t panels, size_t size, size_t part)
{
    for (size_t i = 0; i < panels / 2; i++)
        change_run(packed + i * size, panels / 2 * size, part / 2, part / 2);
}

void spx_strassen_change(int16_t *packed, size_t k, size_t columns, size_t panel, unsigned levels)
{
    const size_t panels = columns / panel;
    const size_t size = k * panel;
    change_panels(packed, panels, size, size);
    if (levels == 1)
        return;
    for (size_t i = 0; i < SPX_STRASSEN_QUARTERS; i++) {
        change_panels(packed + i % 2 * (panels / 2) * size + i / 2 * (size / 2), panels / 2, size,
                      size / 2);
    }
}
