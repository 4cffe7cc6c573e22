package io.carom.server.audit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// What somebody did.
///
/// @param who the account; empty for a stranger
/// @param role its role; empty where it has none
/// @param from the address that asked
/// @param did `read`, `change`, `sign-in`, `refused`, `start`
/// @param what the request, or what was done in words
/// @param client whose data it was about, where one client's; null where several or none
/// @param status the answer's, as HTTP has it; 0 where there was none
public record AuditEntry(
        String who,
        String role,
        String from,
        String did,
        String what,
        @Nullable String client,
        int status) {
    private static final int LONGEST = 500;

    public AuditEntry {
        who = cut(who);
        what = cut(what);
        client = client == null ? null : cut(client);
    }

    /// What is cut off can be found again by who has it.
    private static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "… (whole: " + print(text) + ")";
    }

    /// How long a text is, and its SHA-256: what is said of one that is too long to stand here.
    public static String print(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return text.length() + " characters, sha256 " + HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
