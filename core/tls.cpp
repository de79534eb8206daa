// SPDX-License-Identifier: MIT
#include "tls.h"

#include "access.h"

#include <QFile>
#include <QSslCertificate>
#include <QSslKey>
#include <QSslSocket>

#include <algorithm>

namespace liaison {

namespace {

QByteArray contentOf(const QString &path, const char *what)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        throw AccessError(QStringLiteral("cannot read the %1 \"%2\": %3")
                              .arg(QLatin1String(what), path, file.errorString()));
    return file.readAll();
}

QSslKey keyIn(const QByteArray &pem, const QString &path)
{
    for (const auto algorithm : {QSsl::Rsa, QSsl::Ec, QSsl::Dsa}) {
        const QSslKey key(pem, algorithm, QSsl::Pem, QSsl::PrivateKey);
        if (!key.isNull())
            return key;
    }
    if (pem.contains("ENCRYPTED"))
        throw AccessError(
            QStringLiteral("the TLS key \"%1\" has a passphrase: give one that has none").arg(path));
    throw AccessError(QStringLiteral("the TLS key \"%1\" holds no private key in PEM, RSA or EC").arg(path));
}

/// Whether a private key may be that of a certificate: both hold the same public numbers, an RSA modulus or a
/// point of a curve, of which a piece from the middle is looked for.
bool isKeyOf(const QSslKey &key, const QSslCertificate &certificate)
{
    const auto publicKey = certificate.publicKey();
    if (publicKey.algorithm() != key.algorithm() || publicKey.length() != key.length())
        return false;
    constexpr qsizetype pieceSize = 24;
    const auto numbers = publicKey.toDer();
    return key.toDer().contains(numbers.mid((numbers.size() + 1) / 2, pieceSize));
}

} // namespace

QSslConfiguration tlsConfiguration(const QString &certificate, const QString &key)
{
    if (!QSslSocket::supportsSsl())
        throw AccessError(QStringLiteral(
            "there is no TLS here: Qt's TLS plugin for OpenSSL, or OpenSSL itself, is missing"));
    const auto chain = QSslCertificate::fromData(contentOf(certificate, "TLS certificate"), QSsl::Pem);
    if (chain.isEmpty())
        throw AccessError(
            QStringLiteral("the TLS certificate \"%1\" holds no certificate in PEM").arg(certificate));
    const auto privateKey = keyIn(contentOf(key, "TLS key"), key);
    if (!isKeyOf(privateKey, chain.first()))
        throw AccessError(QStringLiteral("the TLS key \"%1\" is not the key of the certificate \"%2\"")
                              .arg(key, certificate));
    auto configuration = QSslConfiguration::defaultConfiguration();
    configuration.setLocalCertificateChain(chain);
    configuration.setPrivateKey(privateKey);
    // Clients show a token, not a certificate.
    configuration.setPeerVerifyMode(QSslSocket::VerifyNone);
    return configuration;
}

} // namespace liaison
