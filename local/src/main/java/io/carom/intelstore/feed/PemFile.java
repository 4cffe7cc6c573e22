package io.carom.intelstore.feed;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A client's certificate and key, or the certificates of an authority, in a file of text.
final class PemFile {
    private static final int LONGEST = 1 << 20;
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");

    private final Path file;
    private final List<X509Certificate> certificates = new ArrayList<>();
    private final List<byte[]> keys = new ArrayList<>();

    /// @throws IOException naming the file if it cannot be read
    PemFile(Path file) throws IOException {
        this.file = file;
        if (Files.size(file) > LONGEST) {
            throw new IOException(file + ": too large for certificates and keys");
        }
        Matcher blocks = BLOCK.matcher(Files.readString(file));
        try {
            while (blocks.find()) {
                byte[] content = Base64.getMimeDecoder().decode(blocks.group(2));
                switch (blocks.group(1)) {
                    case "CERTIFICATE", "X509 CERTIFICATE" ->
                        certificates.add((X509Certificate) CertificateFactory.getInstance("X.509")
                                .generateCertificate(new ByteArrayInputStream(content)));
                    case "PRIVATE KEY" -> keys.add(content);
                    case "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY" ->
                        throw new IOException(
                                file + ": a key that begins with \"BEGIN " + blocks.group(1)
                                        + "\"; expected \"BEGIN PRIVATE KEY\" (openssl pkcs8 -topk8 -nocrypt -in KEY -out FILE)");
                    default -> {}
                }
            }
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException(file + ": a certificate cannot be read: " + e.getMessage(), e);
        }
    }

    /// At least one.
    List<X509Certificate> certificates() throws IOException {
        if (certificates.isEmpty()) {
            throw new IOException(file + ": no certificate in it; expected \"-----BEGIN CERTIFICATE-----\"");
        }
        return certificates;
    }

    PrivateKey key() throws IOException {
        if (keys.isEmpty()) {
            throw new IOException(file + ": no private key in it; expected \"-----BEGIN PRIVATE KEY-----\"");
        }
        for (String kind : List.of("EC", "RSA", "EdDSA")) {
            try {
                return KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(keys.getFirst()));
            } catch (GeneralSecurityException e) {
                // Then it is of another kind.
            }
        }
        throw new IOException(file + ": the private key is neither EC, RSA nor EdDSA");
    }
}
