package io.carom.server.provider;

import io.carom.server.account.Role;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Somebody whom a provider vouched for and a rule lets in.
///
/// @param provider by its name in `sign-in.yaml`
/// @param subject as whom the provider knows them, always
/// @param account what a new account of theirs is called
/// @param client whose; null for those who work for all
/// @param session by which the provider knows theirs; empty where it does not say
/// @param token that the provider gave: it is shown to it to end that session
public record Arrived(
        String provider,
        String issuer,
        String subject,
        String account,
        Role role,
        @Nullable String client,
        String session,
        String token) {
    /// Between a provider's name and that of its people. No provider's name has it, so that accounts of
    /// two are two.
    public static final String BETWEEN = "~";

    private static final int LONGEST = 100;

    static Arrived of(Provider provider, String subject, Claims claims, String session, String token)
            throws NotAdmitted {
        Admission.Grant grant = provider.admission()
                .of(claims)
                .orElseThrow(() -> NotAdmitted.nobody(
                        "no rule of " + SignInFile.NAME + " lets in \"" + subject + "\", whom the provider says to be "
                                + shown(claims, provider),
                        new NotAdmitted.Known(provider.name(), provider.issuer(), subject)));
        List<String> names = claims.of(provider.nameClaim());
        return new Arrived(
                provider.name(),
                provider.issuer(),
                subject,
                provider.name() + BETWEEN + plain(names.isEmpty() ? subject : names.getFirst()),
                grant.role(),
                grant.client(),
                session,
                token);
    }

    private static String shown(Claims claims, Provider provider) {
        List<String> names = claims.of(provider.nameClaim());
        return names.isEmpty() ? "without a name" : "\"" + plain(names.getFirst()) + "\"";
    }

    /// Letters that look like no others, none that a page would be led astray by.
    private static String plain(String name) {
        String cut = name.length() <= LONGEST ? name : name.substring(0, LONGEST);
        return cut.replaceAll("[^A-Za-z0-9._@+-]", "_");
    }
}
