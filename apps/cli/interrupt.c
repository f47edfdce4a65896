#include "cli/interrupt.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* What a signal handler may know has to be static: it gets no other way to its data. */
static spx_cancel *volatile caught_cancel;
static volatile sig_atomic_t caught_signal;

static atomic_int writers;
static timer_t patience;
static volatile sig_atomic_t in_a_hurry;

static const struct itimerspec patience_span = { .it_value = { .tv_nsec = 700000000 },
                                                 .it_interval = { .tv_nsec = 50000000 } };

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
    if (in_a_hurry)
        (void)timer_settime(patience, 0, &patience_span, NULL);
    set_all(SIG_DFL);
}

/* The encoder does not look up. What begins to write now sees the cancel flag first and does not.
 */
static void on_patience(int number)
{
    static const char text[] = "\nspx: stopped\n";
    (void)number;
    if (atomic_load(&writers) != 0)
        return;
    (void)!write(STDERR_FILENO, text, sizeof(text) - 1);
    _exit(SPX_EXIT_SIGNAL + (int)caught_signal);
}

void spx_interrupt_hurry(void)
{
    struct sigaction action = { .sa_handler = on_patience, .sa_flags = SA_RESTART };
    (void)sigemptyset(&action.sa_mask);
    in_a_hurry = sigaction(SIGALRM, &action, NULL) == 0 &&
                 timer_create(CLOCK_MONOTONIC, NULL, &patience) == 0; /* raises SIGALRM */
}

void spx_interrupt_writing(int begins)
{
    (void)atomic_fetch_add(&writers, begins ? 1 : -1);
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
    if (in_a_hurry)
        (void)timer_delete(patience);
    in_a_hurry = 0;
    caught_cancel = NULL;
}

int spx_interrupt_signal(void)
{
    return caught_signal;
}

void spx_interrupt_keep_writing(void)
{
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN);
}

int spx_interrupt_exit(int exit_code)
{
    const int number = spx_interrupt_signal();
    if (number == 0 || exit_code == 0)
        return exit_code;
    (void)fputs("spx: stopped\n", stderr);
    return SPX_EXIT_SIGNAL + number;
}
