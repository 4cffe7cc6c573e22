package io.carom.server.account;

import org.jspecify.annotations.Nullable;

/// What a password has to be that somebody chooses.
public final class PasswordRule {
    /// Characters; what is longer is not taken.
    public static final int LONGEST = 1000;

    private static final int SHORTEST = 12;
    private static final int DIFFERENT = 5;

    private PasswordRule() {}

    /// What is wrong with a password, for people; null if nothing is.
    public static @Nullable String fault(String account, String password) {
        if (password.length() < SHORTEST) {
            return "A password has " + SHORTEST + " characters or more.";
        }
        return password.equalsIgnoreCase(account) || password.chars().distinct().count() < DIFFERENT
                ? "That password is too easy to guess."
                : null;
    }
}
