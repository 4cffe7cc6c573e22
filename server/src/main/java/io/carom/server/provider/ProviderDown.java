package io.carom.server.provider;

import java.io.IOException;

/// A provider does not answer, or not as it must. The message is for who runs the home.
public final class ProviderDown extends IOException {
    private static final long serialVersionUID = 1;

    ProviderDown(String message) {
        super(message);
    }
}
