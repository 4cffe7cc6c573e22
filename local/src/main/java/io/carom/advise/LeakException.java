package io.carom.advise;

import java.io.IOException;
import java.util.List;

/// A package would tell its client of somebody else.
public final class LeakException extends IOException {
    private static final long serialVersionUID = 1;

    LeakException(String client, List<String> found) {
        super("the package for " + client + " is not written, for it would tell of others: " + String.join("; ", found)
                + ". This is a fault of Carom's own: please report it.");
    }
}
