// SPDX-License-Identifier: MIT
#pragma once

#include <pybind11/pybind11.h>

namespace liaison {

/// While it lives, Python converts integers of any size to decimal text and back: by default it refuses more
/// than 4300 digits, and a frontend is promised every one. Needs the GIL.
class DigitLimitLifted {
public:
    DigitLimitLifted();
    ~DigitLimitLifted();

    DigitLimitLifted(const DigitLimitLifted &) = delete;
    DigitLimitLifted &operator=(const DigitLimitLifted &) = delete;

private:
    pybind11::object m_previous; ///< null where this Python has no limit
};

} // namespace liaison
