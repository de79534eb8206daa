// SPDX-License-Identifier: MIT
// A load of one command: frames encoded once.
//
//     liaison-load PORT WINDOW SECONDS < message
//
// Sends the message from standard input again and again, so that WINDOW of them are on their way, and prints
// as JSON how many replies came in a second, and the median and 99th percentile of the round trip in
// microseconds.
#include "loadclient.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <iostream>
#include <iterator>

using namespace liaison;

namespace {

using Clock = std::chrono::steady_clock;

} // namespace

int main(int argc, char *argv[])
{
    if (argc != 4) {
        std::fprintf(stderr, "usage: liaison-load PORT WINDOW SECONDS < message\n");
        return 2;
    }
    try {
        const std::string message{std::istreambuf_iterator<char>(std::cin), {}};
        const auto bytes = textFrame(message);
        const int window = std::atoi(argv[2]);
        LoadClient connection(std::uint16_t(std::atoi(argv[1])));
        std::deque<Clock::time_point> sent;
        std::vector<double> times;
        const auto sendSome = [&](int count) {
            std::string batch;
            for (int i = 0; i < count; ++i)
                batch += bytes;
            sent.insert(sent.end(), std::size_t(count), Clock::now());
            connection.send(batch);
        };
        const auto start = Clock::now();
        const auto end = start + std::chrono::duration<double>(std::atof(argv[3]));
        sendSome(window);
        while (!sent.empty()) {
            const int frames = connection.receiveFrames();
            const auto now = Clock::now();
            for (int i = 0; i < frames; ++i) {
                times.push_back(std::chrono::duration<double, std::micro>(now - sent.front()).count());
                sent.pop_front();
            }
            if (now < end)
                sendSome(frames);
        }
        const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
        std::sort(times.begin(), times.end());
        std::printf("{\"count\": %zu, \"rate\": %.1f, \"median_us\": %.2f, \"p99_us\": %.2f}\n", times.size(),
                    double(times.size()) / seconds, percentile(times, 0.5), percentile(times, 0.99));
        return 0;
    } catch (const std::exception &error) {
        std::fprintf(stderr, "liaison-load: %s\n", error.what());
        return 1;
    }
}
