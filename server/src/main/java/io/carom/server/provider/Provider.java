package io.carom.server.provider;

import java.net.URI;
import java.time.Duration;

/// A provider of identities, as `sign-in.yaml` has it.
sealed interface Provider permits OidcSettings, SamlSettings {
    /// In addresses, and before the names of its accounts.
    String name();

    /// On the button that leads to it.
    String label();

    /// What it calls itself.
    String issuer();

    /// What its people are called by.
    String nameClaim();

    /// By how much its clock may differ from ours.
    Duration skew();

    /// Where it sends browsers back to.
    URI back();

    Admission admission();
}
