// SPDX-License-Identifier: MIT
#include "recursion.h"

#include "owned.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include <pthread.h>

namespace liaison {

namespace {

/// What is left to functions that do not ask: so much at the most, or this part of a small stack.
constexpr std::ptrdiff_t largestMargin = 256 * 1024;
constexpr std::size_t marginPart = 4;

/// Where this thread's stack is used up but for the margin; stacks grow downwards.
std::uintptr_t stackEnd()
{
    void *end = nullptr;
    std::size_t size = 0;
#if defined(__APPLE__)
    size = pthread_get_stacksize_np(pthread_self());
    end = static_cast<char *>(pthread_get_stackaddr_np(pthread_self())) - size;
#else
    pthread_attr_t attributes;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0)
        return 0;
    if (pthread_attr_getstack(&attributes, &end, &size) != 0)
        end = nullptr;
    pthread_attr_destroy(&attributes);
#endif
    return reinterpret_cast<std::uintptr_t>(end) + std::min(std::size_t(largestMargin), size / marginPart);
}

} // namespace

std::ptrdiff_t remainingStack()
{
    thread_local const std::uintptr_t end = stackEnd();
    // Not the address of a variable: AddressSanitizer may keep those elsewhere.
    return std::ptrdiff_t(reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) - end);
}

RecursionGuard::RecursionGuard(const char *where)
{
    if (remainingStack() < 0)
        raise(PyExc_RecursionError, std::string("maximum recursion depth exceeded") + where);
    if (Py_EnterRecursiveCall(where))
        throw pybind11::error_already_set();
}

} // namespace liaison
