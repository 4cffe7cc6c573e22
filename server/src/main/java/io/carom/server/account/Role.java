package io.carom.server.account;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a person may do. How much they see is their account's client, not their role.
public enum Role {
    /// Everything, accounts and settings included.
    ADMINISTRATOR,
    /// Works on all clients' incidents.
    ANALYST,
    /// Works on their own client's incidents.
    CLIENT_ANALYST,
    /// Reads what is their own client's.
    CLIENT_READER,
    /// Reads everything, the audit log included; changes nothing.
    AUDITOR;

    public static final Set<Role> ANYBODY = Set.copyOf(EnumSet.allOf(Role.class));
    /// Who works on incidents.
    public static final Set<Role> WORKERS = Set.of(ADMINISTRATOR, ANALYST, CLIENT_ANALYST);
    /// Who works for all clients.
    public static final Set<Role> OURS = Set.of(ADMINISTRATOR, ANALYST, AUDITOR);

    public static final Set<Role> ANALYSTS = Set.of(ADMINISTRATOR, ANALYST);
    public static final Set<Role> ADMINISTRATORS = Set.of(ADMINISTRATOR);
    public static final Set<Role> AUDITORS = Set.of(ADMINISTRATOR, AUDITOR);

    public boolean ofClient() {
        return this == CLIENT_ANALYST || this == CLIENT_READER;
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static @Nullable Role labelled(String label) {
        for (Role role : values()) {
            if (role.label().equals(label)) {
                return role;
            }
        }
        return null;
    }
}
