package io.carom.mailnet.wire;

import java.io.IOException;

/// What came is not what the protocol allows, and nothing after it can be trusted: the connection ends.
public final class WireFault extends IOException {
    private static final long serialVersionUID = 1;

    public WireFault(String message) {
        super(message);
    }
}
