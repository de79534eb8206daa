// SPDX-License-Identifier: MIT
#include "bindings.h"

PYBIND11_MODULE(_core, module)
{
    liaison::defineCore(module);
}
