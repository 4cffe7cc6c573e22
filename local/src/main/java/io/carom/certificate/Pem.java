package io.carom.certificate;

import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.util.io.pem.PemObject;

/// Keys and certificates in files of text.
public final class Pem {
    private Pem() {}

    /// The certificates of a file, in its order; at least one.
    ///
    /// @throws IOException naming the file if it has none
    public static List<X509Certificate> certificates(Path file) throws IOException {
        List<X509Certificate> found = new ArrayList<>();
        for (Object one : objects(file)) {
            if (one instanceof X509CertificateHolder holder) {
                try {
                    found.add(new JcaX509CertificateConverter().getCertificate(holder));
                } catch (CertificateException e) {
                    throw new IOException(file + ": a certificate cannot be read: " + e.getMessage(), e);
                }
            }
        }
        if (found.isEmpty()) {
            throw new IOException(file + ": no certificate in it; expected \"-----BEGIN CERTIFICATE-----\"");
        }
        return found;
    }

    /// The first private key of a file.
    ///
    /// @throws IOException naming the file if it has none, or one under a password
    public static PrivateKey key(Path file) throws IOException {
        for (Object one : objects(file)) {
            PrivateKeyInfo info = switch (one) {
                case PEMKeyPair pair -> pair.getPrivateKeyInfo();
                case PrivateKeyInfo plain -> plain;
                case PEMEncryptedKeyPair locked -> throw locked(file);
                case PKCS8EncryptedPrivateKeyInfo locked -> throw locked(file);
                default -> null;
            };
            if (info != null) {
                return new JcaPEMKeyConverter().getPrivateKey(info);
            }
        }
        throw new IOException(file + ": no private key in it; expected \"-----BEGIN PRIVATE KEY-----\"");
    }

    private static IOException locked(Path file) {
        return new IOException(file + ": the key is under a password, which nobody is here to type. Write it without"
                + " one (openssl pkey -in KEY -out FILE), readable by this user only.");
    }

    private static List<Object> objects(Path file) throws IOException {
        List<Object> objects = new ArrayList<>();
        try (Reader reader = Files.newBufferedReader(file);
                PEMParser parser = new PEMParser(reader)) {
            Object one;
            while ((one = parser.readObject()) != null) {
                objects.add(one);
            }
        } catch (PEMException | java.nio.charset.CharacterCodingException | IllegalArgumentException e) {
            throw new IOException(file + ": no PEM file: " + e.getMessage(), e);
        }
        return objects;
    }

    /// Any number of keys and certificates as text.
    public static String text(Object... objects) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            for (Object one : objects) {
                // PKCS #8 for every kind of key.
                writer.writeObject(
                        one instanceof PrivateKey key ? new PemObject("PRIVATE KEY", key.getEncoded()) : one);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /// Writes a file whole or not at all; one that is secret can be read by this user only, from its
    /// first byte.
    public static void write(Path file, String text, boolean secret) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Path made = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(made);
        if (secret && FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            FileAttribute<Set<PosixFilePermission>> mine =
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
            Files.createFile(made, mine);
        }
        Files.writeString(made, text);
        Files.move(made, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
