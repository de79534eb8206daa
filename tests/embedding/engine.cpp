// SPDX-License-Identifier: MIT
#include <liaison/embedding.h>

#include <pybind11/embed.h>

PYBIND11_EMBEDDED_MODULE(engine, module)
{
    module.def("twice", [](double value) { return 2 * value; });
}

int main(int argc, char *argv[])
{
    return liaison::runProgram(argc, argv);
}
