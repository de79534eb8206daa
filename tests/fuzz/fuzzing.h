// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace liaison {

/// What must hold whatever the input is: otherwise says what did not and ends the fuzzer, which keeps the
/// input.
inline void require(bool holds, const char *claim, const QByteArray &detail = {})
{
    if (holds)
        return;
    std::fprintf(stderr, "\nThis does not hold: %s\n%s\n", claim, detail.constData());
    std::abort();
}

} // namespace liaison

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);
