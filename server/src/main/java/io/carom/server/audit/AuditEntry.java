package io.carom.server.audit;

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

    private static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    }
}
