#include "rondo_kernels.h"
