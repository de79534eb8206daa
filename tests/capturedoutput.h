// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>

#include <cstdio>

#include <unistd.h>

namespace liaison {

/// Collects what this process writes to a descriptor, such as STDOUT_FILENO, for as long as it lives. Tests
/// say nothing meanwhile, for what they print would be collected too.
class CapturedOutput {
public:
    explicit CapturedOutput(int descriptor)
        : m_descriptor(descriptor)
    {
        std::fflush(nullptr);
        m_saved = ::dup(descriptor);
        ::dup2(::fileno(m_file), descriptor);
    }

    ~CapturedOutput()
    {
        restore();
        std::fclose(m_file);
    }

    CapturedOutput(const CapturedOutput &) = delete;
    CapturedOutput &operator=(const CapturedOutput &) = delete;

    /// So far; from now on everything goes its usual way.
    QByteArray take()
    {
        restore();
        QByteArray text(::lseek(::fileno(m_file), 0, SEEK_END), '\0');
        const auto size = ::pread(::fileno(m_file), text.data(), std::size_t(text.size()), 0);
        return text.first(size);
    }

private:
    void restore()
    {
        if (m_saved < 0)
            return;
        std::fflush(nullptr);
        ::dup2(m_saved, m_descriptor);
        ::close(m_saved);
        m_saved = -1;
    }

    int m_descriptor;
    int m_saved = -1;
    FILE *m_file = std::tmpfile();
};

} // namespace liaison
