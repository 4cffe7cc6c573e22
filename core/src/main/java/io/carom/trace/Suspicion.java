package io.carom.trace;

import java.util.List;

/// A reason to think that a machine was not in its owner's hands.
///
/// @param client whose logs say so
/// @param machine address or name; empty where it is an account alone
/// @param account involved, without its domain; empty if none is known
/// @param time milliseconds since 1970
/// @param severity OCSF's, 1 to 5
/// @param title what was found, in words
/// @param attacks ATT&CK techniques
/// @param visitor address outside that did it; empty if none is known
public record Suspicion(
        String client,
        String machine,
        String account,
        long time,
        int severity,
        String title,
        List<String> attacks,
        String visitor,
        Trace.Source record) {
    public Suspicion {
        attacks = List.copyOf(attacks);
    }

    /// `corp\j.doe` and `j.doe@corp.example` are `j.doe`.
    public static String bare(String account) {
        String name = account.substring(account.indexOf('\\') + 1);
        int at = name.indexOf('@');
        return (at > 0 ? name.substring(0, at) : name).toLowerCase(java.util.Locale.ROOT);
    }
}
