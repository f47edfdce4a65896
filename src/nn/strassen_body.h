/*
 * Strassen's product (nn/strassen.h), a part of kernels_body.h.
 *
 * The left sides of all products are made first, once for all columns. Then, for one panel of each
 * half or quarter of the columns, all products of these are made, tile by tile; right sides are
 * added up as they are loaded. Results are int32_t in their own basis, 12 kB for tables of eight
 * lanes and 24 kB for those of sixteen; the last step makes floats of them.
 *
 * What one level does is the inner of two, below an outer product that is the whole.
 */

enum {
    OUTERS = SPX_STRASSEN_QUARTERS,
    INNERS = SPX_STRASSEN_QUARTERS,
    PART_ROWS = 48 >> SPX_STRASSEN_LEVELS, /* of two levels; one level has twice as many rows */
    FEWER_ROWS = TILE_ROWS / 3,
    FETCHES_AHEAD = VW == 16, /* lanes: a line of the cache */
};

/* The quarters of a left side, and where a sum of two goes. */
typedef struct left_sum {
    const int16_t *quarter[SPX_STRASSEN_QUARTERS];
    size_t stride;
    int16_t *to; /* [rows][k] */
    size_t rows;
    size_t k;
} left_sum;

static left_sum quarter_left(const int16_t *from, size_t rows, size_t k)
{
    const int16_t *const lower = from + rows / 2 * k;
    return (left_sum){ .quarter = { from, from + k / 2, lower, lower + k / 2 },
                       .stride = k,
                       .rows = rows / 2,
                       .k = k / 2 };
}

SPX_ALWAYS_INLINE vi add_signed(const spx_strassen_sign sign, vi a, vi b)
{
    switch (sign) {
    case SPX_STRASSEN_SUM:
        return vi_add_s16(a, b);
    case SPX_STRASSEN_LESS:
        return vi_sub_s16(a, b);
    case SPX_STRASSEN_MINUS:
        return vi_sub_s16(vi_sub_s16(vi_zero(), a), b);
    case SPX_STRASSEN_ALONE:
    default:
        return a;
    }
}

SPX_ALWAYS_INLINE void make_left_signed(const left_sum *job, const unsigned char quarter[2],
                                        const spx_strassen_sign sign)
{
    for (size_t r = 0; r < job->rows; r++) {
        const int16_t *const a = job->quarter[quarter[0]] + r * job->stride;
        const int16_t *const b = job->quarter[quarter[1]] + r * job->stride;
        for (size_t i = 0; i < job->k; i += (size_t)2 * VW)
            vi_store(job->to + r * job->k + i, add_signed(sign, vi_load(a + i), vi_load(b + i)));
    }
}

static void make_left(const left_sum *job, const spx_strassen_product *product)
{
    switch (product->sign) {
    case SPX_STRASSEN_SUM:
        make_left_signed(job, product->left, SPX_STRASSEN_SUM);
        break;
    case SPX_STRASSEN_LESS:
        make_left_signed(job, product->left, SPX_STRASSEN_LESS);
        break;
    case SPX_STRASSEN_MINUS:
        make_left_signed(job, product->left, SPX_STRASSEN_MINUS);
        break;
    case SPX_STRASSEN_ALONE:
    default:
        make_left_signed(job, product->left, SPX_STRASSEN_ALONE);
        break;
    }
}

/* The seven of one matrix; returns what is behind them. */
static int16_t *make_lefts(const int16_t *from, size_t rows, size_t k, int16_t *to)
{
    left_sum job = quarter_left(from, rows, k);
    job.to = to;
    for (size_t i = 0; i < SPX_STRASSEN_PRODUCTS; i++, job.to += job.rows * job.k)
        make_left(&job, &spx_strassen_products[i]);
    return job.to;
}

static void make_all_lefts(const spx_strassen *job, size_t part_rows)
{
    const size_t rows = part_rows << job->levels;
    const size_t k = job->gemm.k;
    int16_t *to = job->lefts;
    if (job->levels == 1) {
        (void)make_lefts(job->gemm.a, rows, k, to);
        return;
    }
    left_sum outer = quarter_left(job->gemm.a, rows, k);
    outer.to = to + spx_strassen_lefts(job->gemm.rows, k, job->levels) - outer.rows * outer.k;
    for (size_t i = 0; i < SPX_STRASSEN_PRODUCTS; i++) {
        make_left(&outer, &spx_strassen_products[i]);
        to = make_lefts(outer.to, outer.rows, outer.k, to);
    }
}

/* The results of one panel of each part of the columns. */
typedef struct strassen_results {
    _Alignas(4 * SPX_NN_LANES) int32_t sum[OUTERS * INNERS * PART_ROWS][PANEL];
    unsigned begun; /* a bit for each element of the basis: there is something in it */
} strassen_results;

/* What is the same for all products of a panel. */
typedef struct strassen_panel {
    const spx_strassen *job;
    const int16_t *right; /* the panel in the first part of the columns */
    const int16_t *next;  /* the panel after it */
    size_t rows;          /* of a part */
    size_t k;             /* of a part */
    strassen_results *results;
} strassen_panel;

typedef struct strassen_factors {
    const int16_t *left; /* [rows][k] */
    right_side right;
} strassen_factors;

/* Elements of the results' basis that the same sums join: one or two. */
typedef struct strassen_joins {
    int32_t (*sum[2])[PANEL];
    int begun[2];
    size_t count;
} strassen_joins;

/* Two products that are added up in the same registers, or one, which then is the second. */
typedef struct strassen_pair {
    strassen_factors factors[2];
    strassen_joins between; /* that the first one joins alone */
    strassen_joins joins;
    size_t k;
} strassen_pair;

SPX_ALWAYS_INLINE vi load_sum(const int32_t *p)
{
    vi v;
    memcpy(&v, p, sizeof(v));
    return v;
}

/* Makes the sums of a tile, left0, right0 …, join. */
#define ADD_ROW(r)                                                                                 \
    if (rows > (r)) {                                                                              \
        vi_store(to[r], vi_add(load_sum(to[r]), left##r));                                         \
        vi_store(to[r] + VW, vi_add(load_sum(to[r] + VW), right##r));                              \
    }
#define PUT_ROW(r)                                                                                 \
    if (rows > (r)) {                                                                              \
        vi_store(to[r], left##r);                                                                  \
        vi_store(to[r] + VW, right##r);                                                            \
    }
#define JOIN_ROWS(joins)                                                                           \
    for (size_t i = 0; i < (joins).count; i++) {                                                   \
        int32_t(*const to)[PANEL] = (joins).sum[i] + row;                                          \
        if ((joins).begun[i]) {                                                                    \
            EACH_ROW(ADD_ROW)                                                                      \
        } else {                                                                                   \
            EACH_ROW(PUT_ROW)                                                                      \
        }                                                                                          \
    }

/* terms: of both right sides, none of the first where there is one product only. */
// NOLINTNEXTLINE(readability-function-size): the same line for each row
SPX_ALWAYS_INLINE void strassen_tile(const strassen_pair *pair, size_t row, const size_t rows,
                                     const size_t terms0, const size_t terms1)
{
    const size_t lda = pair->k;
    const tile_shape shape = whole_rows(rows);
    FREE_REGISTERS();
    EACH_ROW(START_ROW)
    if (terms0 > 0) {
        right_side b = pair->factors[0].right;
        b.terms = terms0;
        b.ahead = FETCHES_AHEAD ? b.ahead : NULL;
        const int16_t *const a = pair->factors[0].left + row * lda;
        UNROLL_TWICE MULTIPLY_ROWS(a, lda, b, pair->k, shape) JOIN_ROWS(pair->between)
    }
    right_side b = pair->factors[1].right;
    b.terms = terms1;
    b.ahead = FETCHES_AHEAD ? b.ahead : NULL;
    const int16_t *const a = pair->factors[1].left + row * lda;
    UNROLL_TWICE MULTIPLY_ROWS(a, lda, b, pair->k, shape) JOIN_ROWS(pair->joins)
}

#undef ADD_ROW
#undef PUT_ROW
#undef JOIN_ROWS

/* Where an element of the right sides' basis begins. */
static size_t right_place(const strassen_panel *panel, size_t outer, size_t inner)
{
    const spx_gemm *const gemm = &panel->job->gemm;
    const size_t across = panel->job->levels == 1 ? inner % 2 : outer % 2 * 2 + inner % 2;
    const size_t down = panel->job->levels == 1 ? inner / 2 : outer / 2 * 2 + inner / 2;
    return across * (gemm->columns >> panel->job->levels) * gemm->k + down * panel->k * PANEL;
}

/*
 * What a product fetches of the next panel: half of one element of its basis. The order of products
 * jumps about in the weights, which come from the third cache for each group of rows: without this
 * two levels saved nothing in Depth Anything V2 Small (VNNI, AMD EPYC of Zen 4). Tables of eight
 * lanes have no time left for one more instruction.
 */
static const int16_t *find_ahead(const strassen_panel *panel, size_t product)
{
    enum { HALVES_OF_IT = 2 };
    const size_t places = (size_t)1 << 2 * panel->job->levels;
    const size_t place = product / HALVES_OF_IT;
    if (place >= places)
        return panel->next;
    return panel->next + right_place(panel, place / INNERS, place % INNERS) +
           product % HALVES_OF_IT * panel->k * VW;
}

/* outer: spx_strassen_whole where there is one level. */
static strassen_factors find_factors(const strassen_panel *panel, const spx_strassen_product *outer,
                                     const spx_strassen_product *inner)
{
    const size_t above = outer == &spx_strassen_whole ? 0 : (size_t)(outer - spx_strassen_products);
    const size_t at = above * SPX_STRASSEN_PRODUCTS + (size_t)(inner - spx_strassen_products);
    strassen_factors factors = { .left = panel->job->lefts + at * panel->rows * panel->k };
    size_t terms = 0;
    for (size_t i = 0; i < outer->rights; i++) {
        for (size_t j = 0; j < inner->rights; j++) {
            factors.right.panels[terms++] =
                panel->right + right_place(panel, outer->right[i], inner->right[j]);
        }
    }
    factors.right.ahead = find_ahead(panel, at);
    return factors;
}

/* What `outer` does with the element `inner` of the inner basis. */
static strassen_joins find_joins(const strassen_panel *panel, const spx_strassen_product *outer,
                                 size_t inner)
{
    strassen_joins joins = { .count = outer->join_count };
    for (size_t i = 0; i < joins.count; i++) {
        const size_t at = outer->joins[i] * (size_t)INNERS + inner;
        joins.sum[i] = panel->results->sum + at * panel->rows;
        joins.begun[i] = (panel->results->begun >> at & 1U) != 0;
        panel->results->begun |= 1U << at;
    }
    return joins;
}

/* Inner products `first` and the next, or the last one alone; terms0 and terms1 as for a tile. */
SPX_ALWAYS_INLINE void strassen_products(const strassen_panel *panel,
                                         const spx_strassen_product *outer, size_t first,
                                         const size_t terms0, const size_t terms1)
{
    const spx_strassen_product *const inner = &spx_strassen_products[first];
    const spx_strassen_product *const last = terms0 > 0 ? inner + 1 : inner;
    strassen_pair pair = { .k = panel->k };
    if (terms0 > 0) {
        pair.factors[0] = find_factors(panel, outer, inner);
        pair.between = find_joins(panel, outer, inner->joins[0]);
    }
    pair.factors[1] = find_factors(panel, outer, last);
    pair.joins = find_joins(panel, outer, last->joins[0]);
    size_t row = 0;
    for (; row + TILE_ROWS <= panel->rows; row += TILE_ROWS)
        strassen_tile(&pair, row, TILE_ROWS, terms0, terms1);
    for (; row < panel->rows; row += FEWER_ROWS)
        strassen_tile(&pair, row, FEWER_ROWS, terms0, terms1);
}

/* All seven inner products; times: terms of the outer product's right side. */
SPX_ALWAYS_INLINE void strassen_inner(const strassen_panel *panel,
                                      const spx_strassen_product *outer, const size_t times)
{
    strassen_products(panel, outer, 0, times, 2 * times);
    strassen_products(panel, outer, 2, times, times);
    strassen_products(panel, outer, 4, 2 * times, 2 * times);
    strassen_products(panel, outer, 6, 0, times);
}

/* Quarters from elements of the results' basis. */
SPX_ALWAYS_INLINE void leave_basis(vi c[SPX_STRASSEN_QUARTERS])
{
    c[3] = vi_sub(vi_sub(c[0], c[2]), c[3]);
    c[0] = vi_sub(c[0], c[1]);
}

/* The inner quarters of one outer element. */
static void leave_inner_basis(const strassen_panel *panel, size_t outer)
{
    const size_t step = panel->rows * PANEL;
    int32_t *const sums = panel->results->sum[outer * INNERS * panel->rows];
    for (size_t i = 0; i < step; i += VW) {
        vi c[INNERS];
        for (size_t inner = 0; inner < INNERS; inner++)
            c[inner] = load_sum(sums + inner * step + i);
        leave_basis(c);
        for (size_t inner = 0; inner < INNERS; inner++)
            vi_store(sums + inner * step + i, c[inner]);
    }
}

/* Results of the rows from `row` and the columns from `column` on, and those that lie in the same
 * place of the outer quarters; step: from one of these sums to the next. */
SPX_ALWAYS_INLINE void store_quarters(const strassen_panel *panel, const int32_t *sums, size_t step,
                                      size_t row, size_t column, const bounds *limits)
{
    const spx_gemm *const gemm = &panel->job->gemm;
    const size_t half_rows = panel->rows << (panel->job->levels - 1);
    vi c[SPX_STRASSEN_QUARTERS];
    for (size_t i = 0; i < SPX_STRASSEN_QUARTERS; i++)
        c[i] = load_sum(sums + i * step);
    leave_basis(c);
    for (size_t i = 0; i < SPX_STRASSEN_QUARTERS; i++) {
        const size_t at = i / 2 * half_rows + row;
        if (at < gemm->rows)
            gemm_store_sum(gemm, at, i % 2 * (gemm->columns / 2) + column, c[i], limits);
    }
}

static void store_results(const strassen_panel *panel, size_t column)
{
    const spx_gemm *const gemm = &panel->job->gemm;
    const bounds limits = activation_bounds(gemm->activation);
    const size_t inners = panel->job->levels == 1 ? 1 : INNERS;
    for (size_t inner = 0; inner < inners; inner++) {
        const int32_t(*const sums)[PANEL] =
            (const int32_t(*)[PANEL])panel->results->sum + inner * panel->rows;
        const size_t across = inner % 2 * (gemm->columns / 4) + column;
        for (size_t row = 0; row < panel->rows; row++) {
            for (size_t side = 0; side < PANEL; side += VW) {
                store_quarters(panel, sums[row] + side, inners * panel->rows * PANEL,
                               inner / 2 * panel->rows + row, across + side, &limits);
            }
        }
    }
}

static void strassen_columns(const strassen_panel *panel, size_t column)
{
    panel->results->begun = 0;
    if (panel->job->levels == 1) {
        strassen_inner(panel, &spx_strassen_whole, 1);
        store_results(panel, column);
        return;
    }
    for (size_t i = 0; i < SPX_STRASSEN_PRODUCTS; i++) {
        const spx_strassen_product *const outer = &spx_strassen_products[i];
        if (outer->rights == 1) {
            strassen_inner(panel, outer, 1);
        } else {
            strassen_inner(panel, outer, 2);
        }
    }
    for (size_t outer = 0; outer < OUTERS; outer++)
        leave_inner_basis(panel, outer);
    store_results(panel, column);
}

static void strassen_s16(const spx_strassen *job)
{
    strassen_results results;
    strassen_panel panel = { .job = job,
                             .rows = spx_strassen_rows(job->gemm.rows, job->levels),
                             .k = job->gemm.k >> job->levels,
                             .results = &results };
    make_all_lefts(job, panel.rows);
    for (size_t column = 0; column < job->gemm.columns >> job->levels; column += PANEL) {
        panel.right = (const int16_t *)job->gemm.b + column * job->gemm.k;
        const int last = column + PANEL == job->gemm.columns >> job->levels;
        panel.next = last ? panel.right : panel.right + PANEL * job->gemm.k;
        strassen_columns(&panel, column);
    }
}
