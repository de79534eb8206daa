// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QString>
#include <QStringList>

#include <optional>
#include <stdexcept>

class QNetworkRequest;

namespace liaison {

/// A token or certificate that cannot be had; what() is one sentence for the user.
class AccessError : public std::runtime_error {
public:
    explicit AccessError(const QString &sentence)
        : std::runtime_error(sentence.toStdString())
    {
    }
};

/// Whether a client may connect that comes from an origin (RFC 6454): one that names none, as all but web
/// pages; pages of this machine (a loopback name or address of any scheme and port, or file://); and those
/// that are allowed by name.
/// @param origin the header's value; empty without one
/// @param allowed further origins, to the letter
bool isWelcome(const QString &origin, const QStringList &allowed);

/// The environment variable that holds a token.
constexpr const char *tokenVariable = "LIAISON_TOKEN";

/// The token of the environment, which is then no longer there, for this process and its children; null
/// without one. See checkToken().
QByteArray takeTokenFromEnvironment();

/// The token in a file: all of it but white space around it.
/// @throws AccessError where there is none
QByteArray tokenFromFile(const QString &path);

/// A token is text without white space, in ASCII.
/// @param source what it came from, for the sentence
/// @throws AccessError where it is not
void checkToken(const QByteArray &token, const QString &source);

/// Compares in a time that depends on the length of what is shown alone.
bool isSameToken(QByteArrayView shown, QByteArrayView token);

/// The subprotocols that show a token, among those that a client offers.
/// @param header an HTTP request up to the blank line
QStringList tokenProtocols(QByteArrayView header);

/// Whether a client shows the token, as "Authorization: Bearer", as "?token=" or as subprotocol.
/// @param protocols those that tokenProtocols() has found
bool showsToken(const QNetworkRequest &request, const QStringList &protocols, const QByteArray &token);

/// The origin that a request names; empty if it names none. Nothing where it names more than one, or an empty
/// one: no browser does.
/// @param header an HTTP request up to the blank line
std::optional<QString> namedOrigin(QByteArrayView header);

} // namespace liaison
