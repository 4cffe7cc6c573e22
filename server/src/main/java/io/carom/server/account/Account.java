package io.carom.server.account;

import io.carom.intel.Tlp;
import org.jspecify.annotations.Nullable;

/// Somebody who may ask the server.
///
/// @param client whose data they see; null for those who are nobody's client
/// @param circle up to which marking they see what is shared; null for none of it
/// @param write whether they may add to their client's collection
public record Account(
        String name, @Nullable String client, @Nullable Tlp circle, boolean write) {
    private static final int LONGEST = 200;

    public Account {
        if (name.isBlank()
                || name.length() > LONGEST
                || name.chars().anyMatch(c -> c <= ' ' || c == ':' || c == 0x7F || Character.isISOControl(c))) {
            throw new IllegalArgumentException(
                    "an account's name has 1 to " + LONGEST + " characters, no space and no colon");
        }
        if (write && client == null) {
            throw new IllegalArgumentException("an account that may write writes to a client's collection: name one");
        }
        if (circle != null && circle.compareTo(Tlp.AMBER) > 0) {
            throw new IllegalArgumentException("what is marked " + circle.label() + " is not shared through a feed;"
                    + " expected clear, green or amber");
        }
    }
}
