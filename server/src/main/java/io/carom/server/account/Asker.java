package io.carom.server.account;

import io.carom.taxii.Viewer;
import org.jspecify.annotations.Nullable;

/// Who asks now, and what the way in which they showed who they are allows.
///
/// @param read whether it allows to read; a token may be for writing alone
/// @param write whether it allows to write what the account may
/// @param only the one thing that it is for; null for all that the account may
public record Asker(
        Account account,
        boolean read,
        boolean write,
        @Nullable String only) {
    public static Asker whole(Account account) {
        return new Asker(account, true, true, null);
    }

    public Viewer viewer() {
        return new Viewer(account.client(), account.circle(), write && account.write());
    }
}
