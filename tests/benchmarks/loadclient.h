// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace liaison {

/// A WebSocket client that costs next to nothing: a plain, blocking socket.
class LoadClient {
public:
    explicit LoadClient(std::uint16_t port)
        : m_socket(::socket(AF_INET, SOCK_STREAM, 0))
    {
        sockaddr_in address = {};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(m_socket, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
            throw std::runtime_error("cannot connect");
        const int on = 1;
        ::setsockopt(m_socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        send("GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
        while (m_buffer.find("\r\n\r\n") == std::string::npos)
            receive();
        m_start = m_buffer.find("\r\n\r\n") + 4;
    }
    ~LoadClient() { ::close(m_socket); }

    LoadClient(const LoadClient &) = delete;
    LoadClient &operator=(const LoadClient &) = delete;

    void send(const std::string &bytes) const
    {
        for (std::size_t sent = 0; sent < bytes.size();) {
            const auto count = ::send(m_socket, bytes.data() + sent, bytes.size() - sent, 0);
            if (count <= 0)
                throw std::runtime_error("the server has closed the connection");
            sent += std::size_t(count);
        }
    }

    /// Waits for one read at least, and answers how many whole frames have come.
    int receiveFrames()
    {
        int frames = 0;
        while (frames == 0) {
            receive();
            while (skipFrame())
                ++frames;
        }
        if (m_start > m_buffer.size() / 2) {
            m_buffer.erase(0, m_start);
            m_start = 0;
        }
        return frames;
    }

private:
    void receive()
    {
        static std::array<char, 1 << 18> chunk;
        const auto count = ::recv(m_socket, chunk.data(), chunk.size(), 0);
        if (count <= 0)
            throw std::runtime_error("the server has closed the connection");
        m_buffer.append(chunk.data(), std::size_t(count));
    }

    bool skipFrame()
    {
        const auto available = m_buffer.size() - m_start;
        if (available < 2)
            return false;
        const auto byte = [this](std::size_t i) {
            return std::uint64_t(static_cast<unsigned char>(m_buffer[m_start + i]));
        };
        std::uint64_t length = byte(1) & 0x7F;
        std::size_t header = 2;
        const std::size_t extended = length == 126 ? 2 : length == 127 ? 8 : 0;
        if (available < header + extended)
            return false;
        if (extended > 0) {
            length = 0;
            for (std::size_t i = 0; i < extended; ++i)
                length = length << 8 | byte(2 + i);
            header += extended;
        }
        if (available < header + length)
            return false;
        m_start += header + length;
        return true;
    }

    int m_socket;
    std::string m_buffer;
    std::size_t m_start = 0;
};

/// A masked text frame; the mask is zero, which leaves the payload as it is.
inline std::string textFrame(const std::string &text)
{
    std::string bytes = "\x81";
    const auto append = [&](std::uint64_t number, int size) {
        for (int shift = (size - 1) * 8; shift >= 0; shift -= 8)
            bytes += char(number >> shift & 0xFF);
    };
    if (text.size() < 126) {
        bytes += char(0x80 | text.size());
    } else if (text.size() < 65536) {
        bytes += char(0x80 | 126);
        append(text.size(), 2);
    } else {
        bytes += char(0x80 | 127);
        append(text.size(), 8);
    }
    return bytes + std::string(4, '\0') + text;
}

inline double percentile(const std::vector<double> &sorted, double fraction)
{
    return sorted.empty()
               ? 0
               : sorted[std::min(sorted.size() - 1, std::size_t(fraction * double(sorted.size())))];
}

} // namespace liaison
