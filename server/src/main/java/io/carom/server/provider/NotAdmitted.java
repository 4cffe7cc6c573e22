package io.carom.server.provider;

import org.jspecify.annotations.Nullable;

/// What came from a provider lets nobody in. The message is for who runs the home, and is not shown to
/// whoever asked.
public final class NotAdmitted extends Exception {
    private static final long serialVersionUID = 1;

    private final @Nullable Known known;

    private NotAdmitted(String message, @Nullable Known known) {
        super(message, null, false, false);
        this.known = known;
    }

    /// Somebody as the provider knows them.
    public record Known(String provider, String issuer, String subject) {}

    /// Something that is not as it has to be.
    public static NotAdmitted wrong(String message) {
        return new NotAdmitted(message, null);
    }

    /// Somebody whom the provider knows, and no rule lets in.
    static NotAdmitted nobody(String message, Known known) {
        return new NotAdmitted(message, known);
    }

    /// What came from outside, as a message holds it.
    static String cut(String text) {
        return text.length() <= 100 ? text : text.substring(0, 100) + "...";
    }

    /// Whom the provider said it is; null where it did not, or not as it must.
    public @Nullable Known known() {
        return known;
    }

    public String reason() {
        return String.valueOf(getMessage());
    }
}
