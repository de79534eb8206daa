// SPDX-License-Identifier: MIT
#pragma once

#include <QSslConfiguration>
#include <QString>

namespace liaison {

/// What a server of wss:// needs.
/// @param certificate a PEM file: the server's certificate, then those that vouch for it
/// @param key a PEM file: its private key, without a passphrase
/// @throws AccessError that says which of the files is wrong, and how
QSslConfiguration tlsConfiguration(const QString &certificate, const QString &key);

} // namespace liaison
