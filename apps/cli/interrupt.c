#include "cli/interrupt.h"

#include <signal.h>
#include <stddef.h>

/* What a signal handler may know has to be static: it gets no other way to its data. */
static spx_cancel *volatile caught_cancel;
static volatile sig_atomic_t caught_signal;

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
enum { SIGNAL_COUNT = sizeof(signals) / sizeof(signals[0]) };

static void set_all(void (*handler)(int))
{
    struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART };
    (void)sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < SIGNAL_COUNT; i++) {
        struct sigaction before;
        /* nohup and "&" in scripts ignore signals on purpose. */
        if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            (void)sigaction(signals[i], &action, NULL);
    }
}

static void on_signal(int number)
{
    caught_signal = number;
    if (caught_cancel != NULL)
        spx_cancel_request(caught_cancel);
    set_all(SIG_DFL);
}

void spx_interrupt_catch(spx_cancel *cancel)
{
    caught_cancel = cancel;
    caught_signal = 0;
    set_all(on_signal);
}

void spx_interrupt_release(void)
{
    set_all(SIG_DFL);
    caught_cancel = NULL;
}

int spx_interrupt_signal(void)
{
    return caught_signal;
}
