// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <algorithm>
#include <charconv>

namespace liaison {

/// UTF-8 text that grows at its end, without QByteArray's check for sharing at every byte.
class TextBuffer {
public:
    /// @param size bytes to begin with
    explicit TextBuffer(QByteArrayView start = {}, qsizetype size = 256)
        : m_bytes(start.size() + size, Qt::Uninitialized)
    {
        append(start);
    }

    /// Room for so many bytes more: write there, then say with commit() how many it were.
    char *room(qsizetype bytes)
    {
        if (m_bytes.size() - m_used < bytes)
            m_bytes.resize(std::max({m_bytes.size() * 2, m_used + bytes, smallest}));
        return m_bytes.data() + m_used;
    }

    void commit(qsizetype bytes) { m_used += bytes; }

    qsizetype size() const { return m_used; }

    void append(QByteArrayView text)
    {
        // memcpy takes no null, not even for nothing.
        std::copy_n(text.data(), text.size(), room(text.size()));
        m_used += text.size();
    }

    void append(char c)
    {
        *room(1) = c;
        ++m_used;
    }

    template <typename Integer> void appendInteger(Integer number)
    {
        // The longest of 64 bits, its sign included.
        constexpr qsizetype longest = 20;
        char *const start = room(longest);
        commit(std::to_chars(start, start + longest, number).ptr - start);
    }

    /// What was written; the buffer is spent.
    QByteArray take()
    {
        m_bytes.truncate(m_used);
        return std::move(m_bytes);
    }

private:
    static constexpr qsizetype smallest = 256;

    QByteArray m_bytes;
    qsizetype m_used = 0;
};

} // namespace liaison
