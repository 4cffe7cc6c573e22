package io.carom.server.provider;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A provider of SAML 2.0.
///
/// @param entity what this server calls itself there
/// @param source where what is known of the provider stands
/// @param subjectClaim the attribute as which it knows people always; null for the assertion's NameID
/// @param signs whether requests are signed in any case
/// @param unsolicited whether it may send people of whom nobody asked
/// @param back where it has people's answers sent
/// @param out where it says that somebody signed out
record SamlSettings(
        String name,
        String label,
        String issuer,
        String entity,
        SamlSource source,
        @Nullable String subjectClaim,
        String nameClaim,
        boolean signs,
        boolean unsolicited,
        Duration skew,
        URI back,
        URI out,
        Admission admission)
        implements Provider {}
