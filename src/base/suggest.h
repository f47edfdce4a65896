#ifndef SPX_BASE_SUGGEST_H
#define SPX_BASE_SUGGEST_H

/** The most similar of the words that were offered, for "did you mean ...?". Zero-initialise. */
typedef struct spx_suggestion {
    const char *best;  /* NULL while none is similar enough; borrowed from the offer */
    unsigned distance; /* of best: letters added, dropped, changed or swapped */
} spx_suggestion;

void spx_suggestion_offer(spx_suggestion *suggestion, const char *word, const char *candidate);

#endif
