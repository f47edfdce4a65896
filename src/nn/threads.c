#include "nn/threads.h"

/* Of the OpenMP runtime that oneDNN is linked to. Its header comes with the compiler it belongs to
 * and is missing from others, so the two functions are declared here. */
int omp_get_max_threads(void);
void omp_set_num_threads(int threads);

int spx_nn_threads_enter(unsigned threads)
{
    const int before = omp_get_max_threads();
    omp_set_num_threads((int)threads);
    return before;
}

void spx_nn_threads_leave(int before)
{
    omp_set_num_threads(before);
}
