// SPDX-License-Identifier: MIT
#include "embedding.h"

int main(int argc, char *argv[])
{
    return liaison::runProgram(argc, argv);
}
