// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>

#include <csignal>
#include <cstdio>
#include <utility>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace liaison {

/// How a child process ended and what it wrote.
struct ChildResult {
    QByteArray output; ///< what it wrote to stdout
    QByteArray errors; ///< what it wrote to stderr
    int exitCode = -1; ///< -1 where a signal ended it
    int signal = 0;    ///< which one
};

/// Runs a function in a forked child, and waits for its end. One that hangs is killed after 20 seconds. The
/// child exits with code 0 when the function returns.
template <typename Function> ChildResult runInChild(Function function)
{
    constexpr unsigned patience_s = 20;
    std::fflush(nullptr);
    FILE *output = std::tmpfile();
    FILE *errors = std::tmpfile();
    const auto child = ::fork();
    if (child == 0) {
        ::dup2(::fileno(output), STDOUT_FILENO);
        ::dup2(::fileno(errors), STDERR_FILENO);
        std::signal(SIGALRM, SIG_DFL);
        ::alarm(patience_s);
        function();
        std::fflush(nullptr);
        _exit(0);
    }
    ChildResult result;
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status))
        result.exitCode = WEXITSTATUS(status);
    else
        result.signal = WTERMSIG(status);
    for (const auto &[file, text] : {std::pair(output, &result.output), std::pair(errors, &result.errors)}) {
        text->resize(::lseek(::fileno(file), 0, SEEK_END));
        if (::pread(::fileno(file), text->data(), std::size_t(text->size()), 0) != text->size())
            text->clear();
        std::fclose(file);
    }
    return result;
}

} // namespace liaison
