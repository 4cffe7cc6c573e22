package io.carom.run;

import io.carom.event.Finding;
import java.io.IOException;

/// Takes findings as a detecting stage makes them.
@FunctionalInterface
public interface FindingSink {
    void found(Finding finding) throws IOException;
}
