package io.carom.server.account;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Secrets that must be read again, such as seeds of one-time passwords and addresses of webhooks: kept
/// by AES-256-GCM under a key in `keys/secrets.key` of the home, which a copy of a database does not
/// hold.
public final class Vault {
    private static final int NONCE = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final SecretKeySpec key;

    private Vault(byte[] key) {
        this.key = new SecretKeySpec(key, "AES");
    }

    public static Vault open(Path home) throws IOException {
        Path folder = Files.createDirectories(home.resolve("keys"));
        Path file = folder.resolve("secrets.key");
        if (!Files.exists(file)) {
            byte[] fresh = new byte[32];
            RANDOM.nextBytes(fresh);
            boolean posix =
                    FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
            FileAttribute<?>[] own = posix
                    ? new FileAttribute<?>[] {
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                    }
                    : new FileAttribute<?>[0];
            try {
                Path part = Files.createTempFile(folder, "secrets", ".part", own);
                Files.write(part, fresh);
                // Where two start at once, one key wins.
                Files.createLink(file, part);
                Files.delete(part);
            } catch (FileAlreadyExistsException e) {
                return open(home);
            }
        }
        byte[] key = Files.readAllBytes(file);
        if (key.length != 32) {
            throw new IOException(file + ": expected a key of 32 bytes, found " + key.length);
        }
        return new Vault(key);
    }

    /// @param use what the secret is for; what was kept for one use does not open for another
    public String sealed(String secret, String use) {
        try {
            byte[] nonce = new byte[NONCE];
            RANDOM.nextBytes(nonce);
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, nonce));
            cipher.updateAAD(use.getBytes(StandardCharsets.UTF_8));
            byte[] sealed = cipher.doFinal(secret.getBytes(StandardCharsets.UTF_8));
            byte[] out = new byte[NONCE + sealed.length];
            System.arraycopy(nonce, 0, out, 0, NONCE);
            System.arraycopy(sealed, 0, out, NONCE, sealed.length);
            return Base64.getEncoder().encodeToString(out);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java has AES-GCM", e);
        }
    }

    /// @throws IOException if it was changed, or kept under another key or for another use
    public String opened(String sealed, String use) throws IOException {
        try {
            byte[] bytes = Base64.getDecoder().decode(sealed);
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, bytes, 0, NONCE));
            cipher.updateAAD(use.getBytes(StandardCharsets.UTF_8));
            return new String(cipher.doFinal(bytes, NONCE, bytes.length - NONCE), StandardCharsets.UTF_8);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("a kept secret does not open: it was changed, or keys/secrets.key is another's", e);
        }
    }
}
