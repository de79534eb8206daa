// SPDX-License-Identifier: MIT
#pragma once

namespace liaison {

/// Which strings among the arguments of a call stand for what they name.
enum class References {
    Top,  ///< "$name.attr" as an argument, as a keyword's value or as its name
    Deep, ///< also within lists and dicts; and "$$x" stands for the text "$x"
    None
};

} // namespace liaison
