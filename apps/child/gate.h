#ifndef SPX_CHILD_GATE_H
#define SPX_CHILD_GATE_H

/*
 * How much memory all children together may have. A child says what its photo will take before it
 * decodes; it waits until that much is free, and a photo that wants more than all there is, is
 * refused with the numbers.
 */
#include "child/child.h"

typedef struct spx_gate spx_gate;

/** memory_bytes: for all children; 0 = spx_gate_standard(). Owned by the caller:
 * spx_gate_destroy(). */
SPX_NODISCARD spx_status spx_gate_create(spx_gate **out, uint64_t memory_bytes, spx_diag *diag);
void spx_gate_destroy(spx_gate *gate); /* NULL is fine; nobody may be inside */

/** Half of what this computer, or the control group of this process, has. */
uint64_t spx_gate_standard(void);

/** Waits until there is room, or for alone = 1 until nobody else is inside, and takes it.
 * SPX_ERR_LIMIT where there never will be; SPX_ERR_CANCELLED. cancel may be NULL. */
SPX_NODISCARD spx_status spx_gate_enter(spx_gate *gate, const spx_child_needs *needs, int alone,
                                        const spx_cancel *cancel, spx_diag *diag);
/** The same amounts as at the entry. */
void spx_gate_leave(spx_gate *gate, const spx_child_needs *needs, int alone);

#endif
