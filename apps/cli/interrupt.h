#ifndef SPX_CLI_INTERRUPT_H
#define SPX_CLI_INTERRUPT_H

#include "spx/cancel.h"

/** Exit code of a verb that a signal stopped: what a shell makes of that signal. */
enum { SPX_EXIT_SIGNAL = 128 };

/**
 * From now on Ctrl-C (SIGINT), SIGTERM and SIGHUP set `cancel`, the second of them ends the
 * process. Borrows cancel until spx_interrupt_release(). Called from the main thread.
 */
void spx_interrupt_catch(spx_cancel *cancel);
/**
 * For work that cannot be stopped in its middle (one large picture in the encoder): when it still
 * goes on 0.7 s after the signal, the process ends there and then, unless a file is being written.
 * Between spx_interrupt_catch() and spx_interrupt_release().
 */
void spx_interrupt_hurry(void);
/** A file is about to be written (1), or no longer (0): one of each, from any thread. */
void spx_interrupt_writing(int begins);
/** The signals do again what they did before. */
void spx_interrupt_release(void);
/**
 * A reader that went away or a limit on file sizes is an error of one write from now on, not the
 * end of the process.
 */
void spx_interrupt_keep_writing(void);
/** What a verb exits with: its own code, or, when a signal cut it short, that signal's, said on
 * stderr. */
int spx_interrupt_exit(int exit_code);
/** The signal that came, 0 = none. */
int spx_interrupt_signal(void);

#endif
