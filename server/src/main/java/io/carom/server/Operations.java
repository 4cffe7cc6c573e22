package io.carom.server;

import org.jspecify.annotations.Nullable;

/// What those who run the server ask of what runs in it.
public interface Operations {
    /// Why it is not ready to work; null if it is. Told to anybody: no name of a client, a source or a
    /// file is in it.
    @Nullable
    String notReady();

    /// Figures for Prometheus, in its text format 0.0.4.
    String metrics();

    /// What is to be shown to see them; null if nobody may.
    @Nullable
    String metricsToken();

    /// Where nothing but answers is served.
    Operations NONE = new Operations() {
        @Override
        public @Nullable String notReady() {
            return null;
        }

        @Override
        public String metrics() {
            return "";
        }

        @Override
        public @Nullable String metricsToken() {
            return null;
        }
    };
}
