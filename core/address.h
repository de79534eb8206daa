// SPDX-License-Identifier: MIT
#pragma once

#include <QHostAddress>
#include <QList>
#include <QString>

#include <stdexcept>

namespace liaison {

/// An address that cannot be read or served; what() is one sentence for the user.
class AddressError : public std::runtime_error {
public:
    explicit AddressError(const QString &sentence)
        : std::runtime_error(sentence.toStdString())
    {
    }
};

/// Where to serve, as the user gave it.
struct Address {
    QString host;     ///< a name or an IP address, without brackets
    quint16 port = 0; ///< 0: any that is free
};

/// Reads "host:port", such as localhost:8001, 127.0.0.1:8001 or [::1]:8001.
/// @throws AddressError that says what is wrong with it
Address parseAddress(const QString &text);

/// The address in the form that parseAddress() reads.
QString addressText(const Address &address);

/// The addresses of this machine that a host name stands for. "localhost" is 127.0.0.1 and ::1, as far as the
/// machine has them, since clients resolve it to either.
/// @param allowRemote whether it may be reached from other machines
/// @throws AddressError where the name cannot be resolved, or leads beyond loopback and must not
QList<QHostAddress> servedAddresses(const QString &host, bool allowRemote);

/// Whether all of them are this machine's alone.
bool areLoopback(const QList<QHostAddress> &addresses);

} // namespace liaison
