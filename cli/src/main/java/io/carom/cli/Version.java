package io.carom.cli;

import picocli.CommandLine.IVersionProvider;

/// Which version this is.
public final class Version implements IVersionProvider {
    static String text() {
        return "carom 0.1.0 (OCSF 1.8.0)";
    }

    @Override
    public String[] getVersion() {
        return new String[] {text()};
    }
}
