#include "base/suggest.h"

#include "base/intops.h"

#include <string.h>

enum { LONGEST = 32, FAR_AWAY = 1000 };

/* Damerau-Levenshtein distance (optimal string alignment): rows of the matrix over three turns. */
static unsigned distance(const char *a, const char *b)
{
    const size_t a_size = strlen(a);
    const size_t b_size = strlen(b);
    if (a_size > LONGEST || b_size > LONGEST)
        return FAR_AWAY;
    unsigned cost[LONGEST + 1][LONGEST + 1];
    for (unsigned i = 0; i <= a_size; i++)
        cost[i][0] = i;
    for (unsigned j = 0; j <= b_size; j++)
        cost[0][j] = j;
    for (size_t i = 1; i <= a_size; i++) {
        for (size_t j = 1; j <= b_size; j++) {
            const unsigned changed = cost[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            cost[i][j] = spx_min_u32(spx_min_u32(cost[i - 1][j], cost[i][j - 1]) + 1, changed);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                cost[i][j] = spx_min_u32(cost[i][j], cost[i - 2][j - 2] + 1);
        }
    }
    return cost[a_size][b_size];
}

void spx_suggestion_offer(spx_suggestion *suggestion, const char *word, const char *candidate)
{
    enum { LETTERS_PER_SLIP = 3 };
    const unsigned slips = distance(word, candidate);
    if (slips * LETTERS_PER_SLIP > strlen(candidate) + 1)
        return;
    if (suggestion->best == NULL || slips < suggestion->distance) {
        suggestion->best = candidate;
        suggestion->distance = slips;
    }
}
