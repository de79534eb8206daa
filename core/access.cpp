// SPDX-License-Identifier: MIT
#include "access.h"

#include <QByteArrayList>
#include <QFile>
#include <QHostAddress>
#include <QNetworkRequest>
#include <QUrl>
#include <QUrlQuery>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace liaison {

namespace {

const QLatin1String tokenProtocol("liaison.token.");

/// More than this is no token but the wrong file.
constexpr qint64 longestToken = 4096;

bool isLoopbackHost(const QString &host)
{
    auto name = host;
    if (name.endsWith(QLatin1Char('.')))
        name.chop(1);
    // RFC 6761, section 6.3: names below localhost are loopback, too.
    if (name == QLatin1String("localhost") || name.endsWith(QLatin1String(".localhost")))
        return true;
    const QHostAddress address(host);
    return !address.isNull() && address.isLoopback();
}

/// The values of a header, which may be given more than once.
QByteArrayList headerValues(QByteArrayView request, const QByteArray &name)
{
    QByteArrayList values;
    const auto lines = request.toByteArray().split('\n');
    for (const auto &line : lines) {
        const auto colon = line.indexOf(':');
        if (line.first(std::max<qsizetype>(colon, 0)).trimmed().toLower() == name)
            values.append(line.sliced(colon + 1).trimmed());
    }
    return values;
}

} // namespace

bool isWelcome(const QString &origin, const QStringList &allowed)
{
    if (origin.isEmpty() || allowed.contains(origin))
        return true;
    const QUrl url(origin, QUrl::StrictMode);
    // An origin is a scheme, a host and a port, nothing else.
    const bool isOrigin = url.isValid() && !url.scheme().isEmpty() && url.userInfo().isEmpty() &&
                          !url.hasQuery() && !url.hasFragment() &&
                          (url.path().isEmpty() || url.path() == QLatin1String("/"));
    if (!isOrigin || url.scheme().endsWith(QLatin1String("-extension")))
        return false;
    if (url.scheme() == QLatin1String("file"))
        return url.host().isEmpty();
    return isLoopbackHost(url.host());
}

QByteArray takeTokenFromEnvironment()
{
    char *value = std::getenv(tokenVariable);
    if (!value)
        return {};
    const QByteArray token(value);
    // Also from the memory that the system shows as the process's environment.
    std::memset(value, 0, std::strlen(value));
    qunsetenv(tokenVariable);
    return token.isNull() ? QByteArray("") : token;
}

QByteArray tokenFromFile(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        throw AccessError(
            QStringLiteral("cannot read the token file \"%1\": %2").arg(path, file.errorString()));
    const auto token = file.read(longestToken + 2).trimmed();
    checkToken(token, QStringLiteral("the token file \"%1\"").arg(path));
    return token;
}

void checkToken(const QByteArray &token, const QString &source)
{
    const bool isText = std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < '\x7f'; });
    if (token.isEmpty() || token.size() > longestToken || !isText)
        throw AccessError(
            QStringLiteral("%1 must hold a token: 1 to %2 characters of ASCII without white space")
                .arg(source)
                .arg(longestToken));
}

bool isSameToken(QByteArrayView shown, QByteArrayView token)
{
    // Of the same length always: what is shown is compared with the token, again and again if need be.
    unsigned difference = shown.size() == token.size() ? 0 : 1;
    for (qsizetype i = 0; i < shown.size(); ++i) {
        const auto expected = token.isEmpty() ? '\0' : token[i % token.size()];
        difference |= unsigned(static_cast<unsigned char>(shown[i] ^ expected));
    }
    return difference == 0 && !token.isEmpty();
}

QStringList tokenProtocols(QByteArrayView header)
{
    QStringList protocols;
    const auto values = headerValues(header, "sec-websocket-protocol");
    for (const auto &value : values) {
        const auto offered = QString::fromLatin1(value).split(QLatin1Char(','));
        for (const auto &protocol : offered) {
            if (protocol.trimmed().startsWith(tokenProtocol))
                protocols.append(protocol.trimmed());
        }
    }
    return protocols;
}

bool showsToken(const QNetworkRequest &request, const QStringList &protocols, const QByteArray &token)
{
    const QByteArray bearer = "bearer ";
    const auto authorization = request.rawHeader("Authorization");
    bool isShown = authorization.first(std::min(authorization.size(), bearer.size())).toLower() == bearer &&
                   isSameToken(authorization.sliced(bearer.size()).trimmed(), token);
    const auto values =
        QUrlQuery(request.url()).allQueryItemValues(QStringLiteral("token"), QUrl::FullyDecoded);
    for (const auto &value : values)
        isShown = isSameToken(value.toUtf8(), token) || isShown;
    for (const auto &protocol : protocols)
        isShown = isSameToken(protocol.sliced(tokenProtocol.size()).toUtf8(), token) || isShown;
    return isShown;
}

std::optional<QString> namedOrigin(QByteArrayView header)
{
    const auto origins = headerValues(header, "origin");
    if (origins.size() > 1 || origins.contains(QByteArray()))
        return std::nullopt;
    return QString::fromUtf8(origins.value(0));
}

} // namespace liaison
